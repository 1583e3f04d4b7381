//! The page on which whoever links to an entity relies: what is promised, what each address answers,
//! and what happens if the service ends.

use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use crate::i18n;
use crate::model::Naan;
use askama::Template;

/// What the page says of this server in particular.
#[derive(Clone, Debug)]
pub struct Persistence {
    pub naan: Option<Naan>,
    pub publisher: Option<String>,
    /// An address of the web or of mail.
    pub contact: Option<String>,
}

/// Any entity, for the examples.
const NOID: &str = "3f8kz2m9q0cx";
/// Another one.
const OTHER: &str = "bq7n4zr2kt5x";
/// The first with a slip.
const SLIP: &str = "3f8kz2m9q0cz";

/// A request and its answer, below a base.
type Exchange = fn(&str) -> String;

/// What can have become of a name: the key of its texts, and an exchange that shows it.
const CASES: &[(&str, Exchange)] = &[
    ("published", |base| {
        exchange(
            base,
            NOID,
            &[
                "HTTP/1.1 303 See Other",
                &format!("Location: ../doc/{NOID}"),
            ],
        )
    }),
    ("merged", |base| {
        exchange(
            base,
            NOID,
            &[
                "HTTP/1.1 301 Moved Permanently",
                &format!("Location: ../id/{OTHER}"),
                "Cache-Control: max-age=86400",
            ],
        )
    }),
    ("split", |base| {
        exchange(
            base,
            NOID,
            &[
                "HTTP/1.1 303 See Other",
                &format!("Location: ../doc/{NOID}"),
                "",
                &format!("<{base}/id/{NOID}>"),
                &format!("    dct:isReplacedBy <{base}/id/{OTHER}> , <{base}/id/c4w9vhs6m3pd> ."),
            ],
        )
    }),
    ("withdrawn", |base| {
        exchange(
            base,
            NOID,
            &[
                "HTTP/1.1 410 Gone",
                "Content-Type: text/turtle; charset=utf-8",
                "",
                &format!("<{base}/id/{NOID}>"),
                "    sv:withdrawn \"2027-03-02T09:12:44Z\"^^xsd:dateTime ;",
                &format!("    sv:withdrawnBy <{base}/source/theatre> ;"),
                "    sv:withdrawnBecause \"left-out\" .",
            ],
        )
    }),
    ("mistyped", |base| {
        exchange(
            base,
            SLIP,
            &[
                "HTTP/1.1 404 Not Found",
                "Content-Type: application/problem+json",
                "",
                &format!(
                    "{{ \"type\": \"{base}/problems/mistyped\", … \"near\": [{{ \"iri\": \"{base}/id/{NOID}\", … }}] }}"
                ),
            ],
        )
    }),
    ("unknown", |base| {
        exchange(
            base,
            "000000000000",
            &[
                "HTTP/1.1 404 Not Found",
                "Content-Type: application/problem+json",
            ],
        )
    }),
];

/// The sections after the cases, by their keys, with how many paragraphs each has.
const SECTIONS: &[(&str, usize)] = &[
    ("decided", 3),
    ("withdrawal", 2),
    ("redaction", 2),
    ("follow", 4),
    ("cite", 2),
    ("who", 3),
    ("end", 3),
];

fn exchange(base: &str, noid: &str, answer: &[&str]) -> String {
    format!("GET {base}/id/{noid}\n\n{}", answer.join("\n"))
}

struct Case {
    key: &'static str,
    title: String,
    text: Prose,
    todo: Prose,
    exchange: String,
}

struct Section {
    key: &'static str,
    title: String,
    paragraphs: Vec<Prose>,
}

#[derive(Template)]
#[template(path = "persistence.html")]
struct Page<'a> {
    site: Site<'a>,
    promise: Vec<Prose>,
    answers: Prose,
    cases: Vec<Case>,
    ark: Option<Vec<Prose>>,
    sections: Vec<Section>,
    contact: Option<(String, &'a str)>,
}

impl Persistence {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let base = site.base.as_str();
        let publisher = match &self.publisher {
            Some(publisher) => publisher.clone(),
            None => site.say("persistence-publisher"),
        };
        let ark = self.naan.as_ref().map(|naan| format!("ark:/{naan}/{NOID}"));
        let say = |key: String| {
            Prose::new(&i18n::text(
                site.lang,
                &key,
                &[
                    ("base", base.into()),
                    ("noid", NOID.into()),
                    ("publisher", publisher.as_str().into()),
                    ("ark", ark.as_deref().unwrap_or_default().into()),
                ],
            ))
        };
        let paragraphs = |key: &str, count: usize| -> Vec<Prose> {
            (1..=count)
                .map(|number| say(format!("persistence-{key}-{number}")))
                .collect()
        };
        render(&Page {
            promise: paragraphs("promise", 4),
            answers: say("persistence-answers-text".to_owned()),
            cases: CASES
                .iter()
                .map(|(key, exchange)| Case {
                    key,
                    title: site.say(&format!("persistence-case-{key}")),
                    text: say(format!("persistence-case-{key}-text")),
                    todo: say(format!("persistence-case-{key}-todo")),
                    exchange: exchange(base),
                })
                .collect(),
            ark: ark.as_ref().map(|_| paragraphs("ark", 3)),
            sections: SECTIONS
                .iter()
                .map(|(key, count)| Section {
                    key,
                    title: site.say(&format!("persistence-{key}")),
                    paragraphs: paragraphs(key, *count),
                })
                .collect(),
            contact: self
                .contact
                .as_deref()
                .and_then(|contact| Some((site.href(contact)?, contact))),
            site,
        })
    }
}
