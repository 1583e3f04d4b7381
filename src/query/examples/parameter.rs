//! The parameters of an example query: what values they take, and how a value is read.
//!
//! *To add a type*: a row in [`TYPES`], its way of reading in [`Parameter::read`], and its field
//! in the form of the page (`src/html/queries.rs`).

use crate::model::vocabulary::xsd;
use crate::model::{Base, Noid, SourceName, Text};
use jiff::civil::Date;
use oxrdf::{Literal, NamedNode, NamedNodeRef};
use spargebra::term::GroundTerm;
use std::fmt::Write as _;

/// No IRI of anybody is longer.
const IRI_BYTES: usize = 2000;
/// A text parameter is for a name or a word.
const TEXT_CHARACTERS: usize = 200;
/// The most values that one parameter takes.
pub const MOST_VALUES: usize = 100;
/// The most of a wrong value that is repeated to who wrote it.
const SHOWN_CHARACTERS: usize = 80;

/// A type of parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Iri,
    /// Something with an IRI of its own here: a production, a place, a person.
    Entity,
    /// A concept of the scheme with this IRI.
    Concept(NamedNode),
    /// One of our schemes.
    Scheme,
    /// The graph of a source.
    Source,
    /// A profile.
    Profile,
    Date,
    Year,
    Integer,
    Decimal,
    Boolean,
    Text,
    Language,
}

/// A type as it is written in a file, and what it takes.
pub struct Row {
    pub name: &'static str,
    /// What people are told that it takes, in French and English.
    pub takes: (&'static str, &'static str),
    /// As what it stands in the query.
    pub becomes: &'static str,
}

/// All types, in the order of [`Type`].
pub static TYPES: &[Row] = &[
    Row {
        name: "iri",
        takes: ("un IRI absolu", "an absolute IRI"),
        becomes: "that IRI",
    },
    Row {
        name: "entity",
        takes: (
            "l’IRI d’une entité de cette base, ou la fin de cet IRI",
            "the IRI of an entity of this data set, or the end of that IRI",
        ),
        becomes: "`{base}/id/…`",
    },
    Row {
        name: "concept SCHEME",
        takes: (
            "un concept du vocabulaire, par son IRI ou la fin de cet IRI",
            "a concept of the scheme, by its IRI or the end of that IRI",
        ),
        becomes: "the concept’s IRI; the scheme is told as `vocab/disciplines`",
    },
    Row {
        name: "scheme",
        takes: (
            "un vocabulaire de cette base, par son IRI ou la fin de cet IRI",
            "a scheme of this data set, by its IRI or the end of that IRI",
        ),
        becomes: "`{base}/vocab/…`",
    },
    Row {
        name: "source",
        takes: (
            "le nom d’une source, ou l’IRI de son graphe",
            "the name of a source, or the IRI of its graph",
        ),
        becomes: "`{base}/graph/source/…`",
    },
    Row {
        name: "profile",
        takes: (
            "le nom d’un profil, ou son IRI",
            "the name of a profile, or its IRI",
        ),
        becomes: "`{base}/shapes/…`",
    },
    Row {
        name: "date",
        takes: ("une date AAAA-MM-JJ", "a date YYYY-MM-DD"),
        becomes: "an `xsd:date`",
    },
    Row {
        name: "year",
        takes: ("une année en quatre chiffres", "a year of four digits"),
        becomes: "an `xsd:integer`",
    },
    Row {
        name: "integer",
        takes: ("un nombre entier", "a whole number"),
        becomes: "an `xsd:integer`",
    },
    Row {
        name: "decimal",
        takes: (
            "un nombre, avec un point s’il a des décimales",
            "a number, with a point if it has decimals",
        ),
        becomes: "an `xsd:decimal`",
    },
    Row {
        name: "boolean",
        takes: ("`true` ou `false`", "`true` or `false`"),
        becomes: "an `xsd:boolean`",
    },
    Row {
        name: "text",
        takes: (
            "un texte d’au plus 200 caractères, sur une ligne",
            "a text of at most 200 characters, on one line",
        ),
        becomes: "a plain string",
    },
    Row {
        name: "language",
        takes: (
            "une étiquette de langue comme `fr`",
            "a language tag such as `fr`",
        ),
        becomes: "a plain string in small letters",
    },
];

impl Type {
    /// The type that a file names: `iri`, `concept vocab/disciplines`.
    pub fn named(written: &str, base: &Base) -> Option<Self> {
        let mut words = written.split_whitespace();
        let named = match (words.next()?, words.next()) {
            ("concept", Some(scheme)) => {
                let name = scheme
                    .strip_prefix("vocab/")
                    .filter(|name| is_plain(name))?;
                Self::Concept(base.join(&format!("vocab/{name}")))
            }
            (_, Some(_)) => return None,
            ("iri", None) => Self::Iri,
            ("entity", None) => Self::Entity,
            ("scheme", None) => Self::Scheme,
            ("source", None) => Self::Source,
            ("profile", None) => Self::Profile,
            ("date", None) => Self::Date,
            ("year", None) => Self::Year,
            ("integer", None) => Self::Integer,
            ("decimal", None) => Self::Decimal,
            ("boolean", None) => Self::Boolean,
            ("text", None) => Self::Text,
            ("language", None) => Self::Language,
            _ => return None,
        };
        words.next().is_none().then_some(named)
    }

