//! A made-up catalogue for tests.

use super::{Area, Catalogue, Contribution, Coverage, Frequency};
use crate::model::Generation;
use crate::publish::released::sample as release;
use crate::publish::sample::base;
use oxrdf::NamedNode;

pub(crate) fn with<T>(show: impl FnOnce(&Catalogue<'_>) -> T) -> T {
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
    show(&Catalogue {
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
        frequency: Some(Frequency::Monthly),
    })
}
