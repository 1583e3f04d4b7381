//! The numbers that are kept in step with the store are those that counting everything gives.

use crate::program::{Data, Server, until};
use crate::site::{EVIL, PROGRAMME, Site};
use crate::support::{BASE, Folder, NOW, at, name};
use affiche::app::App;
use affiche::app::statistics::facets::{FACETS, Facet, Filter, Selection};
use affiche::app::statistics::{Follower, LINKS, State, void};
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::model::counts::{ClassCounts, Partition, PropertyCounts};
use affiche::model::{Generation, Mode};
use affiche::store::Store;
use axum::http::StatusCode;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const NEVER: &dyn Fn() -> bool = &|| false;
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const SCHEMA: &str = "http://schema.org/";

fn current(app: &App) -> Arc<State> {
    app.statistics.current().expect("it is counted")
}

/// What anybody can compare: all numbers by name.
#[derive(Debug, Default, PartialEq)]
struct Numbers {
    triples: u64,
    subjects: u64,
    /// Without the bounds.
    properties: BTreeMap<String, (u64, u64, u64)>,
    classes: BTreeMap<String, ClassCounts>,
    links: BTreeMap<(String, String), u64>,
    graphs: BTreeMap<String, u64>,
    kinds: BTreeMap<String, u64>,
    sources: BTreeMap<String, (u64, u64)>,
    performances: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

fn kept(state: &State) -> Numbers {
    let properties = state.counts.properties.iter();
    let sources = state.sources.iter();
    Numbers {
        triples: state.counts.triples,
        subjects: state.counts.subjects,
        properties: properties
            .map(|(name, of)| (name.clone(), (of.triples, of.subjects, of.objects)))
            .collect(),
        classes: state
            .counts
            .classes
            .iter()
            .map(|(name, class)| (name.clone(), class.as_ref().clone()))
            .collect(),
        links: state.links.as_ref().clone(),
        graphs: state.graphs.clone(),
        kinds: state.kinds.clone(),
        sources: sources
            .map(|(name, source)| (name.clone(), (source.claims, source.entities())))
            .collect(),
        performances: by_key(state, &state.select(&[])),
    }
}

fn by_key(state: &State, selection: &Selection) -> BTreeMap<&'static str, BTreeMap<String, u64>> {
    let facets = selection.facets.iter();
    facets
        .map(|facet| {
            let values = facet.values.iter().map(|count| {
                let value = state.performances.value_of(facet.facet, count);
                let key = facet.facet.key_of(value.expect("it is there"));
                (key.expect("it counts as something").to_owned(), count.count)
            });
            (facet.facet.name, values.collect())
        })
        .collect()
}

/// All quads of the store, and what can be asked of them one by one.
struct Naive {
    quads: Vec<Quad>,
}

impl Naive {
    fn of(app: &App) -> Self {
        let snapshot = app.store.snapshot().expect("a snapshot");
        let quads = snapshot.view().quads(None, None, None, None);
        Self {
            quads: quads.map(|quad| quad.expect("it can be read")).collect(),
        }
    }

    fn public(&self) -> impl Iterator<Item = &Quad> {
        self.quads
            .iter()
            .filter(|quad| quad.graph_name == GraphName::DefaultGraph)
            .filter(|quad| !iri_of(&quad.subject).contains("/.well-known/void"))
    }

    fn objects(&self, subject: &str, property: &str) -> Vec<&Term> {
        self.public()
            .filter(|quad| iri_of(&quad.subject) == subject && quad.predicate.as_str() == property)
            .map(|quad| &quad.object)
            .collect()
    }

    fn texts(&self, subject: &str, property: &str) -> Vec<String> {
        let objects = self.objects(subject, property);
        objects.into_iter().map(text_of).collect()
    }
}

fn iri_of(subject: &NamedOrBlankNode) -> &str {
    match subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => node.as_str(),
    }
}

fn text_of(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::BlankNode(node) => node.as_str().to_owned(),
    }
}

