//! Behaviour of the engine on small graphs.

use super::report::sort;
use super::*;
use crate::rdf::{Graph, Quads, QuadsError};
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef, Triple};
use oxttl::TurtleParser;
use proptest::prelude::*;
use std::cell::Cell;

const PREFIXES: &str = "
    @prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

pub(super) fn graph(turtle: &str) -> Graph {
    TurtleParser::new()
        .for_slice(&format!("{PREFIXES}{turtle}"))
        .collect::<Result<Graph, _>>()
        .expect("the test's Turtle is well formed")
}

fn compile(turtle: &str) -> Shapes {
    Shapes::compile(&graph(turtle)).expect("the test's shapes are well formed")
}

fn faults(turtle: &str) -> Vec<Fault> {
    match Shapes::compile(&graph(turtle)) {
        Err(ShapesError::IllFormed(faults)) => faults,
        other => panic!("ill-formed shapes were let through: {other:?}"),
    }
}

/// All that a change can affect while the class hierarchy stays as it is.
pub(super) fn affected_nodes(
    shapes: &Shapes,
    (before, after): (&dyn Quads, &dyn Quads),
    classes: &Classes,
    added: &[Triple],
    removed: &[Triple],
) -> IndexSet<Term> {
    let change = Change {
        before,
        after,
        classes_before: classes,
        classes_after: classes,
        added,
        removed,
    };
    match affected(shapes, &change, usize::MAX).expect("memory") {
        Affected::Nodes(nodes) => nodes,
        Affected::TooMany => panic!("there is no limit"),
    }
}

fn iri(local: &str) -> Term {
    NamedNode::new_unchecked(format!("http://example.org/{local}")).into()
}

/// Counts how often the graph is asked.
struct Counted<'g> {
    graph: &'g Graph,
    look_ups: Cell<u32>,
}

impl Quads for Counted<'_> {
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a> {
        self.look_ups.set(self.look_ups.get() + 1);
        self.graph.matching(subject, predicate, object)
    }
}

#[test]
fn a_recursive_shape_is_refused_by_name() {
    let faults = faults(
        ":A a sh:NodeShape ; sh:property [ sh:path :p ; sh:node :B ] .
         :B a sh:NodeShape ; sh:not :A .",
    );
    let [fault] = faults.as_slice() else {
        panic!("one fault: {faults:?}");
    };
    assert_eq!((fault.rule, fault.parameter), ("recursion", Some("not")));
    assert_eq!(fault.place, "<http://example.org/B>");
    assert!(
        fault.problem.contains("<http://example.org/A> → "),
        "{}",
        fault.problem
    );
}

