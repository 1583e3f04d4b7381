//! What of a quad the mirror holds: the same, but for what its engine cannot keep. That follows from
//! the quad alone, so that what is taken away later is what was put there.

use crate::config::MirrorEngine;
use crate::model::Base;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use oxsdatatypes::{Boolean, Date, DateTime, Decimal, Double, Float};

/// Virtuoso cuts longer IRIs without a word, and takes those that then begin alike for one.
const LONGEST_IRI_OF_VIRTUOSO: usize = 1_870;
/// Virtuoso ends itself over texts of a few megabytes.
const LONGEST_TEXT_OF_VIRTUOSO: usize = 1 << 20;

/// How quads stand in a mirror.
#[derive(Clone, Debug)]
pub struct Holding {
    engine: MirrorEngine,
    graph: Option<NamedNode>,
    /// What IRIs begin with that stand for blank nodes.
    nodes: String,
}

impl Holding {
    /// `graph` stands for the default graph, if it is given.
    pub fn new(base: &Base, engine: MirrorEngine, graph: Option<NamedNode>) -> Self {
        Self {
            engine,
            graph,
            // RDF 1.1 Concepts §3.5.
            nodes: format!("{base}/.well-known/genid/"),
        }
    }

    /// The quad as it stands there; `None` when it cannot.
    pub fn held(&self, quad: Quad) -> Option<Quad> {
        let subject = match quad.subject {
            NamedOrBlankNode::NamedNode(node) => node,
            NamedOrBlankNode::BlankNode(node) => self.named(&node),
        };
        let object = match quad.object {
            Term::NamedNode(node) => Term::from(node),
            Term::BlankNode(node) => self.named(&node).into(),
            Term::Literal(literal) => self.literal(literal)?.into(),
        };
        let graph_name = match (quad.graph_name, &self.graph) {
            (GraphName::DefaultGraph, Some(graph)) => graph.clone().into(),
            (GraphName::BlankNode(_), _) => return None,
            (graph, _) => graph,
        };
        let mut iris = vec![subject.as_str(), quad.predicate.as_str()];
        match &object {
            Term::NamedNode(node) => iris.push(node.as_str()),
            Term::Literal(literal) => iris.push(literal.datatype().as_str()),
            Term::BlankNode(_) => {}
        }
        if let GraphName::NamedNode(graph) = &graph_name {
            iris.push(graph.as_str());
        }
        iris.iter().all(|iri| self.takes_iri(iri)).then(|| Quad {
            subject: subject.clone().into(),
            predicate: quad.predicate.clone(),
            object: object.clone(),
            graph_name: graph_name.clone(),
        })
    }

    /// An IRI that stands for a blank node: as nodes without a name they could never be taken away.
    fn named(&self, node: &BlankNode) -> NamedNode {
        NamedNode::new_unchecked(format!("{}{}", self.nodes, node.as_str()))
    }

    fn takes_iri(&self, iri: &str) -> bool {
        // SPARQL 1.1 Query §19.8, IRIREF: these would end it, or have no place in it.
        let is_written = !iri.chars().any(|c| {
            matches!(
                c,
                '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'
            )
        });
        let is_short = match self.engine {
            MirrorEngine::Standard => true,
            MirrorEngine::Virtuoso => iri.len() <= LONGEST_IRI_OF_VIRTUOSO,
        };
        is_written && is_short
    }

    fn literal(&self, literal: Literal) -> Option<Literal> {
        match self.engine {
            MirrorEngine::Standard => Some(literal),
            MirrorEngine::Virtuoso if literal.value().len() > LONGEST_TEXT_OF_VIRTUOSO => None,
            MirrorEngine::Virtuoso if is_kept_by_virtuoso(&literal) => Some(literal),
            MirrorEngine::Virtuoso => Some(Literal::new_simple_literal(literal.value())),
        }
    }
}

