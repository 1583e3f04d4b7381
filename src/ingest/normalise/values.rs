//! Rules 2, 4, 5, 6, 7, 8 and 13: one value at a time, by what its property holds.

use super::draft::{Draft, Statement, local_name, shortened, shown};
use super::{Context, dates, text};
use crate::ingest::vocabulary::label_key;
use crate::model::identifiers::{self, External};
use crate::model::vocabulary::{schema, xsd};
use crate::model::{Severity, Text};
use dates::When;
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term};
use oxsdatatypes::{Decimal, Double, Duration};
use rustc_hash::FxHashMap;

/// What a property holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text on one line.
    Line,
    /// Text of paragraphs.
    Paragraphs,
    /// A moment of a programme.
    Schedule,
    /// Another date, which may be a year or a month.
    Date,
    Duration,
    Price,
    Currency,
    PostalCode,
    Boolean,
    Enumeration(&'static [(&'static str, &'static [&'static str])]),
    /// Concepts of a scheme.
    Concepts(NamedNode),
    /// Pages, images and other IRIs that readers follow.
    Link,
    /// `schema:sameAs`.
    SameAs,
    /// Other resources.
    Resource,
}

const PARAGRAPHS: &[&str] = &[
    "http://schema.org/description",
    "http://schema.org/disambiguatingDescription",
    "http://schema.org/abstract",
    "http://schema.org/text",
    "http://schema.org/articleBody",
    "http://schema.org/reviewBody",
    "http://schema.org/accessibilitySummary",
    "http://purl.org/dc/terms/description",
    "http://purl.org/dc/terms/abstract",
    "http://www.w3.org/2000/01/rdf-schema#comment",
    "http://www.w3.org/2004/02/skos/core#definition",
    "http://www.w3.org/2004/02/skos/core#scopeNote",
    "http://www.w3.org/2004/02/skos/core#note",
    "http://www.w3.org/2004/02/skos/core#editorialNote",
    "http://www.w3.org/2004/02/skos/core#historyNote",
    "http://www.w3.org/2004/02/skos/core#changeNote",
    "http://www.w3.org/2004/02/skos/core#example",
];

const SCHEDULE: &[&str] = &[
    "startDate",
    "endDate",
    "doorTime",
    "previousStartDate",
    "validFrom",
    "validThrough",
    "availabilityStarts",
    "availabilityEnds",
];

const DATES: &[&str] = &[
    "http://schema.org/dateCreated",
    "http://schema.org/datePublished",
    "http://schema.org/dateModified",
    "http://schema.org/birthDate",
    "http://schema.org/deathDate",
    "http://schema.org/foundingDate",
    "http://schema.org/dissolutionDate",
    "http://schema.org/priceValidUntil",
    "http://schema.org/uploadDate",
    "http://purl.org/dc/terms/created",
    "http://purl.org/dc/terms/modified",
    "http://purl.org/dc/terms/issued",
    "http://purl.org/dc/terms/date",
];

const LINKS: &[&str] = &[
    "http://schema.org/url",
    "http://schema.org/image",
    "http://schema.org/logo",
    "http://schema.org/photo",
    "http://schema.org/thumbnail",
    "http://schema.org/contentUrl",
    "http://schema.org/thumbnailUrl",
    "http://schema.org/embedUrl",
    "http://schema.org/downloadUrl",
    "http://schema.org/discussionUrl",
    "http://schema.org/mainEntityOfPage",
    "http://schema.org/hasMap",
    "http://schema.org/map",
    "http://schema.org/license",
    "http://schema.org/acquireLicensePage",
    "http://schema.org/usageInfo",
    "http://schema.org/publishingPrinciples",
    "http://schema.org/relatedLink",
    "http://schema.org/significantLink",
    "http://schema.org/tourBookingPage",
    "http://purl.org/dc/terms/license",
    "http://xmlns.com/foaf/0.1/homepage",
    "http://xmlns.com/foaf/0.1/page",
    "http://xmlns.com/foaf/0.1/depiction",
    "http://www.w3.org/2000/01/rdf-schema#seeAlso",
];

