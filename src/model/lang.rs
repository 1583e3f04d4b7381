//! The two languages of the interface, and texts that exist in both.

use oxrdf::Literal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    Fr,
    #[default]
    En,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::Fr, Lang::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }

    /// The interface language that a BCP 47 tag asks for (`fr-CA` asks for French), if we speak it.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Lang::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A short text for people, in both languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Text {
    pub fr: String,
    pub en: String,
}

impl Text {
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            fr: fr.into(),
            en: en.into(),
        }
    }

    /// The French and the English one of several literals; a language that is missing is taken
    /// from another rather than left empty. `None` when there is none at all.
    pub fn of(literals: &[Literal]) -> Option<Self> {
        let of = |wanted: &str| {
            literals.iter().find(|text| {
                let language = text.language().unwrap_or_default();
                language.split('-').next() == Some(wanted)
            })
        };
        let any = of("en").or_else(|| of("")).or_else(|| literals.first())?;
        let text = |lang: Lang| of(lang.tag()).unwrap_or(any).value();
        Some(Self::new(text(Lang::Fr), text(Lang::En)))
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// The literal that suits a reader of `lang` best: in that language, else in none, else in
/// another language of the interface, else the first.
pub fn best<'a>(
    literals: impl IntoIterator<Item = &'a Literal>,
    lang: Lang,
) -> Option<&'a Literal> {
    literals
        .into_iter()
        .min_by_key(|literal| match literal.language().map(Lang::from_tag) {
            Some(Some(tag)) if tag == lang => 0,
            None => 1,
            Some(Some(_)) => 2,
            Some(None) => 3,
        })
}
