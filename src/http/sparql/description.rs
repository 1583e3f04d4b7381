//! The service description (SPARQL 1.1 Service Description): what the endpoint can do, what it
//! holds, and how much it allows.
//!
//! *To tell a limit*: a row in [`LIMITS`].

use crate::app::releases::Release;
use crate::app::statistics::State;
use crate::config::Limits;
use crate::http::Server;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::releases::RELEASE;
use crate::http::sparql::choice::Choice;
use crate::model::vocabulary::{dct, rdf, rdfs, sd, void, xsd};
use crate::model::{Base, Generation};
use crate::publish::release::{Manifest, Selection};
use crate::query::{self, FORMATS, Format};
use axum::http::header::VARY;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::Duration;

/// RDF 1.1 Semantics §5, as the W3C names entailment regimes.
const SIMPLE: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/entailment/Simple");

/// Where the present data is asked, below the base.
const PRESENT: &str = "sparql";

/// All but what our own graphs are called by.
const NOT_IN_FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

/// What a query, its answer and its client may take.
enum Most {
    Time(fn(&Limits) -> Duration),
    Number(fn(&Limits) -> u64),
}

/// The limits that concern who asks queries, by the keys of the configuration.
static LIMITS: &[(&str, Most)] = &[
    (
        "limits.query_timeout",
        Most::Time(|limits| limits.query_timeout),
    ),
    (
        "limits.query_memory_bytes",
        Most::Number(|limits| limits.query_memory_bytes),
    ),
    (
        "limits.query_bytes",
        Most::Number(|limits| limits.query_bytes as u64),
    ),
    (
        "limits.query_depth",
        Most::Number(|limits| limits.query_depth as u64),
    ),
    (
        "limits.query_patterns",
        Most::Number(|limits| limits.query_patterns as u64),
    ),
    (
        "limits.result_rows",
        Most::Number(|limits| limits.result_rows),
    ),
    (
        "limits.result_bytes",
        Most::Number(|limits| limits.result_bytes),
    ),
    (
        "limits.queries_waiting_each",
        Most::Number(|limits| limits.queries_waiting_each as u64),
    ),
];

/// The description in the format that the reader chose.
///
/// # Errors
/// When it cannot be written, which is a defect of ours.
pub fn describe(
    server: &Server,
    reader: &Reader,
    choice: Choice,
    release: Option<&Release>,
) -> Result<Answer, Problem> {
    let app = &server.app;
    let Choice::Data(format, media_type) = choice else {
        return Err(Problem::internal("a page is no description"));
    };
    if let Some(release) = release {
        return of_release(server, reader, (format, media_type), release);
    }
    let counted = app.statistics.current();
    let generation = counted
        .as_ref()
        .map_or(app.store.generation(), |state| state.generation);
    // What the counts are not there for yet is another description.
    let is_counted = if counted.is_some() { "counted" } else { "bare" };
    let variant = format!(
        "description-{is_counted}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        format.name
    );
    let tag = etag(app.store.identity(), generation, &variant);
    let mut body = Vec::new();
    if !is_known(&tag, &reader.headers) {
        let triples = triples(server, PRESENT, generation, counted.as_deref());
        query::write_triples(triples, format, &app.context, &mut body)
            .map_err(Problem::internal)?;
    }
    Ok(Answer::new(media_type, body)
        .at(generation)
        .with(VARY, "Accept, Accept-Language")
        .known_as(&tag, "")
        .unless_known_to(&reader.headers))
}

/// The endpoint of a release: the same service over data that does not change any more.
fn of_release(
    server: &Server,
    reader: &Reader,
    (format, media_type): (&Format, &str),
    release: &Release,
) -> Result<Answer, Problem> {
    let app = &server.app;
    let Manifest {
        log,
        date,
        generation,
        files,
        ..
    } = &release.manifest;
    let variant = format!(
        "description-{date}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        format.name
    );
    let tag = etag(log, *generation, &variant);
    let mut body = Vec::new();
    if !is_known(&tag, &reader.headers) {
        let base = app.store.base();
        let endpoint = format!("releases/{date}/sparql");
        let page = base.join(&format!("releases/{date}/"));
        let dataset = base.join(&format!("{endpoint}#dataset"));
        let mut said = Said {
            triples: triples(server, &endpoint, *generation, None),
        };
        said.say(&dataset, rdfs::SEE_ALSO, page);
        if let Some(all) = files.iter().find(|file| file.selection == Selection::All) {
            let count = Literal::new_typed_literal(all.count.to_string(), xsd::INTEGER);
            let graph = base.join(&format!("{endpoint}#default-graph"));
            said.say(&graph, void::TRIPLES, count);
        }
        query::write_triples(said.triples, format, &app.context, &mut body)
            .map_err(Problem::internal)?;
    }
    Ok(Answer::new(media_type, body)
        .at(*generation)
        .with(RELEASE, date)
        .with(VARY, "Accept, Accept-Language")
        .known_as(&tag, "")
        .unless_known_to(&reader.headers))
}