const RESOURCES: &[&str] = &[
    "location",
    "organizer",
    "superEvent",
    "subEvent",
    "workPerformed",
    "isBasedOn",
    "containedInPlace",
    "containsPlace",
    "memberOf",
    "parentOrganization",
    "subOrganization",
    "affiliation",
    "offers",
    "seller",
    "performer",
    "actor",
    "director",
    "author",
    "composer",
    "contributor",
    "creator",
    "producer",
    "sponsor",
    "funder",
    "translator",
    "lyricist",
    "about",
];

const BOOLEANS: &[&str] = &[
    "isAccessibleForFree",
    "isFamilyFriendly",
    "publicAccess",
    "smokingAllowed",
    "valueAddedTaxIncluded",
    "isLiveBroadcast",
];

/// Local names of schema.org, each with what else is met for it, as [`label_key`] without
/// spaces makes it.
const EVENT_STATUS: &[(&str, &[&str])] = &[
    (
        "EventScheduled",
        &[
            "scheduled",
            "confirmed",
            "programme",
            "confirme",
            "maintenu",
        ],
    ),
    (
        "EventCancelled",
        &[
            "cancelled",
            "canceled",
            "eventcanceled",
            "annule",
            "annulee",
        ],
    ),
    ("EventPostponed", &["postponed"]),
    (
        "EventRescheduled",
        &["rescheduled", "reprogramme", "reprogrammee"],
    ),
    ("EventMovedOnline", &["movedonline"]),
];

const ATTENDANCE_MODE: &[(&str, &[&str])] = &[
    (
        "OfflineEventAttendanceMode",
        &["offline", "surplace", "enpresentiel", "presentiel"],
    ),
    ("OnlineEventAttendanceMode", &["online", "enligne"]),
    (
        "MixedEventAttendanceMode",
        &[
            "mixed",
            "hybrid",
            "hybride",
            "mixte",
            "hybrideventattendancemode",
        ],
    ),
];

const AVAILABILITY: &[(&str, &[&str])] = &[
    ("InStock", &["available", "disponible"]),
    ("SoldOut", &["complet", "epuise"]),
    ("LimitedAvailability", &["limited", "dernieresplaces"]),
    ("PreOrder", &[]),
    ("PreSale", &["prevente"]),
    ("OnlineOnly", &[]),
    ("InStoreOnly", &[]),
    ("OutOfStock", &["indisponible"]),
    ("Reserved", &[]),
    ("BackOrder", &[]),
    ("MadeToOrder", &[]),
    ("Discontinued", &[]),
];

/// What a property holds; text on one line when nothing else is known.
pub(super) fn holds(property: &str, context: &Context<'_>) -> Holds {
    if PARAGRAPHS.contains(&property) {
        return Holds::Paragraphs;
    }
    if LINKS.contains(&property) {
        return Holds::Link;
    }
    if DATES.contains(&property) || context.base.strip(property) == Some("ns#premiere") {
        return Holds::Date;
    }
    if context.vocabulary.is_boolean(property) {
        return Holds::Boolean;
    }
    if let Some(scheme) = context.vocabulary.scheme_of_property(property) {
        return Holds::Concepts(scheme.clone());
    }
    let Some(local) = property.strip_prefix(schema::NS) else {
        return Holds::Line;
    };
    match local {
        "sameAs" => Holds::SameAs,
        "duration" | "timeRequired" => Holds::Duration,
        "price" | "lowPrice" | "highPrice" | "minPrice" | "maxPrice" => Holds::Price,
        "priceCurrency" => Holds::Currency,
        "postalCode" => Holds::PostalCode,
        "eventStatus" => Holds::Enumeration(EVENT_STATUS),
        "eventAttendanceMode" => Holds::Enumeration(ATTENDANCE_MODE),
        "availability" => Holds::Enumeration(AVAILABILITY),
        local if SCHEDULE.contains(&local) => Holds::Schedule,
        local if BOOLEANS.contains(&local) => Holds::Boolean,
        local if RESOURCES.contains(&local) => Holds::Resource,
        _ => Holds::Line,
    }
}

pub(super) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let mut known: FxHashMap<NamedNode, Holds> = FxHashMap::default();
    for node in draft.subjects() {
        let statements = draft.take(&node);
        let is_french = is_french(&statements);
        let mut kept = Vec::with_capacity(statements.len());
        for (property, value) in statements {
            let holds = known
                .entry(property.clone())
                .or_insert_with(|| holds(property.as_str(), context));
            let mut at = At {
                draft,
                context,
                node: &node,
                property: &property,
                is_french,
                beside: &mut kept,
            };
            if let Some(value) = at.value(holds, value) {
                kept.push((property, value));
            }
        }
        draft.put(&node, kept);
    }
}