/// The same numbers, counted from scratch, in the simplest way.
fn counted(app: &App) -> Numbers {
    let naive = Naive::of(app);
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for quad in naive.public() {
        if quad.predicate.as_str() == TYPE
            && let Term::NamedNode(class) = &quad.object
        {
            types
                .entry(iri_of(&quad.subject))
                .or_default()
                .insert(class.as_str());
        }
    }
    let mut numbers = Numbers::default();
    let mut subjects: BTreeSet<&str> = BTreeSet::new();
    let mut of_property: BTreeMap<&str, (u64, BTreeSet<&str>, BTreeSet<String>)> = BTreeMap::new();
    let mut of_class: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for classes in types.values() {
        for class in classes {
            numbers
                .classes
                .entry((*class).to_owned())
                .or_default()
                .entities += 1;
        }
    }
    for quad in naive.public() {
        let (subject, property) = (iri_of(&quad.subject), quad.predicate.as_str());
        numbers.triples += 1;
        subjects.insert(subject);
        let known = of_property.entry(property).or_default();
        known.0 += 1;
        known.1.insert(subject);
        known.2.insert(quad.object.to_string());
        for class in types.get(subject).into_iter().flatten() {
            of_class
                .entry((class, property))
                .or_default()
                .insert(subject);
            let class = numbers.classes.get_mut(*class).expect("it has members");
            let partition: &mut Partition =
                class.properties.entry(property.to_owned()).or_default();
            partition.triples += 1;
            match &quad.object {
                Term::Literal(literal) => {
                    let datatype = literal.datatype().as_str().to_owned();
                    *partition.datatypes.entry(datatype).or_default() += 1;
                }
                object => match types.get(text_of(object).as_str()) {
                    Some(classes) => {
                        for class in classes {
                            *partition.classes.entry((*class).to_owned()).or_default() += 1;
                        }
                    }
                    None => partition.untyped += 1,
                },
            }
        }
        if let Term::NamedNode(object) = &quad.object
            && LINKS.iter().any(|link| link.as_str() == property)
            && !object.as_str().starts_with(BASE)
        {
            let host = object
                .as_str()
                .split('/')
                .nth(2)
                .expect("a host")
                .to_owned();
            *numbers
                .links
                .entry((property.to_owned(), host))
                .or_default() += 1;
        }
    }
    for ((class, property), subjects) in of_class {
        let class = numbers.classes.get_mut(class).expect("it has members");
        let partition = class.properties.get_mut(property).expect("it is there");
        partition.subjects = subjects.len() as u64;
    }
    numbers.subjects = subjects.len() as u64;
    for (property, (triples, subjects, objects)) in of_property {
        let counts = (triples, subjects.len() as u64, objects.len() as u64);
        numbers.properties.insert(property.to_owned(), counts);
    }
    for quad in &naive.quads {
        if let GraphName::NamedNode(graph) = &quad.graph_name {
            *numbers.graphs.entry(graph.as_str().to_owned()).or_default() += 1;
        }
    }
    entities(app, &naive, &mut numbers);
    numbers.performances = by_hand(&naive, app, &|_| true, false);
    numbers
}

fn entities(app: &App, naive: &Naive, numbers: &mut Numbers) {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    for subject in entities_of(naive) {
        let node = NamedNode::new_unchecked(subject);
        let kind = view
            .kind_of(&node)
            .expect("it can be read")
            .expect("it has one");
        *numbers.kinds.entry(kind.name.to_owned()).or_default() += 1;
        for source in speaking(app, &node) {
            numbers.sources.entry(source).or_default().1 += 1;
        }
    }
    for source in view.sources().expect("they can be read") {
        let graph = view.base().source_graph(&source.name);
        let claims = numbers
            .graphs
            .get(graph.as_str())
            .copied()
            .unwrap_or_default();
        if claims > 0 {
            numbers
                .sources
                .entry(source.name.to_string())
                .or_default()
                .0 = claims;
        }
    }
}

fn entities_of(naive: &Naive) -> BTreeSet<&str> {
    let entities = format!("{BASE}/id/");
    naive
        .public()
        .map(|quad| iri_of(&quad.subject))
        .filter(|subject| subject.starts_with(&entities) && !subject.contains('#'))
        .collect()
}

/// The sources that speak of a published entity, under any name that was merged into it.
fn speaking(app: &App, entity: &NamedNode) -> BTreeSet<String> {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    let mut speaking = BTreeSet::new();
    for source in view.sources().expect("they can be read") {
        if source.name.is_system() {
            continue;
        }
        for said in view.described_by(&source.name).expect("it can be read") {
            if view.survivor(&said).expect("it can be read") == *entity {
                speaking.insert(source.name.to_string());
            }
        }
    }
    speaking
}

/// By facet, the keys of one performance.
type Keys = BTreeMap<&'static str, BTreeSet<String>>;

/// By facet, how many performances have each key, of those that are wanted.
fn by_hand(
    naive: &Naive,
    app: &App,
    is_wanted: &dyn Fn(&Keys) -> bool,
    with_cancelled: bool,
) -> BTreeMap<&'static str, BTreeMap<String, u64>> {
    let mut all: BTreeMap<&'static str, BTreeMap<String, u64>> = FACETS
        .iter()
        .map(|facet| (facet.name, BTreeMap::new()))
        .collect();
    for subject in entities_of(naive) {
        let types = naive.texts(subject, TYPE);
        if !types
            .iter()
            .any(|class| class.ends_with("/PerformingArtsEvent"))
        {
            continue;
        }
        let keys = keys_of(naive, app, subject);
        let is_cancelled = keys["status"].contains("EventCancelled");
        if !is_wanted(&keys) {
            continue;
        }
        for (facet, keys) in keys {
            if is_cancelled && !with_cancelled && facet != "status" {
                continue;
            }
            for key in keys {
                *all.get_mut(facet)
                    .expect("it is a facet")
                    .entry(key)
                    .or_default() += 1;
            }
        }
    }
    all
}

