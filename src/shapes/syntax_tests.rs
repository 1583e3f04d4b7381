//! Ill-formed shapes graphs: each syntax rule of SHACL Core, broken once, and graphs that somebody
//! made to hurt.

use super::tests::{faults, graph};
use super::*;

/// Rule, shapes that break it, and where: the place without the example namespace, and the
/// property. In the order of the recommendation.
const BROKEN: &[(&str, &str, &str)] = &[
    (
        "SHACL-list",
        ":S sh:targetNode :x ; sh:in _:l . _:l rdf:first 1 .",
        "<S> in",
    ),
    (
        "entailment-nodeKind",
        ":G sh:entailment \"RDFS\" .",
        "<G> entailment",
    ),
    (
        "multiple-parameters",
        ":S sh:targetNode :x ; sh:pattern \"a\" , \"b\" .",
        "<S> pattern",
    ),
    (
        "multiple-parameters",
        ":S sh:targetNode :x ; sh:pattern \"a\" ; sh:flags \"i\" , \"s\" .",
        "<S> flags",
    ),
    (
        "multiple-parameters",
        ":S sh:targetNode :x ; sh:closed true, false .",
        "<S> closed",
    ),
    (
        "multiple-parameters",
        ":S sh:targetNode :x ; sh:ignoredProperties (:p), (:q) .",
        "<S> ignoredProperties",
    ),
    (
        "multiple-parameters",
        ":S sh:path :p ; sh:qualifiedValueShape :A, :B ; sh:qualifiedMinCount 1 .",
        "<S> qualifiedValueShape",
    ),
    (
        "multiple-parameters",
        ":S sh:path :p ; sh:qualifiedMinCount 1, 2 ; sh:qualifiedValueShape :A .",
        "<S> qualifiedMinCount",
    ),
    (
        "multiple-parameters",
        ":S sh:path :p ; sh:qualifiedMaxCount 1, 2 ; sh:qualifiedValueShape :A .",
        "<S> qualifiedMaxCount",
    ),
    (
        "multiple-parameters",
        ":S sh:path :p ; sh:qualifiedValueShapesDisjoint true, false .",
        "<S> qualifiedValueShapesDisjoint",
    ),
    (
        "targetNode-nodeKind",
        ":S sh:targetNode [] .",
        "<S> targetNode",
    ),
    (
        "targetClass-nodeKind",
        ":S sh:targetClass \"C\" .",
        "<S> targetClass",
    ),
    (
        "implicit-targetClass-nodeKind",
        "[] a sh:PropertyShape, rdfs:Class ; sh:path :p .",
        "a shape without an IRI, for <p> -",
    ),
    (
        "targetSubjectsOf-nodeKind",
        ":S sh:targetSubjectsOf [] .",
        "<S> targetSubjectsOf",
    ),
    (
        "targetObjectsOf-nodeKind",
        ":S sh:targetObjectsOf \"p\" .",
        "<S> targetObjectsOf",
    ),
    (
        "severity-maxCount",
        ":S sh:targetNode :x ; sh:severity sh:Info, sh:Warning .",
        "<S> severity",
    ),
    (
        "severity-nodeKind",
        ":S sh:targetNode :x ; sh:severity [] .",
        "<S> severity",
    ),
    (
        "message-datatype",
        ":S sh:targetNode :x ; sh:message 3 .",
        "<S> message",
    ),
    (
        "deactivated-maxCount",
        ":S sh:targetNode :x ; sh:deactivated true, false .",
        "<S> deactivated",
    ),
    (
        "deactivated-datatype",
        ":S sh:targetNode :x ; sh:deactivated \"1\"^^xsd:boolean .",
        "<S> deactivated",
    ),
    (
        "NodeShape-path-maxCount",
        ":S a sh:NodeShape ; sh:path :p .",
        "<S> path",
    ),
    (
        "path-maxCount",
        ":S sh:targetNode :x ; sh:path :p, :q .",
        "<S> path",
    ),
    (
        "path-node",
        ":S sh:targetNode :x ; sh:path \"p\" .",
        "<S> path",
    ),
    (
        "PropertyShape-path-minCount",
        ":S a sh:PropertyShape .",
        "<S> path",
    ),
    (
        "path-metarule",
        ":S sh:targetNode :x ; sh:path [ rdfs:label \"p\" ] .",
        "<S> path",
    ),
    (
        "path-metarule",
        ":S sh:targetNode :x ; sh:path [ sh:inversePath :p ; sh:zeroOrMorePath :q ] .",
        "<S> path",
    ),
    (
        "path-non-recursive",
        ":S sh:targetNode :x ; sh:path _:p . _:p sh:inversePath ( :q _:p ) .",
        "<S> path",
    ),
    (
        "path-sequence",
        ":S sh:targetNode :x ; sh:path ( :p ) .",
        "<S> path",
    ),
    (
        "path-alternative",
        ":S sh:targetNode :x ; sh:path [ sh:alternativePath :p ] .",
        "<S> path",
    ),
    (
        "path-alternative",
        ":S sh:targetNode :x ; sh:path [ sh:alternativePath ( :p ) ] .",
        "<S> path",
    ),
    (
        "path-inverse",
        ":S sh:targetNode :x ; sh:path [ sh:inversePath :p ; rdfs:comment \"back\" ] .",
        "<S> path",
    ),
    (
        "path-zero-or-more",
        ":S sh:targetNode :x ; sh:path [ sh:zeroOrMorePath :p ; rdfs:comment \"\" ] .",
        "<S> path",
    ),
    (
        "path-one-or-more",
        ":S sh:targetNode :x ; sh:path [ sh:oneOrMorePath :p ; rdfs:comment \"\" ] .",
        "<S> path",
    ),
    (
        "path-zero-or-one",
        ":S sh:targetNode :x ; sh:path [ sh:zeroOrOnePath :p ; rdfs:comment \"\" ] .",
        "<S> path",
    ),
    (
        "shapesGraph-nodeKind",
        ":G sh:shapesGraph \"shapes.ttl\" .",
        "<G> shapesGraph",
    ),
    ("class-nodeKind", ":S sh:class [] .", "<S> class"),
    (
        "datatype-nodeKind",
        ":S sh:datatype \"string\" .",
        "<S> datatype",
    ),
    (
        "datatype-maxCount",
        ":S sh:datatype xsd:string, xsd:date .",
        "<S> datatype",
    ),
    ("nodeKind-in", ":S sh:nodeKind sh:Iri .", "<S> nodeKind"),
    (
        "nodeKind-maxCount",
        ":S sh:nodeKind sh:IRI, sh:Literal .",
        "<S> nodeKind",
    ),
    (
        "minCount-scope",
        ":S a sh:NodeShape ; sh:minCount 1 .",
        "<S> minCount",
    ),
    (
        "minCount-maxCount",
        ":S sh:path :p ; sh:minCount 1, 2 .",
        "<S> minCount",
    ),
    (
        "minCount-datatype",
        ":S sh:path :p ; sh:minCount \"1\"^^xsd:int .",
        "<S> minCount",
    ),
    (
        "maxCount-scope",
        ":S a sh:NodeShape ; sh:maxCount 1 .",
        "<S> maxCount",
    ),
    (
        "maxCount-maxCount",
        ":S sh:path :p ; sh:maxCount 1, 2 .",
        "<S> maxCount",
    ),
    (
        "maxCount-datatype",
        ":S sh:path :p ; sh:maxCount 1.0 .",
        "<S> maxCount",
    ),
    (
        "minExclusive-nodeKind",
        ":S sh:minExclusive :a .",
        "<S> minExclusive",
    ),
    (
        "minExclusive-maxCount",
        ":S sh:minExclusive 1, 2 .",
        "<S> minExclusive",
    ),
    (
        "minInclusive-nodeKind",
        ":S sh:minInclusive :a .",
        "<S> minInclusive",
    ),
    (
        "minInclusive-maxCount",
        ":S sh:minInclusive 1, 2 .",
        "<S> minInclusive",
    ),
    (
        "maxExclusive-nodeKind",
        ":S sh:maxExclusive :a .",
        "<S> maxExclusive",
    ),
    (
        "maxExclusive-maxCount",
        ":S sh:maxExclusive 1, 2 .",
        "<S> maxExclusive",
    ),
    (
        "maxInclusive-nodeKind",
        ":S sh:maxInclusive :a .",
        "<S> maxInclusive",
    ),
    (
        "maxInclusive-maxCount",
        ":S sh:maxInclusive 1, 2 .",
        "<S> maxInclusive",
    ),
    (
        "minLength-datatype",
        ":S sh:minLength \"1\" .",
        "<S> minLength",
    ),
    (
        "minLength-maxCount",
        ":S sh:minLength 1, 2 .",
        "<S> minLength",
    ),
    (
        "maxLength-datatype",
        ":S sh:maxLength :a .",
        "<S> maxLength",
    ),
    (
        "maxLength-maxCount",
        ":S sh:maxLength 1, 2 .",
        "<S> maxLength",
    ),
    (
        "pattern-datatype",
        ":S sh:pattern \"a\"@en .",
        "<S> pattern",
    ),
    ("pattern-regex", ":S sh:pattern \"(a\" .", "<S> pattern"),
    ("flags-datatype", ":S sh:flags 1 .", "<S> flags"),
    (
        "languageIn-node",
        ":S sh:languageIn \"en\" .",
        "<S> languageIn",
    ),
    (
        "languageIn-members-datatype",
        ":S sh:languageIn ( \"en\"@en ) .",
        "<S> languageIn",
    ),
    (
        "languageIn-maxCount",
        ":S sh:languageIn ( \"en\" ), ( \"fr\" ) .",
        "<S> languageIn",
    ),
    (
        "uniqueLang-datatype",
        ":S sh:path :p ; sh:uniqueLang \"true\" .",
        "<S> uniqueLang",
    ),
    (
        "uniqueLang-maxCount",
        ":S sh:path :p ; sh:uniqueLang true, false .",
        "<S> uniqueLang",
    ),
    (
        "uniqueLang-scope",
        ":S a sh:NodeShape ; sh:uniqueLang true .",
        "<S> uniqueLang",
    ),
    ("equals-nodeKind", ":S sh:equals [] .", "<S> equals"),
    (
        "disjoint-nodeKind",
        ":S sh:disjoint \"p\" .",
        "<S> disjoint",
    ),
    (
        "lessThan-nodeKind",
        ":S sh:path :p ; sh:lessThan [] .",
        "<S> lessThan",
    ),
    (
        "lessThan-scope",
        ":S a sh:NodeShape ; sh:lessThan :p .",
        "<S> lessThan",
    ),
    (
        "lessThanOrEquals-nodeKind",
        ":S sh:path :p ; sh:lessThanOrEquals 1 .",
        "<S> lessThanOrEquals",
    ),
    (
        "lessThanOrEquals-scope",
        ":S a sh:NodeShape ; sh:lessThanOrEquals :p .",
        "<S> lessThanOrEquals",
    ),
    ("not-node", ":S sh:not \"A\" .", "<S> not"),
    ("and-node", ":S sh:and :A .", "<S> and"),
    ("and-members-node", ":S sh:and ( :A 1 ) .", "<S> and"),
    ("or-node", ":S sh:or [ sh:class :A ] .", "<S> or"),
    ("or-members-node", ":S sh:or ( 1 ) .", "<S> or"),
    ("xone-node", ":S sh:xone \"A\" .", "<S> xone"),
    ("xone-members-node", ":S sh:xone ( \"A\" ) .", "<S> xone"),
    ("node-node", ":S sh:node [ sh:path :p ] .", "<S> node"),
    ("node-node", ":S sh:node 1 .", "<S> node"),
    (
        "property-node",
        ":S sh:property [ sh:class :C ] .",
        "<S> property",
    ),
    ("property-node", ":S sh:property \"p\" .", "<S> property"),
    (
        "qualifiedValueShape-node",
        ":S sh:path :p ; sh:qualifiedValueShape 1 .",
        "<S> qualifiedValueShape",
    ),
    (
        "qualifiedValueShape-scope",
        ":S a sh:NodeShape ; sh:qualifiedValueShape :A ; sh:qualifiedMinCount 1 .",
        "<S> qualifiedValueShape",
    ),
    (
        "qualifiedValueShapesDisjoint-datatype",
        ":S sh:path :p ; sh:qualifiedValueShapesDisjoint 1 .",
        "<S> qualifiedValueShapesDisjoint",
    ),
    (
        "qualifiedMinCount-datatype",
        ":S sh:path :p ; sh:qualifiedMinCount \"1\" .",
        "<S> qualifiedMinCount",
    ),
    (
        "qualifiedMaxCount-datatype",
        ":S sh:path :p ; sh:qualifiedMaxCount :a .",
        "<S> qualifiedMaxCount",
    ),
    ("closed-datatype", ":S sh:closed \"true\" .", "<S> closed"),
    (
        "ignoredProperties-node",
        ":S sh:ignoredProperties :p .",
        "<S> ignoredProperties",
    ),
    (
        "ignoredProperties-members-nodeKind",
        ":S sh:ignoredProperties ( \"p\" ) .",
        "<S> ignoredProperties",
    ),
    ("in-node", ":S sh:in \"a\" .", "<S> in"),
    ("in-maxCount", ":S sh:in (1), (2) .", "<S> in"),
];

