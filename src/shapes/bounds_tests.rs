//! Shapes and data that would take for ever: each ends soon, or at a named limit.

use super::tests::{compile, graph};
use super::*;
use crate::rdf::{CompactGraph, Graph, Quads};
use std::cell::Cell;
use std::fmt::Write as _;
use std::ops::ControlFlow;

/// How a validation ended, and how many results it handed over.
fn run(shapes: &str, data: &dyn Quads, bounds: Bounds<'_>) -> (Result<(), String>, usize) {
    let shapes = compile(shapes);
    let mut results = 0;
    let ended = Validation::new(&shapes, data, &Classes::default())
        .within(bounds)
        .all(&mut |_| {
            results += 1;
            ControlFlow::Continue(())
        });
    (ended.map_err(|error| error.to_string()), results)
}

fn steps(steps: u64) -> Bounds<'static> {
    Bounds {
        steps,
        ..Bounds::NONE
    }
}

/// The same on a graph that numbers its terms and on one that does not.
fn on_both(shapes: &str, data: &str, bounds: Bounds<'_>) -> (Result<(), String>, usize) {
    let plain: Graph = graph(data);
    let compact: CompactGraph = plain.iter().cloned().collect();
    let of_plain = run(shapes, &plain, bounds);
    assert_eq!(run(shapes, &compact, bounds), of_plain);
    of_plain
}

const TOO_MANY_STEPS: &str = "the validation needs more than 100000 steps, which is its limit";

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|n| line(n) + "\n").collect()
}

#[test]
fn a_shape_that_targets_everything_stops_at_the_limit_of_steps() {
    let data = many(30_000, |n| format!(":e{n} :name \"{n}\" ."));
    let shapes = ":S sh:targetSubjectsOf :name ; sh:property [ sh:path :name ; sh:minCount 1 ] .";
    assert_eq!(
        on_both(shapes, &data, steps(100_000)).0,
        Err(TOO_MANY_STEPS.to_owned())
    );
    assert_eq!(on_both(shapes, &data, steps(1_000_000)), (Ok(()), 0));
    // Listing the targets counts too.
    let unused = ":S sh:targetSubjectsOf :name .";
    assert!(on_both(unused, &data, steps(20_000)).0.is_err());
}

#[test]
fn a_repeated_path_over_a_long_cycle_stops_at_the_limit_of_steps() {
    let data = many(2_000, |n| {
        format!(":c{n} a :C ; :next :c{} .", (n + 1) % 2_000)
    });
    for path in [
        "[ sh:zeroOrMorePath :next ]",
        "[ sh:inversePath [ sh:oneOrMorePath :next ] ]",
        "[ sh:zeroOrMorePath [ sh:zeroOrMorePath [ sh:zeroOrMorePath :next ] ] ]",
    ] {
        let shapes =
            format!(":S sh:targetClass :C ; sh:property [ sh:path {path} ; sh:nodeKind sh:IRI ] .");
        let (ended, _) = on_both(&shapes, &data, steps(100_000));
        assert_eq!(ended, Err(TOO_MANY_STEPS.to_owned()), "{path}");
    }
}

#[test]
fn huge_sets_of_values_are_compared_in_linear_time() {
    let data = format!(
        ":e {} .",
        (0..20_000)
            .map(|n| format!(":p {n} ; :q {n} ; :r \"{n}\""))
            .collect::<Vec<_>>()
            .join(" ; ")
    );
    let shapes =
        ":S sh:targetNode :e ; sh:property [ sh:path :p ; sh:equals :q ; sh:disjoint :r ] .";
    assert_eq!(on_both(shapes, &data, steps(500_000)), (Ok(()), 0));
}

#[test]
fn pairs_that_must_all_be_compared_count_each() {
    let values =
        |property: &str, from: usize| many(2_000, |n| format!(":e :{property} {} .", from + n));
    let data = values("p", 0) + &values("q", 10_000);
    let shapes = ":S sh:targetNode :e ; sh:property [ sh:path :p ; sh:lessThan :q ] .";
    assert_eq!(
        on_both(shapes, &data, steps(100_000)).0,
        Err(TOO_MANY_STEPS.to_owned())
    );
}