fn keys_of(naive: &Naive, app: &App, subject: &str) -> Keys {
    let schema = |local: &str| format!("{SCHEMA}{local}");
    let sv = |local: &str| format!("{BASE}/ns#{local}");
    let short = |iri: String| {
        let ours = iri.strip_prefix(&format!("{BASE}/"));
        let ours = ours.map(|rest| rest.rsplit('/').next().unwrap_or_default().to_owned());
        let theirs = iri.strip_prefix(SCHEMA).map(str::to_owned);
        ours.or(theirs).unwrap_or(iri)
    };
    let own = |subject: &str, property: &str| -> BTreeSet<String> {
        let objects = naive.texts(subject, property).into_iter();
        objects
            .flat_map(|object| {
                if object.contains('#') && object.starts_with(&format!("{subject}#")) {
                    naive.texts(&object, &schema("audienceType"))
                } else {
                    vec![short(object)]
                }
            })
            .collect()
    };
    let down = |property: &str| -> BTreeSet<String> {
        let mut found = own(subject, property);
        for link in ["workPerformed", "superEvent"] {
            if found.is_empty() {
                for above in naive.texts(subject, &schema(link)) {
                    found.extend(own(&above, property));
                }
            }
        }
        found
    };
    let mut keys: BTreeMap<&'static str, BTreeSet<String>> = FACETS
        .iter()
        .map(|facet| (facet.name, BTreeSet::new()))
        .collect();
    let mut put = |facet: &'static str, found: BTreeSet<String>| {
        keys.insert(facet, found);
    };
    let mut disciplines = down(&schema("genre"));
    loop {
        let above: BTreeSet<String> = disciplines
            .iter()
            .map(|key| format!("{BASE}/vocab/disciplines/{key}"))
            .flat_map(|iri| naive.texts(&iri, "http://www.w3.org/2004/02/skos/core#broader"))
            .map(&short)
            .collect();
        if above.is_subset(&disciplines) {
            break;
        }
        disciplines.extend(above);
    }
    put("discipline", disciplines);
    put("organiser", down(&schema("organizer")));
    put("accessibility", down(&sv("accessibilite")));
    put("audience", down(&schema("audience")));
    put("language", down(&schema("inLanguage")));
    put("access", own(subject, &sv("acces")));
    put("status", own(subject, &schema("eventStatus")));
    let mut places = own(subject, &schema("location"));
    for room in naive.texts(subject, &schema("location")) {
        places.extend(own(&room, &schema("containedInPlace")));
    }
    put("place", places);
    let starts = naive.texts(subject, &schema("startDate"));
    for (facet, length) in [("year", 4), ("month", 7), ("day", 10)] {
        put(
            facet,
            starts
                .iter()
                .map(|start| start[..length].to_owned())
                .collect(),
        );
    }
    let (mut towns, mut departments) = (BTreeSet::new(), BTreeSet::new());
    for place in naive.texts(subject, &schema("location")) {
        // The town of the building, when the room says none.
        let mut places = vec![place.clone()];
        places.extend(naive.texts(&place, &schema("containedInPlace")));
        let address = places
            .iter()
            .flat_map(|place| naive.texts(place, &schema("address")))
            .next();
        if let Some(address) = address {
            towns.extend(naive.texts(&address, &schema("addressLocality")));
            let codes = naive.texts(&address, &schema("postalCode"));
            departments.extend(codes.iter().map(|code| code[..2].to_owned()));
        }
    }
    let regions = departments.iter().flat_map(|code| {
        let department = format!("{BASE}/vocab/territoires/departement-{code}");
        let regions = naive.texts(&department, "http://www.w3.org/2004/02/skos/core#broader");
        let notation = "http://www.w3.org/2004/02/skos/core#notation";
        regions
            .into_iter()
            .flat_map(|region| naive.texts(&region, notation))
    });
    put("region", regions.collect());
    put("town", towns);
    put("department", departments);
    put("source", speaking(app, &NamedNode::new_unchecked(subject)));
    let free = naive.texts(subject, &schema("isAccessibleForFree"));
    let prices = naive.texts(subject, &schema("offers")).into_iter();
    let prices: Vec<f64> = prices
        .flat_map(|offer| {
            ["price", "lowPrice"]
                .into_iter()
                .flat_map(move |property| naive.texts(&offer, &schema(property)))
        })
        .filter_map(|price| price.parse().ok())
        .collect();
    let price = match free.first() {
        Some(free) => Some(free == "true" || free == "1"),
        None if prices.is_empty() => None,
        None => Some(prices.iter().all(|price| *price == 0.0)),
    };
    let price = price.map(|is_free| if is_free { "free" } else { "paid" });
    put("price", price.map(str::to_owned).into_iter().collect());
    keys
}

/// The bounds hold.
fn bounds_hold(app: &App, state: &State) {
    let naive = Naive::of(app);
    let mut objects: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut subjects: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for quad in naive.public() {
        let property = quad.predicate.as_str();
        *objects
            .entry((property, iri_of(&quad.subject)))
            .or_default() += 1;
        *subjects
            .entry((property, quad.object.to_string()))
            .or_default() += 1;
    }
    for ((property, _), count) in objects {
        let bound: PropertyCounts = state.counts.property(property);
        assert!(bound.most_objects >= count, "{property}");
    }
    for ((property, object), count) in subjects {
        let bound = state.counts.property(property);
        assert!(bound.most_subjects >= count, "{property} {object}");
    }
}

/// What somebody does.
#[derive(Clone, Debug)]
enum Step {
    Submit(usize, Season),
    Withdraw(usize, u8),
    Merge,
    Unmerge,
    /// Nothing is followed for a while.
    Skip,
    /// The program stops, with or without writing down what it knows, and starts again.
    Restart(bool),
    /// Somebody throws away what is kept.
    Forget,
}

/// What a source says: a house with a room, a company, a production and performances.
#[derive(Clone, Debug)]
struct Season {
    town: u8,
    has_room: bool,
    genre: Option<u8>,
    lang: Option<u8>,
    is_organisation: bool,
    shows: Vec<Show>,
}