/// Every rule for SHACL Core in the recommendation's "Summary of Syntax Rules", but for `shape`
/// and `PropertyShape`, which say what these words mean and can't be broken.
const RULES: &str = "
    SHACL-list entailment-nodeKind multiple-parameters targetNode-nodeKind targetClass-nodeKind
    implicit-targetClass-nodeKind targetSubjectsOf-nodeKind targetObjectsOf-nodeKind
    severity-maxCount severity-nodeKind message-datatype deactivated-maxCount deactivated-datatype
    NodeShape-path-maxCount path-maxCount path-node PropertyShape-path-minCount path-metarule
    path-non-recursive path-sequence path-alternative path-inverse path-zero-or-more
    path-one-or-more path-zero-or-one shapesGraph-nodeKind class-nodeKind datatype-nodeKind
    datatype-maxCount nodeKind-in nodeKind-maxCount minCount-scope minCount-maxCount
    minCount-datatype maxCount-scope maxCount-maxCount maxCount-datatype minExclusive-nodeKind
    minExclusive-maxCount minInclusive-nodeKind minInclusive-maxCount maxExclusive-nodeKind
    maxExclusive-maxCount maxInclusive-nodeKind maxInclusive-maxCount minLength-datatype
    minLength-maxCount maxLength-datatype maxLength-maxCount pattern-datatype pattern-regex
    flags-datatype languageIn-node languageIn-members-datatype languageIn-maxCount
    uniqueLang-datatype uniqueLang-maxCount uniqueLang-scope equals-nodeKind disjoint-nodeKind
    lessThan-nodeKind lessThan-scope lessThanOrEquals-nodeKind lessThanOrEquals-scope not-node
    and-node and-members-node or-node or-members-node xone-node xone-members-node node-node
    property-node qualifiedValueShape-node qualifiedValueShape-scope
    qualifiedValueShapesDisjoint-datatype qualifiedMinCount-datatype qualifiedMaxCount-datatype
    closed-datatype ignoredProperties-node ignoredProperties-members-nodeKind in-node in-maxCount
