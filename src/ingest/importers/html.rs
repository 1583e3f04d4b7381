//! JSON-LD inside HTML pages.
//!
//! Each `<script type="application/ld+json">` is read by itself, with the page's base. What a page
//! says about itself (breadcrumbs, the site, the list that it shows) is left aside, so that only
//! what the model knows comes in: most pages have some, and nobody means it to be published.

use super::{Importer, ReadError, ReadOptions, Reading, encoding, finding, parse_options};
use crate::model::Severity;
use crate::model::kind::Kinds;
use crate::model::vocabulary::rdf;
use crate::rdf::Graph;
use crate::rdf::parse::{ParseError, ParseOptions, Parsed, Syntax, check_size, parse};
use encoding_rs::Encoding;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use oxiri::Iri;
use oxrdf::{NamedOrBlankNode, Term};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

pub(super) const IMPORTER: Importer = Importer {
    name: "html",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml"],
    about: (
        "Une page web, pour le JSON-LD qu'elle contient (`<script type=\"application/ld+json\">`)",
        "A web page, for the JSON-LD in it (`<script type=\"application/ld+json\">`)",
    ),
    recognises: |start| {
        let lower = start.get(..1024).unwrap_or(start).to_ascii_lowercase();
        lower.starts_with("<!doctype html") || lower.contains("<html")
    },
    read,
};

/// Why a page could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HtmlError {
    #[error(
        "the page has no JSON-LD: no `<script type=\"application/ld+json\">` is in it; send the programme itself, or a page that has one without running scripts"
    )]
    NoJsonLd,
    #[error(
        "the page has {blocks} JSON-LD blocks, more than the limit of {BLOCKS}; send the programme as one file"
    )]
    TooMany { blocks: usize },
    #[error(
        "none of the {blocks} JSON-LD blocks of the page can be read; the first, at line {line}: {error}"
    )]
    Faulty {
        blocks: usize,
        line: u64,
        error: ParseError,
    },
}

/// The most blocks of one page: each is read by itself, with its contexts.
const BLOCKS: usize = 1000;

/// Classes of what a page says about itself; nothing is followed into them.
const OF_THE_PAGE: &[&str] = &[
    "WebPage",
    "AboutPage",
    "CollectionPage",
    "ContactPage",
    "FAQPage",
    "ItemPage",
    "ProfilePage",
    "SearchResultsPage",
    "WebPageElement",
    "WebSite",
    "BreadcrumbList",
    "ItemList",
    "ListItem",
    "SearchAction",
    "ReadAction",
    "SiteNavigationElement",
    "Article",
    "NewsArticle",
    "BlogPosting",
];

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    check_size(bytes, options.size_bytes)?;
    let page = encoding::decode(bytes, declared_encoding(bytes));
    let page = Page::of(&page.text);
    if page.blocks.is_empty() {
        return Err(HtmlError::NoJsonLd.into());
    }
    if page.blocks.len() > BLOCKS {
        return Err(HtmlError::TooMany {
            blocks: page.blocks.len(),
        }
        .into());
    }
    let base = page.base(options.base.as_deref());
    let mut reading = Reading::default();
    let mut triples = Graph::default();
    let mut first_error = None;
    let mut faulty = 0;
    for (number, block) in page.blocks.iter().enumerate() {
        let options = ParseOptions {
            base: base.clone(),
            takes_faulty_links: true,
            ..parse_options(options, format!("f{}b{number}n", options.file))
        };
        let text = unwrapped(&block.text);
        match parse(text.as_bytes(), Syntax::JsonLd, &options) {
            Ok(Parsed {
                graph,
                ignored_graphs,
                ignored_keys,
            }) => {
                graph.iter().for_each(|triple| {
                    triples.insert(triple.clone());
                });
                for (name, count) in ignored_graphs {
                    *reading.ignored_graphs.entry(name).or_default() += count;
                }
                for (name, count) in ignored_keys {
                    *reading.ignored_keys.entry(name).or_default() += count;
                }
            }
            Err(error) => {
                let error = error.after_lines(block.line - 1);
                reading.is_incomplete = true;
                reading
                    .findings
                    .push(faulty_block(number + 1, block.line, &error));
                first_error.get_or_insert((block.line, error));
                faulty += 1;
            }
        }
    }
    if let Some((line, error)) = first_error
        && faulty == page.blocks.len()
    {
        return Err(HtmlError::Faulty {
            blocks: faulty,
            line,
            error,
        }
        .into());
    }
    let (graph, left_aside) = of_the_model(&triples, &Kinds::new(&options.terms));
    reading.graph = graph;
    if !left_aside.is_empty() {
        reading.findings.push(page_about_itself(&left_aside));
    }
    Ok(reading)
}