/// Whether an address is in France, as far as it says.
fn is_french(statements: &[Statement]) -> bool {
    let mut countries = statements
        .iter()
        .filter(|(property, _)| property.as_str() == "http://schema.org/addressCountry")
        .map(|(_, value)| label_key(&shown(value)))
        .peekable();
    countries.peek().is_none()
        || countries.any(|country| matches!(country.as_str(), "fr" | "fra" | "france"))
}

/// One value, with what may be asked and told about it.
struct At<'a, 'b> {
    draft: &'a mut Draft,
    context: &'a Context<'b>,
    node: &'a NamedOrBlankNode,
    property: &'a NamedNode,
    is_french: bool,
    /// Further statements about the node.
    beside: &'a mut Vec<Statement>,
}

impl At<'_, '_> {
    /// The value as it is kept; `None` when it is left out.
    fn value(&mut self, holds: &Holds, value: Term) -> Option<Term> {
        match value {
            Term::BlankNode(_) => Some(value),
            Term::NamedNode(iri) => self.iri(holds, iri),
            Term::Literal(literal) => {
                let literal = self.text(holds, literal)?;
                self.literal(holds, literal)
            }
        }
    }

    fn rewrote(&mut self, rule: u8, before: impl Into<String>, after: impl Into<String>) {
        self.draft
            .rewrote(rule, self.node, self.property.as_str(), before, after);
    }

    fn retyped(&mut self, rule: u8, before: &Literal, after: &Literal) {
        self.draft
            .retyped(rule, self.node, self.property.as_str(), before, after);
    }

    fn found(
        &mut self,
        severity: Severity,
        rule: &str,
        value: &str,
        message: impl FnOnce(&str) -> Text,
    ) {
        let value = shortened(value);
        self.draft.found(
            severity,
            rule,
            self.node,
            Some(self.property.as_str()),
            Some(&value),
            message,
        );
    }

    fn name(&self) -> String {
        local_name(self.property.as_str()).to_owned()
    }

    fn iri(&mut self, holds: &Holds, iri: NamedNode) -> Option<Term> {
        let scheme = scheme(&iri);
        let is_followed = matches!(holds, Holds::Link | Holds::SameAs);
        let is_harmless = match scheme.as_str() {
            "http" | "https" => true,
            "mailto" | "tel" => *holds != Holds::SameAs,
            _ => !is_followed && !is_harmful(&iri),
        };
        if !is_harmless {
            let name = self.name();
            let value = shortened(iri.as_str());
            self.rewrote(13, value.clone(), "");
            self.found(Severity::Warning, "link-scheme", iri.as_str(), |subject| {
                Text::new(
                    format!("`{name}` de `{subject}` vaut `{value}`, qui n’est pas une adresse web : la valeur n’a pas été reprise ; écrivez une adresse en `https://`"),
                    format!("`{name}` of `{subject}` is `{value}`, which is no web address: it was left out; write an address that starts with `https://`"),
                )
            });
            return None;
        }
        match holds {
            Holds::SameAs => return Some(self.same_as(iri)),
            Holds::Enumeration(members) => {
                if let Some(local) = iri.as_str().strip_prefix(schema::NS)
                    && let Some(member) = member(members, local)
                    && member != local
                {
                    let after = format!("{}{member}", schema::NS);
                    self.rewrote(4, iri.as_str(), after.clone());
                    return Some(NamedNode::new_unchecked(after).into());
                }
            }
            Holds::Concepts(scheme) => {
                let vocabulary = self.context.vocabulary;
                if let Some(concept) = vocabulary.aligned(scheme.as_str(), iri.as_str()).cloned() {
                    self.rewrote(4, iri.as_str(), concept.as_str());
                    return Some(concept.into());
                }
            }
            Holds::Boolean => {
                let truth = match iri.as_str() {
                    "http://schema.org/True" => "true",
                    "http://schema.org/False" => "false",
                    _ => return Some(iri.into()),
                };
                self.rewrote(5, iri.as_str(), truth);
                return Some(Literal::new_typed_literal(truth, xsd::BOOLEAN).into());
            }
            _ => {}
        }
        Some(iri.into())
    }

