//! Values as pages show them. Each is a small template, so that all text of data goes through
//! the template engine's escaping.

use crate::html::Site;
use crate::i18n;
use crate::model::Lang;
pub(crate) use crate::model::lang::best;
use askama::Template;
use askama::filters::HtmlSafe;
use oxrdf::Literal;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A text, with its language when that is not the page's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% match lang %}{% when Some with (tag) %}<span lang="{{ tag }}"{% if self::is_right_to_left(tag) %} dir="rtl"{% endif %}>{{ text }}</span>{% when None %}{{ text }}{% endmatch %}"#
)]
pub(crate) struct Words {
    pub text: String,
    pub lang: Option<String>,
}

impl HtmlSafe for Words {}

impl Words {
    /// A text in the page's language, or in none.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            lang: None,
        }
    }

    pub fn of(literal: &Literal, site: &Site<'_>) -> Self {
        Self {
            text: literal.value().to_owned(),
            lang: literal
                .language()
                .filter(|tag| Lang::from_tag(tag) != Some(site.lang))
                .map(str::to_owned),
        }
    }

    /// What something is called, in a list or a heading: a name of any length is published, but
    /// a page has to stay one.
    pub fn name(literal: &Literal, site: &Site<'_>) -> Self {
        Self::of(literal, site).shortened()
    }

    /// The beginning of the text, with a mark where something is left out.
    pub fn shortened(self) -> Self {
        Self {
            text: name(&self.text),
            ..self
        }
    }
}

/// Characters of a name.
pub(crate) const NAME: usize = 300;

/// As much of a name as pages show.
pub fn name(text: &str) -> String {
    cut(text, NAME)
}

/// The beginning of a text: so many characters, up to the end of a word.
pub(crate) fn beginning(text: &str, characters: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(characters) else {
        return text;
    };
    let cut = &text[..end];
    match cut.rfind(char::is_whitespace) {
        // A text without spaces is cut where it is.
        Some(space) if space > end / 2 => cut[..space].trim_end(),
        _ => cut,
    }
}

/// The same, with a mark where something is left out.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    let beginning = beginning(text, characters);
    if beginning.len() == text.len() {
        text.to_owned()
    } else {
        format!("{beginning}…")
    }
}

/// Whether a language is written from right to left, by its tag.
pub(crate) fn is_right_to_left(tag: &str) -> bool {
    const LANGUAGES: &[&str] = &[
        "ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi",
    ];
    const SCRIPTS: &[&str] = &["arab", "hebr", "syrc", "thaa", "nkoo"];
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    // RFC 5646 §2.2.3: a script has four letters.
    match subtags
        .find(|subtag| subtag.len() == 4 && subtag.bytes().all(|b| b.is_ascii_alphabetic()))
    {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&language),
    }
}

/// A text as it stands in the query of an address (RFC 3986 §2.3).
pub(crate) fn encoded(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

/// A message of ours, in which what stands between backticks is code.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% for (is_code, text) in pieces %}{% if *is_code %}<code>{{ text }}</code>{% else %}{{ text }}{% endif %}{% endfor %}"#
)]
pub(crate) struct Prose {
    pieces: Vec<(bool, String)>,
}

impl HtmlSafe for Prose {}

impl Prose {
    pub fn new(text: &str) -> Self {
        let is_paired = text.matches('`').count().is_multiple_of(2);
        Self {
            pieces: if is_paired {
                text.split('`')
                    .enumerate()
                    .map(|(index, piece)| (index % 2 == 1, piece.to_owned()))
                    .filter(|(_, piece)| !piece.is_empty())
                    .collect()
            } else {
                vec![(false, text.to_owned())]
            },
        }
    }
}

/// A text that may lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% match href %}{% when Some with (href) %}<a href="{{ href }}"{% if is_external %} rel="external nofollow"{% endif %}>{{ words }}</a>{% when None %}{{ words }}{% endmatch %}"#
)]
pub(crate) struct Link {
    pub href: Option<String>,
    pub is_external: bool,
    pub words: Words,
}

impl HtmlSafe for Link {}

impl Link {
    /// A link to an IRI, if it may be one.
    pub fn to(iri: &str, words: Words, site: &Site<'_>) -> Self {
        Self {
            href: site.href(iri),
            is_external: !site.base.owns(iri),
            words,
        }
    }
}