#[test]
fn all_faults_of_a_shapes_graph_are_told_with_place_and_rule() {
    let faults = faults(
        ":A a sh:NodeShape ; sh:minCount 1 ; sh:targetClass \"x\" ; sh:severity \"high\" .
         :B a sh:PropertyShape .
         :C a sh:PropertyShape ; sh:path [ sh:inversePath _:loop ] ; sh:datatype \"x\" .
         _:loop sh:zeroOrMorePath _:loop .
         :D a sh:NodeShape ; sh:in 3 ; sh:pattern \"(\" ; sh:nodeKind :IRI ; sh:datatype :a, :b .
         :E sh:path (:p) ; sh:targetNode :x ; sh:lessThan 3 ; sh:maxCount \"1\" .
         :F a sh:NodeShape ; sh:property :D ; sh:node :E ; sh:sparql [] ; sh:message 3 .
         :G a sh:NodeShape ; sh:property [ sh:path :q ; sh:closed 3 ; sh:deactivated \"no\" ] .",
    );
    let told: Vec<String> = faults
        .iter()
        .map(|fault| {
            let place = fault.place.replace("http://example.org/", "");
            format!("{place} {} {}", fault.parameter.unwrap_or("-"), fault.rule)
        })
        .collect();
    assert_eq!(
        told,
        [
            "<A> minCount node-shape-parameter",
            "<A> severity severity-nodeKind",
            "<A> targetClass targetClass-nodeKind",
            "<B> path path-metarule",
            "<C> path path-non-recursive",
            "<C> datatype nodeKind",
            "<D> datatype maxCount",
            "<D> nodeKind nodeKind-in",
            "<D> pattern pattern-regex",
            "<D> in SHACL-list",
            "<E> path path-sequence",
            "<E> maxCount datatype",
            "<E> lessThan nodeKind",
            "<F> sparql unsupported",
            "<F> node node-value",
            "<F> property property-value",
            "<F> message message-datatype",
            "<G>, its shape for <q> closed datatype",
            "<G>, its shape for <q> deactivated datatype",
        ]
    );
}

#[test]
fn shapes_nested_too_deep_are_refused() {
    let mut turtle = ":S0 a sh:NodeShape .".to_owned();
    for depth in 0..100 {
        turtle.push_str(&format!(":S{depth} sh:node :S{} .\n", depth + 1));
    }
    assert_eq!(
        faults(&turtle).first().map(|fault| fault.rule),
        Some("nesting")
    );
}

#[test]
fn a_list_that_comes_back_to_itself_is_refused() {
    let faults = faults(
        ":S a sh:NodeShape ; sh:in _:l .
         _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ;
             <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l .",
    );
    assert_eq!(faults.first().map(|fault| fault.rule), Some("SHACL-list"));
}

#[test]
fn a_shape_without_message_gets_a_sentence_in_both_languages() {
    let shapes = compile(":S sh:targetNode :x ; sh:property [ sh:path :p ; sh:minCount 2 ] .");
    let data = graph("");
    let results = validate(&shapes, &data, &Classes::default()).expect("memory");
    let findings = findings(&results, "minimum");
    let [finding] = findings.as_slice() else {
        panic!("one finding: {findings:?}");
    };
    assert_eq!(finding.message.fr, "`p` : il faut au moins 2 valeur(s)");
    assert_eq!(finding.message.en, "`p`: at least 2 value(s) are needed");
    assert_eq!(finding.rule, "MinCount");
    assert_eq!(finding.path.as_deref(), Some("http://example.org/p"));
    assert_eq!(finding.profile.as_deref(), Some("minimum"));
}

#[test]
fn a_message_in_one_language_serves_both() {
    let shapes = compile(":S sh:targetNode :x ; sh:class :C ; sh:message \"Non !\"@fr .");
    let results = validate(&shapes, &graph(""), &Classes::default()).expect("memory");
    let text = results.first().expect("a result").text();
    assert_eq!((&*text.fr, &*text.en), ("Non !", "Non !"));
}

#[test]
fn a_subject_with_very_many_triples_is_not_read_whole() {
    let mut turtle = ":hub :wanted 1 .".to_owned();
    for n in 0..2000 {
        turtle.push_str(&format!(":hub :member :m{n} .\n"));
    }
    let data = graph(&turtle);
    let shapes = compile(
        ":S sh:targetSubjectsOf :wanted ; sh:property [ sh:path :wanted ; sh:maxCount 1 ] ,
            [ sh:path :member ; sh:minCount 2000 ] , [ sh:path :none ; sh:minCount 1 ] .",
    );
    let focus = [iri("hub")];
    let results = validate_focus(&shapes, &data, &Classes::default(), &focus).expect("memory");
    assert_eq!(results.len(), 1, "{results:?}");
}

#[test]
fn a_change_elsewhere_affects_nobody() {
    let shapes = compile(
        ":S sh:targetClass :Event ;
            sh:property [ sh:path :place ; sh:class :Place ] , [ sh:path :name ; sh:minCount 1 ] .",
    );
    let before = graph(":e a :Event ; :place :p . :p a :Place .");
    let renamed: Vec<Triple> = graph(":p :phone \"x\" .").iter().cloned().collect();
    let after: Graph = before.iter().chain(&renamed).cloned().collect();
    let classes = Classes::default();
    let found = affected_nodes(&shapes, (&before, &after), &classes, &renamed, &[]);
    assert!(found.is_empty(), "{found:?}");

    let retyped: Vec<Triple> = graph(":p a :Place .").iter().cloned().collect();
    let after = graph(":e a :Event ; :place :p .");
    let found = affected_nodes(&shapes, (&before, &after), &classes, &[], &retyped);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [iri("e")]);
}