#[derive(Clone, Debug)]
struct Show {
    number: u8,
    day: u8,
    genre: Option<u8>,
    is_cancelled: bool,
    is_in_room: bool,
    is_of_production: bool,
    is_for_schools: bool,
    audience: bool,
}

const TOWNS: [(&str, &str); 3] = [("Tours", "37000"), ("Laval", "53000"), ("Blois", "41000")];
const GENRES: [&str; 3] = ["danse", "theatre-contemporain", "theatre"];
const LANGS: [&str; 2] = ["fr", "br"];

fn show() -> impl Strategy<Value = Show> {
    (
        0..4_u8,
        0..3_u8,
        prop::option::of(0..3_u8),
        any::<[bool; 5]>(),
    )
        .prop_map(
            |(
                number,
                day,
                genre,
                [
                    is_cancelled,
                    is_in_room,
                    is_of_production,
                    is_for_schools,
                    audience,
                ],
            )| Show {
                number,
                day,
                genre,
                is_cancelled,
                is_in_room,
                is_of_production,
                is_for_schools,
                audience,
            },
        )
}

fn season() -> impl Strategy<Value = Season> {
    (
        0..3_u8,
        any::<bool>(),
        prop::option::of(0..3_u8),
        prop::option::of(0..2_u8),
        any::<bool>(),
        prop::collection::vec(show(), 0..4),
    )
        .prop_map(
            |(town, has_room, genre, lang, is_organisation, shows)| Season {
                town,
                has_room,
                genre,
                lang,
                is_organisation,
                shows,
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2_usize, season()).prop_map(|(source, season)| Step::Submit(source, season)),
        2 => (0..2_usize, 0..4_u8).prop_map(|(source, number)| Step::Withdraw(source, number)),
        1 => Just(Step::Merge),
        1 => Just(Step::Unmerge),
        1 => Just(Step::Skip),
        1 => any::<bool>().prop_map(Step::Restart),
        1 => Just(Step::Forget),
    ]
}

const SOURCES: [&str; 2] = ["theatre", "office"];

impl Season {
    fn turtle(&self, host: &str) -> String {
        use std::fmt::Write as _;
        let (town, code) = TOWNS[usize::from(self.town)];
        let iri = |local: &str| format!("<https://{host}.example/{local}>");
        let mut text = format!(
            "{} a schema:Place ; schema:name \"Maison {host}\"@fr ; schema:address [ a schema:PostalAddress ; schema:postalCode \"{code}\" ; schema:addressLocality \"{town}\" ] .\n",
            iri("maison")
        );
        if self.has_room {
            let _ = writeln!(
                text,
                "{} a schema:Place ; schema:name \"Salle\"@fr ; schema:containedInPlace {} .",
                iri("salle"),
                iri("maison")
            );
        }
        let class = if self.is_organisation {
            "schema:Organization, schema:TheaterGroup"
        } else {
            "schema:Organization"
        };
        let _ = writeln!(
            text,
            "{} a {class} ; schema:name \"Compagnie {host}\"@fr ; schema:sameAs <https://isni.org/isni/0000000121032683> .",
            iri("compagnie")
        );
        let _ = write!(
            text,
            "{} a ado:LivePerformanceWork, schema:CreativeWork ; schema:name \"Pièce\"@fr",
            iri("piece")
        );
        if let Some(genre) = self.genre {
            let _ = write!(
                text,
                " ; schema:genre <{BASE}/vocab/disciplines/{}>",
                GENRES[usize::from(genre)]
            );
        }
        if let Some(lang) = self.lang {
            let _ = write!(
                text,
                " ; schema:inLanguage \"{}\"",
                LANGS[usize::from(lang)]
            );
        }
        text.push_str(" .\n");
        let shows: BTreeMap<u8, &Show> =
            self.shows.iter().map(|show| (show.number, show)).collect();
        for (number, show) in shows {
            let place = if show.is_in_room && self.has_room {
                "salle"
            } else {
                "maison"
            };
            let _ = write!(
                text,
                "{} a schema:PerformingArtsEvent, schema:Event ; schema:name \"Soir {number}\"@fr ; \
                 schema:startDate \"2099-0{}-01T20:30:00+01:00\"^^xsd:dateTime ; schema:location {} ; \
                 schema:organizer {} ; schema:eventStatus schema:{}",
                iri(&format!("soir{number}")),
                show.day + 1,
                iri(place),
                iri("compagnie"),
                if show.is_cancelled {
                    "EventCancelled"
                } else {
                    "EventScheduled"
                },
            );
            if show.is_of_production {
                let _ = write!(text, " ; schema:workPerformed {}", iri("piece"));
            }
            if let Some(genre) = show.genre {
                let _ = write!(
                    text,
                    " ; schema:genre <{BASE}/vocab/disciplines/{}>",
                    GENRES[usize::from(genre)]
                );
            }
            if show.is_for_schools {
                let _ = write!(text, " ; sv:acces <{BASE}/vocab/acces/scolaires>");
            }
            if show.audience {
                text.push_str(" ; schema:audience [ a schema:PeopleAudience ; schema:audienceType \"Enfants\"@fr ]");
            }
            text.push_str(" .\n");
        }
        text
    }
}