/// A point in time: as the data has it, and in words.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<time datetime="{{ iso }}">{{ words }}</time>"#
)]
pub(crate) struct Time {
    pub iso: String,
    pub words: String,
}

impl HtmlSafe for Time {}

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% match self %}{% when Shown::Link(link) %}{{ link }}{% when Shown::Words(words) %}{{ words }}{% when Shown::Time(time) %}{{ time }}{% when Shown::Part(rows) %}<dl class="part">{% for row in rows %}{{ row }}{% endfor %}</dl>{% endmatch %}"#
)]
pub(crate) enum Shown {
    Link(Link),
    Words(Words),
    Time(Time),
    Part(Vec<Row>),
}

impl HtmlSafe for Shown {}

/// A property with its values, as a line of a definition list.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<div><dt>{{ label }}</dt>{% for value in values %}<dd>{{ value }}</dd>{% endfor %}</div>"#
)]
pub(crate) struct Row {
    pub label: Words,
    pub values: Vec<Shown>,
}

impl HtmlSafe for Row {}

/// The name of a language in the page's language, or its tag.
pub(crate) fn language_name(tag: &str, site: &Site<'_>) -> String {
    let primary = tag.split('-').next().unwrap_or(tag).to_lowercase();
    let key = format!("language-{primary}");
    if i18n::has(&key) {
        i18n::text(site.lang, &key, &[])
    } else {
        tag.to_owned()
    }
}

/// An age range of schema.org (`8-`, `6-10`, `-5`, `8`) in words.
pub(crate) fn age_range(range: &str, site: &Site<'_>) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match range.trim().split_once('-') {
        Some((from, "")) if is_number(from) => site.say_with("age-from", "age", from),
        Some(("", to)) if is_number(to) => site.say_with("age-to", "age", to),
        Some((from, to)) if is_number(from) && is_number(to) => i18n::text(
            site.lang,
            "age-between",
            &[
                ("from", from.to_owned().into()),
                ("to", to.to_owned().into()),
            ],
        ),
        _ => range.to_owned(),
    }
}

/// An amount as people write it: `18,50 €` or `€18.50`.
pub(crate) fn money(amount: &str, currency: Option<&str>, lang: Lang) -> String {
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = if whole.is_empty() || !is_number(whole) || !is_number(cents) {
        amount.to_owned()
    } else if cents.is_empty() {
        whole.to_owned()
    } else {
        let point = if lang == Lang::Fr { ',' } else { '.' };
        format!("{whole}{point}{cents:0<2}")
    };
    match (lang, currency) {
        (_, None) => amount,
        (Lang::Fr, Some("EUR")) => format!("{amount}\u{a0}€"),
        (Lang::En, Some("EUR")) => format!("€{amount}"),
        (_, Some(currency)) => format!("{amount}\u{a0}{currency}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_word_and_never_inside_a_character() {
        assert_eq!(cut("la mer qui monte", 100), "la mer qui monte");
        assert_eq!(cut("la mer qui monte", 12), "la mer qui…");
        assert_eq!(cut(&"é".repeat(50), 10), format!("{}…", "é".repeat(10)));
    }

    #[test]
    fn amounts_are_written_as_people_do() {
        assert_eq!(money("18.5", Some("EUR"), Lang::Fr), "18,50\u{a0}€");
        assert_eq!(money("9", Some("EUR"), Lang::En), "€9");
        assert_eq!(money("1500", Some("XPF"), Lang::Fr), "1500\u{a0}XPF");
        assert_eq!(money("sur place", None, Lang::Fr), "sur place");
    }

    #[test]
    fn what_stands_between_backticks_is_code_and_still_escaped() {
        let prose = |text| Prose::new(text).to_string();
        assert_eq!(
            prose("write `<a>` & go"),
            "write <code>&#60;a&#62;</code> &#38; go"
        );
        assert_eq!(prose("one ` alone"), "one ` alone");
    }

    #[test]
    fn text_of_data_cannot_become_markup() {
        let words = Words {
            text: "<script>".to_owned(),
            lang: Some("\" onclick=\"x".to_owned()),
        };
        let link = Link {
            href: Some("http://e.example/\"><script>".to_owned()),
            is_external: true,
            words,
        };
        let html = Shown::Link(link).to_string();
        assert!(
            !html.contains("<script") && !html.contains("\" onclick"),
            "{html}"
        );
    }
}
