//! The examples of SHACL §5 and §6, what pre-binding forbids, and hostile queries.

use crate::rdf::Graph;
use crate::shapes::tests::{affected_nodes, graph};
use crate::shapes::{
    Bounds, Classes, Fault, Shapes, ShapesError, Validation, ValidationError, ValidationResult,
    validate,
};
use oxrdf::{Literal, NamedNode, Term, Triple};
use proptest::prelude::*;
use std::ops::ControlFlow;

const EX: &str = r#"
    @prefix ex: <http://example.com/ns#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    ex: a owl:Ontology ;
        sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] .
"#;

fn ex(local: &str) -> Term {
    NamedNode::new_unchecked(format!("http://example.com/ns#{local}")).into()
}

fn compile(shapes: &str) -> Shapes {
    match Shapes::compile(&graph(&format!("{EX}{shapes}"))) {
        Ok(shapes) => shapes,
        Err(error) => panic!("{error}"),
    }
}

fn faults(shapes: &str) -> Vec<Fault> {
    match Shapes::compile(&graph(&format!("{EX}{shapes}"))) {
        Err(ShapesError::IllFormed(faults)) => faults,
        other => panic!("ill-formed shapes were let through: {other:?}"),
    }
}

fn rules(shapes: &str) -> Vec<&'static str> {
    faults(shapes).into_iter().map(|fault| fault.rule).collect()
}

fn data(turtle: &str) -> Graph {
    graph(&format!("@prefix ex: <http://example.com/ns#> . {turtle}"))
}

fn results(shapes: &str, turtle: &str) -> Vec<ValidationResult> {
    validate(&compile(shapes), &data(turtle), &Classes::default()).expect("memory")
}

/// Focus node, path and value of each result.
fn found(shapes: &str, turtle: &str) -> Vec<(Term, Option<String>, Option<Term>)> {
    results(shapes, turtle)
        .into_iter()
        .map(|result| {
            let path = result.path.map(|path| path.to_string());
            (result.focus, path, result.value)
        })
        .collect()
}

fn at(
    focus: &str,
    path: Option<&str>,
    value: Option<Term>,
) -> (Term, Option<String>, Option<Term>) {
    (ex(focus), path.map(str::to_owned), value)
}

fn english(text: &str) -> Term {
    Literal::new_language_tagged_literal_unchecked(text, "en").into()
}

const COUNTRIES: &str = r#"
    ex:ValidCountry a ex:Country ; ex:germanLabel "Spanien"@de .
    ex:InvalidCountry a ex:Country ; ex:germanLabel "Spain"@en .
"#;
const GERMAN_LABEL: &str = "<http://example.com/ns#germanLabel>";

#[test]
fn a_query_on_a_node_shape_names_path_and_value() {
    let shapes = r#"
        ex:LanguageExampleShape a sh:NodeShape ; sh:targetClass ex:Country ; sh:sparql ex:c .
        ex:c a sh:SPARQLConstraint ;
            sh:message "Values are literals with German language tag." ;
            sh:prefixes ex: ;
            sh:select """
                SELECT $this (ex:germanLabel AS ?path) ?value
                WHERE {
                    $this ex:germanLabel ?value .
                    FILTER (!isLiteral(?value) || !langMatches(lang(?value), "de"))
                }""" ."#;
    let results = results(shapes, COUNTRIES);
    let [result] = results.as_slice() else {
        panic!("one result: {results:?}");
    };
    assert_eq!(result.focus, ex("InvalidCountry"));
    assert_eq!(result.value, Some(english("Spain")));
    assert_eq!(
        result.path.as_ref().map(ToString::to_string).as_deref(),
        Some(GERMAN_LABEL)
    );
    assert_eq!(
        result.component.as_str(),
        "http://www.w3.org/ns/shacl#SPARQLConstraintComponent"
    );
    assert_eq!(result.source_shape, ex("LanguageExampleShape"));
    assert_eq!(result.source_constraint, Some(ex("c")));
    assert_eq!(
        result.text().fr,
        "Values are literals with German language tag."
    );
}

#[test]
fn a_query_on_a_property_shape_gets_its_path() {
    let with_path = |path: &str| {
        format!(
            r#"ex:S a sh:PropertyShape ; sh:targetClass ex:Country ; sh:path {path} ;
            sh:sparql [ sh:prefixes ex: ; sh:select """
                SELECT $this ?value
                WHERE {{
                    $this $PATH ?value .
                    FILTER (!isLiteral(?value) || !langMatches(lang(?value), "de"))
                }}""" ] ."#
        )
    };
    assert_eq!(
        found(&with_path("ex:germanLabel"), COUNTRIES),
        [at(
            "InvalidCountry",
            Some(GERMAN_LABEL),
            Some(english("Spain"))
        )]
    );
    let nested = r#"
        ex:A a ex:Country ; ex:name [ ex:germanLabel "Spain"@en ] .
        ex:B a ex:Country ; ex:label "Spain"@en .
        ex:C a ex:Country ; ex:next [ ex:next ex:B ] .
        ex:D ex:of ex:E . ex:E a ex:Country . "#;
    for (path, focus, value) in [
        ("( ex:name ex:germanLabel )", "A", english("Spain")),
        (
            "[ sh:alternativePath ( ex:germanLabel ex:label ) ]",
            "B",
            english("Spain"),
        ),
        (
            "( [ sh:oneOrMorePath ex:next ] ex:label )",
            "C",
            english("Spain"),
        ),
        (
            "( [ sh:zeroOrOnePath ex:next ] ex:label )",
            "B",
            english("Spain"),
        ),
        ("[ sh:inversePath ex:of ]", "E", ex("D")),
    ] {
        let found = found(&with_path(path), nested);
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        assert_eq!(found[0].0, ex(focus), "{path}");
        assert_eq!(found[0].2, Some(value), "{path}");
    }
    let repeated = found(
        &with_path("[ sh:zeroOrMorePath ex:next ]"),
        "ex:A a ex:Country .",
    );
    assert_eq!(repeated.len(), 1);
    assert_eq!(repeated[0].2, Some(ex("A")));
}

