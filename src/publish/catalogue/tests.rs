//! The catalogue as a whole.

use super::sample::with;
use super::*;
use crate::publish::FORMATS;
use crate::publish::released::sample as release;
use crate::publish::sample::{assert_golden, context};

fn turtle(triples: &[Triple]) -> String {
    let mut out = Vec::new();
    let format = FORMATS.first().expect("there are formats");
    (format.write_triples)(triples, &context(), &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_catalogue_has_its_golden_file() {
    with(|catalogue| assert_golden("catalogue.ttl", &turtle(&catalogue.triples())));
}

#[test]
fn what_is_not_configured_is_said_and_nothing_is_made_up() {
    with(|catalogue| {
        let nobody = Responsible::default();
        let catalogue = Catalogue {
            responsible: &nobody,
            releases: Vec::new(),
            ..catalogue.clone()
        };
        let text = turtle(&catalogue.triples());
        assert!(text.contains("publisher.name, publisher.contact, licence"));
        assert!(!text.contains(".well-known/void#publisher>"));
        assert!(!text.contains("catalogue#contact>"));
    });
}

#[test]
fn a_withdrawn_release_is_no_version() {
    with(|catalogue| {
        let withdrawal = crate::publish::release::Withdrawal {
            time: "2026-12-01T08:00:00Z".to_owned(),
            because: "erreur".to_owned(),
        };
        let released = Released {
            withdrawal: Some(&withdrawal),
            ..release::released()
        };
        let catalogue = Catalogue {
            releases: vec![released],
            ..catalogue.clone()
        };
        assert!(!turtle(&catalogue.triples()).contains("/releases/2026-11-22"));
    });
}