";

#[test]
fn each_syntax_rule_of_shacl_core_is_held_and_named_with_its_place() {
    for (rule, shapes, place) in BROKEN {
        let faults = faults(shapes);
        let [fault] = faults.as_slice() else {
            panic!("{rule}: one fault and no more, not {faults:?}");
        };
        let where_it_is = fault.place.replace("http://example.org/", "");
        let told = format!("{where_it_is} {}", fault.parameter.unwrap_or("-"));
        assert_eq!((fault.rule, told.as_str()), (*rule, *place), "{shapes}");
    }
    for rule in RULES.split_whitespace() {
        let is_there = BROKEN.iter().any(|(broken, ..)| *broken == rule);
        assert!(is_there, "no example breaks {rule}");
    }
}

#[test]
fn what_the_recommendation_allows_is_accepted() {
    for shapes in [
        "",
        // Whatever is not SHACL's, or has no rule.
        ":S a sh:NodeShape, :Thing, rdfs:Resource ; sh:name \"a name\" ; sh:order \"first\" ;
            sh:description 3 ; sh:group :g ; sh:unheardOf [] ; :own [ :deep 1 ] ;
            sh:message \"a\", \"b\", \"c\"@en .",
        // Words of shapes on what is no shape.
        ":x sh:severity 7 ; sh:message 0 ; sh:deactivated 0 ; sh:path \"p\" .",
        // No type is needed, and a shape may be about literals.
        ":S sh:targetNode 3 ; sh:nodeKind sh:IRI .",
        ":S sh:path :p ; sh:targetNode :x ; sh:minCount 0 ; sh:maxCount 99999999999999999999 .",
        // Empty lists.
        ":S sh:targetNode :x ; sh:and () ; sh:or () ; sh:xone () ; sh:in () ; sh:languageIn () ;
            sh:closed true ; sh:ignoredProperties () .",
        // W3C test core/node/qualified-001.
        ":S a sh:NodeShape ; sh:qualifiedMinCount 5 ; sh:qualifiedMaxCount 2 ;
            sh:qualifiedValueShapesDisjoint \"1\"^^xsd:boolean .",
        // A shape that is used twice, and one that nobody describes.
        ":S sh:and ( :A :A ) ; sh:node :A ; sh:property :P . :P sh:path :p ; sh:node :A, :B .
            :A sh:class :C .",
        // A deactivated shape, and somebody's own severity.
        ":S sh:targetClass :C ; sh:deactivated true ; sh:severity :Grave .",
        // One path in two shapes, and the same step twice in one path.
        ":S sh:targetNode :x ; sh:property [ sh:path _:p ], [ sh:path ( _:p _:p ) ] .
            _:p sh:inversePath :q .",
        // A list may have more to it.
        ":S sh:targetNode :x ; sh:in _:l . _:l rdf:first 1 ; rdf:rest () ; rdfs:label \"one\" .",
    ] {
        let compiled = Shapes::compile(&graph(shapes));
        assert!(compiled.is_ok(), "{shapes}\n{}", compiled.unwrap_err());
    }
}