fn carry_out(site: &Site, step: &Step) {
    let app = &site.app;
    match step {
        Step::Submit(source, season) => {
            site.submit(SOURCES[*source], &season.turtle(SOURCES[*source]));
        }
        Step::Withdraw(source, number) => {
            let source = SOURCES[*source];
            let what =
                format!("<https://{source}.example/soir{number}> a schema:PerformingArtsEvent .");
            site.submit_as(Mode::Withdraw, source, &what);
        }
        Step::Merge | Step::Unmerge => {
            let snapshot = app.store.snapshot().expect("a snapshot");
            let houses: Vec<Option<NamedNode>> = SOURCES
                .iter()
                .map(|source| {
                    let iri = format!("https://{source}.example/maison");
                    let found = snapshot.view().identified(&name(source), &iri);
                    found.expect("it can be read")
                })
                .collect();
            drop(snapshot);
            let [Some(one), Some(other)] = houses.as_slice() else {
                return;
            };
            // Whether there is anything to merge or not is not the question here.
            if matches!(step, Step::Merge) {
                let merge = Merge {
                    one: one.as_str(),
                    other: other.as_str(),
                    ..Merge::default()
                };
                let _ = hands::merge(&app.store, &app.door, &merge, at(NOW));
            } else {
                let unmerge = Unmerge {
                    entity: one.as_str(),
                    ..Unmerge::default()
                };
                let _ = hands::unmerge(&app.store, &app.door, &unmerge, at(NOW));
            }
        }
        Step::Skip | Step::Restart(_) | Step::Forget => {}
    }
}

/// Takes the steps, and after each compares what is kept with what counting gives.
fn try_out(steps: &[Step]) {
    let site = Site::of(Folder::with_sources(&SOURCES));
    let app = &site.app;
    let mut follower = Follower::new(app, NEVER);
    follower.step().expect("it is counted");
    assert_eq!(kept(&current(app)), counted(app), "at the beginning");
    for step in steps {
        carry_out(&site, step);
        match step {
            Step::Skip => continue,
            Step::Restart(is_saved) => {
                if *is_saved {
                    follower.save().expect("it is written");
                }
                follower = Follower::new(app, NEVER);
            }
            Step::Forget => {
                let folder = app.store.folder().join("index").join("statistics");
                std::fs::remove_dir_all(folder).expect("it was there");
                follower = Follower::new(app, NEVER);
            }
            _ => {}
        }
        follower.step().expect("it is counted");
        let state = current(app);
        assert_eq!(state.generation, app.store.generation());
        assert_eq!(kept(&state), counted(app), "after {step:?}");
        bounds_hold(app, &state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn after_any_changes_the_numbers_are_those_of_counting_everything(
        steps in prop::collection::vec(step(), 1..8),
    ) {
        try_out(&steps);
    }

    #[test]
    fn any_selection_is_counted_as_by_hand(
        seasons in prop::array::uniform2(season()),
        wanted in prop::collection::btree_map(0..FACETS.len(), prop::collection::vec(0..6_usize, 1..3), 1..4),
    ) {
        let site = Site::of(Folder::with_sources(&SOURCES));
        for (source, season) in SOURCES.iter().zip(&seasons) {
            site.submit(source, &season.turtle(source));
        }
        let app = &site.app;
        Follower::new(app, NEVER).step().expect("it is counted");
        let state = current(app);
        let all = by_key(&state, &state.select(&[]));
        // Some keys that there are, and one that there is not.
        let keys: Vec<(&'static Facet, Vec<String>)> = wanted
            .iter()
            .map(|(place, keys)| {
                let facet = &FACETS[*place];
                let known: Vec<&String> = all[facet.name].keys().collect();
                let chosen = keys.iter().map(|key| {
                    known.get(*key).map_or("nothing".to_owned(), |key| (*key).clone())
                });
                (facet, chosen.collect())
            })
            .collect();
        let filters: Vec<Filter<'_>> = keys
            .iter()
            .map(|(facet, keys)| Filter { facet, keys: keys.iter().map(String::as_str).collect() })
            .collect();
        let found = by_key(&state, &state.select(&filters));
        let naive = Naive::of(app);
        let asks_status = keys.iter().any(|(facet, _)| facet.name == "status");
        for facet in FACETS {
            // A facet does not narrow itself.
            let passes = |of: &BTreeMap<&'static str, BTreeSet<String>>| {
                let asked = keys.iter().filter(|(filtered, _)| filtered.name != facet.name);
                let mut asked = asked.map(|(filtered, keys)| (filtered.name, keys));
                asked.all(|(name, keys)| keys.iter().any(|key| of[name].contains(key)))
            };
            let by_hand = by_hand(&naive, app, &passes, asks_status || facet.name == "status");
            prop_assert_eq!(&found[facet.name], &by_hand[facet.name], "{} of {:?}", facet.name, keys);
        }
    }
}

const PAGE: (&str, &str) = ("accept", "text/html");

#[tokio::test]
async fn nobody_is_told_a_number_before_anything_is_counted() {
    let site = Site::new();
    let home = site.get("/", &[PAGE, ("accept-language", "en")]).await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.text().contains("is counting the data"));
    assert_eq!(home.header("cache-control"), "no-store");
    let page = site
        .get("/statistics", &[PAGE, ("accept-language", "en")])
        .await;
    assert!(page.text().contains("is counting the data"));
    let json = site
        .get("/statistics", &[("accept", "application/json")])
        .await;
    assert_eq!(json.problem(), "not-counted-yet");
    assert_eq!(json.header("retry-after"), "5");
    assert!(site.get("/health", &[]).await.json()["statistics"].is_null());
    site.count();
    let health = site.get("/health", &[]).await.json();
    assert_eq!(health["statistics"], health["generation"]);
    let home = site.get("/", &[PAGE, ("accept-language", "en")]).await;
    assert!(
        home.text()
            .contains("<strong>2</strong><span>performances</span>")
    );
    assert!(home.text().contains("Le Bac, première"));
}

#[tokio::test]
async fn figures_are_a_page_json_and_csv_of_one_generation() {
    let site = Site::new();
    site.count();
    let page = site
        .get("/statistics", &[PAGE, ("accept-language", "fr")])
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let generation = site.app.store.generation().to_string();
    assert_eq!(page.header("affiche-generation"), generation);
    let text = page.text();
    assert!(text.contains("2 représentations"), "{text}");
    assert!(
        text.contains("href=\"/statistics?department=37\""),
        "{text}"
    );
    assert!(text.contains("Indre-et-Loire (37)"), "{text}");
    assert!(
        text.contains("href=\"/statistics?month=2099-01\""),
        "{text}"
    );

    let json = site
        .get("/statistics", &[("accept", "application/json")])
        .await;
    let body = json.json();
    assert_eq!(body["performances"]["total"], 2);
    assert_eq!(body["entities"]["performance"], 2);
    assert_eq!(body["sources"][1]["source"], "theatre");
    assert_eq!(body["sources"][1]["entities"], 4);
    let town = &body["performances"]["facets"]["town"];
    assert_eq!(town["values"][0]["key"], "Tours");
    assert_eq!(town["values"][0]["performances"], 2);
    let again = [
        ("accept", "application/json"),
        ("if-none-match", json.header("etag")),
    ];
    let again = site.get("/statistics", &again).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.header("affiche-generation"), generation);

    let csv = site.get("/statistics?format=csv", &[]).await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(
        csv.text()
            .contains(&format!("{generation},town,Tours,,,2\n")),
        "{}",
        csv.text()
    );
    let csv = site.get("/statistics?format=csv&table=entities", &[]).await;
    assert!(
        csv.text()
            .contains(&format!("{generation},theatre,performance,2\n"))
    );

    site.submit("theatre", PROGRAMME);
    site.count();
    let after = [
        ("accept", "application/json"),
        ("if-none-match", json.header("etag")),
    ];
    let after = site.get("/statistics", &after).await;
    assert_eq!(after.status, StatusCode::OK);
    assert_eq!(after.json()["performances"]["total"], 1);
}