    fn same_as(&mut self, iri: NamedNode) -> Term {
        match identifiers::of_iri(iri.as_str()) {
            Some(External::Is(canonical)) if canonical != iri.as_str() => {
                match NamedNode::new(&canonical) {
                    Ok(canonical) => {
                        self.rewrote(13, iri.as_str(), canonical.as_str());
                        canonical.into()
                    }
                    Err(_) => iri.into(),
                }
            }
            Some(External::Mistyped) => {
                mistyped(self.draft, self.node, self.property, iri.as_str());
                iri.into()
            }
            _ => iri.into(),
        }
    }

    /// Rule 6. `None` for a text with nothing in it.
    fn text(&mut self, holds: &Holds, literal: Literal) -> Option<Literal> {
        const HTML: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML";
        let datatype = literal.datatype();
        let is_html = datatype.as_str() == HTML;
        let is_text = datatype == xsd::STRING || literal.language().is_some() || is_html;
        if !is_text {
            // Whatever else it is, spaces around it are not meant.
            let trimmed = literal.value().trim();
            if trimmed.len() == literal.value().len()
                || datatype.as_str().starts_with("http://www.w3.org/1999/")
            {
                return Some(literal);
            }
            self.rewrote(6, shortened(literal.value()), shortened(trimmed));
            return Some(Literal::new_typed_literal(trimmed, datatype.into_owned()));
        }
        let cleaned = if *holds == Holds::Paragraphs || is_html {
            text::paragraphs(literal.value())
        } else {
            text::line(literal.value())
        };
        if cleaned.as_deref().unwrap_or(literal.value()).is_empty() {
            self.rewrote(6, shortened(literal.value()), "");
            return None;
        }
        let cleaned = match cleaned {
            Some(cleaned) => {
                self.rewrote(6, shortened(literal.value()), shortened(&cleaned));
                cleaned
            }
            None if is_html => literal.value().to_owned(),
            None => return Some(literal),
        };
        Some(match literal.language() {
            Some(language) => Literal::new_language_tagged_literal_unchecked(cleaned, language),
            None => Literal::new_simple_literal(cleaned),
        })
    }

    fn literal(&mut self, holds: &Holds, literal: Literal) -> Option<Term> {
        let after: Term = match holds {
            Holds::Line | Holds::Paragraphs => return Some(literal.into()),
            Holds::Schedule | Holds::Date => return Some(self.date(holds, literal).into()),
            Holds::Duration => match duration(&literal) {
                Some(duration) => {
                    self.retyped(2, &literal, &duration);
                    duration.into()
                }
                None => literal.into(),
            },
            Holds::Boolean => match truth(&literal) {
                Some(truth) => {
                    self.retyped(5, &literal, &truth);
                    truth.into()
                }
                None => literal.into(),
            },
            Holds::Enumeration(members) => match member(members, literal.value()) {
                Some(member) => {
                    let iri = format!("{}{member}", schema::NS);
                    self.rewrote(4, literal.value(), iri.clone());
                    NamedNode::new_unchecked(iri).into()
                }
                None => literal.into(),
            },
            Holds::Concepts(scheme) => {
                let vocabulary = self.context.vocabulary;
                let address = web_address(literal.value());
                let named = vocabulary.concept(scheme.as_str(), literal.value());
                let aligned = address
                    .as_ref()
                    .and_then(|iri| vocabulary.aligned(scheme.as_str(), iri.as_str()));
                match named.or(aligned).cloned().or(address) {
                    Some(concept) => {
                        self.rewrote(4, literal.value(), concept.as_str());
                        concept.into()
                    }
                    None => literal.into(),
                }
            }
            Holds::Price => return Some(self.price(literal).into()),
            Holds::Currency => match currency(literal.value()) {
                Some(code) if code != literal.value() => {
                    self.rewrote(7, literal.value(), code);
                    Literal::new_simple_literal(code).into()
                }
                _ => literal.into(),
            },
            Holds::PostalCode => self.postal_code(literal).into(),
            Holds::Link | Holds::SameAs => return self.link(holds, literal),
            Holds::Resource => match web_address(literal.value()) {
                Some(iri) => {
                    self.rewrote(13, literal.value(), iri.as_str());
                    iri.into()
                }
                None => literal.into(),
            },
        };
        Some(after)
    }