#[test]
fn a_shape_that_refers_to_itself_is_refused_whatever_the_way() {
    for (way, problem) in [
        (":A sh:node :A .", "<A> → <A>"),
        (":A sh:not [ sh:not :A ] .", "<A> → <A>, sh:not → <A>"),
        (
            ":A sh:and ( :B ) . :B sh:or ( :C ) . :C sh:xone ( [] :A ) .",
            "<A> → <B> → <C> → <A>",
        ),
        (
            ":A sh:property [ sh:path :p ; sh:node :A ] .",
            "<A> → <A>, its shape for <p> → <A>",
        ),
        (
            ":A sh:property [ sh:path (:p :q) ; sh:qualifiedValueShape :A ] .",
            "<A> → <A>, its shape for (<p>/<q>) → <A>",
        ),
        (
            ":A sh:or ( [ sh:class :C ] [ sh:property :B ] ) . :B sh:path :p ; sh:not :A .",
            "<A> → <A>, sh:or, member 2 → <B> → <A>",
        ),
        // A sibling is asked about the same nodes, so this has no end either.
        (
            ":A sh:property :B , [ sh:path :q ; sh:qualifiedValueShape [ sh:property :B ] ] .
             :B sh:path :p ; sh:qualifiedValueShape :C ; sh:qualifiedMinCount 1 ;
                sh:qualifiedValueShapesDisjoint true .",
            "<B> → <B>, sh:qualifiedValueShape → <B>",
        ),
        // Even when no target leads there, or the shape is switched off.
        (
            "_:a sh:not _:b . _:b sh:node _:a .",
            "a shape without an IRI → ",
        ),
        (":A sh:node :A ; sh:deactivated true .", "<A> → <A>"),
    ] {
        let faults = faults(way);
        let [fault] = faults.as_slice() else {
            panic!("one fault: {faults:?}");
        };
        assert_eq!(fault.rule, "recursion");
        let told = fault.problem.replace("http://example.org/", "");
        assert!(told.contains(problem), "{told}");
    }
}