#[tokio::test]
async fn filters_narrow_and_a_facet_does_not_narrow_itself() {
    let site = Site::new();
    let twice = PROGRAMME
        .replace("t:un a ", "t:trois a ")
        .replace("2099-01-10", "2100-03-01");
    let shows = twice.split("t:trois").nth(1).expect("it is there");
    let cancelled = format!(
        "t:trois{}",
        shows.replace(
            "schema:location",
            "schema:eventStatus schema:EventCancelled ; schema:location"
        )
    );
    site.submit(
        "theatre",
        &format!("{PROGRAMME}{EVIL}t:quatre{}{cancelled}", shows),
    );
    site.count();
    let ask = async |query: &str| {
        let answer = site
            .get(&format!("/statistics?format=json&{query}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["performances"].clone()
    };
    assert_eq!(ask("").await["total"], 3);
    let narrowed = ask("year=2100").await;
    assert_eq!(narrowed["total"], 1);
    assert_eq!(narrowed["facets"]["year"]["distinct"], 2, "{narrowed}");
    assert_eq!(narrowed["facets"]["month"]["distinct"], 1);
    assert_eq!(ask("year=2100&year=2099").await["total"], 3);
    assert_eq!(ask("year=2100&day=2099-01-10").await["total"], 0);
    assert_eq!(ask("status=EventCancelled").await["total"], 1);
    assert_eq!(
        ask("facet=town").await["facets"]
            .as_object()
            .map(serde_json::Map::len),
        Some(1)
    );
    let page = site
        .get("/statistics?year=2100&town=Tours&lang=en", &[PAGE])
        .await
        .text();
    assert!(page.contains("1 performance<"), "{page}");
    assert!(
        page.contains("href=\"/statistics?town=Tours\""),
        "it can be widened"
    );

    for wrong in [
        "departement=37",
        "facet=colour",
        "table=colour",
        "year=abc",
        "month=2099-1",
        "day=2099",
    ] {
        let answer = site.get(&format!("/statistics?{wrong}"), &[]).await;
        assert_eq!(answer.problem(), "bad-request", "{wrong}");
    }
    let many: Vec<String> = (0..65).map(|n| format!("town={n}")).collect();
    let answer = site
        .get(&format!("/statistics?{}", many.join("&")), &[])
        .await;
    assert_eq!(answer.problem(), "bad-request");
}

#[tokio::test]
async fn what_sources_say_is_no_markup_and_no_formula_in_figures() {
    let site = Site::new();
    site.submit(
        "theatre",
        r#"t:salle a schema:Place ; schema:name "Salle 1 < 2 & <i>x"@fr ;
            schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "=1+1 < 3" ] .
        t:un a schema:PerformingArtsEvent, schema:Event ; schema:name "Un"@fr ; schema:location t:salle ;
            schema:startDate "2099-01-10T20:30:00+01:00"^^xsd:dateTime ."#,
    );
    site.count();
    let page = site.get("/statistics", &[PAGE]).await.text();
    assert!(page.contains("Salle 1 "), "{page}");
    assert!(!page.contains("1 < 2") && !page.contains("<i>x") && !page.contains("1+1 < 3"));
    assert!(page.contains("/statistics?town=%3D1%2B1+%3C+3"), "{page}");
    let csv = site.get("/statistics?format=csv", &[]).await.text();
    assert!(csv.contains("'=1+1 < 3"), "{csv}");
}

/// Publishes what is counted, as the server does when it is due.
fn publish(site: &Site) -> Option<Generation> {
    site.count();
    let published = void::publish(&site.app, &current(&site.app), at(NOW));
    published.expect("it can be written")
}

const PREFIXES: &str = "PREFIX void: <http://rdfs.org/ns/void#> \
     PREFIX void-ext: <http://ldf.fi/void-ext#> PREFIX schema: <http://schema.org/> ";

async fn rows(site: &Site, query: &str) -> Vec<BTreeMap<String, String>> {
    let query = format!("{PREFIXES}{query}");
    let answer = site
        .query(&query, &[("accept", "application/sparql-results+json")])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    let bindings = json["results"]["bindings"].as_array().expect("rows").iter();
    bindings
        .map(|row| {
            let row = row.as_object().expect("a row").iter();
            row.map(|(name, value)| {
                (
                    name.clone(),
                    value["value"].as_str().expect("a value").to_owned(),
                )
            })
            .collect()
        })
        .collect()
}

#[tokio::test]
async fn generic_tools_find_the_numbers_by_a_query() {
    let site = Site::new();
    let described = site.app.store.generation();
    let generation = publish(&site).expect("it was not published yet");
    assert_eq!(generation, described.next());
    let found = rows(
        &site,
        "SELECT ?entities ?triples ?subjects { ?part void:class schema:PerformingArtsEvent ; void:entities ?entities ; \
         void:propertyPartition [ void:property schema:location ; void:triples ?triples ; void:distinctSubjects ?subjects ] }",
    )
    .await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0]["entities"].as_str(), found[0]["triples"].as_str()),
        ("2", "2")
    );
    // As SIB's editor asks.
    let found = rows(
        &site,
        "SELECT DISTINCT ?class ?property ?objectClass ?datatype { ?cp void:class ?class ; void:propertyPartition ?pp . \
         ?pp void:property ?property . OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] } \
         UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?datatype ] } } }",
    )
    .await;
    let has = |property: &str, what: &str, value: &str| {
        found.iter().any(|row| {
            row["class"] == format!("{SCHEMA}PerformingArtsEvent")
                && row["property"] == format!("{SCHEMA}{property}")
                && row.get(what).is_some_and(|found| found == value)
        })
    };
    assert!(has("location", "objectClass", "http://schema.org/Place"));
    assert!(has(
        "startDate",
        "datatype",
        "http://www.w3.org/2001/XMLSchema#dateTime"
    ));
    // All but itself, which the default graph has too.
    let naive = counted(&site.app);
    let total = rows(
        &site,
        &format!("SELECT ?n {{ <{BASE}/.well-known/void> void:triples ?n }}"),
    )
    .await;
    assert_eq!(total[0]["n"], naive.triples.to_string());
    let public = rows(&site, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").await;
    assert!(public[0]["n"].parse::<u64>().expect("a number") > naive.triples);
}