    /// Rule 2.
    fn date(&mut self, holds: &Holds, literal: Literal) -> Literal {
        let value = literal.value();
        let Some(when) = When::read(value) else {
            if let Some(partial) = partial_date(holds, self.property, value) {
                if partial != literal {
                    self.retyped(2, &literal, &partial);
                }
                return partial;
            }
            let name = self.name();
            let example = dates::suggestion(value);
            self.found(Severity::Warning, "unreadable-date", value, |subject| {
                let value = shortened(value);
                match example {
                    Some(example) => Text::new(
                        format!("`{name}` de `{subject}` vaut `{value}` ; écrivez `{example}`"),
                        format!("`{name}` of `{subject}` is `{value}`; write `{example}`"),
                    ),
                    None => Text::new(
                        format!("`{name}` de `{subject}` vaut `{value}`, qui n’est pas une date ; écrivez par exemple `2026-11-25` ou `2026-11-25T20:30`"),
                        format!("`{name}` of `{subject}` is `{value}`, which is not a date; write for example `2026-11-25` or `2026-11-25T20:30`"),
                    ),
                }
            });
            return literal;
        };
        let read = when.literal();
        // Only another way to write the same typed value: rule 11 does that.
        let is_same = super::canonical::canonical(&literal)
            .as_ref()
            .unwrap_or(&literal)
            == &read;
        if is_same {
            return literal;
        }
        self.retyped(2, &literal, &read);
        read
    }

    /// Rule 7.
    fn price(&mut self, literal: Literal) -> Literal {
        let value = literal.value();
        let decimal = xsd::DECIMAL;
        if literal.datatype() == decimal {
            return literal;
        }
        if let Some(number) = plain_number(value, literal.datatype() == xsd::STRING) {
            let after = Literal::from(number);
            self.retyped(7, &literal, &after);
            return after;
        }
        let Some((amount, code)) = price(value) else {
            let name = self.name();
            self.found(Severity::Warning, "unreadable-price", value, |subject| {
                let value = shortened(value);
                Text::new(
                    format!("`{name}` de `{subject}` vaut `{value}`, qui n’est pas un prix ; écrivez par exemple `12.50`, et `EUR` dans `priceCurrency`"),
                    format!("`{name}` of `{subject}` is `{value}`, which is not a price; write for example `12.50`, and `EUR` in `priceCurrency`"),
                )
            });
            return literal;
        };
        let after = Literal::from(amount);
        match code {
            Some(code) => {
                self.rewrote(7, value, format!("{} {code}", after.value()));
                let statement = (
                    schema::PRICE_CURRENCY.into_owned(),
                    Literal::new_simple_literal(code).into(),
                );
                self.beside.push(statement);
            }
            None => self.retyped(7, &literal, &after),
        }
        after
    }

    /// Rule 8.
    fn postal_code(&mut self, literal: Literal) -> Literal {
        let value = literal.value().trim();
        let is_text = literal.datatype() == xsd::STRING || literal.language().is_some();
        // JSON has numbers such as `1.0E3`.
        let mut code = match value.parse::<Double>() {
            Ok(number) if !is_text => Decimal::try_from(number)
                .map_or_else(|_| value.to_owned(), |number| number.to_string()),
            _ => value.to_owned(),
        };
        if self.is_french {
            let bare = code
                .strip_prefix("F-")
                .or_else(|| code.strip_prefix("FR-"))
                .unwrap_or(&code)
                .replace(' ', "");
            let digits = bare.len();
            if (4..=5).contains(&digits) && bare.bytes().all(|byte| byte.is_ascii_digit()) {
                // Four digits in a text may be Belgian or Swiss; as a number in France they
                // have lost their zero.
                if digits == 5 {
                    code = bare;
                } else if !is_text {
                    code = format!("0{bare}");
                }
            }
        }
        let after = Literal::new_simple_literal(code);
        if after != literal {
            self.retyped(8, &literal, &after);
        }
        after
    }