/// Thirty levels, each of which refers to the next one twice: a billion ways down.
fn levels(refer: impl Fn(usize) -> String, last: &str) -> String {
    let mut shapes = String::from(":S0 sh:targetNode :e .\n");
    for level in 0..30 {
        let _ = writeln!(shapes, ":S{level} {} .", refer(level));
    }
    shapes + ":S30 " + last + " ."
}

#[test]
fn shapes_that_refer_to_others_twice_at_every_level_cost_their_number() {
    let data = ":e :self :e ; :name \"e\" .";
    let nested = [
        levels(
            |level| {
                format!(
                    "a sh:NodeShape ; sh:node :S{0}, [ sh:node :S{0} ]",
                    level + 1
                )
            },
            "a sh:NodeShape ; sh:property [ sh:path :name ; sh:minCount 1 ]",
        ),
        levels(
            |level| {
                let property = |path| format!("[ sh:path {path} ; sh:node :S{} ]", level + 1);
                format!(
                    "a sh:NodeShape ; sh:property {}, {}",
                    property(":self"),
                    property("[ sh:inversePath :self ]")
                )
            },
            "a sh:NodeShape ; sh:property [ sh:path :name ; sh:minCount 1 ]",
        ),
        levels(
            |level| {
                format!(
                    "a sh:NodeShape ; sh:or ( [ sh:not :S{0} ] :S{0} ) ; sh:not [ sh:not :S{0} ]",
                    level + 1
                )
            },
            "a sh:NodeShape ; sh:property [ sh:path :name ; sh:minCount 1 ]",
        ),
        levels(
            |level| {
                let property = if level == 0 { "" } else { "sh:path :self ; " };
                format!(
                    "{property} sh:property :S{0}, :T{0} . :T{0} sh:path :self ; sh:property :S{0}",
                    level + 1
                )
            },
            "sh:path :name ; sh:minCount 1",
        ),
    ];
    for shapes in nested {
        assert_eq!(
            on_both(&shapes, data, steps(20_000)),
            (Ok(()), 0),
            "{shapes}"
        );
    }
}

#[test]
fn results_within_their_limit_are_handed_over_before_it_is_told() {
    let data = many(10, |n| format!(":e :p {n} ."));
    let shapes = ":S sh:targetNode :e ; sh:property [ sh:path :p ; sh:nodeKind sh:IRI ] .";
    let bounds = |results| Bounds {
        results,
        ..Bounds::NONE
    };
    let limit = "the validation needs more than 4 results, which is its limit";
    assert_eq!(
        on_both(shapes, &data, bounds(4)),
        (Err(limit.to_owned()), 4)
    );
    assert_eq!(on_both(shapes, &data, bounds(10)), (Ok(()), 10));

    // The limit is of all targets together.
    let data = many(10, |n| format!(":e{n} a :C ; :p 1 ."));
    let shapes = ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:nodeKind sh:IRI ] .";
    assert_eq!(
        on_both(shapes, &data, bounds(4)),
        (Err(limit.to_owned()), 4)
    );
}

#[test]
fn whoever_no_longer_wants_an_answer_is_asked_in_the_middle_of_a_path() {
    let data = many(20_000, |n| format!(":c{n} :next :c{} .", n + 1));
    let shapes = ":S sh:targetNode :c0 ;
        sh:property [ sh:path [ sh:zeroOrMorePath :next ] ; sh:nodeKind sh:IRI ] .";
    let asked = Cell::new(0);
    let is_stopped = || {
        asked.set(asked.get() + 1);
        asked.get() > 5
    };
    let bounds = Bounds {
        is_stopped: &is_stopped,
        ..Bounds::NONE
    };
    let (ended, _) = run(shapes, &graph(&data), bounds);
    assert_eq!(ended, Err("the validation was stopped".to_owned()));
}

#[test]
fn long_texts_count_by_their_length() {
    let data = format!(":e :p \"{}\" .", "a".repeat(1_000_000));
    let shapes = ":S sh:targetNode :e ; sh:property [ sh:path :p ; sh:pattern \"^(a|b)*$\" ] .";
    assert!(on_both(shapes, &data, steps(10_000)).0.is_err());
    assert_eq!(on_both(shapes, &data, steps(100_000)), (Ok(()), 0));
}
