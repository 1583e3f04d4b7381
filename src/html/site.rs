//! What every page knows: where it stands, in which language, and at which generation.

use crate::html::assets::Asset;
use crate::i18n;
use crate::model::assessment::Place;
use crate::model::{Base, Generation, Lang, Outside};

/// What stands in the menu under "data", with the keys of the names.
const DATA_PAGES: &[(&str, &str)] = &[
    ("/sparql", "menu-sparql"),
    ("/queries/", "menu-queries"),
    ("/catalogue", "menu-catalogue"),
    ("/releases/", "menu-releases"),
    ("/dumps/", "menu-dumps"),
    ("/vocab", "menu-vocabularies"),
    ("/statistics", "menu-statistics"),
    ("/quality", "menu-quality"),
    ("/validate", "menu-validate"),
    ("/api", "menu-api"),
];

/// The surroundings of a page.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    pub base: &'a Base,
    /// What stands before `/id/…` in the links of pages: empty, or a path such as `/data` when
    /// the program is reached below one.
    pub root: &'a str,
    pub lang: Lang,
    /// The language in which pages come to who asks for none.
    pub usual: Lang,
    /// The generation of the data that the page shows.
    pub generation: Generation,
    /// The address of the page, from its `/` on, with its query but without `lang`.
    pub path: &'a str,
    /// What the page may load from other hosts.
    pub outside: &'a Outside,
}

impl Site<'_> {
    /// A text of the interface.
    pub fn say(&self, key: &str) -> String {
        i18n::text(self.lang, key, &[])
    }

    /// A text of the interface with one value in it.
    pub fn say_with(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        i18n::text(self.lang, key, &[(name, value.as_ref().into())])
    }

    /// A text that counts: `n` decides the plural, `shown` is how it is written.
    pub fn count(&self, key: &str, n: &usize) -> String {
        let shown = self.number(&(*n as u64));
        i18n::text(
            self.lang,
            key,
            &[("n", (*n).into()), ("shown", shown.into())],
        )
    }

    /// A place in a file.
    pub fn place(&self, place: &Place) -> String {
        i18n::text(
            self.lang,
            "validation-place",
            &[
                ("file", place.file.as_str().into()),
                ("line", self.number(&place.line).into()),
            ],
        )
    }

    pub fn number(&self, n: &u64) -> String {
        i18n::number(self.lang, *n)
    }

    /// The address of a page of ours, from its path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        let path = Asset::named(name);
        self.at(&format!(
            "/assets/{}",
            path.map_or(name, |asset| asset.path.as_str())
        ))
    }

    /// Whether an asset was built in: those that need node may not be.
    pub(crate) fn has_asset(&self, name: &str) -> bool {
        Asset::named(name).is_some()
    }

    /// Where a link to an IRI goes: our own ones stay on this server, so that the program can be
    /// tried behind any address. `None` for what is no link: neither ours nor http(s) or mailto.
    pub fn href(&self, iri: &str) -> Option<String> {
        // A path that begins with a slash would lead to another host.
        let ours = self.base.strip(iri);
        if let Some(path) = ours.filter(|path| !path.starts_with('/')) {
            return Some(self.at(&format!("/{path}")));
        }
        let scheme = iri.split_once(':')?.0.to_ascii_lowercase();
        ["http", "https", "mailto"]
            .contains(&scheme.as_str())
            .then(|| iri.to_owned())
    }

    /// This page in another language.
    pub fn in_language(&self, lang: &Lang) -> String {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{}{separator}lang={lang}", self.root, self.path)
    }

    /// The address under which a page is to be known in a language; `address` is that from its `/`
    /// on.
    pub(crate) fn known_as(&self, address: &str, lang: Lang) -> String {
        let address = format!("{}{address}", self.base);
        if lang == self.usual {
            return address;
        }
        let separator = if address.contains('?') { '&' } else { '?' };
        format!("{address}{separator}lang={lang}")
    }

    /// The same in each language.
    pub(crate) fn known_in(&self, address: &str) -> Vec<(Lang, String)> {
        let languages = self.languages().into_iter();
        languages
            .map(|lang| (lang, self.known_as(address, lang)))
            .collect()
    }

    /// The name of a language in the page's language, or its tag.
    pub(crate) fn language(&self, tag: &str) -> String {
        crate::html::shown::language_name(tag, self)
    }

    /// The name of a language, in itself.
    pub fn language_name(&self, lang: &Lang) -> &'static str {
        match lang {
            Lang::Fr => "Français",
            Lang::En => "English",
        }
    }

    pub(crate) fn languages(&self) -> [Lang; 2] {
        Lang::ALL
    }

    /// The pages about the data as a whole, for the menu: address and name.
    pub(crate) fn data_pages(&self) -> Vec<(&'static str, String)> {
        DATA_PAGES
            .iter()
            .map(|(path, key)| (*path, self.say(key)))
            .collect()
    }

    /// Whether the page is one of those.
    pub(crate) fn is_in_data(&self) -> bool {
        DATA_PAGES
            .iter()
            .any(|(path, _)| self.is_in(path.trim_end_matches('/')))
    }

    /// Whether the page stands at or below a path, for the menu.
    pub(crate) fn is_in(&self, path: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == path || (path.len() > 1 && here.starts_with(path))
    }
}
