//! The updates and questions that are sent.
//!
//! Each one that changes data happens only where the mirror says that it is in the state before, and
//! says the one after in the same operation. So one that comes late, or twice, does nothing, and
//! neither does a second program that keeps the same mirror.

use crate::app::mirror::state::{Place, State};
use crate::config::MirrorEngine;
use oxrdf::{GraphName, NamedNode, Quad, Term, Variable};
use spargebra::algebra::{GraphPattern, GraphTarget};
use spargebra::term::{NamedNodePattern, TriplePattern};
use spargebra::{GraphUpdateOperation, Query, Update};
use std::fmt::Write as _;

/// Takes quads away, then adds others: in one operation, or, for Virtuoso, in several of one request,
/// one for each graph. It is at fault where an operation takes away from two graphs, or takes away and
/// adds at once: texts with a language or a datatype stay, and it says nothing.
pub fn step(
    engine: MirrorEngine,
    place: &Place,
    removed: &[Quad],
    added: &[Quad],
    from: &State,
    to: &State,
) -> String {
    let (before, after) = (place.quad(from), place.quad(to));
    let mut text = String::new();
    match engine {
        MirrorEngine::Standard => {
            block(&mut text, "DELETE", removed.iter().chain([&before]));
            block(&mut text, "INSERT", added.iter().chain([&after]));
        }
        MirrorEngine::Virtuoso => {
            for (word, quads) in [("DELETE", removed), ("INSERT", added)] {
                let mut quads: Vec<&Quad> = quads.iter().collect();
                quads.sort_by(|a, b| graph(a).cmp(&graph(b)));
                for group in quads.chunk_by(|a, b| a.graph_name == b.graph_name) {
                    block(&mut text, word, group.iter().copied());
                    block(&mut text, "WHERE", [&before]);
                    text.push_str(";\n");
                }
            }
            block(&mut text, "DELETE", [&before]);
            block(&mut text, "INSERT", [&after]);
        }
    }
    block(&mut text, "WHERE", [&before]);
    text
}

/// Says a state in the place of whatever was said before.
pub fn begin(place: &Place, said: &[Term], state: &State) -> String {
    let state = place.quad(state);
    let former = said.iter().map(|object| Quad {
        object: object.clone(),
        ..state.clone()
    });
    let former: Vec<Quad> = former.filter(|quad| *quad != state).collect();
    let mut text = String::new();
    if !former.is_empty() {
        block(&mut text, "DELETE DATA", &former);
        text.push_str(";\n");
    }
    block(&mut text, "INSERT DATA", [&state]);
    text
}

/// Empties a graph; without a name, the default graph.
pub fn clear(graph: Option<NamedNode>) -> String {
    let update = Update {
        base_iri: None,
        operations: vec![GraphUpdateOperation::Clear {
            silent: true,
            graph: match graph {
                None => GraphTarget::DefaultGraph,
                Some(graph) => GraphTarget::NamedNode(graph),
            },
        }],
    };
    update.to_string()
}

/// Writes quads, those of one graph together. Nothing but words and terms goes into it, and terms
/// write themselves. The algebra's own way repeats the graph for each triple and ends it in a full
/// stop, which Virtuoso does not take.
fn block<'a>(text: &mut String, words: &str, quads: impl IntoIterator<Item = &'a Quad>) {
    let mut quads: Vec<&Quad> = quads.into_iter().collect();
    quads.sort_by(|a, b| graph(a).cmp(&graph(b)));
    let _ = writeln!(text, "{words} {{");
    for group in quads.chunk_by(|a, b| a.graph_name == b.graph_name) {
        let name = group.first().and_then(|quad| graph(quad));
        if let Some(name) = name {
            let _ = writeln!(text, "GRAPH <{name}> {{");
        }
        for quad in group {
            let (subject, predicate, object) = (&quad.subject, &quad.predicate, &quad.object);
            let _ = writeln!(text, "{subject} {predicate} {object} .");
        }
        if name.is_some() {
            text.push_str("}\n");
        }
    }
    text.push_str("}\n");
}

fn graph(quad: &Quad) -> Option<&str> {
    match &quad.graph_name {
        GraphName::NamedNode(name) => Some(name.as_str()),
        GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
    }
}

/// Asks what the mirror says of itself; the answer's only variable is `state`.
pub fn state(place: &Place) -> String {
    let any = Variable::new_unchecked("state");
    select(said_by(place, any.clone()), any)
}

/// Asks which graphs there are; the answer's only variable is `graph`.
pub fn graphs() -> String {
    let [s, p, o, graph] = ["s", "p", "o", "graph"].map(Variable::new_unchecked);
    let inside = GraphPattern::Graph {
        name: NamedNodePattern::Variable(graph.clone()),
        inner: Box::new(GraphPattern::Bgp {
            patterns: vec![TriplePattern {
                subject: s.into(),
                predicate: p.into(),
                object: o.into(),
            }],
        }),
    };
    select(inside, graph)
}

