//! Codes of the European authority tables that the catalogue uses, with what rules of DCAT-AP want
//! to know of them.

use crate::model::vocabulary::dct;
use oxrdf::NamedNodeRef;

/// A code: its table, its name there, what it is, and what it is called.
pub struct Code {
    pub table: &'static str,
    pub name: &'static str,
    pub class: NamedNodeRef<'static>,
    pub fr: &'static str,
    pub en: &'static str,
}

const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

impl Code {
    pub fn iri(&self) -> String {
        format!("{AUTHORITY}/{}/{}", self.table, self.name)
    }

    pub fn scheme(&self) -> String {
        format!("{AUTHORITY}/{}", self.table)
    }
}

const fn language(name: &'static str, fr: &'static str, en: &'static str) -> Code {
    Code {
        table: "language",
        name,
        class: dct::LINGUISTIC_SYSTEM,
        fr,
        en,
    }
}

const fn frequency(name: &'static str, fr: &'static str, en: &'static str) -> Code {
    Code {
        table: "frequency",
        name,
        class: dct::FREQUENCY,
        fr,
        en,
    }
}

/// The languages of the catalogue's texts.
pub const LANGUAGES: &[Code] = &[
    language("FRA", "français", "French"),
    language("ENG", "anglais", "English"),
];

pub const CONTINUOUS: Code = frequency("CONT", "en continu", "continuous");
pub const DAILY: Code = frequency("DAILY", "quotidien", "daily");
pub const WEEKLY: Code = frequency("WEEKLY", "hebdomadaire", "weekly");
pub const MONTHLY: Code = frequency("MONTHLY", "mensuel", "monthly");
pub const NEVER: Code = frequency("NEVER", "jamais", "never");

pub const PUBLIC: Code = Code {
    table: "access-right",
    name: "PUBLIC",
    class: dct::RIGHTS_STATEMENT,
    fr: "public",
    en: "public",
};

pub const CULTURE: Code = Code {
    table: "data-theme",
    name: "EDUC",
    class: crate::model::vocabulary::skos::CONCEPT,
    fr: "Éducation, culture et sport",
    en: "Education, culture and sport",
};

pub const AVAILABLE: Code = Code {
    table: "planned-availability",
    name: "AVAILABLE",
    class: crate::model::vocabulary::skos::CONCEPT,
    fr: "disponible",
    en: "available",
};

/// A file type, of the authority table `file-type`.
pub const fn file_type(name: &'static str, called: &'static str) -> Code {
    Code {
        table: "file-type",
        name,
        class: dct::MEDIA_TYPE_OR_EXTENT,
        fr: called,
        en: called,
    }
}