#[test]
fn one_node_is_validated_without_listing_its_class() {
    let shapes = compile(
        ":S sh:targetClass :Event ;
            sh:property [ sh:path :place ; sh:class :Place ] , [ sh:path :name ; sh:minCount 1 ] ,
                [ sh:path :start ; sh:minCount 1 ] , [ sh:path :end ; sh:maxCount 1 ] .",
    );
    let mut turtle = ":p a :Place .".to_owned();
    for n in 0..1000 {
        turtle.push_str(&format!(":e{n} a :Event ; :place :p ; :start {n} .\n"));
    }
    let data = graph(&turtle);
    let counted = Counted {
        graph: &data,
        look_ups: Cell::new(0),
    };
    let focus = [iri("e7")];
    let results = validate_focus(&shapes, &counted, &Classes::default(), &focus).expect("memory");
    assert_eq!(results.len(), 1, "the name is missing");
    assert_eq!(
        counted.look_ups.get(),
        2,
        "the event and its place, each read once"
    );
}

/// Shapes that between them read triples in every way that SHACL Core knows.
const SHAPES: &[&str] = &[
    ":S sh:targetClass :C0 ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 2 ] .",
    ":S sh:targetClass :C1 ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:class :C0 ] .",
    ":S sh:targetSubjectsOf :p ; sh:property [ sh:path (:p :q) ; sh:nodeKind sh:IRI ; sh:minCount 1 ] .",
    ":S sh:targetObjectsOf :q ; sh:class :C1 .",
    ":S sh:targetNode :n0 ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:class :C0 ] .",
    ":S sh:targetClass :C0 ; sh:property [ sh:path [ sh:oneOrMorePath [ sh:inversePath :p ] ] ; sh:hasValue :n1 ] .",
    ":S sh:targetClass :C0 ; sh:property [ sh:path [ sh:inversePath [ sh:oneOrMorePath (:p :q) ] ] ; sh:minCount 1 ] .",
    ":S sh:targetNode :n0, :n1 ; sh:property [ sh:path ([ sh:zeroOrOnePath :q ] [ sh:alternativePath (:p :r) ]) ; sh:in (:n0 :n2 1) ] .",
    ":S sh:targetClass :C0 ; sh:property [ sh:path :p ; sh:equals :q ; sh:disjoint :r ] .",
    ":S sh:targetClass :C0 ; sh:property [ sh:path :q ; sh:property [ sh:path :p ; sh:lessThan :q ; sh:lessThanOrEquals :r ] ] .",
    ":S sh:targetNode :n0 ; sh:property [ sh:path [ sh:inversePath :q ] ; sh:node [ sh:equals :p ; sh:property [ sh:path :q ; sh:equals :r ] ] ] .",
    ":S sh:targetClass :C0 ; sh:not [ sh:property [ sh:path :p ; sh:node :T ] ] . :T sh:class :C1 ; sh:nodeKind sh:IRI .",
    ":S sh:targetClass :C0 ; sh:or ( [ sh:property [ sh:path :p ; sh:hasValue 1 ] ] [ sh:property [ sh:path (:q :q) ; sh:datatype xsd:integer ] ] ) .",
    ":S sh:targetObjectsOf :p ; sh:xone ( [ sh:class :C0 ] [ sh:property [ sh:path :r ; sh:minCount 1 ] ] ) ; sh:and ( [ sh:nodeKind sh:IRI ] [ sh:disjoint :q ] ) .",
    ":S sh:targetClass :C0 ; sh:property [ sh:path :p ; sh:node [ sh:closed true ; sh:ignoredProperties (:p) ] ] .",
    ":S sh:targetSubjectsOf :r ; sh:closed true ; sh:property [ sh:path :r ; sh:uniqueLang true ] .",
    ":S sh:targetClass :C0 ; sh:property
        [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C0 ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ] ,
        [ sh:path :q ; sh:qualifiedValueShape [ sh:property [ sh:path :r ; sh:minCount 1 ] ] ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true ] .",
    ":C0 a sh:NodeShape, rdfs:Class ; sh:property [ sh:path (:p [ sh:inversePath :q ]) ; sh:maxCount 1 ] .",
];

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        6 => (0..5_u8).prop_map(|n| iri(&format!("n{n}"))),
        1 => (0..3_u8).prop_map(|n| oxrdf::Literal::from(i64::from(n)).into()),
        1 => Just(oxrdf::Literal::new_language_tagged_literal_unchecked("a", "en").into()),
        1 => Just(oxrdf::Literal::new_language_tagged_literal_unchecked("b", "en").into()),
    ]
}

