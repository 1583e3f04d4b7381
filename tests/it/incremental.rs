//! Validating the nodes that a change affects, and no others, is as good as validating all.

use crate::random_shapes::{self as random, Tape, Words};
use affiche::rdf::{CompactGraph, Graph};
use affiche::shapes::{
    Affected, Change, Classes, ValidationResult, affected, validate, validate_focus,
};
use oxrdf::Triple;
use proptest::prelude::*;

fn sorted(mut results: Vec<ValidationResult>) -> Vec<ValidationResult> {
    results.sort_by_cached_key(|result| format!("{result:?}"));
    results
}

/// Made from a tape.
#[derive(Debug)]
struct Case {
    shapes: String,
    before: Graph,
    after: Graph,
    added: Vec<Triple>,
    removed: Vec<Triple>,
}

impl Case {
    fn new(tape: &[u8]) -> Self {
        let mut tape = Tape::new(tape, Words::ALL);
        let before: Graph = random::triples(&mut tape, 18).into_iter().collect();
        let all: Vec<Triple> = before.iter().cloned().collect();
        let removed = random::some_of(&mut tape, &all);
        let added: Graph = random::triples(&mut tape, 4)
            .into_iter()
            .filter(|triple| !before.contains(triple))
            .collect();
        let added: Vec<Triple> = added.iter().cloned().collect();
        let kept = all.iter().filter(|triple| !removed.contains(triple));
        let after = kept.chain(&added).cloned().collect();
        Self {
            shapes: random::shapes(&mut tape),
            before,
            after,
            added,
            removed,
        }
    }
}

/// `AFFICHE_CASES` asks for another number.
fn cases() -> ProptestConfig {
    let asked = std::env::var("AFFICHE_CASES").ok();
    ProptestConfig {
        cases: asked.map_or(4_000, |count| count.parse().expect("a number")),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn validating_what_a_change_affects_is_as_good_as_validating_all(
        tape in proptest::collection::vec(any::<u8>(), 40..500),
    ) {
        let case = Case::new(&tape);
        let Some(shapes) = random::compile(&case.shapes) else {
            return Ok(());
        };
        let classes_before = Classes::read(&case.before).expect("memory");
        let classes_after = Classes::read(&case.after).expect("memory");
        let moves_classes = case.added.iter().chain(&case.removed).any(|triple| {
            triple.predicate.as_str().ends_with("subClassOf")
        });
        let change = Change {
            before: &case.before,
            after: &case.after,
            classes_before: &classes_before,
            classes_after: if moves_classes { &classes_after } else { &classes_before },
            added: &case.added,
            removed: &case.removed,
        };
        let Affected::Nodes(touched) = affected(&shapes, &change, usize::MAX).expect("memory") else {
            panic!("there is no limit");
        };
        let mut merged = validate(&shapes, &case.before, &classes_before).expect("memory");
        merged.retain(|result| !touched.contains(&result.origin));
        merged.extend(validate_focus(&shapes, &case.after, &classes_after, &touched).expect("memory"));
        let expected = validate(&shapes, &case.after, &classes_after).expect("memory");
        prop_assert_eq!(sorted(merged), sorted(expected), "{}\n{:#?}", case.shapes, case);

        let few = affected(&shapes, &change, 2).expect("memory");
        let told = if touched.len() > 2 { Affected::TooMany } else { Affected::Nodes(touched) };
        prop_assert_eq!(few, told);
    }

    #[test]
    fn validating_every_node_is_validating_all(
        tape in proptest::collection::vec(any::<u8>(), 40..400),
    ) {
        let case = Case::new(&tape);
        let Some(shapes) = random::compile(&case.shapes) else {
            return Ok(());
        };
        let classes = Classes::read(&case.before).expect("memory");
        let triples: Vec<Triple> = case.before.iter().cloned().collect();
        let each = validate_focus(&shapes, &case.before, &classes, &random::nodes(&triples));
        let all = validate(&shapes, &case.before, &classes).expect("memory");
        prop_assert_eq!(sorted(all), sorted(each.expect("memory")), "{}", case.shapes);
    }

    #[test]
    fn the_same_is_found_in_a_graph_whose_terms_are_numbered(
        tape in proptest::collection::vec(any::<u8>(), 40..400),
    ) {
        let case = Case::new(&tape);
        let Some(shapes) = random::compile(&case.shapes) else {
            return Ok(());
        };
        let classes = Classes::read(&case.before).expect("memory");
        let compact: CompactGraph = case.before.iter().cloned().collect();
        let expected = validate(&shapes, &case.before, &classes).expect("memory");
        prop_assert_eq!(&validate(&shapes, &compact, &classes).expect("memory"), &expected, "{}", case.shapes);

        let triples: Vec<Triple> = case.before.iter().cloned().collect();
        let each = validate_focus(&shapes, &compact, &classes, &random::nodes(&triples));
        prop_assert_eq!(sorted(each.expect("memory")), sorted(expected), "{}", case.shapes);
    }
}