#[tokio::test]
async fn the_description_is_a_document_and_says_what_it_describes() {
    let site = Site::new();
    let turtle = [("accept", "text/turtle")];
    let unpublished = site.get("/.well-known/void", &turtle).await;
    assert_eq!(unpublished.problem(), "not-counted-yet");
    assert_eq!(unpublished.header("retry-after"), "60");
    assert!(unpublished.text().contains("/statistics"));
    let described = site.app.store.generation();
    publish(&site).expect("it was not published yet");
    let answer = site.get("/.well-known/void", &turtle).await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = answer.text();
    assert!(
        text.contains(&format!("sv:generation {described}")),
        "{text}"
    );
    let known = [
        ("accept", "text/turtle"),
        ("if-none-match", answer.header("etag")),
    ];
    assert_eq!(
        site.get("/.well-known/void", &known).await.status,
        StatusCode::NOT_MODIFIED
    );
    // It says all that is said of it, and nothing else.
    let snapshot = site.app.store.snapshot().expect("a snapshot");
    let void = site.app.store.base().void();
    let stored = snapshot
        .view()
        .public_description(&void)
        .expect("it can be read")
        .len();
    let public = snapshot
        .view()
        .quads(None, None, None, Some(oxrdf::GraphNameRef::DefaultGraph));
    let about = public.filter(|quad| {
        let quad = quad.as_ref().expect("it can be read");
        iri_of(&quad.subject).contains("/.well-known/void")
    });
    assert_eq!(about.count(), stored);
    let answer = site
        .get("/.well-known/void", &[("accept", "application/n-triples")])
        .await;
    assert_eq!(answer.text().lines().count(), stored);
    let page = site.get("/.well-known/void", &[PAGE]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "../statistics");
}