#[test]
fn prefixes_come_over_imports_and_may_be_said_twice() {
    let shapes = r#"
        <http://example.org/a> owl:imports <http://example.org/b> .
        <http://example.org/b> owl:imports <http://example.org/a> ;
            sh:declare [ sh:prefix "c" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] ,
                [ sh:prefix "" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] .
        ex: sh:declare [ sh:prefix "c" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] .
        ex:S sh:targetNode ex:A ; sh:sparql [ sh:prefixes <http://example.org/a> , ex: ;
            sh:select "SELECT $this ?value { $this c:p ?value . $this :p ?value . $this ex:p ?value }" ] ."#;
    assert_eq!(found(shapes, "ex:A ex:p 1 .").len(), 1);
}

#[test]
fn wrong_prefixes_are_refused() {
    let with = |declarations: &str| {
        format!(
            r#"ex:P {declarations} . ex:S sh:targetNode ex:A ;
            sh:sparql [ sh:prefixes ex:P ; sh:select "SELECT $this {{ }}" ] ."#
        )
    };
    for (declarations, rule) in [
        (
            r#"sh:declare [ sh:prefix "a" ; sh:namespace "http://a.example/"^^xsd:anyURI ] ,
                [ sh:prefix "a" ; sh:namespace "http://b.example/"^^xsd:anyURI ]"#,
            "prefixes-duplicates",
        ),
        (r#"sh:declare "a""#, "declare-nodeKind"),
        (
            r#"sh:declare [ sh:namespace "http://a.example/"^^xsd:anyURI ]"#,
            "prefix-count",
        ),
        (r#"sh:declare [ sh:prefix "a" ]"#, "namespace-count"),
        (
            r#"sh:declare [ sh:prefix "a" ; sh:namespace "http://a.example/" ]"#,
            "namespace-datatype",
        ),
        (
            r#"sh:declare [ sh:prefix "a"@en ; sh:namespace "http://a.example/"^^xsd:anyURI ]"#,
            "prefix-datatype",
        ),
    ] {
        assert_eq!(rules(&with(declarations)), [rule]);
    }
    let literal = r#"ex:S sh:targetNode ex:A ;
        sh:sparql [ sh:prefixes "a" ; sh:select "SELECT $this { }" ] ."#;
    assert_eq!(rules(literal), ["prefixes-nodeKind"]);
}

/// A shape with one query on `ex:A`.
fn asking(query: &str) -> String {
    format!(
        r#"ex:S a sh:NodeShape ; sh:targetNode ex:A ; sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] ."#
    )
}

#[test]
fn ill_formed_constraints_are_refused_with_place_and_rule() {
    for (constraint, rule) in [
        (r#""SELECT""#, "sparql-nodeKind"),
        ("[ ]", "SPARQLConstraint-select-count"),
        (
            r#"[ sh:select "SELECT $this { }" , "SELECT $this { $this ?p ?o }" ]"#,
            "SPARQLConstraint-select-count",
        ),
        ("[ sh:select 1 ]", "SPARQLConstraint-select-datatype"),
        (r#"[ sh:select "SELECT $this {" ]"#, "select-query-valid"),
        (r#"[ sh:select "ASK { }" ]"#, "select-query-valid"),
        (
            r#"[ sh:select "SELECT $this FROM <http://a.example/> { }" ]"#,
            "select-query-valid",
        ),
        (
            r#"[ sh:select "SELECT ?x { ?x ?y $this }" ]"#,
            "select-query-this",
        ),
        (
            r#"[ sh:select "SELECT $this { }" ; sh:message 1 ]"#,
            "SPARQLConstraint-message-datatype",
        ),
        (
            r#"[ sh:select "SELECT $this { }" ; sh:deactivated true , false ]"#,
            "SPARQLConstraint-deactivated-maxCount",
        ),
        (
            r#"[ sh:select "SELECT $this { $PATH ?p ?o }" ]"#,
            "PATH-position",
        ),
        (
            r#"[ sh:select "SELECT $this { $this ?p ?o FILTER (?p = $PATH) }" ]"#,
            "PATH-position",
        ),
        (
            r#"[ sh:select "SELECT $this { $this $PATH ?o }" ]"#,
            "PATH-position",
        ),
        (
            r#"[ sh:select "SELECT $this { FILTER (<http://a.example/f>($this)) }" ]"#,
            "unsupported",
        ),
    ] {
        let shapes = format!("ex:S a sh:NodeShape ; sh:targetNode ex:A ; sh:sparql {constraint} .");
        let faults = faults(&shapes);
        assert_eq!(faults.len(), 1, "{constraint}: {faults:?}");
        assert_eq!(faults[0].rule, rule, "{constraint}: {}", faults[0]);
        assert_eq!(faults[0].place, "<http://example.com/ns#S>");
    }
    let syntax = faults(&asking("SELECT $this\n WHERE { $this ex:p . }"));
    assert!(syntax[0].problem.contains("2:"), "{}", syntax[0]);
}

#[test]
fn what_pre_binding_forbids_is_refused() {
    for (query, problem) in [
        (
            "SELECT $this { $this ex:p ?a MINUS { $this ex:q ?a } }",
            "MINUS",
        ),
        (
            "SELECT $this { $this ex:p ?a FILTER EXISTS { ?a ex:q ?b MINUS { ?b ex:q ?c } } }",
            "MINUS",
        ),
        (
            "SELECT $this { SERVICE <http://a.example/> { $this ex:p ?a } }",
            "SERVICE",
        ),
        ("SELECT $this { $this ex:p ?a VALUES ?a { 1 } }", "VALUES"),
        ("SELECT $this { $this ex:p ?a } VALUES ?a { 1 }", "VALUES"),
        (
            "SELECT $this { ?a ex:p ?b BIND (ex:A AS ?currentShape) }",
            "?currentShape",
        ),
        ("SELECT $this { { BIND (ex:A AS ?this) } }", "?this"),
        ("SELECT (ex:A AS ?this) { ?a ex:p ?b }", "?this"),
        (
            "SELECT $this { ?a ex:p ?b BIND (ex:A AS ?shapesGraph) }",
            "?shapesGraph",
        ),
        (
            "SELECT $this { $this ex:p ?a { SELECT ?a { ?a ex:q ?b } } }",
            "return ?this",
        ),
        (
            "SELECT $this { $this ex:p ?a FILTER NOT EXISTS { SELECT ?a { ?a ex:q $this } } }",
            "return ?this",
        ),
        (
            "SELECT $this { { SELECT $this { { SELECT ?a { $this ex:p ?a } } } } }",
            "return ?this",
        ),
        (
            "SELECT $this { $this ex:p ?a LATERAL { ?a ex:p ?b } }",
            "LATERAL",
        ),
    ] {
        let faults = faults(&asking(query));
        assert_eq!(faults.len(), 1, "{query}: {faults:?}");
        assert_eq!(faults[0].rule, "pre-binding-limitations", "{query}");
        assert!(
            faults[0].problem.contains(problem),
            "{query}: {}",
            faults[0]
        );
    }
}

#[test]
fn a_pre_bound_variable_has_its_value_at_every_level() {
    let turtle = "ex:A ex:p ex:B ; ex:n 1 . ex:B ex:p ex:C . ex:D ex:p ex:B .";
    for (query, expected) in [
        ("SELECT $this { FILTER ($this = ex:A) }", 1),
        ("SELECT $this { FILTER (bound($this) && isIRI($this)) }", 1),
        ("SELECT $this { FILTER (!bound($this)) }", 0),
        ("SELECT $this ?value { BIND ($this AS ?value) }", 1),
        (
            "SELECT $this ?value { { BIND ($this AS ?value) } UNION { $this ex:p ?value } }",
            2,
        ),
        ("SELECT $this ?value { { { $this ex:p ?value } } }", 1),
        (
            "SELECT $this { ex:D ex:p ?b FILTER EXISTS { $this ex:p ?b } }",
            1,
        ),
        (
            "SELECT $this { ex:D ex:p ?b FILTER NOT EXISTS { ?b ex:p $this } }",
            1,
        ),
        (
            "SELECT $this { ex:D ex:p ?b FILTER NOT EXISTS { ?x ex:p ?b FILTER (?x = $this) } }",
            0,
        ),
        (
            "SELECT $this ?value { ex:D ex:p ?b OPTIONAL { $this ex:n ?value } FILTER (?value = 1) }",
            1,
        ),
        (
            "SELECT $this ?value { ?value ex:p ex:B OPTIONAL { ?value ex:n ?n FILTER ($this = ?value) } FILTER bound(?n) }",
            1,
        ),
        (
            "SELECT $this ?value { { SELECT $this (COUNT(?b) AS ?value) { $this ex:p ?b } GROUP BY $this } }",
            1,
        ),
        (
            "SELECT $this (COUNT(?b) AS ?value) { $this ex:p ?b } GROUP BY $this HAVING (COUNT(?b) > 1)",
            0,
        ),
        (
            "SELECT $this ?value { { SELECT $this ?value { ?value ex:p ex:B FILTER (?value != $this) } } }",
            1,
        ),
        ("SELECT DISTINCT $this { $this ?p ?o }", 1),
        ("SELECT $this { $this ?p ?o }", 2),
        ("SELECT * { $this ?p ?o }", 2),
        (
            "SELECT $this ?value { $this ex:p+ ?value } ORDER BY $this LIMIT 1",
            1,
        ),
        ("SELECT $this { GRAPH ?g { $this ex:p ?b } }", 0),
    ] {
        let found = found(&asking(query), turtle);
        assert_eq!(found.len(), expected, "{query}: {found:?}");
        assert!(found.iter().all(|(focus, ..)| *focus == ex("A")), "{query}");
    }
}

#[test]
fn blank_nodes_and_literals_are_focus_nodes_like_others() {
    let turtle = r#"_:b ex:p _:c . _:c ex:p "01"^^xsd:integer . _:d ex:p ex:x ."#;
    let with = |target: &str, query: &str| {
        format!(
            r#"ex:S a sh:NodeShape ; {target} ;
            sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] ."#
        )
    };
    let subjects = "sh:targetSubjectsOf ex:p";
    for (target, query, expected) in [
        (subjects, "SELECT $this { FILTER isBlank($this) }", 3),
        (subjects, "SELECT $this ?value { $this ex:p ?value }", 3),
        (
            subjects,
            "SELECT $this ?value { $this ex:p ?value . ?value ex:p ?x }",
            1,
        ),
        (subjects, "SELECT $this { ?x ex:p $this }", 1),
        (
            subjects,
            "SELECT $this { ?x ex:p ?y FILTER (?y = $this) }",
            1,
        ),
        (
            subjects,
            "SELECT $this { ?x ex:p ?y FILTER sameTerm(?y, $this) }",
            1,
        ),
        (
            subjects,
            "SELECT $this { BIND ($this AS ?z) ?z ex:p ?y }",
            3,
        ),
        (
            subjects,
            "SELECT $this ?value { BIND ($this AS ?value) }",
            3,
        ),
        (subjects, "SELECT $this { [] ex:p [ ex:p $this ] }", 0),
        (
            "sh:targetObjectsOf ex:p",
            "SELECT $this { FILTER isLiteral($this) }",
            1,
        ),
        (
            "sh:targetObjectsOf ex:p",
            "SELECT $this { ?x ex:p $this FILTER isNumeric($this) }",
            1,
        ),
        (
            "sh:targetObjectsOf ex:p",
            "SELECT $this { $this ex:p ?x }",
            1,
        ),
        (
            "sh:targetObjectsOf ex:p",
            "SELECT $this { $this ex:p* ?x FILTER isLiteral($this) }",
            1,
        ),
    ] {
        let found = found(&with(target, query), turtle);
        assert_eq!(found.len(), expected, "{target}: {query}: {found:?}");
        if query.contains("BIND ($this AS ?value)") {
            assert!(
                found
                    .iter()
                    .all(|(focus, _, value)| value.as_ref() == Some(focus))
            );
        }
    }
}

#[test]
fn a_query_sees_the_shapes_graph_and_its_own_shape() {
    let with = |query: &str| {
        format!(
            r#"ex:S a sh:NodeShape ; sh:targetNode ex:A ; ex:most 1 ; sh:property [ sh:path ex:n ;
            ex:most 2 ; sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] ] ."#
        )
    };
    let turtle = "ex:A ex:n 1 , 2 , 3 ; ex:most 0 .";
    for (query, expected) in [
        (
            "SELECT $this ?value { $this $PATH ?value GRAPH $shapesGraph { $currentShape ex:most ?m } FILTER (?value > ?m) }",
            1,
        ),
        (
            "SELECT $this ?value { $this $PATH ?value GRAPH ?g { ?s ex:most ?m } FILTER (?value > ?m) }",
            3,
        ),
        (
            "SELECT $this { GRAPH ?g { ?s ex:most ?m } FILTER (?g = $shapesGraph) }",
            2,
        ),
        (
            "SELECT $this { GRAPH <http://a.example/> { ?s ex:most ?m } }",
            0,
        ),
        ("SELECT $this { $this ex:most ?m }", 1),
        (
            "SELECT $this { FILTER bound($currentShape) FILTER bound($shapesGraph) }",
            1,
        ),
    ] {
        let found = found(&with(query), turtle);
        assert_eq!(found.len(), expected, "{query}: {found:?}");
    }
}

#[test]
fn values_paths_and_messages_follow_from_the_solution() {
    let property_shape = |constraint: &str| {
        format!(
            "ex:S sh:targetNode ex:A ; sh:path ex:n ; sh:sparql [ sh:prefixes ex: ; {constraint} ] ."
        )
    };
    let turtle = "ex:A ex:n 1 .";
    // The value of a node shape is its focus node; a property shape has no single one.
    assert_eq!(
        found(&asking("SELECT $this { }"), turtle),
        [at("A", None, Some(ex("A")))]
    );
    let n = "<http://example.com/ns#n>";
    assert_eq!(
        found(&property_shape(r#"sh:select "SELECT $this { }""#), turtle),
        [at("A", Some(n), None)]
    );
    assert_eq!(
        found(
            &property_shape(r#"sh:select "SELECT $this ('p' AS ?path) { }""#),
            turtle
        ),
        [at("A", Some(n), None)]
    );
    let messages = |constraint: &str| -> Vec<Literal> {
        results(&property_shape(constraint), turtle)
            .into_iter()
            .flat_map(|result| result.messages)
            .collect()
    };
    let simple = Literal::new_simple_literal;
    assert_eq!(
        messages(
            r#"sh:select "SELECT $this ?value (?value + 1 AS ?next) { $this $PATH ?value }" ;
            sh:message "{$this} {?value} {?next} {$PATH} {?other}" , "valeur {$value}"@fr"#
        ),
        [
            simple("http://example.com/ns#A 1 2 <http://example.com/ns#n> {?other}"),
            Literal::new_language_tagged_literal_unchecked("valeur 1", "fr"),
        ]
    );
    assert_eq!(
        messages(
            r#"sh:select "SELECT $this ('no {?this}' AS ?message) { }" ; sh:message "unused""#
        ),
        [simple("no http://example.com/ns#A")]
    );
    let ours = results(&property_shape(r#"sh:select "SELECT $this { }""#), turtle);
    assert!(ours[0].text().fr.contains("n'est pas remplie"));
    assert!(ours[0].text().en.contains("is not met"));
}

#[test]
fn a_constraint_that_is_switched_off_finds_nothing() {
    let shapes = r#"ex:S sh:targetNode ex:A ;
        sh:sparql [ sh:select "SELECT $this { }" ; sh:deactivated true ] ."#;
    assert!(found(shapes, "").is_empty());
}

#[test]
fn a_solution_that_says_failure_ends_the_validation() {
    let shapes = compile(&asking("SELECT $this (true AS ?failure) { }"));
    let error = validate(&shapes, &data(""), &Classes::default()).expect_err("a failure");
    assert!(
        matches!(&error, ValidationError::Query { place, .. } if place.contains("ns#S")),
        "{error}"
    );
    let shapes = compile(&asking("SELECT $this (false AS ?failure) { }"));
    let found = validate(&shapes, &data(""), &Classes::default()).expect("no failure");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_query_in_a_nested_shape_decides_whether_it_conforms() {
    let shapes = r#"
        ex:S sh:targetNode ex:A , ex:B ; sh:not ex:Odd .
        ex:Odd a sh:NodeShape ; sh:sparql [ sh:prefixes ex: ;
            sh:select "SELECT $this { $this ex:n ?n FILTER (?n > 1) }" ] ."#;
    assert_eq!(
        found(shapes, "ex:A ex:n 1 . ex:B ex:n 2 , 3 ."),
        [at("A", None, Some(ex("A")))]
    );
}

const PATTERN: &str = r#"
    ex:PatternConstraintComponent a sh:ConstraintComponent ;
        sh:parameter [ sh:path ex:pattern ] , [ sh:path ex:flags ; sh:optional true ] ;
        sh:validator ex:hasPattern .
    ex:hasPattern a sh:SPARQLAskValidator ;
        sh:message "Value does not match pattern {$pattern}" ;
        sh:ask """
            ASK {
                FILTER (!isBlank($value) &&
                    IF(bound($flags), regex(str($value), $pattern, $flags), regex(str($value), $pattern)))
            }""" .
"#;

#[test]
fn a_component_asks_about_each_value_node() {
    let shapes = format!(
        r#"{PATTERN}
        ex:S sh:targetNode ex:A ; ex:pattern "ns#A$" ;
            sh:property [ sh:path ex:n ; ex:pattern "^b" ; ex:flags "i" ] ,
                [ sh:path ex:m ; ex:pattern "^b" ] ."#
    );
    let results = results(
        &shapes,
        r#"ex:A ex:n "B" , "bb" , "c" , [ ] ; ex:m "B" , "b" ."#,
    );
    let mut found: Vec<String> = results
        .iter()
        .map(|result| {
            assert_eq!(
                result.component.as_str(),
                "http://example.com/ns#PatternConstraintComponent"
            );
            assert_eq!(
                result.messages[0].value(),
                "Value does not match pattern ^b"
            );
            assert_eq!(result.source_constraint, None);
            let path = result
                .path
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let value = match &result.value {
                Some(Term::Literal(text)) => text.value().to_owned(),
                other => format!("{}", other.as_ref().is_some_and(Term::is_blank_node)),
            };
            format!(
                "{} {value}",
                path.trim_start_matches("<http://example.com/ns#")
            )
        })
        .collect();
    found.sort();
    assert_eq!(found, ["m> B", "n> c", "n> true"]);
}

#[test]
fn the_built_in_components_stay_when_a_graph_declares_them_again() {
    let shapes = r#"
        sh:PatternConstraintComponent a sh:ConstraintComponent ;
            sh:parameter [ sh:path sh:pattern ] , [ sh:path sh:flags ; sh:optional true ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (false) }" ] .
        ex:S sh:targetNode ex:A ; sh:pattern "A$" ."#;
    assert!(found(shapes, "").is_empty());
}

const LANGUAGE_BY_SELECT: &str = r#"
    ex:LanguageConstraintComponentUsingSELECT a sh:ConstraintComponent ;
        rdfs:label "Language constraint component" ;
        sh:parameter [
            sh:path ex:lang ; sh:datatype xsd:string ; sh:minLength 2 ;
            sh:name "language" ; sh:description "The language tag, e.g. \"de\"." ] ;
        sh:labelTemplate "Values are literals with language \"{$lang}\"" ;
        sh:propertyValidator [
            a sh:SPARQLSelectValidator ;
            sh:message "Values are literals with language \"{?lang}\"" ;
            sh:select """
                SELECT DISTINCT $this ?value
                WHERE {
                    $this $PATH ?value .
                    FILTER (!isLiteral(?value) || !langMatches(lang(?value), $lang))
                }""" ] .
"#;
const LANGUAGE_BY_ASK: &str = r#"
    ex:LanguageConstraintComponentUsingASK a sh:ConstraintComponent ;
        rdfs:label "Language constraint component" ;
        sh:parameter [ sh:path ex:lang ; sh:datatype xsd:string ; sh:minLength 2 ] ;
        sh:labelTemplate "Values are literals with language \"{$lang}\"" ;
        sh:validator ex:hasLang .
    ex:hasLang a sh:SPARQLAskValidator ;
        sh:message "Values are literals with language \"{$lang}\"" ;
        sh:ask "ASK { FILTER (isLiteral($value) && langMatches(lang($value), $lang)) }" .
"#;
const LANGUAGE_SHAPES: &str = r#"
    ex:LanguageExampleShape a sh:NodeShape ; sh:targetClass ex:Country ;
        sh:property [ sh:path ex:germanLabel ; ex:lang "de" ] ;
        sh:property [ sh:path ex:englishLabel ; ex:lang "en" ] .
"#;

#[test]
fn a_component_may_select_or_ask_with_the_same_outcome() {
    let turtle = r#"ex:A a ex:Country ;
        ex:germanLabel "Spanien"@de , "Spain"@en , ex:x ; ex:englishLabel "Spain"@en-GB , "x" ."#;
    for component in [LANGUAGE_BY_SELECT, LANGUAGE_BY_ASK] {
        let shapes = format!("{component}{LANGUAGE_SHAPES}");
        let results = results(&shapes, turtle);
        let messages: Vec<&str> = results.iter().map(|r| r.messages[0].value()).collect();
        assert_eq!(results.len(), 3, "{results:?}");
        let german = r#"Values are literals with language "de""#;
        assert_eq!(messages.iter().filter(|m| **m == german).count(), 2);
    }
}

#[test]
fn the_validator_follows_the_kind_of_shape() {
    let component = r#"
        ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:c ] ;
            sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this ('node' AS ?value) { }" ] ;
            sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this ('property' AS ?value) { }" ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (false) }" ] .
        ex:N a sh:ConstraintComponent ; sh:parameter [ sh:path ex:onlyNode ] ;
            sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this ('only' AS ?value) { }" ] .
    "#;
    let values = |shape: &str| -> Vec<Term> {
        let shapes = format!("{component} ex:S sh:targetNode ex:A ; {shape} .");
        found(&shapes, "ex:A ex:n 1 .")
            .into_iter()
            .filter_map(|(_, _, value)| value)
            .collect()
    };
    let text = |text: &str| vec![Term::from(Literal::new_simple_literal(text))];
    assert_eq!(values("ex:c 1"), text("node"));
    assert_eq!(values("ex:c 1 ; sh:path ex:n"), text("property"));
    assert_eq!(values("ex:onlyNode 1"), text("only"));
    assert_eq!(values("ex:onlyNode 1 ; sh:path ex:n"), []);
}

#[test]
fn a_component_with_one_parameter_makes_a_constraint_of_each_value() {
    let one = r#"
        ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:not ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value != $not) }" ] .
        ex:S sh:targetNode ex:A ; sh:path ex:n ; ex:not 1 , 2 ."#;
    assert_eq!(found(one, "ex:A ex:n 1 , 2 , 3 .").len(), 2);
    let several = format!(r#"{PATTERN} ex:S sh:targetNode ex:A ; ex:pattern "a" , "b" ."#);
    assert_eq!(rules(&several), ["multiple-parameters"]);
    let flags =
        format!(r#"{PATTERN} ex:S sh:targetNode ex:A ; ex:pattern "a" ; ex:flags "i" , "s" ."#);
    assert_eq!(rules(&flags), ["multiple-parameters"]);
    let without = format!(r#"{PATTERN} ex:S sh:targetNode ex:A ; ex:flags "i" ."#);
    assert!(found(&without, "").is_empty());
}

#[test]
fn a_value_that_its_parameter_does_not_allow_is_refused() {
    let with = |value: &str| {
        format!(
            "{LANGUAGE_BY_ASK} ex:S sh:targetNode ex:A ; sh:property [ sh:path ex:label ; ex:lang {value} ] ."
        )
    };
    compile(&with("'de'"));
    let faults = faults(&with("'d'"));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].rule, "Parameter-conformance");
    assert!(faults[0].place.contains("ns#label"), "{}", faults[0]);
    assert!(faults[0].problem.contains("ns#lang"), "{}", faults[0]);
}

#[test]
fn ill_formed_components_are_refused() {
    let validator = r#"[ a sh:SPARQLAskValidator ; sh:ask "ASK { }" ]"#;
    let select = r#"[ a sh:SPARQLSelectValidator ; sh:select "SELECT $this { }" ]"#;
    let parameter = "sh:parameter [ sh:path ex:p ]";
    for (component, rule) in [
        (String::new(), "ConstraintComponent-parameter"),
        (
            "sh:parameter [ sh:path ex:p ; sh:optional true ]".to_owned(),
            "ConstraintComponent-parameter",
        ),
        (
            "sh:parameter [ sh:path ex:p ] , [ sh:path <http://other.example/p> ]".to_owned(),
            "parameter-name-unique",
        ),
        (
            format!("{parameter} , [ sh:path ( ex:a ex:b ) ]"),
            "Parameter",
        ),
        (
            format!("{parameter} , [ sh:name \"a\" ]"),
            "Parameter-predicate-count",
        ),
        (
            format!("{parameter} , [ sh:path ex:min-count ]"),
            "parameter-name-VARNAME",
        ),
        (
            format!("{parameter} , [ sh:path ex:this ]"),
            "parameter-name-not-in",
        ),
        (
            format!("{parameter} , [ sh:path ex:value ]"),
            "parameter-name-not-in",
        ),
        (
            format!("{parameter} , [ sh:path ex:q ; sh:optional \"yes\" ]"),
            "optional-datatype",
        ),
        (
            format!("{parameter} , [ sh:path ex:q ; sh:optional true , false ]"),
            "optional-maxCount",
        ),
        (
            format!("{parameter} ; sh:labelTemplate 1"),
            "labelTemplate-datatype",
        ),
        (
            format!("{parameter} ; sh:validator {select}"),
            "validator-class",
        ),
        (
            format!("{parameter} ; sh:nodeValidator {validator}"),
            "nodeValidator-class",
        ),
        (
            format!("{parameter} ; sh:propertyValidator {validator}"),
            "propertyValidator-class",
        ),
        (
            format!("{parameter} ; sh:validator [ a sh:SPARQLAskValidator ]"),
            "ask-count",
        ),
        (
            format!("{parameter} ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask 1 ]"),
            "ask-datatype",
        ),
        (
            format!(
                "{parameter} ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask \"SELECT * {{ }}\" ]"
            ),
            "ask-sparql",
        ),
        (
            format!("{parameter} ; sh:nodeValidator [ a sh:SPARQLSelectValidator ]"),
            "SPARQLSelectValidator-select-count",
        ),
        (
            format!(
                "{parameter} ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask \"ASK {{ ?a ?b ?c BIND (1 AS ?p) }}\" ]"
            ),
            "pre-binding-limitations",
        ),
        (
            format!(
                "{parameter} ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask \"ASK {{ ?a ?b ?c BIND (1 AS ?value) }}\" ]"
            ),
            "pre-binding-limitations",
        ),
        (
            format!(
                "{parameter} ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask \"ASK {{ {{ SELECT $this $value {{ $this ?q $value }} }} }}\" ]"
            ),
            "pre-binding-limitations",
        ),
    ] {
        let faults = faults(&format!("ex:C a sh:ConstraintComponent ; {component} ."));
        assert_eq!(faults.len(), 1, "{component}: {faults:?}");
        assert_eq!(faults[0].rule, rule, "{component}: {}", faults[0]);
        assert_eq!(faults[0].place, "<http://example.com/ns#C>");
    }
    assert_eq!(
        rules(&format!("[] a sh:ConstraintComponent ; {parameter} .")),
        ["ConstraintComponent"]
    );
}

#[test]
fn a_query_that_nests_too_deep_is_refused() {
    let deep = |open: &str, close: &str| {
        let nested = format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        asking(&format!("SELECT $this {{ FILTER ({nested}) }}"))
    };
    let chain = |operator: &str| {
        let chain = format!("1 {operator} ").repeat(10_000);
        asking(&format!("SELECT $this {{ FILTER ({chain} 1) }}"))
    };
    for shapes in [
        deep("(", ")"),
        deep("!", ""),
        asking(&format!(
            "SELECT $this {} {}",
            "{".repeat(10_000),
            "}".repeat(10_000)
        )),
        deep("!(", ")"),
        deep("regex('a', ", ")"),
        chain("+"),
        chain("||"),
        chain("&&"),
        asking(&format!(
            "SELECT $this {{ $this {}ex:p ?o }}",
            "ex:p/".repeat(10_000)
        )),
        asking(&format!(
            "SELECT $this {{ {} }}",
            "?a ex:p ?b . ".repeat(1_000)
        )),
        asking(&"x".repeat(100_000)),
    ] {
        assert_eq!(rules(&shapes), ["nesting"]);
    }
}

/// As much as is let through, at every kind of nesting, is read, planned and run on the stack
/// that a thread has.
#[test]
fn what_is_not_too_deep_runs() {
    for query in [
        format!(
            "SELECT $this {{ FILTER ({}true{}) }}",
            "(".repeat(35),
            ")".repeat(35)
        ),
        format!(
            "SELECT $this {{ FILTER ({}true{}) }}",
            "!(".repeat(12),
            ")".repeat(12)
        ),
        format!(
            "SELECT $this {{ FILTER ('a' = {}'a'{}) }}",
            "lcase(".repeat(36),
            ")".repeat(36)
        ),
        format!("SELECT $this {}{}", "{".repeat(38), "}".repeat(38)),
        format!("SELECT $this {{ FILTER (0 < {}1) }}", "1 + ".repeat(480)),
        format!("SELECT $this {{ FILTER ({}true) }}", "true && ".repeat(240)),
        format!(
            "SELECT $this {{ {} }}",
            "OPTIONAL { $this ex:p ?a } ".repeat(58)
        ),
        format!(
            "SELECT $this {{ {}{{}} }}",
            "{ $this ex:p ?a } UNION ".repeat(28)
        ),
        format!(
            "SELECT $this {{ OPTIONAL {{ $this {}ex:p ?o }} }}",
            "ex:p/".repeat(55)
        ),
        format!(
            "SELECT $this {{ OPTIONAL {{ $this ({}ex:p) ?o }} }}",
            "ex:p|".repeat(28)
        ),
        format!(
            "SELECT $this {{ {}{} }}",
            "FILTER NOT EXISTS { $this ex:p ?a ".repeat(20),
            "}".repeat(20)
        ),
    ] {
        let found = found(&asking(&query), "ex:B ex:p ex:C .");
        assert!(!found.is_empty(), "{query}");
    }
}

fn hundred() -> Graph {
    let triples: String = (0..100)
        .map(|n| format!("ex:N{n} ex:p ex:N{n} . "))
        .collect();
    data(&triples)
}

#[test]
fn a_product_of_everything_with_everything_is_stopped() {
    let product = (0..6)
        .map(|n| format!("?a{n} ?b{n} ?c{n} . "))
        .collect::<String>();
    for query in [
        format!("SELECT $this {{ {product} }}"),
        format!("SELECT $this {{ {product} FILTER (?a0 = ?missing) }}"),
        format!("SELECT $this (COUNT(*) AS ?n) {{ {product} }} GROUP BY $this"),
        format!("SELECT $this {{ FILTER EXISTS {{ {product} FILTER (?a0 = ex:nobody) }} }}"),
        format!("SELECT DISTINCT $this {{ {product} }} ORDER BY ?a0"),
        format!("SELECT $this {{ {{ {product} }} UNION {{ {product} }} FILTER (?a0 = ?missing) }}"),
    ] {
        let shapes = compile(&asking(&query));
        let data = hundred();
        let classes = Classes::default();
        let run = |bounds| {
            let validation = Validation::new(&shapes, &data, &classes).within(bounds);
            validation.all(&mut |_| ControlFlow::Continue(()))
        };
        let steps = Bounds {
            steps: 10_000,
            ..Bounds::NONE
        };
        assert!(
            matches!(
                run(steps),
                Err(ValidationError::Limit { name: "steps", .. })
            ),
            "{query}"
        );
        let stopped = Bounds {
            is_stopped: &|| true,
            ..Bounds::NONE
        };
        assert!(
            matches!(run(stopped), Err(ValidationError::Stopped)),
            "{query}"
        );
    }
}

#[test]
fn no_more_results_are_kept_than_are_wanted() {
    let shapes = compile(&asking(
        "SELECT $this ?value { ?a ex:p ?b . ?value ex:p ?d }",
    ));
    let (data, classes) = (hundred(), Classes::default());
    let bounds = Bounds {
        results: 10,
        ..Bounds::NONE
    };
    let outcome = Validation::new(&shapes, &data, &classes)
        .within(bounds)
        .all(&mut |_| ControlFlow::Continue(()));
    assert!(matches!(
        outcome,
        Err(ValidationError::Limit {
            name: "results",
            ..
        })
    ));
}

fn triple(subject: &str, predicate: &str, object: &str) -> Triple {
    let node = |local: &str| NamedNode::new_unchecked(format!("http://example.com/ns#{local}"));
    Triple::new(node(subject), node(predicate), node(object))
}

/// The nodes that adding a triple affects.
fn affected_by_adding(query: &str, turtle: &str, added: Triple) -> Vec<Term> {
    let shapes = compile(&format!(
        r#"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:is ; sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] ."#
    ));
    let before = data(turtle);
    let mut after = before.clone();
    after.insert(added.clone());
    let classes = Classes::default();
    let nodes = affected_nodes(&shapes, (&before, &after), &classes, &[added], &[]);
    let mut nodes: Vec<Term> = nodes.into_iter().collect();
    nodes.sort_by_key(ToString::to_string);
    nodes
}

#[test]
fn a_change_affects_the_nodes_that_the_query_leads_back_to() {
    let turtle = "ex:A ex:is ex:t ; ex:a ex:B . ex:D ex:is ex:t ; ex:a ex:E . ex:B ex:b ex:C .";
    for query in [
        "SELECT $this { $this ex:a ?x . ?x ex:b ?y . ?y ex:c ?z }",
        "SELECT $this { $this ex:a/ex:b/ex:c ?z }",
        "SELECT $this { ?z ^(ex:a/ex:b/ex:c) $this }",
        "SELECT $this { $this ex:a ?x OPTIONAL { ?x ex:b ?y OPTIONAL { ?y ex:c ?z } } FILTER (!bound(?z)) }",
        "SELECT $this { $this ex:a ?x FILTER NOT EXISTS { ?x ex:b/ex:c ?z } }",
        "SELECT $this { $this ex:a ?x { ?x ex:b ?y } UNION { ?y ex:none ?x } ?y ex:c ?z }",
        "SELECT $this { { SELECT $this ?y { $this ex:a/ex:b ?y } } ?y ex:c ?z }",
        "SELECT $this (COUNT(?z) AS ?n) { $this ex:a ?x . ?x ex:b ?y . ?y ex:c ?z } GROUP BY $this",
        "SELECT $this { $this ex:a [ ex:b [ ex:c ?z ] ] }",
        "SELECT $this { $this ex:a ?x . ?x ex:b ?y . ?y ?any ?z }",
        "SELECT $this { $this ex:a ?x . ?x ex:b ?w BIND (?w AS ?y) FILTER EXISTS { ?y ex:c ?z } }",
        "SELECT $this { $this ex:a ?x . ?x ex:b ?y . ?y !ex:none ?z }",
    ] {
        assert_eq!(
            affected_by_adding(query, turtle, triple("C", "c", "X")),
            [ex("A")],
            "{query}"
        );
        assert!(compile(&asking(query)).notes().is_empty(), "{query}");
    }
}

#[test]
fn a_query_apart_from_its_focus_node_concerns_the_whole_target_and_says_so() {
    let turtle = "ex:A ex:is ex:t . ex:D ex:is ex:t ; ex:a ex:E .";
    for query in [
        "SELECT $this { ?x ex:c ?z }",
        "SELECT $this { $this ex:is ?t . ex:config ex:c ?z FILTER (?t = ?z) } ",
        "SELECT $this { OPTIONAL { $this ex:a ?x } FILTER NOT EXISTS { ?x ex:c ?z } }",
        "SELECT $this { BIND (IRI(CONCAT(STR($this), 'x')) AS ?x) ?x ex:c ?z }",
        "SELECT $this { { SELECT $this { ?x ex:c ?z . $this ex:is ?t } } }",
        "SELECT $this { { $this ex:a ?x } UNION { $this ex:is ?t } ?x ex:c ?z }",
    ] {
        let added = if query.contains("config") {
            triple("config", "c", "X")
        } else {
            triple("C", "c", "X")
        };
        assert_eq!(
            affected_by_adding(query, turtle, added),
            [ex("A"), ex("D")],
            "{query}"
        );
        let shapes = compile(&asking(query));
        let [note] = shapes.notes() else {
            panic!("{query}: {:?}", shapes.notes());
        };
        assert_eq!(note.place, "<http://example.com/ns#S>");
        assert!(note.text.en.contains("ns#c"), "{}", note.text.en);
    }
    // A path of no steps holds for every node there is: any triple may bring one.
    let query = "SELECT $this { ?x ex:knows* ?y FILTER (?y = ex:X) }";
    assert_eq!(
        affected_by_adding(query, turtle, triple("C", "other", "X")),
        [ex("A"), ex("D")]
    );
    let elsewhere = affected_by_adding(
        "SELECT $this { ?x ex:c ?z }",
        turtle,
        triple("C", "other", "X"),
    );
    assert!(elsewhere.is_empty());
}

/// Queries of every kind of connection, over few names, so that random triples meet them.
const QUERIES: &[&str] = &[
    "SELECT $this ?value { $this ex:p ?value . ?value ex:q ?b }",
    "SELECT $this { $this ex:p ?a FILTER NOT EXISTS { ?a ex:q ?b . ?b ex:p ?c } }",
    "SELECT $this ?value { $this ex:p ?a OPTIONAL { ?a ex:q ?value } OPTIONAL { ?value ex:p ?c } FILTER (!bound(?c)) }",
    "SELECT $this { OPTIONAL { $this ex:p ?a } FILTER NOT EXISTS { ?a ex:q ?b } }",
    "SELECT $this ?value { { $this ex:p ?value } UNION { ?value ex:q $this } FILTER EXISTS { ?value ex:p ?b } }",
    "SELECT $this ?value { { $this ex:p ?a } UNION { $this ex:q ?b } ?a ex:q ?value }",
    "SELECT $this ?value { $this (ex:p|^ex:q)/ex:p* ?value }",
    "SELECT $this ?value { $this (ex:p/ex:q)+ ?value FILTER NOT EXISTS { ?value ?any $this } }",
    "SELECT $this (COUNT(?b) AS ?value) { $this ex:p ?a . ?a ex:q ?b } GROUP BY $this HAVING (COUNT(?b) > 1)",
    "SELECT $this ?value { { SELECT $this (COUNT(?a) AS ?value) { $this ex:p ?a } GROUP BY $this } FILTER (?value > 1) }",
    "SELECT $this { { SELECT $this ?a { $this ex:p/ex:q ?a } ORDER BY ?a LIMIT 1 } ?a ex:p ?b }",
    "SELECT $this ?value { $this ex:p ?a BIND (?a AS ?c) { ?c ex:q ?value } UNION { ?value ex:q ?c } }",
    "SELECT $this ?value { $this ?any ?value . ?value ex:q ?b }",
    "SELECT $this { ?a ex:q ?b . ?b ex:p $this FILTER (?a != $this) }",
    "SELECT $this { ?a ex:p ?b . ?b ex:q ?c . $this ex:q ?d FILTER (?c = ?d) }",
    "SELECT $this { $this !ex:p ?a . ?a !(ex:q|^ex:p) ?b }",
    "SELECT $this { $this ex:p ?a FILTER (EXISTS { ?a ex:q ?b FILTER NOT EXISTS { ?b ex:p ?a } } || ?a = ex:n0) }",
    "SELECT $this { $this ex:p ?a OPTIONAL { ?a ex:q ?b FILTER EXISTS { ?b ex:q ?a } } FILTER bound(?b) }",
];

fn any_triple() -> impl Strategy<Value = Triple> {
    let nodes = prop::sample::select(vec!["n0", "n1", "n2", "n3"]);
    let predicates = prop::sample::select(vec!["p", "q", "is"]);
    (nodes.clone(), predicates, nodes).prop_map(|(s, p, o)| triple(s, p, o))
}

proptest! {
    /// What a change does not affect has the same results before and after it.
    #[test]
    fn validating_what_a_change_affects_is_as_good_as_validating_all(
        query in prop::sample::select(QUERIES),
        in_property_shape in any::<bool>(),
        before in prop::collection::vec(any_triple(), 0..14),
        change in prop::collection::vec(any_triple(), 1..3),
    ) {
        let constraint = format!(r#"sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ]"#);
        let shapes = compile(&if in_property_shape {
            format!("ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:is ; sh:property [ sh:path ex:p ; sh:node [ {constraint} ] ] .")
        } else {
            format!("ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:is ; {constraint} .")
        });
        let before: Graph = before.into_iter().collect();
        // Each triple of the change is taken away where it is, else added.
        let (removed, added): (Vec<Triple>, Vec<Triple>) =
            change.into_iter().partition(|triple| before.contains(triple));
        let after: Graph = before
            .iter()
            .filter(|triple| !removed.contains(triple))
            .chain(&added)
            .cloned()
            .collect();
        let classes = Classes::default();
        let affected = affected_nodes(&shapes, (&before, &after), &classes, &added, &removed);
        let of_others = |data: &Graph| -> Vec<ValidationResult> {
            let mut results = validate(&shapes, data, &classes).expect("memory");
            results.retain(|result| !affected.contains(&result.origin));
            results
        };
        prop_assert_eq!(of_others(&before), of_others(&after), "{}", query);
    }
}