/// What is said, without blank nodes, so that it is the same each time.
struct Said {
    triples: Vec<Triple>,
}

impl Said {
    fn say(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, value: impl Into<Term>) {
        self.triples
            .push(Triple::new(subject.clone(), property.into_owned(), value));
    }
}

fn triples(
    server: &Server,
    endpoint: &str,
    generation: Generation,
    counted: Option<&State>,
) -> Vec<Triple> {
    let app = &server.app;
    let base = app.store.base();
    let part = |name: &str| base.join(&format!("{endpoint}#{name}"));
    let mut said = Said {
        triples: Vec::new(),
    };
    let service = part("service");
    said.say(&service, rdf::TYPE, sd::SERVICE.into_owned());
    said.say(&service, sd::ENDPOINT, base.join(endpoint));
    said.say(
        &service,
        sd::SUPPORTED_LANGUAGE,
        sd::SPARQL_11_QUERY.into_owned(),
    );
    said.say(&service, sd::DEFAULT_ENTAILMENT_REGIME, SIMPLE.into_owned());
    for format in FORMATS {
        said.say(
            &service,
            sd::RESULT_FORMAT,
            NamedNode::new_unchecked(format.iri),
        );
    }
    for function in query::functions() {
        said.say(&service, sd::EXTENSION_FUNCTION, function.into_owned());
        said.say(&function.into_owned(), rdf::TYPE, sd::FUNCTION.into_owned());
    }
    for (key, most) in LIMITS {
        let limit = part(key);
        let value = match most {
            Most::Time(of) => {
                let seconds = of(&app.config.limits).as_secs_f64();
                Literal::new_typed_literal(format!("PT{seconds}S"), xsd::DURATION)
            }
            Most::Number(of) => {
                Literal::new_typed_literal(of(&app.config.limits).to_string(), xsd::INTEGER)
            }
        };
        said.say(&service, base.sv("limit").as_ref(), limit.clone());
        said.say(&limit, rdfs::LABEL, Literal::new_simple_literal(*key));
        said.say(&limit, base.sv("limitValue").as_ref(), value);
    }
    let dataset = part("dataset");
    let default_graph = part("default-graph");
    said.say(&service, sd::DEFAULT_DATASET, dataset.clone());
    said.say(&dataset, rdf::TYPE, sd::DATASET.into_owned());
    said.say(&dataset, sd::DEFAULT_GRAPH, default_graph.clone());
    if endpoint == PRESENT {
        said.say(&dataset, rdfs::SEE_ALSO, base.void());
    }
    let generation = Literal::new_typed_literal(generation.to_string(), xsd::INTEGER);
    said.say(&dataset, base.sv("generation").as_ref(), generation);
    if let Some(licence) = &app.config.licence {
        said.say(&dataset, dct::LICENSE, licence.clone());
    }
    said.say(&default_graph, rdf::TYPE, sd::GRAPH.into_owned());
    if let Some(state) = counted {
        count(&mut said, base, &dataset, state);
    }
    said.triples
}

/// Says how much there is. What is counted of the public data leaves out the description in numbers
/// that is part of it: it is said of what that description is about, not of the default graph.
fn count(said: &mut Said, base: &Base, dataset: &NamedNode, state: &State) {
    let number = |number: u64| Literal::new_typed_literal(number.to_string(), xsd::INTEGER);
    let counts = &state.counts;
    let described = base.void();
    for (property, value) in [
        (void::TRIPLES, counts.triples),
        (void::DISTINCT_SUBJECTS, counts.subjects),
        (void::PROPERTIES, counts.properties.len() as u64),
        (void::CLASSES, counts.classes.len() as u64),
    ] {
        said.say(&described, property, number(value));
    }
    said.say(&described, rdf::TYPE, void::DATASET.into_owned());
    for (name, quads) in &state.graphs {
        let path = base.strip(name).unwrap_or(name);
        let path = utf8_percent_encode(path, NOT_IN_FRAGMENT);
        let named = base.join(&format!("sparql#named/{path}"));
        let graph = base.join(&format!("sparql#graph/{path}"));
        said.say(dataset, sd::NAMED_GRAPH, named.clone());
        said.say(&named, rdf::TYPE, sd::NAMED_GRAPH_CLASS.into_owned());
        said.say(&named, sd::NAME, NamedNode::new_unchecked(name));
        said.say(&named, sd::GRAPH_PROPERTY, graph.clone());
        said.say(&graph, rdf::TYPE, sd::GRAPH.into_owned());
        said.say(&graph, rdf::TYPE, void::DATASET.into_owned());
        said.say(&graph, void::TRIPLES, number(*quads));
    }
}