#[test]
fn a_fault_is_told_once_however_often_its_shape_is_used() {
    let faults = faults(
        ":A sh:targetNode :x ; sh:node :C ; sh:property [ sh:path :p ; sh:node :C ] .
         :B sh:targetNode :x ; sh:or ( :C :C ) . :C sh:class 1 .",
    );
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn what_is_no_class_and_shape_both_has_no_implicit_target() {
    let data = graph(":x a :C .");
    let classes = Classes::default();
    let count = |shapes: &str| {
        let shapes = Shapes::compile(&graph(shapes)).expect("well formed");
        validate(&shapes, &data, &classes).expect("memory").len()
    };
    assert_eq!(count(":C a rdfs:Class, sh:NodeShape ; sh:class :D ."), 1);
    assert_eq!(
        count(":C a :Kind ; a sh:NodeShape ; sh:class :D . :Kind rdfs:subClassOf rdfs:Class ."),
        1
    );
    // SHACL §2.1.3.3 wants the type of a shape too.
    assert_eq!(count(":C a rdfs:Class ; sh:class :D ."), 0);
    assert_eq!(count(":C a sh:NodeShape ; sh:class :D ."), 0);
}

#[test]
fn lists_are_read_in_proportion_to_their_length() {
    let rdf = |cells: &str| format!(":S sh:targetNode :x ; sh:in _:c0 . {cells}");
    let mut long = String::new();
    for n in 0..10_000 {
        long.push_str(&format!("_:c{n} rdf:first {n} ; rdf:rest _:c{} .\n", n + 1));
    }
    let ended = format!("{long} _:c10000 rdf:first 0 ; rdf:rest () .");
    assert!(Shapes::compile(&graph(&rdf(&ended))).is_ok());
    for (end, problem) in [
        ("_:c10000 rdf:first 0 ; rdf:rest _:c9 .", "comes back"),
        ("_:c10000 rdf:first 0 ; rdf:rest (), (1) .", "each cell"),
        ("_:c10000 rdf:first 0, 1 ; rdf:rest () .", "each cell"),
        ("_:c10000 rdf:rest () .", "each cell"),
        ("", "each cell"),
        (
            "_:c10000 rdf:first 0 ; rdf:rest () . () rdf:rest () .",
            "rdf:nil",
        ),
    ] {
        let faults = faults(&rdf(&format!("{long}{end}")));
        let fault = faults.first().expect("a fault");
        assert_eq!(fault.rule, "SHACL-list");
        assert!(fault.problem.contains(problem), "{end}: {fault}");
    }
}

#[test]
fn a_shapes_graph_that_grows_when_it_is_followed_is_refused() {
    // Each of many shapes uses one long list from its own place on.
    let mut tails = String::new();
    for n in 0..1_500 {
        tails.push_str(&format!("_:c{n} rdf:first {n} ; rdf:rest _:c{} .\n", n + 1));
        tails.push_str(&format!(":S{n} sh:in _:c{n} .\n"));
    }
    tails.push_str("_:c1500 rdf:first 0 ; rdf:rest () .");
    // Each path goes twice through the next one.
    let mut paths = ":S sh:targetNode :x ; sh:path _:p0 .".to_owned();
    for n in 0..30 {
        paths.push_str(&format!(
            "_:p{n} sh:inversePath ( _:p{0} _:p{0} ) .\n",
            n + 1
        ));
    }
    paths.push_str("_:p30 sh:inversePath :p .");
    // Each of many shapes is a sibling of all the others.
    let mut siblings = ":S sh:targetNode :x .".to_owned();
    for n in 0..1_000 {
        siblings.push_str(&format!(
            ":S sh:property [ sh:path :p ; sh:qualifiedValueShape :Q{n} ; sh:qualifiedMinCount 1 ;
                sh:qualifiedValueShapesDisjoint true ] .\n"
        ));
    }
    for (shapes, rules) in [
        (tails, ["size"].as_slice()),
        (paths, ["size", "nesting"].as_slice()),
        (siblings, ["size"].as_slice()),
    ] {
        let faults = faults(&shapes);
        let fault = faults.first().expect("a fault");
        assert!(rules.contains(&fault.rule), "{fault}");
        assert!(faults.len() <= 1_000);
    }
}

#[test]
fn shapes_nested_too_deep_are_refused_in_whatever_order_they_come() {
    let chain = |order: &mut dyn Iterator<Item = usize>| {
        let mut turtle = ":S10000 sh:class :C .\n".to_owned();
        for depth in order {
            turtle.push_str(&format!(":S{depth} sh:node :S{} .\n", depth + 1));
        }
        faults(&turtle)
    };
    for faults in [chain(&mut (0..10_000)), chain(&mut (0..10_000).rev())] {
        let fault = faults.first().expect("a fault");
        assert_eq!(fault.rule, "nesting");
    }
    // What is used twice by each of many shapes, but not deeper than allowed.
    let mut wide = ":S0 sh:class :C .\n".to_owned();
    for depth in 1..60 {
        let below = depth - 1;
        wide.push_str(&format!(
            ":S{depth} sh:node :S{below} ; sh:property :P{depth} .\n"
        ));
        wide.push_str(&format!(":P{depth} sh:path :p ; sh:class :C .\n"));
    }
    assert!(Shapes::compile(&graph(&wide)).is_ok());
}