    /// Rule 13 for texts that should be IRIs.
    fn link(&mut self, holds: &Holds, literal: Literal) -> Option<Term> {
        let value = literal.value();
        let encoded = value.replace(' ', "%20");
        let iri = web_address(&encoded).or_else(|| {
            (encoded.starts_with("www.") && encoded.contains('.'))
                .then(|| web_address(&format!("http://{encoded}")))
                .flatten()
        });
        let iri = iri.or_else(|| {
            let (scheme, _) = encoded.split_once(':')?;
            let known = ["mailto", "tel", "javascript", "data", "vbscript", "file"];
            known
                .contains(&scheme.to_ascii_lowercase().as_str())
                .then(|| NamedNode::new(&encoded).ok())
                .flatten()
        });
        if let Some(iri) = iri {
            let kept = self.iri(holds, iri)?;
            self.rewrote(13, value, shown(&kept));
            return Some(kept);
        }
        let name = self.name();
        self.found(Severity::Warning, "not-a-link", value, |subject| {
            let value = shortened(value);
            Text::new(
                format!("`{name}` de `{subject}` vaut `{value}`, qui n’est pas une adresse web ; écrivez par exemple `https://www.example.org/`"),
                format!("`{name}` of `{subject}` is `{value}`, which is not a web address; write for example `https://www.example.org/`"),
            )
        });
        Some(literal.into())
    }
}

/// Warns of a mistyped ISNI or ORCID.
pub(super) fn mistyped(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    property: &NamedNode,
    value: &str,
) {
    draft.found(
        Severity::Warning,
        "check-character",
        node,
        Some(property.as_str()),
        Some(value),
        |subject| {
            Text::new(
                format!("l’identifiant `{value}` de `{subject}` a une clé de contrôle fausse : il ne sert pas au rapprochement ; recopiez-le"),
                format!("the identifier `{value}` of `{subject}` has a wrong check character: it is not used for matching; copy it again"),
            )
        },
    );
}

fn scheme(iri: &NamedNode) -> String {
    iri.as_str()
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Whether an IRI runs or reveals something when it is followed, and so names nothing.
pub(super) fn is_harmful(iri: &NamedNode) -> bool {
    let harmful = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "blob",
        "about",
        "view-source",
    ];
    harmful.contains(&scheme(iri).as_str())
}

/// An http or https IRI.
fn web_address(text: &str) -> Option<NamedNode> {
    let scheme = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    if !scheme.starts_with("http://") && !scheme.starts_with("https://") {
        return None;
    }
    let (_, host) = text.split_once("://")?;
    (!host.is_empty())
        .then(|| NamedNode::new(text).ok())
        .flatten()
}

/// The member of an enumeration that a text names.
fn member(
    members: &'static [(&'static str, &'static [&'static str])],
    text: &str,
) -> Option<&'static str> {
    let local = text.rsplit(['/', '#', ':']).next().unwrap_or(text);
    let key = label_key(local).replace(' ', "");
    members
        .iter()
        .find(|(name, others)| name.eq_ignore_ascii_case(&key) || others.contains(&key.as_str()))
        .map(|(name, _)| *name)
}

/// Rule 5. `None` when it is a boolean already, or nothing that can be read as one.
fn truth(literal: &Literal) -> Option<Literal> {
    if literal.datatype() == xsd::BOOLEAN && matches!(literal.value(), "true" | "false" | "1" | "0")
    {
        return None;
    }
    let local = literal.value().rsplit(['/', ':']).next()?;
    let truth = match label_key(local).as_str() {
        "true" | "vrai" | "oui" | "yes" | "1" => "true",
        "false" | "faux" | "non" | "no" | "0" => "false",
        _ => return None,
    };
    Some(Literal::new_typed_literal(truth, xsd::BOOLEAN))
}