fn any_triple() -> impl Strategy<Value = Triple> {
    let node = |n: u8| NamedNode::new_unchecked(format!("http://example.org/n{n}"));
    let link = (
        (0..5_u8),
        prop_oneof![Just("p"), Just("q"), Just("r")],
        any_term(),
    )
        .prop_map(move |(subject, predicate, object)| {
            let predicate = NamedNode::new_unchecked(format!("http://example.org/{predicate}"));
            Triple::new(node(subject), predicate, object)
        });
    let kind = ((0..5_u8), prop_oneof![Just("C0"), Just("C1"), Just("C2")]).prop_map(
        move |(subject, class)| Triple::new(node(subject), oxrdf::vocab::rdf::TYPE, iri(class)),
    );
    prop_oneof![3 => link, 1 => kind]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn validating_what_a_change_affects_is_as_good_as_validating_all(
        old in proptest::collection::vec(any_triple(), 0..16),
        new in proptest::collection::vec(any_triple(), 0..5),
        gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let before: Graph = old.into_iter().collect();
        let all: Vec<Triple> = before.iter().cloned().collect();
        let mut removed: Graph = Graph::default();
        if !all.is_empty() {
            for index in gone {
                removed.insert(all[index.index(all.len())].clone());
            }
        }
        let added: Vec<Triple> = new.into_iter().filter(|t| !before.contains(t)).collect();
        let removed: Vec<Triple> = removed.iter().cloned().collect();
        let kept = all.iter().filter(|t| !removed.contains(t));
        let after: Graph = kept.chain(&added).cloned().collect();
        // `:C1` lies below `:C0`; `:C2` is unknown to all shapes.
        let classes = Classes::read(&graph(":C1 rdfs:subClassOf :C0 .")).expect("memory");

        for source in SHAPES {
            let shapes = compile(source);
            let touched = affected_nodes(&shapes, (&before, &after), &classes, &added, &removed);
            let mut expected = validate(&shapes, &after, &classes).expect("memory");
            let mut merged = validate(&shapes, &before, &classes).expect("memory");
            merged.retain(|result| !touched.contains(&result.origin));
            merged.extend(validate_focus(&shapes, &after, &classes, &touched).expect("memory"));
            sort(&mut expected);
            sort(&mut merged);
            prop_assert_eq!(merged, expected, "{}", source);
        }
    }

    #[test]
    fn validating_every_node_is_validating_all(
        triples in proptest::collection::vec(any_triple(), 0..16),
    ) {
        let data: Graph = triples.into_iter().collect();
        let classes = Classes::read(&graph(":C1 rdfs:subClassOf :C0 .")).expect("memory");
        let mut nodes: std::collections::BTreeMap<String, Term> = Default::default();
        for triple in data.iter() {
            for node in [Term::from(triple.subject.clone()), triple.object.clone()] {
                nodes.insert(node.to_string(), node);
            }
        }
        for n in 0..5 {
            let node = iri(&format!("n{n}"));
            nodes.insert(node.to_string(), node);
        }
        for source in SHAPES {
            let shapes = compile(source);
            let all = validate(&shapes, &data, &classes).expect("memory");
            let each = validate_focus(&shapes, &data, &classes, nodes.values()).expect("memory");
            prop_assert_eq!(all, each, "{}", source);
        }
    }
}