/// Whether Virtuoso 7 keeps the value of a literal. It has SQL types of its own behind the datatypes
/// that it knows, and what does not fit is refused, changed, or even taken for a part of the
/// statement (`xsd:dayTimeDuration`): only what certainly fits goes there as what it is.
fn is_kept_by_virtuoso(literal: &Literal) -> bool {
    let (value, datatype) = (literal.value(), literal.datatype());
    if literal.language().is_some() || datatype == xsd::STRING {
        return true;
    }
    let iri = datatype.as_str();
    let Some(name) = iri.strip_prefix("http://www.w3.org/2001/XMLSchema#") else {
        // These have types of their own as well.
        return datatype != rdf::XML_LITERAL
            && iri != "http://www.opengis.net/ont/geosparql#wktLiteral"
            && !iri.starts_with("http://www.openlinksw.com/schemas/");
    };
    match name {
        "integer" | "long" | "int" | "short" | "nonNegativeInteger" | "positiveInteger" => value
            .parse::<i64>()
            .is_ok_and(|number| number.to_string() == value),
        "decimal" => value.parse::<Decimal>().is_ok(),
        "boolean" => value.parse::<Boolean>().is_ok(),
        "double" => value
            .parse::<Double>()
            .is_ok_and(|number| f64::from(number).is_finite()),
        "float" => value
            .parse::<Float>()
            .is_ok_and(|number| f32::from(number).is_finite()),
        "dateTime" => {
            value.parse::<DateTime>().is_ok() && has_plain_year(value) && fraction(value) <= 6
        }
        "date" => value.parse::<Date>().is_ok() && has_plain_year(value),
        "gYear" => value.len() == 4 && has_plain_year(value),
        "anyURI" => true,
        _ => false,
    }
}

/// Whether it begins with a year from 1 to 9999.
fn has_plain_year(value: &str) -> bool {
    let year = value.split('-').next().unwrap_or_default();
    year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && year != "0000"
}

/// How many digits stand after the point.
fn fraction(value: &str) -> usize {
    value.split_once('.').map_or(0, |(_, after)| {
        after.bytes().take_while(u8::is_ascii_digit).count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(object: impl Into<Term>) -> Quad {
        Quad::new(
            NamedNode::new_unchecked("http://a.example/s"),
            NamedNode::new_unchecked("http://a.example/p"),
            object,
            GraphName::DefaultGraph,
        )
    }

    fn holding(engine: MirrorEngine) -> Holding {
        let base = "https://data.example.org".parse().expect("a base");
        let graph = NamedNode::new_unchecked("https://data.example.org/graph/public");
        Holding::new(&base, engine, Some(graph))
    }

    #[test]
    fn the_default_graph_and_blank_nodes_have_names_there() {
        let held = holding(MirrorEngine::Standard)
            .held(quad(BlankNode::new_unchecked("c14n0")))
            .expect("it can stand there");
        assert_eq!(
            held.to_string(),
            "<http://a.example/s> <http://a.example/p> <https://data.example.org/.well-known/genid/c14n0> <https://data.example.org/graph/public>"
        );
    }

    #[test]
    fn an_iri_that_would_end_its_brackets_is_not_written() {
        for iri in [
            "http://a.example/> . <x:y",
            "http://a.example/a b",
            "x:\\u003e",
        ] {
            let object = NamedNode::new_unchecked(iri);
            let held = holding(MirrorEngine::Standard).held(quad(object));
            assert_eq!(held, None, "{iri}");
        }
    }

    #[test]
    fn virtuoso_gets_as_text_what_it_would_change_or_take_for_a_statement() {
        let virtuoso = holding(MirrorEngine::Virtuoso);
        let typed = |value: &str, name: &str| {
            let datatype = format!("http://www.w3.org/2001/XMLSchema#{name}");
            Literal::new_typed_literal(value, NamedNode::new_unchecked(datatype))
        };
        for (value, name) in [
            ("PT1H30M", "duration"),
            ("0) from DB.DBA.SYS_USERS --", "dayTimeDuration"),
            ("99999999999999999999", "integer"),
            ("x", "integer"),
            ("NaN", "double"),
            ("-0001-01-01", "date"),
            ("2026-12-31T20:00:00.1234567Z", "dateTime"),
            ("2026-12-31", "dateTime"),
            ("20:00:00", "time"),
        ] {
            let held = virtuoso.held(quad(typed(value, name))).expect(value);
            let text = Term::from(Literal::new_simple_literal(value));
            assert_eq!(held.object, text, "{name}");
        }
        for (value, name) in [
            ("9223372036854775807", "integer"),
            ("25.5", "decimal"),
            ("true", "boolean"),
            ("2026-12-31", "date"),
            ("2026-12-31T20:00:00+01:00", "dateTime"),
            ("2026", "gYear"),
        ] {
            let literal = typed(value, name);
            let held = virtuoso.held(quad(literal.clone())).expect(value);
            assert_eq!(held.object, Term::from(literal));
        }
        let long = NamedNode::new_unchecked(format!("http://a.example/{}", "x".repeat(2000)));
        assert_eq!(virtuoso.held(quad(long)), None);
    }
}