/// One script with JSON-LD.
struct Block {
    text: String,
    /// The line on which its text starts.
    line: u64,
}

/// What is taken from a page.
#[derive(Default)]
struct Page {
    blocks: Vec<Block>,
    /// `<base href>`.
    base: Option<String>,
    /// `<link rel="canonical" href>`.
    canonical: Option<String>,
}

impl Page {
    fn of(text: &str) -> Self {
        let mut page = Self::default();
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut open: Option<Block> = None;
        // Lines are counted on from the last block: a page may have many.
        let (mut counted_to, mut line) = (0, 1);
        for token in Tokenizer::new_with_emitter(text, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    page.blocks.extend(open.take());
                    match &**tag.name {
                        b"script" if is_json_ld(&tag) && !tag.self_closing => {
                            let start = tag.span.end.min(text.len());
                            let passed = text.as_bytes().get(counted_to..start).unwrap_or_default();
                            line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
                            counted_to = start;
                            open = Some(Block {
                                text: String::new(),
                                line,
                            });
                        }
                        b"base" if page.base.is_none() => page.base = attribute(&tag, b"href"),
                        b"link" if page.canonical.is_none() && is_canonical(&tag) => {
                            page.canonical = attribute(&tag, b"href");
                        }
                        _ => {}
                    }
                }
                Token::String(text) => {
                    if let Some(block) = &mut open {
                        block.text.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(_) => page.blocks.extend(open.take()),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        page.blocks.extend(open.take());
        page
    }

    /// What relative IRIs of its blocks are resolved against: the page's `<base>`, else its
    /// canonical address, either resolved against the address it was sent with, else that.
    fn base(&self, given: Option<&str>) -> Option<String> {
        let given_iri = given.and_then(|given| Iri::parse(given.to_owned()).ok());
        [&self.base, &self.canonical]
            .into_iter()
            .flatten()
            .find_map(|reference| match &given_iri {
                Some(given) => given.resolve(reference).ok(),
                None => Iri::parse(reference.clone()).ok(),
            })
            .filter(|iri| matches!(iri.scheme(), "http" | "https"))
            .map(Iri::into_inner)
            .or_else(|| given.map(str::to_owned))
    }
}

fn attribute(tag: &StartTag<usize>, name: &[u8]) -> Option<String> {
    let value = tag
        .attributes
        .iter()
        .find_map(|(key, value)| (***key == *name).then_some(value))?;
    Some(String::from_utf8_lossy(value).trim().to_owned()).filter(|value| !value.is_empty())
}

fn is_json_ld(tag: &StartTag<usize>) -> bool {
    attribute(tag, b"type").is_some_and(|media_type| {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/ld+json")
    })
}

fn is_canonical(tag: &StartTag<usize>) -> bool {
    attribute(tag, b"rel").is_some_and(|relations| {
        relations
            .split_ascii_whitespace()
            .any(|relation| relation.eq_ignore_ascii_case("canonical"))
    })
}

/// The text of a script without the wrappers that hide it from old readers of HTML or XML. They
/// are replaced by spaces, so that places in errors stay right.
fn unwrapped(text: &str) -> String {
    const OPENING: &[&str] = &["/*<![CDATA[*/", "//<![CDATA[", "<![CDATA[", "<!--"];
    const CLOSING: &[&str] = &["/*]]>*/", "//]]>", "]]>", "//-->", "-->"];
    let mut start = text.len() - text.trim_start().len();
    let mut end = text.trim_end().len();
    while let Some(wrapper) = OPENING.iter().find(|wrapper| {
        text.get(start..end)
            .is_some_and(|inner| inner.starts_with(**wrapper))
    }) {
        start += wrapper.len();
        let inner = text.get(start..end).unwrap_or_default();
        start = end - inner.trim_start().len();
    }
    while let Some(wrapper) = CLOSING.iter().find(|wrapper| {
        text.get(start..end)
            .is_some_and(|inner| inner.ends_with(**wrapper))
    }) {
        end -= wrapper.len();
        let inner = text.get(start..end).unwrap_or_default();
        end = start + inner.trim_end().len();
    }
    let before = text.get(..start).unwrap_or_default();
    let spaces = before.chars().map(|c| if c == '\n' { '\n' } else { ' ' });
    spaces
        .chain(text.get(start..end).unwrap_or_default().chars())
        .collect()
}

/// The `charset` that the head of a page declares (HTML, "prescan a byte stream": the first 1024
/// bytes). UTF-16 cannot be read there, so a page that says so is UTF-8.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024)).unwrap_or(bytes))
        .to_ascii_lowercase();
    head.split("charset").skip(1).find_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let label = value.trim_start_matches(['"', '\'']);
        let end = label
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.'))
            .unwrap_or(label.len());
        Encoding::for_label(label.get(..end)?.as_bytes()).map(Encoding::output_encoding)
    })
}

