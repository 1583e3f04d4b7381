//! A programme that changes at random, in all the ways in which it can: what is sent, taken back,
//! merged, taken apart, split, removed and struck. The seed is printed; `AFFICHE_SEED` sets it.

use crate::support::{Folder, name};
use affiche::ingest::hands::{self, Merge, Share, Split, Unmerge};
use affiche::ingest::sources;
use affiche::model::{Base, Mode};
use affiche::store::{Request, Store};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::SystemTime;
use tempfile::TempDir;

pub const SOURCES: [&str; 3] = ["alpha", "beta", "gamma"];
/// What a redaction strikes.
pub const SECRET: &str = "+33 1 99 00 12 34";
const PLACES: u64 = 4;
const PERFORMANCES: u64 = 5;

/// SplitMix64.
pub struct Random(u64);

impl Random {
    /// From `AFFICHE_SEED`, or another one each time, which is printed.
    pub fn new() -> Self {
        let seed = match std::env::var("AFFICHE_SEED") {
            Ok(seed) => seed.parse().expect("AFFICHE_SEED is a number"),
            Err(_) => SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_or(1, |since| u64::from(since.subsec_nanos())),
        };
        println!("AFFICHE_SEED={seed}");
        Self(seed)
    }

    /// A number below another.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// A folder where the sources have said something for the first time.
pub fn begin(random: &mut Random) -> Folder {
    let mut folder = Folder::with_sources(&SOURCES);
    for source in SOURCES {
        let programme = programme(source, random);
        folder.submit(source, &programme);
    }
    folder
}

/// Makes some changes, and one of each kind among them where that can be.
pub fn change(folder: &mut Folder, random: &mut Random, changes: usize) {
    for _ in 0..changes {
        let source = SOURCES[random.below(3) as usize];
        match random.below(12) {
            0..5 => {
                let programme = programme(source, random);
                let _ = folder.try_submit(source, &programme, true);
            }
            5 | 6 => {
                let one = local(source, random);
                let text = format!("{one} a schema:Thing .");
                let source = name(source);
                let document = affiche::ingest::Document {
                    name: "-",
                    bytes: format!("{}{text}", crate::support::PREFIXES)
                        .into_bytes()
                        .leak(),
                    format: Some("turtle"),
                    base: None,
                };
                let _ = folder.take(&affiche::ingest::Submission {
                    mode: Mode::Withdraw,
                    ..affiche::ingest::Submission::new(&source, std::slice::from_ref(&document))
                });
            }
            7..9 => merge(folder, random),
            9 | 10 => unmerge(folder, random),
            _ => split(folder, random),
        }
    }
}

/// Joins two places that are published, if there are two.
pub fn merge(folder: &Folder, random: &mut Random) {
    let places = published(folder, "Place");
    if places.len() < 2 {
        return;
    }
    let mut one = || places[random.below(places.len() as u64) as usize].clone();
    let (one, other) = (one(), one());
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        is_despite_different: true,
        ..Merge::default()
    };
    let _ = hands::merge(&folder.store, folder.door, &merge, folder.now);
}

/// Takes a merge back, if there is one.
pub fn unmerge(folder: &Folder, random: &mut Random) {
    let merged: Vec<NamedNode> = {
        let snapshot = folder.store.snapshot().expect("a snapshot");
        let view = snapshot.view();
        let places = published(folder, "Place").into_iter();
        places
            .flat_map(|place| {
                let members = view.members(&place).expect("it can be read");
                members.into_iter().skip(1)
            })
            .collect()
    };
    if merged.is_empty() {
        return;
    }
    let entity = &merged[random.below(merged.len() as u64) as usize];
    let unmerge = Unmerge {
        entity: entity.as_str(),
        ..Unmerge::default()
    };
    let _ = hands::unmerge(&folder.store, folder.door, &unmerge, folder.now);
}

/// Splits what several sources speak of, if there is something.
pub fn split(folder: &Folder, random: &mut Random) {
    let several: Vec<(NamedNode, Vec<String>)> = {
        let snapshot = folder.store.snapshot().expect("a snapshot");
        let view = snapshot.view();
        let places = published(folder, "Place").into_iter();
        places
            .map(|place| {
                let sources = view.sources_of(&place).expect("it can be read");
                (place, sources.iter().map(ToString::to_string).collect())
            })
            .filter(|(_, sources): &(_, Vec<String>)| sources.len() > 1)
            .collect()
    };
    if several.is_empty() {
        return;
    }
    let (entity, sources) = &several[random.below(several.len() as u64) as usize];
    let into: Vec<Share> = sources
        .iter()
        .enumerate()
        .map(|(place, source)| format!("new{place}={source}").parse().expect("a share"))
        .collect();
    let split = Split {
        entity: entity.as_str(),
        into: &into,
        because: None,
        is_dry_run: false,
    };
    let mut seed = random.below(u64::MAX);
    let mut fill = |bytes: &mut [u8]| {
        let mut random = Random(seed);
        for byte in bytes {
            *byte = random.below(256) as u8;
        }
        seed += 1;
    };
    let _ = hands::split(&folder.store, folder.door, &split, folder.now, &mut fill);
}

