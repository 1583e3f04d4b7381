//! Behaviour of the engine on small graphs.

use super::*;
use crate::rdf::{Graph, Quads, QuadsError};
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef, Triple};
use oxttl::TurtleParser;
use std::cell::Cell;

const PREFIXES: &str = "
    @prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

pub(super) fn graph(turtle: &str) -> Graph {
    TurtleParser::new()
        .for_slice(&format!("{PREFIXES}{turtle}"))
        .collect::<Result<Graph, _>>()
        .expect("the test's Turtle is well formed")
}

pub(super) fn compile(turtle: &str) -> Shapes {
    Shapes::compile(&graph(turtle)).expect("the test's shapes are well formed")
}

pub(super) fn faults(turtle: &str) -> Vec<Fault> {
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
            "<A> minCount minCount-scope",
            "<A> severity severity-nodeKind",
            "<A> targetClass targetClass-nodeKind",
            "<B> path PropertyShape-path-minCount",
            "<C> path path-non-recursive",
            "<C> datatype datatype-nodeKind",
            "<D> datatype datatype-maxCount",
            "<D> nodeKind nodeKind-in",
            "<D> pattern pattern-regex",
            "<D> in in-node",
            "<E> path path-sequence",
            "<E> maxCount maxCount-datatype",
            "<E> lessThan lessThan-nodeKind",
            "<F> node node-node",
            "<F> property property-node",
            "<F> sparql SPARQLConstraint-select-count",
            "<F> message message-datatype",
            "<G>, its shape for <q> closed closed-datatype",
            "<G>, its shape for <q> deactivated deactivated-datatype",
        ]
    );
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

/// A change that adds or removes `rdfs:subClassOf`, with everything it can affect.
fn affected_by_classes(shapes: &Shapes, before: &Graph, after: &Graph, most: usize) -> Affected {
    let classes_before = Classes::read(before).expect("memory");
    let classes_after = Classes::read(after).expect("memory");
    let missing = |from: &Graph, other: &Graph| -> Vec<Triple> {
        let left = from.iter().filter(|triple| !other.contains(triple));
        left.cloned().collect()
    };
    let change = Change {
        before,
        after,
        classes_before: &classes_before,
        classes_after: &classes_after,
        added: &missing(after, before),
        removed: &missing(before, after),
    };
    affected(shapes, &change, most).expect("memory")
}

#[test]
fn a_class_that_moves_affects_its_instances_and_those_who_ask_for_them() {
    let shapes = compile(
        ":S sh:targetClass :Event ; sh:property [ sh:path :place ; sh:class :Place ] .
         :T sh:targetSubjectsOf :likes ; sh:property [ sh:path (:likes :place) ; sh:class :Place ] .",
    );
    let data = ":e a :Event ; :place :hall . :hall a :Hall . :x a :Concert . :fan :likes :e .
        :other a :Event ; :place :barn . :barn a :Barn . ";
    let before = graph(data);
    let after = graph(&format!(
        "{data} :Hall rdfs:subClassOf :Place . :Concert rdfs:subClassOf :Event ."
    ));
    for (before, after) in [(&before, &after), (&after, &before)] {
        let Affected::Nodes(nodes) = affected_by_classes(&shapes, before, after, usize::MAX) else {
            panic!("there is no limit");
        };
        let mut nodes: Vec<String> = nodes.iter().map(Term::to_string).collect();
        nodes.sort_unstable();
        let expected = ["e", "fan", "x"].map(|local| iri(local).to_string());
        assert_eq!(nodes, expected);
    }
}

/// Counts the triples that are handed out.
struct Metered<'g> {
    graph: &'g Graph,
    triples: std::rc::Rc<Cell<usize>>,
}

impl Quads for Metered<'_> {
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a> {
        let triples = self.triples.clone();
        let found = self.graph.matching(subject, predicate, object);
        Box::new(found.inspect(move |_| triples.set(triples.get() + 1)))
    }
}