    /// Its row in [`TYPES`].
    pub fn row(&self) -> &'static Row {
        let place = match self {
            Self::Iri => 0,
            Self::Entity => 1,
            Self::Concept(_) => 2,
            Self::Scheme => 3,
            Self::Source => 4,
            Self::Profile => 5,
            Self::Date => 6,
            Self::Year => 7,
            Self::Integer => 8,
            Self::Decimal => 9,
            Self::Boolean => 10,
            Self::Text => 11,
            Self::Language => 12,
        };
        TYPES.get(place).expect("TYPES has a row for each type")
    }

    /// The datatype of its values; `None` when they are IRIs.
    pub fn datatype(&self) -> Option<NamedNodeRef<'static>> {
        Some(match self {
            Self::Date => xsd::DATE,
            Self::Year | Self::Integer => xsd::INTEGER,
            Self::Decimal => xsd::DECIMAL,
            Self::Boolean => xsd::BOOLEAN,
            Self::Text | Self::Language => xsd::STRING,
            _ => return None,
        })
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Year | Self::Integer | Self::Decimal)
    }

    /// Below which IRI its values are, where a short name is enough.
    fn folder(&self, base: &Base) -> Option<String> {
        Some(match self {
            Self::Entity => base.join("id/").into_string(),
            Self::Concept(scheme) => format!("{}/", scheme.as_str()),
            Self::Scheme => base.join("vocab/").into_string(),
            Self::Source => base.join("graph/source/").into_string(),
            Self::Profile => base.join("shapes/").into_string(),
            _ => return None,
        })
    }
}

/// A parameter of an example query.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name of the variable, and of the parameter in the address.
    pub name: String,
    pub takes: Type,
    /// Whether it takes several values.
    pub is_several: bool,
    pub label: Text,
    pub min: Option<String>,
    pub max: Option<String>,
    /// If not empty, the values that there are, as they are written in an address.
    pub among: Vec<String>,
    /// Another value than the default; none for an entity, since no two data sets share any.
    pub example: Option<String>,
    /// What stands in the file; `None` is UNDEF: any value will do.
    pub default: Vec<Option<GroundTerm>>,
}

/// A value that a parameter does not take, or a parameter that there is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    pub parameter: String,
    pub value: String,
    pub detail: Text,
}

impl Parameter {
    /// Whether any value will do when none is given.
    pub fn is_optional(&self) -> bool {
        self.default.iter().all(Option::is_none)
    }