/// What the model knows, with all that it points to; and the classes of the rest, with how often
/// each stood there.
fn of_the_model(graph: &Graph, kinds: &Kinds) -> (Graph, BTreeMap<String, usize>) {
    let classes = |node: &NamedOrBlankNode| -> Vec<String> {
        graph
            .objects(node, rdf::TYPE)
            .filter_map(|class| match class {
                // Spelt alike here as after normalisation.
                Term::NamedNode(class) => Some(class.as_str().replacen(
                    "https://schema.org/",
                    "http://schema.org/",
                    1,
                )),
                _ => None,
            })
            .collect()
    };
    let is_of_the_page = |classes: &[String]| {
        classes.iter().any(|class| {
            class
                .strip_prefix("http://schema.org/")
                .is_some_and(|local| OF_THE_PAGE.contains(&local))
        })
    };
    let mut kept: FxHashSet<NamedOrBlankNode> = FxHashSet::default();
    let mut waiting: Vec<NamedOrBlankNode> = graph
        .subjects()
        .into_iter()
        .filter(|node| {
            let classes = classes(node);
            !is_of_the_page(&classes)
                && kinds
                    .of_classes(classes.iter().map(String::as_str))
                    .is_some()
        })
        .cloned()
        .collect();
    while let Some(node) = waiting.pop() {
        for triple in graph.about(&node) {
            let object = match &triple.object {
                Term::NamedNode(iri) => NamedOrBlankNode::from(iri.clone()),
                Term::BlankNode(node) => node.clone().into(),
                Term::Literal(_) => continue,
            };
            if !kept.contains(&object)
                && graph.about(&object).next().is_some()
                && !is_of_the_page(&classes(&object))
            {
                waiting.push(object);
            }
        }
        kept.insert(node);
    }
    let mut left_aside = BTreeMap::new();
    for node in graph.subjects() {
        if !kept.contains(node) {
            for class in classes(node) {
                *left_aside.entry(class).or_default() += 1;
            }
        }
    }
    let graph = graph
        .iter()
        .filter(|triple| {
            let points_aside = match &triple.object {
                // A link to the page stays; to its nameless furniture there is none.
                Term::BlankNode(node) => {
                    let node = NamedOrBlankNode::from(node.clone());
                    graph.about(&node).next().is_some() && !kept.contains(&node)
                }
                _ => false,
            };
            kept.contains(&triple.subject) && !points_aside
        })
        .cloned()
        .collect();
    (graph, left_aside)
}

fn faulty_block(number: usize, line: u64, error: &ParseError) -> crate::model::Finding {
    finding(
        Severity::Violation,
        "faulty-block",
        &line.to_string(),
        None,
        format!(
            "le bloc JSON-LD n° {number} de la page, à la ligne {line}, ne peut pas être lu et n’a pas été repris : {error}"
        ),
        format!(
            "JSON-LD block {number} of the page, at line {line}, cannot be read and was left out: {error}"
        ),
    )
}