/// A duration as `xsd:duration`: ISO 8601 in a text, or `1h30`, `90 min`. `None` when it is one
/// already, or cannot be read.
fn duration(literal: &Literal) -> Option<Literal> {
    if literal.datatype() == xsd::DURATION {
        return None;
    }
    let value = literal.value();
    if let Ok(duration) = value.parse::<Duration>() {
        return Some(Literal::from(duration));
    }
    let mut minutes = 0_i64;
    let mut number = None::<i64>;
    let mut unit = String::new();
    let mut saw_hours = false;
    let lower = value.to_lowercase();
    // A final space ends the last unit.
    for c in lower.chars().chain(" ".chars()) {
        if let Some(digit) = c.to_digit(10) {
            if !unit.is_empty() {
                minutes = minutes.checked_add(in_minutes(number.take()?, &unit)?)?;
                saw_hours |= unit.starts_with('h');
                unit.clear();
            }
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(i64::from(digit))?,
            );
        } else if c.is_alphabetic() {
            number?;
            unit.push(c);
        } else if c != ' ' && c != '.' {
            return None;
        }
    }
    match (number, unit.as_str()) {
        (Some(number), "") if saw_hours && number < 60 => minutes = minutes.checked_add(number)?,
        (Some(number), unit) if !unit.is_empty() => {
            minutes = minutes.checked_add(in_minutes(number, unit)?)?;
        }
        _ => return None,
    }
    let text = match (minutes / 60, minutes % 60) {
        _ if minutes <= 0 || minutes > 60 * 24 * 30 => return None,
        (0, minutes) => format!("PT{minutes}M"),
        (hours, 0) => format!("PT{hours}H"),
        (hours, minutes) => format!("PT{hours}H{minutes}M"),
    };
    let duration = text.parse::<Duration>().ok()?;
    Some(Literal::from(duration))
}

fn in_minutes(number: i64, unit: &str) -> Option<i64> {
    match unit {
        "h" | "heure" | "heures" | "hour" | "hours" | "hr" | "hrs" => number.checked_mul(60),
        "m" | "mn" | "min" | "mins" | "minute" | "minutes" => Some(number),
        _ => None,
    }
}

/// A year or a month where that says enough, and a time of day for the doors.
fn partial_date(holds: &Holds, property: &NamedNode, value: &str) -> Option<Literal> {
    const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
    let typed = |local: &str, value: String| {
        Literal::new_typed_literal(value, NamedNode::new_unchecked(format!("{XSD}{local}")))
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if *holds == Holds::Date {
        let year = value.get(..4)?;
        if !is_digits(year) {
            return None;
        }
        return match value.get(4..)? {
            "" => Some(typed("gYear", value.to_owned())),
            month if month.len() == 3 => {
                let number: u8 = month.strip_prefix('-')?.parse().ok()?;
                (1..=12)
                    .contains(&number)
                    .then(|| typed("gYearMonth", value.to_owned()))
            }
            _ => None,
        };
    }
    if property.as_ref() != schema::DOOR_TIME {
        return None;
    }
    let time = value.replace(['h', 'H'], ":");
    let (hour, rest) = time.split_once(':')?;
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
    let fits = |text: &str, below: u8| {
        text.len() == 2 && is_digits(text) && text.parse::<u8>().is_ok_and(|number| number < below)
    };
    (fits(hour, 24) && fits(minute, 60) && fits(second, 60))
        .then(|| typed("time", format!("{hour}:{minute}:{second}")))
}

/// A number as JSON or a plain text gives it, without a currency.
fn plain_number(value: &str, is_text: bool) -> Option<Decimal> {
    if is_text {
        // `12.5` and `12`, but not `1.250`, which may be more than a thousand.
        let (_, fraction) = value.split_once('.').unwrap_or((value, ""));
        if fraction.len() > 2 || !value.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        return value.parse().ok();
    }
    value
        .parse::<Decimal>()
        .ok()
        .or_else(|| Decimal::try_from(value.parse::<Double>().ok()?).ok())
}

/// Currencies as they stand beside a price. `$` alone is of several countries.
const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("fr.", "CHF"),
    ("ca$", "CAD"),
    ("$ca", "CAD"),
    ("c$", "CAD"),
    ("cad", "CAD"),
    ("$ cad", "CAD"),
    ("us$", "USD"),
    ("$us", "USD"),
    ("usd", "USD"),
    ("$ usd", "USD"),
    ("xpf", "XPF"),
    ("f cfp", "XPF"),
    ("fcfp", "XPF"),
    ("cfp", "XPF"),
];

/// The ISO 4217 code of a currency as people write it.
fn currency(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase();
    CURRENCIES
        .iter()
        .find(|(written, _)| *written == text)
        .map(|(_, code)| *code)
}

/// Whether a text says that there is nothing to pay.
pub(super) fn is_free(text: &str) -> bool {
    let free = [
        "gratuit",
        "gratuite",
        "entree libre",
        "entree gratuite",
        "free",
        "free entry",
        "libre",
        "acces libre",
        "free admission",
    ];
    free.contains(&label_key(text).as_str())
}

