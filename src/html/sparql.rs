//! The page of the SPARQL endpoint: a form, examples, and the answer to what was asked.

use crate::html::shown::{Link, Words};
use crate::html::{Asset, PageError, Site, render};
use crate::model::Text;
use crate::model::vocabulary::xsd;
use crate::rdf::write::Prefixes;
use askama::Template;
use oxrdf::{Term, Triple};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Sparql {
    /// The text in the form.
    pub query: String,
    pub examples: Vec<Example>,
    pub answer: Option<Answer>,
    /// The same answer in other formats: a name and an address.
    pub downloads: Vec<(String, String)>,
    /// The date of what was released, if not the present data is asked.
    pub release: Option<String>,
}

/// Where queries over a release of a date are asked, or over the present data: from its `/` on.
pub fn endpoint(release: Option<&str>) -> String {
    match release {
        Some(date) => format!("/releases/{date}/sparql"),
        None => "/sparql".to_owned(),
    }
}

/// A query to start from.
#[derive(Clone, Debug)]
pub struct Example {
    pub name: Text,
    pub about: Text,
    /// Further words by which it is found.
    pub keywords: Vec<String>,
    pub query: String,
}

/// What came of a query.
#[derive(Clone, Debug)]
pub enum Answer {
    /// SELECT: the variables without `?`, and for each solution its values in their order.
    Table {
        variables: Vec<String>,
        rows: Vec<Vec<Option<Term>>>,
        /// The page shows the first rows only, there are more.
        is_cut: bool,
    },
    /// ASK.
    Boolean(bool),
    /// CONSTRUCT and DESCRIBE.
    Graph { triples: Vec<Triple>, is_cut: bool },
    /// The query could not be read or answered.
    Fault {
        /// In the reader's language.
        message: String,
        /// The line of the fault, and a mark below its place.
        excerpt: Option<String>,
    },
}

#[derive(Template)]
#[template(path = "sparql.html")]
struct Page<'a> {
    site: Site<'a>,
    query: &'a str,
    examples: Vec<ExampleLine<'a>>,
    answer: Option<View<'a>>,
    downloads: &'a [(String, String)],
    /// The title of the release, and where its page is.
    release: Option<(String, String)>,
    endpoint: String,
    /// `PREFIX` lines to copy, one a line.
    prefixes: String,
    /// Whether the script that makes an editor of the form was built in.
    has_editor: bool,
}

struct ExampleLine<'a> {
    name: &'a str,
    about: &'a str,
    keywords: String,
    query: &'a str,
    href: String,
}

/// An answer as a template shows it.
pub(super) enum View<'a> {
    Table {
        variables: Vec<String>,
        rows: Vec<Vec<Option<Cell>>>,
        is_cut: bool,
        count: usize,
    },
    Boolean(bool),
    Fault {
        message: &'a str,
        excerpt: Option<&'a str>,
    },
}

pub(super) struct Cell {
    pub(super) link: Link,
    /// The datatype, where it is not a plain text.
    pub(super) datatype: Option<String>,
}

impl Sparql {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let prefixes = Prefixes::new(site.base);
        let declarations: Vec<String> = prefixes
            .iter()
            .map(|(prefix, namespace)| format!("PREFIX {prefix}: <{namespace}>"))
            .collect();
        let answer = self.answer.as_ref().map(|answer| View::of(answer, &site));
        let endpoint = endpoint(self.release.as_deref());
        let release = self.release.as_ref().map(|date| {
            let page = site.at(&format!("/releases/{date}/"));
            (crate::html::releases::title(date, &site), page)
        });
        render(&Page {
            site,
            query: &self.query,
            examples: self
                .examples
                .iter()
                .map(|example| ExampleLine {
                    name: example.name.get(site.lang),
                    about: example.about.get(site.lang),
                    keywords: example.keywords.join(", "),
                    query: &example.query,
                    href: site.at(&format!(
                        "{endpoint}?query={}",
                        percent_encoding::utf8_percent_encode(
                            &example.query,
                            percent_encoding::NON_ALPHANUMERIC
                        )
                    )),
                })
                .collect(),
            answer,
            downloads: &self.downloads,
            release,
            endpoint: site.at(&endpoint),
            prefixes: declarations.join("\n"),
            has_editor: Asset::named("editor.js").is_some(),
        })
    }
}

impl<'a> View<'a> {
    pub(super) fn of(answer: &'a Answer, site: &Site<'_>) -> Self {
        let prefixes = Prefixes::new(site.base);
        match answer {
            Answer::Table {
                variables,
                rows,
                is_cut,
            } => View::Table {
                variables: variables.iter().map(|name| format!("?{name}")).collect(),
                rows: rows
                    .iter()
                    .map(|row| {
                        row.iter()
                            .map(|term| Some(cell(term.as_ref()?, &prefixes, site)))
                            .collect()
                    })
                    .collect(),
                is_cut: *is_cut,
                count: rows.len(),
            },
            Answer::Boolean(answer) => View::Boolean(*answer),
            Answer::Graph { triples, is_cut } => View::Table {
                variables: ["sparql-subject", "sparql-property", "sparql-object"]
                    .iter()
                    .map(|key| crate::i18n::text(site.lang, key, &[]))
                    .collect(),
                rows: triples
                    .iter()
                    .map(|triple| {
                        [
                            Term::from(triple.subject.clone()),
                            Term::from(triple.predicate.clone()),
                            triple.object.clone(),
                        ]
                        .iter()
                        .map(|term| Some(cell(term, &prefixes, site)))
                        .collect()
                    })
                    .collect(),
                is_cut: *is_cut,
                count: triples.len(),
            },
            Answer::Fault { message, excerpt } => View::Fault {
                message,
                excerpt: excerpt.as_deref(),
            },
        }
    }
}

fn cell(term: &Term, prefixes: &Prefixes, site: &Site<'_>) -> Cell {
    match term {
        Term::NamedNode(node) => {
            let iri = node.as_str();
            let shown = match (prefixes.shorten(iri), site.base.strip(iri)) {
                (Some((prefix, local)), _) => format!("{prefix}:{local}"),
                (None, Some(path)) => format!("/{path}"),
                (None, None) => iri.to_owned(),
            };
            Cell {
                link: Link::to(iri, Words::plain(shown), site),
                datatype: None,
            }
        }
        Term::BlankNode(node) => Cell {
            link: Link {
                href: None,
                is_external: false,
                words: Words::plain(format!("_:{}", node.as_str())),
            },
            datatype: None,
        },
        Term::Literal(literal) => {
            let datatype = literal.datatype();
            let is_text = datatype == xsd::STRING;
            Cell {
                link: Link {
                    href: None,
                    is_external: false,
                    words: Words {
                        text: literal.value().to_owned(),
                        lang: literal.language().map(str::to_owned),
                    },
                },
                datatype: match literal.language() {
                    Some(language) => Some(format!("@{language}")),
                    None if is_text => None,
                    None => Some(prefixes.shorten(datatype.as_str()).map_or_else(
                        || datatype.as_str().to_owned(),
                        |(prefix, local)| format!("{prefix}:{local}"),
                    )),
                },
            }
        }
    }
}
