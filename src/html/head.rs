//! What programs read in the head of a page that is about no entity: the address to keep, the
//! other languages, and what is shown where the page is shared.

use crate::html::Site;
use crate::html::shown::cut;
use crate::model::Lang;
use askama::Template;
use askama::filters::HtmlSafe;

#[derive(Template)]
#[template(path = "head.html")]
pub(crate) struct Head {
    canonical: String,
    languages: Vec<(Lang, String)>,
    usual: String,
    title: String,
    description: String,
    locale: &'static str,
    other_locale: &'static str,
}

impl HtmlSafe for Head {}

/// Characters of the description.
const DESCRIPTION: usize = 200;

impl Head {
    /// `address` is that of the page from its `/` on, without what only chooses its language or
    /// format.
    pub fn of(address: &str, title: &str, description: &str, site: &Site<'_>) -> Self {
        let (locale, other_locale) = locales(site.lang);
        Self {
            canonical: site.known_as(address, site.lang),
            languages: site.known_in(address),
            usual: site.known_as(address, site.usual),
            title: title.to_owned(),
            description: cut(description, DESCRIPTION),
            locale,
            other_locale,
        }
    }
}

/// A language as Open Graph names it, and the other one.
pub(crate) fn locales(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Fr => ("fr_FR", "en_GB"),
        Lang::En => ("en_GB", "fr_FR"),
    }
}

/// In a script block nothing is markup but `</script` and `<!--`; escaping `<`, `>` and `&` as
/// JSON allows rules out both. U+2028 and U+2029 are line ends to JavaScript.
pub(crate) fn script(json: &str) -> String {
    json.chars().fold(String::new(), |mut text, c| {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => text.push(c),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Generation, Outside};
    use crate::publish::sample;
    use serde_json::{Value, json};

    #[test]
    fn a_page_names_itself_and_each_language_names_the_same_addresses() {
        let base = sample::base();
        let head = |lang| {
            let site = Site {
                base: &base,
                root: "",
                lang,
                usual: Lang::Fr,
                generation: Generation(1),
                path: "/agenda?page=2&lang=en",
                outside: Outside::NOTHING,
            };
            Head::of("/agenda?page=2", "À l’affiche", "Tout", &site)
        };
        let (fr, en) = (head(Lang::Fr), head(Lang::En));
        let bare = "https://data.example.org/agenda?page=2";
        assert_eq!(fr.canonical, bare);
        assert_eq!(en.canonical, format!("{bare}&lang=en"));
        assert_eq!(fr.languages, en.languages);
        // A program takes no notice of a language whose page gives another address as its own.
        for (lang, address) in &fr.languages {
            assert_eq!(*address, head(*lang).canonical);
        }
        assert_eq!((fr.usual.as_str(), en.usual.as_str()), (bare, bare));
    }

    #[test]
    fn nothing_can_end_the_script_block() {
        let json = json!({"name": "</script><!-- & \u{2028}"}).to_string();
        let escaped = script(&json);
        assert!(!escaped.contains(['<', '>', '&', '\u{2028}']));
        let again: Value = serde_json::from_str(&escaped).expect("JSON");
        assert_eq!(again["name"], "</script><!-- & \u{2028}");
    }
}