/// How much of the data is looked at to say that more than ten nodes are affected when one triple
/// is added to it.
fn triples_read_for_ten(shapes: &str, data: &str, added: &str) -> usize {
    let shapes = compile(shapes);
    let after = graph(&format!("{data}{added}"));
    let triples = std::rc::Rc::new(Cell::new(0));
    let metered = Metered {
        graph: &after,
        triples: triples.clone(),
    };
    let classes = Classes::default();
    let change = Change {
        before: &metered,
        after: &metered,
        classes_before: &classes,
        classes_after: &classes,
        added: &graph(added).iter().cloned().collect::<Vec<_>>(),
        removed: &[],
    };
    let found = affected(&shapes, &change, 10).expect("memory");
    assert_eq!(found, Affected::TooMany);
    triples.get()
}

#[test]
fn looking_for_affected_nodes_ends_with_the_first_that_is_too_many() {
    let mut hub = String::new();
    for n in 0..20_000 {
        hub.push_str(&format!(":e{n} a :Event ; :place :hall .\n"));
    }
    let shapes =
        ":S sh:targetClass :Event ; sh:property [ sh:path (:place :name) ; sh:minCount 1 ] .";
    assert!(triples_read_for_ten(shapes, &hub, ":hall :name \"x\" .") < 20);

    // A chain that leads to no focus node for a long time.
    let mut chain = String::new();
    for n in 0..20_000 {
        chain.push_str(&format!(":c{n} :next :c{} .\n", n + 1));
    }
    let shapes = ":S sh:targetClass :Event ;
        sh:property [ sh:path (:start [ sh:zeroOrMorePath :next ] :name) ; sh:minCount 1 ] .";
    assert!(triples_read_for_ten(shapes, &chain, ":c20000 :name \"x\" .") < 5_000);
}

#[test]
fn properties_that_no_shape_reads_are_not_followed() {
    let shapes = compile(
        ":S sh:targetClass :Event ; sh:property [ sh:path (:place :name) ; sh:minCount 1 ] ;
            sh:closed true ; sh:ignoredProperties (:note) .",
    );
    let after = graph(":e a :Event ; :place :hall ; :note \"x\" . :hall :note \"x\" .");
    let counted = Counted {
        graph: &after,
        look_ups: Cell::new(0),
    };
    let added: Vec<Triple> = graph(":e :note \"x\" . :hall :note \"x\" .")
        .iter()
        .cloned()
        .collect();
    let found = affected_nodes(
        &shapes,
        (&counted, &counted),
        &Classes::default(),
        &added,
        &[],
    );
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(counted.look_ups.get(), 0);
}

#[test]
fn a_shape_that_is_used_twice_is_followed_back_to_both() {
    let shapes = compile(
        ":S sh:targetNode :n, :m ; sh:property [ sh:path :p ; sh:node :R ], [ sh:path :q ; sh:node :R ] .
         :R sh:property [ sh:path :r ; sh:minCount 1 ] .",
    );
    let after = graph(":n :p :v . :m :q :v . :v :r 1 .");
    let added: Vec<Triple> = graph(":v :r 1 .").iter().cloned().collect();
    let classes = Classes::default();
    let found = affected_nodes(&shapes, (&after, &after), &classes, &added, &[]);
    assert!(
        found.contains(&iri("n")) && found.contains(&iri("m")),
        "{found:?}"
    );
}

#[test]
fn a_sibling_is_asked_about_the_values_of_the_other_property() {
    let shapes = compile(
        ":S sh:targetNode :n ;
            sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ;
                sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ] ,
              [ sh:path :q ; sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 0 ] .",
    );
    let before = graph(":n :p :v .");
    let after = graph(":n :p :v . :v a :C .");
    let added: Vec<Triple> = graph(":v a :C .").iter().cloned().collect();
    let classes = Classes::default();
    let count = |data: &Graph| validate(&shapes, data, &classes).expect("memory").len();
    assert_eq!((count(&before), count(&after)), (0, 1));
    let found = affected_nodes(&shapes, (&before, &after), &classes, &added, &[]);
    assert!(found.contains(&iri("n")), "{found:?}");
}