fn page_about_itself(classes: &BTreeMap<String, usize>) -> crate::model::Finding {
    let list = classes
        .iter()
        .map(|(class, count)| {
            let local = class.rsplit(['/', '#']).next().unwrap_or(class);
            if *count == 1 {
                local.to_owned()
            } else {
                format!("{local} ({count})")
            }
        })
        .collect::<Vec<_>>()
        .join(", ");
    finding(
        Severity::Info,
        "page-about-itself",
        "page",
        Some(&list),
        format!("ce que la page dit d’elle-même n’est pas repris : {list}"),
        format!("what the page says about itself is left out: {list}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(base: Option<&str>) -> ReadOptions {
        ReadOptions {
            base: base.map(str::to_owned),
            ..ReadOptions::default()
        }
    }

    fn subjects(page: &str, base: Option<&str>) -> Vec<String> {
        let reading = read(page.as_bytes(), &options(base)).expect("it reads");
        let mut subjects: Vec<String> = reading
            .graph
            .subjects()
            .iter()
            .map(|subject| subject.to_string())
            .collect();
        subjects.sort_unstable();
        subjects
    }

    const PLACE: &str =
        r#"{"@context":"https://schema.org","@id":"lieu#1","@type":"Place","name":"A"}"#;

    #[test]
    fn scripts_are_found_however_they_are_written() {
        for open in [
            "<script type=\"application/ld+json\">",
            "<SCRIPT ID=x TYPE='Application/LD+JSON; charset=utf-8' async>",
            "<script\n data-a=\">\" type=application/ld+json>",
            "<script type=\"application/ld+json\">//<![CDATA[\n",
            "<script type=\"application/ld+json\"><!--",
        ] {
            let close = if open.contains("CDATA") {
                "\n//]]></script>"
            } else if open.contains("<!--") {
                "--></script>"
            } else {
                "</script>"
            };
            let page = format!(
                "<!-- {open}x</script> --><p title='{open}'>{open}{PLACE}{close}</p><style>{open}</style>"
            );
            assert_eq!(
                subjects(&page, Some("https://a.example/x/")),
                ["<https://a.example/x/lieu#1>"],
                "{open}"
            );
        }
    }

    #[test]
    fn the_base_is_that_of_the_page_else_its_canonical_address_else_the_given_one() {
        let script = format!("<script type=application/ld+json>{PLACE}</script>");
        let canonical = "<link rel='x CANONICAL' href='/y/p'>";
        for (head, given, subject) in [
            (
                "<base href=/z/><link rel=canonical href=/y/>",
                Some("https://a.example/x/"),
                "<https://a.example/z/lieu#1>",
            ),
            (
                canonical,
                Some("https://a.example/x/"),
                "<https://a.example/y/lieu#1>",
            ),
            (
                "<link rel=canonical href=https://b.example/>",
                None,
                "<https://b.example/lieu#1>",
            ),
            (
                "<base href=javascript:x>",
                Some("https://a.example/x/"),
                "<https://a.example/x/lieu#1>",
            ),
            (
                "",
                Some("https://a.example/x/"),
                "<https://a.example/x/lieu#1>",
            ),
        ] {
            assert_eq!(
                subjects(&format!("{head}{script}"), given),
                [subject],
                "{head}"
            );
        }
        let error =
            read(format!("{canonical}{script}").as_bytes(), &options(None)).expect_err("no base");
        assert!(error.to_string().contains("relative IRI"), "{error}");
    }

    #[test]
    fn a_page_in_another_encoding_is_read_by_what_it_declares() {
        let page = format!(
            "<meta charset=iso-8859-1><script type=application/ld+json>{}</script>",
            PLACE.replace("\"A\"", "\"Th\u{e9}\u{e2}tre\"")
        );
        let latin: Vec<u8> = page.chars().map(|c| c as u8).collect();
        let reading = read(&latin, &options(Some("https://a.example/"))).expect("it reads");
        assert!(
            reading
                .graph
                .iter()
                .any(|t| t.object.to_string() == "\"Théâtre\"")
        );
    }
}