/// Amount and currency of a price as people write it: `12,50 €`, `€12`, `gratuit`. `None` when
/// it is several prices, or could be several amounts.
fn price(text: &str) -> Option<(Decimal, Option<&'static str>)> {
    if is_free(text) {
        return Some((Decimal::from(0), None));
    }
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let before = text.get(..start)?.trim();
    let number = text.get(start..end)?;
    let mut after = text.get(end..)?.trim();
    // `12.-` and `12,-` are whole amounts.
    for dash in [",-", ".-", ",–", ".–"] {
        after = after.strip_prefix(dash).map_or(after, str::trim);
    }
    let code = match (before, after) {
        ("", "") => None,
        (written, "") | ("", written) => Some(currency(written)?),
        _ => return None,
    };
    Some((amount(number)?, code))
}

/// `1 250,50`, `1.250,50`, `1,250.50`, `12,5`, `1250`; not `1.250`.
fn amount(text: &str) -> Option<Decimal> {
    // A text was normalised before, so that every kind of space is this one.
    if text.split(' ').skip(1).any(|group| group.len() < 3) {
        return None;
    }
    let text = text.replace([' ', '\''], "");
    let last = text.rfind([',', '.']);
    let (whole, fraction) = match last {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text.as_str(), ""),
    };
    if !fraction.is_empty() && !(1..=2).contains(&fraction.len()) {
        return None;
    }
    let mut groups = whole.split([',', '.']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    if rest.iter().any(|group| group.len() != 3) || (!rest.is_empty() && first.len() > 3) {
        return None;
    }
    let digits: String = std::iter::once(first).chain(rest).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{digits}.{fraction}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        for (text, expected) in [
            ("12,50 €", Some(("12.5", Some("EUR")))),
            ("12.50 EUR", Some(("12.5", Some("EUR")))),
            ("€12", Some(("12", Some("EUR")))),
            ("12 euros", Some(("12", Some("EUR")))),
            ("CHF 25.-", Some(("25", Some("CHF")))),
            ("1 250,00 €", Some(("1250", Some("EUR")))),
            ("1.250,50 €", Some(("1250.5", Some("EUR")))),
            ("1,250.50 £", Some(("1250.5", Some("GBP")))),
            ("gratuit", Some(("0", None))),
            ("Entrée libre", Some(("0", None))),
            ("12", Some(("12", None))),
            ("1.250", None),
            ("12/8 €", None),
            ("de 12 à 18 €", None),
            ("12 €, réduit 8 €", None),
            ("12 $", None),
            ("prix libre", None),
            ("", None),
        ] {
            let read = price(text).map(|(amount, code)| (amount.to_string(), code));
            let expected = expected.map(|(amount, code)| (amount.to_owned(), code));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, expected) in [
            ("PT90M", Some("PT1H30M")),
            ("1h30", Some("PT1H30M")),
            ("1 h 30 min", Some("PT1H30M")),
            ("90 min", Some("PT1H30M")),
            ("45 minutes", Some("PT45M")),
            ("2h", Some("PT2H")),
            ("2 heures", Some("PT2H")),
            ("90", None),
            ("environ 2h", None),
            ("1h30-2h", None),
            ("0 min", None),
            ("99999999999999999999h", None),
        ] {
            let read = duration(&Literal::new_simple_literal(text));
            assert_eq!(read.as_ref().map(Literal::value), expected, "{text}");
        }
    }

    #[test]
    fn members_of_enumerations_are_known_by_many_names() {
        for text in [
            "EventCancelled",
            "https://schema.org/EventCancelled",
            "schema:EventCancelled",
            "eventcanceled",
            "Annulé",
        ] {
            assert_eq!(member(EVENT_STATUS, text), Some("EventCancelled"), "{text}");
        }
        assert_eq!(member(AVAILABILITY, "In stock"), Some("InStock"));
        assert_eq!(
            member(
                ATTENDANCE_MODE,
                "http://schema.org/HybridEventAttendanceMode"
            ),
            Some("MixedEventAttendanceMode")
        );
        assert_eq!(member(EVENT_STATUS, "reporté"), None);
    }
}
