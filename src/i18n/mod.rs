//! The texts of the interface, in French and English, from Fluent files built into the program.
//!
//! Data never comes from here: only what the program itself says. A new text is a line in both
//! `fr.ftl` and `en.ftl`; a test fails when one of them lacks it.

use crate::model::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::LazyLock;

pub use fluent_bundle::FluentValue as Value;

const FR: &str = include_str!("fr.ftl");
const EN: &str = include_str!("en.ftl");

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| Lang::ALL.map(bundle));

fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => FR,
        Lang::En => EN,
    }
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let tag = lang
        .tag()
        .parse()
        .expect("the tags of the interface languages are BCP 47");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around inserted values would end up in attributes and in copied text.
    bundle.set_use_isolating(false);
    // A message with a fault is left out here, and a test sees to it that there is none.
    let resource = match FluentResource::try_new(source(lang).to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    bundle.add_resource_overriding(resource);
    bundle
}

/// The text of `key` in `lang`, with `args` filled in; the key itself when there is none.
pub fn text(lang: Lang, key: &str, args: &[(&str, Value<'_>)]) -> String {
    let [fr, en] = &*BUNDLES;
    let bundle = match lang {
        Lang::Fr => fr,
        Lang::En => en,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut values = FluentArgs::new();
    for (name, value) in args {
        values.set(*name, value.clone());
    }
    bundle
        .format_pattern(pattern, Some(&values), &mut Vec::new())
        .into_owned()
}

/// Whether there is a text for `key`.
pub fn has(key: &str) -> bool {
    BUNDLES[0].has_message(key)
}

/// A number with its digits in groups of three, as the language writes it.
pub fn number(lang: Lang, number: u64) -> String {
    let digits = number.to_string();
    let separator = match lang {
        Lang::Fr => '\u{202f}',
        Lang::En => ',',
    };
    let mut grouped = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for line in source(lang).lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase())
                && let Some((key, _)) = line.split_once(" =")
            {
                assert!(keys.insert(key.to_owned()), "{key} is there twice");
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_keys_and_no_fault() {
        assert_eq!(keys(Lang::Fr), keys(Lang::En));
        for lang in Lang::ALL {
            assert!(FluentResource::try_new(source(lang).to_owned()).is_ok());
            for key in keys(lang) {
                assert!(has(&key), "{key}");
            }
        }
    }

    #[test]
    fn every_key_that_a_template_or_the_code_of_pages_names_exists() {
        let html = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/html");
        let mut folders = vec![html];
        let mut named = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Ok(text) = std::fs::read_to_string(&path) else {
                    continue;
                };
                for start in ["say(\"", "count(\"", "say_with(\""] {
                    for rest in text.split(start).skip(1) {
                        let key = rest.split('"').next().unwrap_or_default();
                        assert!(has(key), "`{key}` in {}", path.display());
                        named += 1;
                    }
                }
            }
        }
        assert!(named > 50, "the search found only {named} keys");
    }

    #[test]
    fn every_row_of_the_tables_has_its_texts() {
        for kind in crate::model::kind::KINDS {
            assert!(has(&format!("kind-{}", kind.name)), "{}", kind.name);
        }
        for format in crate::publish::FORMATS {
            assert!(has(format.about), "{}", format.about);
        }
        for format in crate::publish::DUMPS {
            assert!(has(format.about), "{}", format.about);
        }
    }

    #[test]
    fn numbers_are_grouped_and_plurals_follow_the_language() {
        assert_eq!(number(Lang::Fr, 1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(number(Lang::En, 999), "999");
        let zero = |lang| {
            text(
                lang,
                "entities-count",
                &[("n", 0.into()), ("shown", "0".into())],
            )
        };
        assert_eq!(zero(Lang::Fr), "0 ressource");
        assert_eq!(zero(Lang::En), "0 resources");
    }
}
