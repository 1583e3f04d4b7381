//! What holds for any submissions, tried with random ones.

use crate::support::{Folder, at, name};
use affiche::model::Source;
use affiche::store::Store;
use proptest::prelude::*;
use std::fmt::Write as _;

/// What a source may say of a company, a place and a performance of its own.
#[derive(Clone, Debug)]
struct Said {
    names: Vec<(u8, u8)>,
    aliases: Vec<u8>,
    telephone: Vec<u8>,
    start: u8,
    end: Option<u8>,
    is_cancelled: bool,
    has_performance: bool,
    price: Option<u8>,
}

fn said() -> impl Strategy<Value = Said> {
    (
        prop::collection::vec((0..2_u8, 0..3_u8), 1..3),
        prop::collection::vec(0..4_u8, 0..3),
        prop::collection::vec(0..4_u8, 0..2),
        0..4_u8,
        prop::option::of(1..4_u8),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(0..3_u8),
    )
        .prop_map(
            |(names, aliases, telephone, start, end, is_cancelled, has_performance, price)| Said {
                names,
                aliases,
                telephone,
                start,
                end,
                is_cancelled,
                has_performance,
                price,
            },
        )
}

impl Said {
    fn turtle(&self, host: &str) -> String {
        let mut text = format!(
            "<https://{host}.example/cie> a schema:Organization ; schema:sameAs <https://isni.org/isni/0000000121032683>"
        );
        for (lang, name) in &self.names {
            let _ = write!(
                text,
                " ; schema:name \"Nom {name}\"@{}",
                ["fr", "en"][usize::from(*lang)]
            );
        }
        for alias in &self.aliases {
            let _ = write!(text, " ; schema:alternateName \"Alias {alias}\"");
        }
        text.push_str(" .\n");
        let _ = write!(
            text,
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {host}\""
        );
        for number in &self.telephone {
            let _ = write!(text, " ; schema:telephone \"0{number}\"");
        }
        text.push_str(" .\n");
        if self.has_performance {
            let _ = write!(
                text,
                "<https://{host}.example/p> a schema:PerformingArtsEvent ; schema:name \"P\" ; \
                 schema:sameAs <http://www.wikidata.org/entity/Q1> ; schema:organizer <https://{host}.example/cie> ; \
                 schema:startDate \"2027-01-0{}T20:00:00+01:00\"^^xsd:dateTime ; schema:location <https://{host}.example/salle>",
                self.start + 1
            );
            if let Some(end) = self.end {
                let _ = write!(
                    text,
                    " ; schema:endDate \"2027-01-0{}T2{end}:00:00+01:00\"^^xsd:dateTime",
                    self.start + 1
                );
            }
            if self.is_cancelled {
                text.push_str(" ; schema:eventStatus schema:EventCancelled");
            }
            if let Some(price) = self.price {
                let _ = write!(
                    text,
                    " ; schema:offers [ a schema:Offer ; schema:price \"{price}\"^^xsd:decimal ; schema:priceCurrency \"EUR\" ]"
                );
            }
            text.push_str(" .\n");
        }
        text
    }
}

const SOURCES: [&str; 3] = ["alpha", "beta", "gamma"];

/// The public view with each entity's IRI replaced by what the sources call it, since the minted
/// names differ between two folders.
fn public_view(folder: &Folder) -> Vec<String> {
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let mut names = Vec::new();
    for source in SOURCES {
        for local in ["cie", "salle", "p"] {
            let iri = format!("https://{source}.example/{local}");
            if let Some(entity) = view.identified(&name(source), &iri).unwrap() {
                let aliases: Vec<String> = view
                    .aliases(&entity)
                    .unwrap()
                    .into_iter()
                    .map(|(_, key)| key)
                    .collect();
                names.push((entity.into_string(), aliases.join(" = ")));
            }
        }
    }
    let mut lines: Vec<String> = view
        .quads(None, None, None, Some(oxrdf::GraphNameRef::DefaultGraph))
        .map(|quad| quad.unwrap().to_string())
        .filter(|line| line.contains("/id/"))
        .map(|line| {
            // The hash in a part's name may hold a minted IRI.
            let line = names
                .iter()
                .fold(line, |line, (iri, name)| line.replace(iri, name));
            line.split(' ')
                .map(|word| {
                    word.split_once("#contribution-")
                        .map_or(word, |(head, _)| head)
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    lines.sort_unstable();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn fusion_does_not_depend_on_the_order_of_equal_submissions(
        said in prop::array::uniform3(said()),
        ranks in prop::array::uniform3(1..3_u32),
    ) {
        let views: Vec<Vec<String>> = [[0, 1, 2], [2, 0, 1], [2, 1, 0]]
            .into_iter()
            .map(|order| {
                let mut folder = Folder::new();
                for (source, rank) in SOURCES.iter().zip(ranks) {
                    folder.add(&Source { rank, ..Source::new(name(source)) });
                }
                for index in order {
                    folder.submit(SOURCES[index], &said[index].turtle(SOURCES[index]));
                }
                public_view(&folder)
            })
            .collect();
        prop_assert_eq!(&views[0], &views[1]);
        prop_assert_eq!(&views[0], &views[2]);
    }

    #[test]
    fn each_records_delta_applied_to_the_old_state_gives_the_new(
        submissions in prop::collection::vec((0..3_usize, said()), 1..6),
    ) {
        let mut folder = Folder::with_sources(&SOURCES);
        for (hour, (source, said)) in submissions.iter().enumerate() {
            folder.now = at(&format!("2026-11-22T{:02}:00:00Z", 12 + hour));
            folder.submit(SOURCES[*source], &said.turtle(SOURCES[*source]));
            folder.check();
        }
        let wanted = folder.export();
        let copy = tempfile::TempDir::new().unwrap();
        let target = copy.path().join("data");
        crate::support::copy_folder(&folder.path.join("log"), &target.join("log"));
        let rebuilt = Store::rebuild(&target, &crate::support::opening(false)).unwrap();
        prop_assert_eq!(crate::support::export(&rebuilt), wanted);
    }
}