/// Removes a source.
pub fn remove_source(folder: &Folder, source: &str) {
    let removed = sources::remove(&folder.store, folder.door, &name(source), false, folder.now);
    removed.expect("it can be removed");
}

/// Strikes [`SECRET`] from the records, and something else that only one entity has.
pub fn redact(temporary: TempDir) -> Folder {
    Folder::reopened(temporary).redact(&Request {
        texts: vec![SECRET.to_owned()],
        ..Request::default()
    })
}

/// All default-graph quads of entities and their parts, sorted.
pub fn public_entities(store: &Store) -> BTreeSet<String> {
    let snapshot = store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    view.quads(None, None, None, Some(GraphNameRef::DefaultGraph))
        .map(|quad| quad.expect("it can be read"))
        .filter(|quad| is_of_entity(view.base(), &quad.subject))
        .map(|quad| quad.to_string())
        .collect()
}

fn is_of_entity(base: &Base, subject: &NamedOrBlankNode) -> bool {
    match subject {
        NamedOrBlankNode::NamedNode(node) => base.entity_of(node.as_str()).is_some(),
        NamedOrBlankNode::BlankNode(_) => false,
    }
}

/// The entities of a class that are published.
fn published(folder: &Folder, class: &str) -> Vec<NamedNode> {
    let snapshot = folder.store.snapshot().expect("a snapshot");
    let class = NamedNode::new_unchecked(format!("http://schema.org/{class}"));
    let quads = snapshot.view().quads(
        None,
        Some(oxrdf::vocab::rdf::TYPE),
        Some(class.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    );
    let entities: BTreeSet<String> = quads
        .filter_map(|quad| match quad.expect("it can be read").subject {
            NamedOrBlankNode::NamedNode(node) if !node.as_str().contains('#') => {
                Some(node.into_string())
            }
            _ => None,
        })
        .filter(|iri| iri.contains("/id/"))
        .collect();
    let entities = entities.into_iter();
    entities.map(NamedNode::new_unchecked).collect()
}

fn local(source: &str, random: &mut Random) -> String {
    match random.below(2) {
        0 => format!("<https://{source}.example/salle/{}>", random.below(PLACES)),
        _ => format!(
            "<https://{source}.example/p/{}>",
            random.below(PERFORMANCES)
        ),
    }
}

/// What a source says: some places, some of which others have too, and performances there.
fn programme(source: &str, random: &mut Random) -> String {
    let mut text = String::new();
    let mut places = Vec::new();
    for place in 0..PLACES {
        if place > 0 && random.one_in(3) {
            continue;
        }
        places.push(place);
        let _ = write!(
            text,
            "<https://{source}.example/salle/{place}> a schema:Place ; schema:name \"Salle {source} {place}.{}\"@fr ; \
             schema:address [ a schema:PostalAddress ; schema:postalCode \"3700{}\" ; schema:addressLocality \"Tours\" ]",
            random.below(3),
            random.below(2)
        );
        match random.below(3) {
            0 => {
                let _ = write!(text, " ; schema:telephone \"{SECRET}\"");
            }
            1 => {
                let _ = write!(
                    text,
                    " ; schema:telephone \"+33 2 47 00 00 0{}\"",
                    random.below(4)
                );
            }
            _ => {}
        }
        if place == 0 {
            // The same for all of them.
            text.push_str(" ; schema:sameAs <http://www.wikidata.org/entity/Q7>");
        }
        text.push_str(" .\n");
    }
    for performance in 0..PERFORMANCES {
        if random.one_in(3) {
            continue;
        }
        let place = places[random.below(places.len() as u64) as usize];
        let _ = write!(
            text,
            "<https://{source}.example/p/{performance}> a schema:PerformingArtsEvent ; schema:name \"Soir {}\"@fr ; \
             schema:startDate \"2099-01-1{performance}T20:30:00+01:00\"^^xsd:dateTime ; \
             schema:location <https://{source}.example/salle/{place}>",
            random.below(3)
        );
        if random.one_in(2) {
            let _ = write!(
                text,
                " ; schema:offers [ a schema:Offer ; schema:price {}.5 ; schema:priceCurrency \"EUR\" ]",
                random.below(30)
            );
        }
        text.push_str(" .\n");
    }
    text
}
