use super::*;
use crate::publish::FORMATS;
use crate::publish::released::sample as release;
use crate::publish::sample::{assert_golden, base, context};

fn with(check: impl FnOnce(&Catalogue<'_>)) {
    let base = base();
    let responsible = release::responsible();
    let coverage = Coverage {
        days: Some(("2025-09-01".to_owned(), "2027-06-30".to_owned())),
        area: Some(Area {
            south: 47.2,
            west: -4.8,
            north: 48.9,
            east: -1.1,
        }),
    };
    let sources = [
        Contribution {
            name: "grande-ourse".parse().expect("a name"),
            publisher: Some("Théâtre de la Grande Ourse".to_owned()),
            licence: Some(NamedNode::new_unchecked(
                "https://creativecommons.org/publicdomain/zero/1.0/",
            )),
            claims: 120,
            entities: 12,
        },
        Contribution {
            name: "sans-licence".parse().expect("a name"),
            publisher: None,
            licence: None,
            claims: 7,
            entities: 1,
        },
    ];
    check(&Catalogue {
        base: &base,
        responsible: &responsible,
        generation: Generation(21),
        modified: "2026-11-22T11:00:00Z",
        issued: "2026-01-02T03:04:05Z",
        triples: 1000,
        entities: 36,
        coverage: &coverage,
        sources: &sources,
        profiles: &["national".to_owned()],
        releases: vec![release::released()],
    });
}

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
        assert!(!text.contains("catalogue#publisher>"));
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