    /// What it takes, with its bounds: for people.
    pub fn told(&self) -> Text {
        let (fr, en) = self.takes.row().takes;
        let mut told = Text::new(fr, en);
        if let Type::Concept(scheme) = &self.takes {
            let scheme = scheme.as_str();
            let _ = write!(told.fr, " ({scheme})");
            let _ = write!(told.en, " ({scheme})");
        }
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => {
                let _ = write!(told.fr, " entre {min} et {max}");
                let _ = write!(told.en, " between {min} and {max}");
            }
            (Some(min), None) => {
                let _ = write!(told.fr, " d’au moins {min}");
                let _ = write!(told.en, " of at least {min}");
            }
            (None, Some(max)) => {
                let _ = write!(told.fr, " d’au plus {max}");
                let _ = write!(told.en, " of at most {max}");
            }
            (None, None) => {}
        }
        if !self.among.is_empty() {
            let list: Vec<String> = self.among.iter().map(|v| format!("`{v}`")).collect();
            let list = list.join(", ");
            let _ = write!(told.fr, " parmi {list}");
            let _ = write!(told.en, " among {list}");
        }
        told
    }

    /// Reads a value as it stands in an address.
    ///
    /// # Errors
    /// When it is no value of this parameter; it is told which there are.
    pub fn read(&self, value: &str, base: &Base) -> Result<GroundTerm, BadValue> {
        self.term(value, base)
            .filter(|term| self.is_within(term, base))
            .ok_or_else(|| self.bad(value))
    }

    /// That there is nothing of this name.
    pub fn unknown(&self, value: &str) -> BadValue {
        self.bad_because(value, ", qui n’existe pas ici", ", which is not here")
    }

    fn bad(&self, value: &str) -> BadValue {
        self.bad_because(value, "", "")
    }

    fn bad_because(&self, value: &str, fr: &str, en: &str) -> BadValue {
        let mut shown: String = value
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SHOWN_CHARACTERS)
            .collect();
        if value.chars().count() > SHOWN_CHARACTERS {
            shown.push('…');
        }
        let name = &self.name;
        let told = self.told();
        let mut detail = Text::new(
            format!("`{name}` vaut `{shown}`{fr} ; il faut {}.", told.fr),
            format!("`{name}` is `{shown}`{en}; it takes {}.", told.en),
        );
        if let Some(example) = &self.example {
            let _ = write!(detail.fr, " Par exemple : `{example}`.");
            let _ = write!(detail.en, " For example: `{example}`.");
        }
        BadValue {
            parameter: name.clone(),
            value: shown,
            detail,
        }
    }

    fn term(&self, value: &str, base: &Base) -> Option<GroundTerm> {
        let typed = |text: String, datatype: NamedNodeRef<'_>| {
            Some(Literal::new_typed_literal(text, datatype).into())
        };
        match &self.takes {
            Type::Iri => {
                let whole = self.among.iter().find(|iri| last_part(iri) == value);
                iri(whole.map_or(value, String::as_str))
            }
            Type::Entity | Type::Concept(_) | Type::Scheme | Type::Source | Type::Profile => {
                let folder = self.takes.folder(base)?;
                let local = value.strip_prefix(&folder).unwrap_or(value);
                let is_name = match self.takes {
                    Type::Entity => Noid::parse(local).is_ok(),
                    Type::Source => local.parse::<SourceName>().is_ok(),
                    _ => is_plain(local),
                };
                is_name.then(|| NamedNode::new_unchecked(format!("{folder}{local}")).into())
            }
            Type::Date => {
                let date: Date = value.parse().ok().filter(|_| value.len() == 10)?;
                typed(date.to_string(), xsd::DATE)
            }
            Type::Year => {
                let is_year = value.len() == 4 && value.bytes().all(|byte| byte.is_ascii_digit());
                let year: u16 = value.parse().ok().filter(|_| is_year)?;
                typed(year.to_string(), xsd::INTEGER)
            }
            Type::Integer => {
                let digits = value.strip_prefix('-').unwrap_or(value);
                let number: i64 = value.parse().ok().filter(|_| are_digits(digits))?;
                typed(number.to_string(), xsd::INTEGER)
            }
            Type::Decimal => {
                let number = value.strip_prefix('-').unwrap_or(value);
                let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
                let fits = are_digits(whole) && are_digits(part) && whole.len() + part.len() <= 18;
                fits.then(|| Literal::new_typed_literal(value, xsd::DECIMAL).into())
            }
            Type::Boolean => match value {
                "true" | "false" => typed(value.to_owned(), xsd::BOOLEAN),
                _ => None,
            },
            Type::Text => {
                let fits = value.chars().count() <= TEXT_CHARACTERS
                    && !value.is_empty()
                    && !value.chars().any(char::is_control);
                fits.then(|| Literal::new_simple_literal(value).into())
            }
            Type::Language => {
                let mut subtags = value.split('-');
                let first = subtags.next()?;
                let is_tag = value.len() <= 35
                    && (2..=8).contains(&first.len())
                    && first.bytes().all(|byte| byte.is_ascii_alphabetic())
                    && subtags.all(|subtag| {
                        (1..=8).contains(&subtag.len())
                            && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    });
                is_tag.then(|| Literal::new_simple_literal(value.to_ascii_lowercase()).into())
            }
        }
    }

    fn is_within(&self, term: &GroundTerm, base: &Base) -> bool {
        let spelled = self.spell(term, base);
        if !self.among.is_empty() {
            return self.among.contains(&spelled);
        }
        let number = |text: &str| text.parse::<f64>().ok();
        let is_ordered = |a: &str, b: &str| {
            if self.takes.is_number() {
                matches!((number(a), number(b)), (Some(a), Some(b)) if a <= b)
            } else {
                a <= b
            }
        };
        self.min
            .as_ref()
            .is_none_or(|min| is_ordered(min, &spelled))
            && self
                .max
                .as_ref()
                .is_none_or(|max| is_ordered(&spelled, max))
    }

    /// A value as it stands in an address, as short as it can be; [`Parameter::read`] reads it.
    pub fn spell(&self, term: &GroundTerm, base: &Base) -> String {
        match term {
            GroundTerm::NamedNode(iri) => {
                let folder = self.takes.folder(base).unwrap_or_default();
                let local = iri.as_str().strip_prefix(&folder);
                local.unwrap_or(iri.as_str()).to_owned()
            }
            GroundTerm::Literal(literal) => literal.value().to_owned(),
        }
    }
}

/// The name at the end of an IRI.
fn last_part(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or(iri)
}

fn iri(text: &str) -> Option<GroundTerm> {
    let is_short = text.len() <= IRI_BYTES;
    let iri = NamedNode::new(text).ok().filter(|_| is_short)?;
    Some(iri.into())
}

/// Whether it is a name that we give to concepts and profiles.
fn is_plain(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