fn select(pattern: GraphPattern, variable: Variable) -> String {
    let query = Query::Select {
        dataset: None,
        pattern: GraphPattern::Distinct {
            inner: Box::new(GraphPattern::Project {
                inner: Box::new(pattern),
                variables: vec![variable],
            }),
        },
        base_iri: None,
    };
    query.to_string()
}

fn said_by(place: &Place, any: Variable) -> GraphPattern {
    GraphPattern::Graph {
        name: place.graph.clone().into(),
        inner: Box::new(GraphPattern::Bgp {
            patterns: vec![TriplePattern {
                subject: place.graph.clone().into(),
                predicate: place.predicate.clone().into(),
                object: any.into(),
            }],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Generation;
    use oxrdf::Literal;
    use proptest::prelude::*;
    use spargebra::SparqlParser;

    fn state(generation: u64) -> State {
        State {
            log: "f0".to_owned(),
            generation: Generation(generation),
            redactions: "0".to_owned(),
            under_way: None,
        }
    }

    fn place() -> Place {
        Place::new(&"https://data.example.org".parse().expect("a base"))
    }

    fn quad() -> impl Strategy<Value = Quad> {
        let odd = proptest::sample::select(vec![
            '"',
            '\\',
            '\n',
            '\r',
            '\t',
            '{',
            '}',
            ';',
            '#',
            '.',
            '\'',
            '<',
            '>',
            '$',
            '?',
            'u',
            '0',
            '\0',
            '\u{7f}',
            '\u{85}',
            '\u{2028}',
            '\u{fffe}',
            '\u{1f3ad}',
            'é',
        ]);
        let text = proptest::collection::vec(prop_oneof![odd, any::<char>()], 0..12);
        let text = text.prop_map(|chars| chars.into_iter().collect::<String>());
        let object = prop_oneof![
            text.clone()
                .prop_map(|text| Term::from(Literal::new_simple_literal(text))),
            text.clone().prop_map(|text| {
                Literal::new_language_tagged_literal_unchecked(text, "fr-ca").into()
            }),
            text.prop_map(|text| {
                let datatype = NamedNode::new_unchecked("http://a.example/type");
                Literal::new_typed_literal(text, datatype).into()
            }),
            Just(NamedNode::new_unchecked("http://a.example/é?x='1'&y=%20#z").into()),
        ];
        let graph = proptest::sample::select(vec![None, Some("http://a.example/g"), Some("x:h")]);
        (object, graph).prop_map(|(object, graph)| Quad {
            subject: NamedNode::new_unchecked("http://a.example/s").into(),
            predicate: NamedNode::new_unchecked("http://a.example/p"),
            object,
            graph_name: graph.map_or(GraphName::DefaultGraph, |graph| {
                NamedNode::new_unchecked(graph).into()
            }),
        })
    }

    fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
        let mut texts: Vec<String> = texts.collect();
        texts.sort_unstable();
        texts
    }

    proptest! {
        #[test]
        fn another_reader_finds_in_an_update_what_was_put_there_and_nothing_else(
            removed in proptest::collection::vec(quad(), 0..5),
            added in proptest::collection::vec(quad(), 0..5),
            in_three: bool,
        ) {
            let (mut deletes, mut inserts) = (Vec::new(), Vec::new());
            let engine = if in_three { MirrorEngine::Virtuoso } else { MirrorEngine::Standard };
            let text = step(engine, &place(), &removed, &added, &state(1), &state(2));
            let update = SparqlParser::new().parse_update(&text).expect(&text);
            for operation in update.operations {
                let GraphUpdateOperation::DeleteInsert { delete, insert, using: None, pattern } =
                    operation else { panic!("{text}") };
                prop_assert!(pattern.to_string().contains("f0.1.0"), "{}", pattern);
                deletes.extend(delete);
                inserts.extend(insert);
            }
            // The writer of the algebra puts the graph first, as this does.
            let written = |quad: &Quad| match graph(quad) {
                None => format!("{} {} {}", quad.subject, quad.predicate, quad.object),
                Some(name) => format!("GRAPH <{name}> {{ {} {} {} }}", quad.subject, quad.predicate, quad.object),
            };
            let before = place().quad(&state(1));
            let after = place().quad(&state(2));
            prop_assert_eq!(
                sorted(deletes.iter().map(ToString::to_string)),
                sorted(removed.iter().chain([&before]).map(written))
            );
            prop_assert_eq!(
                sorted(inserts.iter().map(ToString::to_string)),
                sorted(added.iter().chain([&after]).map(written))
            );
        }
    }

    #[test]
    fn a_beginning_forgets_what_was_said() {
        let said = [Term::from(Literal::new_simple_literal("nonsense"))];
        let text = begin(&place(), &said, &state(1));
        let update = SparqlParser::new().parse_update(&text).expect(&text);
        assert_eq!(update.operations.len(), 2);
        assert!(text.contains("nonsense"), "{text}");
    }
}
