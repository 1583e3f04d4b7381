//! The fields of the index, and what an entry puts into each.

use crate::model::{Kind, Lang};
use crate::search::entry::Entry;
use crate::search::{SearchError, fold};
use std::collections::BTreeSet;
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing,
    TextOptions,
};

/// A way to divide what is found.
#[derive(Debug, PartialEq, Eq)]
pub struct Facet {
    /// Its name in addresses and in the keys of the interface text.
    pub name: &'static str,
}

impl Facet {
    /// The facet of a name.
    pub fn named(name: &str) -> Option<&'static Facet> {
        FACETS.iter().find(|facet| facet.name == name)
    }

    /// The field that has its values, for readers of a language.
    pub(super) fn column(&self, lang: Lang) -> String {
        match self.name {
            LETTER => format!("{LETTER}-{lang}"),
            name => name.to_owned(),
        }
    }
}

const LETTER: &str = "letter";

/// In the order in which they are shown.
pub static FACETS: &[Facet] = &[
    Facet { name: "kind" },
    Facet { name: LETTER },
    Facet { name: "department" },
    Facet { name: "discipline" },
    Facet { name: "function" },
];

/// By name, where the index keeps what.
#[derive(Clone)]
pub struct Fields {
    /// Who it is; one entry for each.
    pub path: Field,
    /// Each word.
    pub words: Field,
    /// Each start of each word, but of performances: they bear the names of what is performed.
    pub starts: Field,
    /// Each start of the first word of each name, with and without its article; of performances
    /// that word alone.
    pub firsts: Field,
    /// Each name, with and without its article.
    pub wholes: Field,
    /// Magnitude of the number of links to it.
    pub links: Field,
    /// The last day on which something of it is on, counted from 1970.
    pub last: Field,
    /// The key of order, by language of the interface.
    pub keys: Vec<(Lang, Field, Field)>,
    pub kind: Field,
    pub department: Field,
    pub discipline: Field,
    pub function: Field,
    /// The entry itself, as JSON.
    pub entry: Field,
}

/// The names of the columns by which is sorted.
pub const PATH: &str = "path";
pub const LINKS: &str = "links";
pub const LAST: &str = "last";

/// The column of the key of order for readers of a language.
pub fn key_column(lang: Lang) -> String {
    format!("key-{lang}")
}

impl Fields {
    pub fn new() -> (Schema, Self) {
        let raw = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        let word = TextOptions::default().set_indexing_options(raw);
        let value = word.clone().set_fast("raw");
        let column = TextOptions::default().set_fast("raw");
        let mut schema = Schema::builder();
        let mut keys = Vec::new();
        for lang in Lang::ALL {
            let key = schema.add_text_field(&key_column(lang), column.clone());
            let letter = schema.add_text_field(&format!("{LETTER}-{lang}"), value.clone());
            keys.push((lang, key, letter));
        }
        let fields = Self {
            path: schema.add_text_field(PATH, value.clone()),
            words: schema.add_text_field("words", word.clone()),
            starts: schema.add_text_field("starts", word.clone()),
            firsts: schema.add_text_field("firsts", word.clone()),
            wholes: schema.add_text_field("wholes", word),
            links: schema.add_u64_field(LINKS, NumericOptions::from(FAST)),
            last: schema.add_i64_field(LAST, NumericOptions::from(FAST)),
            keys,
            kind: schema.add_text_field("kind", value.clone()),
            department: schema.add_text_field("department", value.clone()),
            discipline: schema.add_text_field("discipline", value.clone()),
            function: schema.add_text_field("function", value),
            entry: schema.add_bytes_field("entry", BytesOptions::default().set_stored()),
        };
        (schema.build(), fields)
    }

    /// The field of a facet, for readers of a language.
    pub fn of_facet(&self, facet: &Facet, lang: Lang) -> Field {
        match facet.name {
            "kind" => self.kind,
            "department" => self.department,
            "discipline" => self.discipline,
            "function" => self.function,
            _ => {
                let mut keys = self.keys.iter();
                let of_lang = keys.find(|(known, ..)| *known == lang);
                of_lang.map_or(self.path, |(_, _, letter)| *letter)
            }
        }
    }

    /// What is kept of an entry.
    ///
    /// # Errors
    /// Never in practice: an entry can be written as JSON.
    pub fn document(&self, entry: &Entry) -> Result<TantivyDocument, SearchError> {
        let mut document = TantivyDocument::default();
        document.add_text(self.path, &entry.path);
        document.add_text(self.kind, &entry.kind);
        let found = Found::of(entry);
        for (field, texts) in [
            (self.words, &found.words),
            (self.starts, &found.starts),
            (self.firsts, &found.firsts),
            (self.wholes, &found.wholes),
        ] {
            for text in texts {
                document.add_text(field, text);
            }
        }
        for (lang, key, letter) in &self.keys {
            let text = key_of(entry, *lang);
            document.add_text(*letter, fold::letter(&text));
            document.add_text(*key, text);
        }
        for (field, values) in [
            (self.discipline, &entry.disciplines),
            (self.function, &entry.functions),
        ] {
            for value in values {
                document.add_text(field, value);
            }
        }
        if let Some(department) = &entry.department {
            document.add_text(self.department, department);
        }
        // Whether it has 40 or 41 links says nothing; their order should not move with each.
        document.add_u64(self.links, u64::from((entry.links + 1).ilog2()));
        if let Some(day) = entry.last_day() {
            document.add_i64(self.last, i64::from(day));
        }
        document.add_bytes(self.entry, &serde_json::to_vec(entry)?);
        Ok(document)
    }
}

/// By what an entry is found.
#[derive(Default)]
struct Found {
    words: BTreeSet<String>,
    starts: BTreeSet<String>,
    firsts: BTreeSet<String>,
    wholes: BTreeSet<String>,
}

impl Found {
    fn of(entry: &Entry) -> Self {
        let mut found = Self::default();
        let is_proposed = !entry.is_performance();
        for name in entry.all_names() {
            let folded = fold::fold(&name.text);
            for word in fold::words(&folded) {
                found.words.insert(word.to_owned());
                if is_proposed {
                    found.starts.extend(fold::starts(word).map(str::to_owned));
                }
            }
            let bare = fold::without_article(&folded, name.lang.as_deref());
            for whole in [folded.as_str(), bare] {
                let first = whole.split(' ').next().unwrap_or_default();
                let first = fold::shortened(first, fold::WORD_CHARS);
                if is_proposed {
                    found.firsts.extend(fold::starts(first).map(str::to_owned));
                }
                found.firsts.insert(first.to_owned());
                found.wholes.insert(whole.to_owned());
            }
        }
        for set in [&mut found.firsts, &mut found.wholes] {
            set.remove("");
        }
        found
    }
}

/// The key by which an entry stands in lists. Performances of one name follow in time.
fn key_of(entry: &Entry, lang: Lang) -> String {
    let Some(name) = entry.best(lang) else {
        return String::new();
    };
    let folded = fold::fold(&name.text);
    let is_person = Kind::named(&entry.kind).is_some_and(|kind| kind.name == "person");
    let key = if is_person {
        fold::person_key(&folded, entry.family.as_deref())
    } else {
        fold::name_key(&folded, name.lang.as_deref())
    };
    match entry.start.as_deref().filter(|_| entry.is_performance()) {
        Some(start) => format!("{key} {start}"),
        None => key,
    }
}