#[test]
fn only_what_moved_is_published_again_and_log_and_store_fit() {
    let site = Site::of(Folder::with_sources(&SOURCES));
    site.submit("theatre", &format!("{PROGRAMME}{EVIL}"));
    publish(&site).expect("it was not published yet");
    crate::support::check(&site.app.store, &site.app.door);
    assert_eq!(publish(&site), None, "nothing moved but the generation");
    let numbers = kept(&current(&site.app));
    assert_eq!(
        numbers,
        counted(&site.app),
        "the description is not counted"
    );
    site.submit("theatre", PROGRAMME);
    let generation = publish(&site).expect("there is one performance less");
    let record = site.app.store.record(generation).expect("it can be read");
    assert_eq!(record.header.activity.name(), "statistics");
    assert_eq!(record.header.source.as_str(), "system");
    let all = current(&site.app).counts.triples;
    assert!(
        record.header.additions < 300,
        "{} of {all}",
        record.header.additions
    );
    crate::support::check(&site.app.store, &site.app.door);
    // What the log says makes the same store again.
    let wanted = crate::support::export(&site.app.store);
    let copy = tempfile::TempDir::new().expect("a folder");
    let target = copy.path().join("data");
    crate::support::copy_folder(&site.app.store.folder().join("log"), &target.join("log"));
    let rebuilt = Store::rebuild(&target, &crate::support::opening(false)).expect("it opens");
    assert_eq!(crate::support::export(&rebuilt), wanted);
}

#[test]
fn the_description_is_published_after_a_quiet_minute_and_not_too_often() {
    let site = Site::configured(Folder::with_sources(&SOURCES), |config| {
        config.statistics_interval = std::time::Duration::from_secs(3600);
    });
    let mut publishing = void::Publishing::default();
    let mut step = |minutes: i64, seconds: i64| {
        site.count();
        let now = at(NOW) + jiff::SignedDuration::from_secs(60 * minutes + seconds);
        publishing
            .step(&site.app, now)
            .expect("it can be written")
            .is_some()
    };
    assert!(!step(0, 0));
    assert!(!step(0, 59));
    site.submit("theatre", PROGRAMME);
    assert!(!step(1, 10), "something has just changed");
    assert!(step(2, 10));
    assert!(!step(10, 0), "that was its own change");
    site.submit("theatre", &format!("{PROGRAMME}{EVIL}"));
    assert!(!step(11, 0));
    assert!(!step(20, 0), "the last one is not an hour old");
    assert!(step(62, 11));
    // Somebody who never stops does not keep it from being published.
    for minute in 63..135 {
        let day = 10 + minute % 19;
        site.submit(
            "theatre",
            &PROGRAMME.replace("2099-01-10", &format!("2099-01-{day}")),
        );
        if step(minute, 0) {
            assert!(minute >= 123);
            return;
        }
    }
    panic!("it was never published");
}

#[test]
fn no_source_can_say_how_much_there_is() {
    let site = Site::of(Folder::with_sources(&SOURCES));
    let lie = format!(
        "<{BASE}/.well-known/void> a <http://rdfs.org/ns/void#Dataset> ; <http://rdfs.org/ns/void#triples> 5 . \
         <{BASE}/.well-known/void#x> a schema:Place ; schema:name \"x\" ."
    );
    site.submit("theatre", &format!("{PROGRAMME}{lie}"));
    let snapshot = site.app.store.snapshot().expect("a snapshot");
    let void = site.app.store.base().void();
    assert!(
        snapshot
            .view()
            .public_description(&void)
            .expect("it can be read")
            .is_empty()
    );
    let part = NamedNode::new_unchecked(format!("{BASE}/.well-known/void#x"));
    assert!(
        snapshot
            .view()
            .public_description(&part)
            .expect("it can be read")
            .is_empty()
    );
}

#[test]
fn a_running_server_counts_by_itself_and_takes_up_what_it_knew() {
    let data = Data::new();
    let server = Server::start(&mut data.affiche(["serve"]));
    data.submit("t:a a schema:Person ; schema:name \"Anne\" .")
        .with(0);
    until("the person is counted", || {
        server
            .get("/statistics?format=csv&table=entities")
            .contains(",theatre,person,1")
    });
    let (status, _) = server.stop("TERM");
    assert!(status.success());
    let kept = data.path.join("index/statistics/index.txt");
    let written = std::fs::metadata(&kept)
        .expect("it is written down")
        .modified();
    let server = Server::start(&mut data.affiche(["serve"]));
    until("the numbers are there again", || {
        server
            .get("/statistics?format=csv&table=entities")
            .contains(",theatre,person,1")
    });
    server.stop("TERM");
    let again = std::fs::metadata(&kept).expect("it is there").modified();
    assert_eq!(
        written.expect("a time"),
        again.expect("a time"),
        "it was counted anew"
    );
    // What is damaged is not believed.
    let text = std::fs::read_to_string(&kept).expect("it can be read");
    std::fs::write(
        &kept,
        text.replace("\"Person\"", "\"Human\"")
            .replacen(" person 0", " place 0", 1),
    )
    .expect("it can be written");
    let server = Server::start(&mut data.affiche(["serve"]));
    until("the numbers are right", || {
        server
            .get("/statistics?format=csv&table=entities")
            .contains(",theatre,person,1")
    });
    server.stop("TERM");
    data.run(["check"]).with(0);
}
