//! What points to something is what looking through everything finds.

use crate::site::{PROGRAMME, Site};
use crate::support::{BASE, Folder, at, name};
use affiche::app::App;
use affiche::app::links::{Filter, Follower, State, When, today};
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::model::Mode;
use axum::http::StatusCode;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const NEVER: &dyn Fn() -> bool = &|| false;
const NOW: &str = "2026-11-22T12:00:00Z";
const SOURCES: [&str; 2] = ["theatre", "office"];

fn current(app: &App) -> Arc<State> {
    app.links.current().expect("they are read")
}

fn follow(app: &App) {
    Follower::new(app, NEVER).step().expect("they can be read");
}

/// By target: relation, subject, start, status.
type All = BTreeMap<String, BTreeSet<(String, String, String, String)>>;

/// All links, found in the simplest way.
fn found(app: &App) -> All {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let quads: Vec<Quad> = snapshot
        .view()
        .quads(None, None, None, None)
        .map(|quad| quad.expect("it can be read"))
        .filter(|quad| quad.graph_name == GraphName::DefaultGraph)
        .filter(|quad| !iri_of(&quad.subject).contains("/.well-known/void"))
        .collect();
    let values = |subject: &str, property: &str| -> Vec<String> {
        let of = quads
            .iter()
            .filter(|quad| iri_of(&quad.subject) == subject && quad.predicate.as_str() == property);
        of.map(|quad| text_of(&quad.object)).collect()
    };
    let whole = |iri: &str| -> String {
        let is_ours = iri.starts_with(&format!("{BASE}/id/"));
        match iri.split_once('#') {
            Some((whole, _)) if is_ours => whole.to_owned(),
            _ => iri.to_owned(),
        }
    };
    let sv = |local: &str| format!("{BASE}/ns#{local}");
    let mut all = All::new();
    let mut add = |target: &str, relation: &str, subject: &str| {
        let target = whole(target);
        if !target.starts_with(BASE) || target == subject {
            return;
        }
        let starts = values(subject, "http://schema.org/startDate");
        let statuses = values(subject, "http://schema.org/eventStatus");
        let link = (
            relation.to_owned(),
            subject.to_owned(),
            starts.into_iter().next().unwrap_or_default(),
            statuses.into_iter().next().unwrap_or_default(),
        );
        all.entry(target).or_default().insert(link);
    };
    for quad in &quads {
        let Term::NamedNode(object) = &quad.object else {
            continue;
        };
        let (subject, property) = (iri_of(&quad.subject), quad.predicate.as_str());
        let owner = whole(subject);
        if property.ends_with("#type") {
            continue;
        }
        if owner != subject && property == sv("agent") {
            let functions = values(subject, &sv("fonction"));
            for function in &functions {
                add(object.as_str(), function, &owner);
            }
            if functions.is_empty() {
                add(object.as_str(), &sv("contribution"), &owner);
            }
            continue;
        }
        // What a contribution to the same thing says is said there.
        let parts = values(&owner, &sv("contribution"));
        let is_said = parts
            .iter()
            .filter(|part| values(part, &sv("agent")).contains(&object.as_str().to_owned()))
            .flat_map(|part| values(part, &sv("fonction")))
            .any(|function| {
                values(&function, &sv("proprieteDirecte")).contains(&property.to_owned())
            });
        if !is_said || owner != subject {
            add(object.as_str(), property, &owner);
        }
    }
    all
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

/// The same, as it is kept; asked for in pages of three.
fn kept(app: &App, targets: &All) -> All {
    let (state, base) = (current(app), app.store.base());
    let mut all = All::new();
    for target in targets.keys() {
        let iri = NamedNode::new_unchecked(target);
        let mut rows = Vec::new();
        loop {
            let (page, total) = state.incoming(
                base,
                &iri,
                &Filter::default(),
                today(at(NOW)),
                rows.len(),
                3,
            );
            assert!(page.len() == 3 || rows.len() + page.len() == total);
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        let links: BTreeSet<_> = rows
            .iter()
            .map(|link| {
                let status = link.status.name();
                (
                    link.relation.as_str().to_owned(),
                    link.subject.as_str().to_owned(),
                    link.moment
                        .and_then(|moment| moment.text())
                        .unwrap_or_default(),
                    status.map_or_else(String::new, |name| format!("http://schema.org/{name}")),
                )
            })
            .collect();
        assert_eq!(links.len(), rows.len(), "each is there once");
        all.insert(target.clone(), links);
    }
    let links: usize = all.values().map(BTreeSet::len).sum();
    assert_eq!(links, state.len(), "and there are no others");
    all
}

/// What somebody does.
#[derive(Clone, Debug)]
enum Step {
    Submit(usize, Vec<Show>),
    Withdraw(usize, u8),
    Merge,
    Unmerge,
    Skip,
    Restart(bool),
    Forget,
}

#[derive(Clone, Debug)]
struct Show {
    number: u8,
    month: u8,
    is_day: bool,
    is_cancelled: bool,
    has_production: bool,
    has_cast: bool,
}

fn show() -> impl Strategy<Value = Show> {
    (0..4_u8, 1..4_u8, any::<[bool; 4]>()).prop_map(
        |(number, month, [is_day, is_cancelled, has_production, has_cast])| Show {
            number,
            month,
            is_day,
            is_cancelled,
            has_production,
            has_cast,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let shows = prop::collection::vec(show(), 0..4);
    prop_oneof![
        6 => (0..2_usize, shows).prop_map(|(source, shows)| Step::Submit(source, shows)),
        2 => (0..2_usize, 0..4_u8).prop_map(|(source, number)| Step::Withdraw(source, number)),
        1 => Just(Step::Merge),
        1 => Just(Step::Unmerge),
        1 => Just(Step::Skip),
        1 => any::<bool>().prop_map(Step::Restart),
        1 => Just(Step::Forget),
    ]
}

fn turtle(host: &str, shows: &[Show]) -> String {
    let iri = |local: &str| format!("<https://{host}.example/{local}>");
    let (house, piece) = (iri("maison"), iri("piece"));
    let mut text = format!(
        "{house} a schema:Place ; schema:name \"Maison {host}\"@fr .\n\
         {piece} a ado:LivePerformanceWork ; schema:name \"Pièce\"@fr ; \
           schema:genre <{BASE}/vocab/disciplines/theatre> ; \
           schema:director [ a schema:Person ; schema:name \"Ana Ruiz\" ] ; \
           schema:author [ a schema:Person ; schema:name \"Ana Ruiz\" ] .\n"
    );
    let shows: BTreeMap<u8, &Show> = shows.iter().map(|show| (show.number, show)).collect();
    for (number, show) in shows {
        let evening = iri(&format!("soir{number}"));
        let date = if show.is_day {
            format!("\"2027-0{}-01\"^^xsd:date", show.month)
        } else {
            format!(
                "\"2026-1{}-01T20:30:00+01:00\"^^xsd:dateTime",
                show.month - 1
            )
        };
        text.push_str(&format!(
            "{evening} a schema:PerformingArtsEvent ; schema:name \"Soir {number}\"@fr ; \
             schema:startDate {date} ; schema:location {house}"
        ));
        if show.is_cancelled {
            text.push_str(" ; schema:eventStatus schema:EventCancelled");
        }
        if show.has_production {
            text.push_str(&format!(" ; schema:workPerformed {piece}"));
        }
        if show.has_cast {
            text.push_str(
                " ; schema:performer [ a schema:Person ; schema:name \"Ana Ruiz\" ] ; \
                 schema:organizer [ a schema:Organization ; schema:name \"Compagnie\" ]",
            );
        }
        text.push_str(" .\n");
    }
    text
}

fn carry_out(site: &Site, step: &Step) {
    let app = &site.app;
    match step {
        Step::Submit(source, shows) => {
            site.submit(SOURCES[*source], &turtle(SOURCES[*source], shows));
        }
        Step::Withdraw(source, number) => {
            let source = SOURCES[*source];
            let what =
                format!("<https://{source}.example/soir{number}> a schema:PerformingArtsEvent .");
            site.submit_as(Mode::Withdraw, source, &what);
        }
        Step::Merge | Step::Unmerge => {
            let snapshot = app.store.snapshot().expect("a snapshot");
            let houses: Vec<NamedNode> = SOURCES
                .iter()
                .filter_map(|source| {
                    let iri = format!("https://{source}.example/maison");
                    let found = snapshot.view().identified(&name(source), &iri);
                    found.expect("it can be read")
                })
                .collect();
            drop(snapshot);
            let [one, other] = houses.as_slice() else {
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

fn try_out(steps: &[Step]) {
    let site = Site::of(Folder::with_sources(&SOURCES));
    let app = &site.app;
    let mut follower = Follower::new(app, NEVER);
    follower.step().expect("they are read");
    for step in steps {
        carry_out(&site, step);
        match step {
            Step::Skip => continue,
            Step::Restart(is_saved) => {
                if *is_saved {
                    follower.save().expect("they are written");
                }
                follower = Follower::new(app, NEVER);
            }
            Step::Forget => {
                let folder = app.store.folder().join("index").join("links");
                std::fs::remove_dir_all(folder).expect("it was there");
                follower = Follower::new(app, NEVER);
            }
            _ => {}
        }
        follower.step().expect("they are read");
        let found = found(app);
        assert_eq!(current(app).generation, app.store.generation());
        assert_eq!(kept(app, &found), found, "after {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn after_any_changes_the_links_are_those_of_looking_through_everything(
        steps in prop::collection::vec(step(), 1..6),
    ) {
        try_out(&steps);
    }
}

#[test]
fn an_agent_is_pointed_to_by_its_function_and_not_twice() {
    let site = Site::of(Folder::with_sources(&["theatre"]));
    let show = Show {
        number: 1,
        month: 3,
        is_day: false,
        is_cancelled: false,
        has_production: true,
        has_cast: true,
    };
    site.submit("theatre", &turtle("theatre", &[show]));
    follow(&site.app);
    let (state, base) = (current(&site.app), site.app.store.base());
    let piece = NamedNode::new_unchecked(format!("{BASE}/id/{}", site.noid("piece")));
    let person = {
        let snapshot = site.app.store.snapshot().expect("a snapshot");
        let triples = snapshot
            .view()
            .public_description(&piece)
            .expect("it is read");
        let directs = |quad: &&oxrdf::Triple| quad.predicate.as_str().ends_with("/director");
        let director = triples.iter().find(directs).expect("there is one");
        NamedNode::new_unchecked(text_of(&director.object))
    };
    let totals = state.totals(base, &person, today(at(NOW)));
    let told: BTreeSet<(&str, &str, usize, usize)> = totals
        .iter()
        .map(|total| {
            let relation = total.relation.as_str().rsplit('/').next().expect("a name");
            (relation, total.kind.name, total.total, total.upcoming)
        })
        .collect();
    let expected = [
        ("interpretation", "performance", 1, 1),
        ("mise-en-scene", "production", 1, 0),
        ("texte", "production", 1, 0),
    ];
    assert_eq!(told, BTreeSet::from(expected));
    // The performance is among those of the person's production too, and counts once.
    let (performances, total, is_cut) =
        state.performances(base, &person, i64::MIN..i64::MAX, 0, 10);
    assert_eq!((performances.len(), total, is_cut), (1, 1, false));
    assert_eq!(performances[0].kind.name, "performance");
}

#[test]
fn performances_come_by_date_and_from_rooms_and_series() {
    let site = Site::of(Folder::with_sources(&["theatre"]));
    let mut text = String::from(
        "t:maison a schema:Place ; schema:name \"Maison\" . \
         t:salle a schema:Place ; schema:name \"Salle\" ; schema:containedInPlace t:maison . \
         t:festival a schema:Festival ; schema:name \"Festival\" ; schema:startDate \"2027-01-01\"^^xsd:date ; schema:location t:maison . \
         t:serie a schema:EventSeries ; schema:name \"Série\" ; schema:superEvent t:festival . \n",
    );
    for (number, (day, place)) in [("03", "salle"), ("01", "maison"), ("02", "salle")]
        .into_iter()
        .enumerate()
    {
        text.push_str(&format!(
            "t:soir{number} a schema:PerformingArtsEvent ; schema:name \"Soir\" ; schema:location t:{place} ; \
             schema:superEvent t:serie ; schema:startDate \"2027-02-{day}T20:00:00+01:00\"^^xsd:dateTime .\n"
        ));
    }
    text.push_str(
        "t:passe a schema:PerformingArtsEvent ; schema:name \"Passé\" ; schema:location t:maison ; \
         schema:startDate \"2026-02-01T20:00:00+01:00\"^^xsd:dateTime .\n",
    );
    site.submit("theatre", &text);
    follow(&site.app);
    let (state, base) = (current(&site.app), site.app.store.base());
    let node = |local: &str| NamedNode::new_unchecked(format!("{BASE}/id/{}", site.noid(local)));
    let dates = |local: &str, from| -> Vec<String> {
        let (links, total, _) = state.performances(base, &node(local), from..i64::MAX, 0, 10);
        assert_eq!(links.len(), total);
        let moments = links.iter().filter_map(|link| link.moment);
        moments
            .filter_map(|moment| Some(moment.day()?.to_string()))
            .collect()
    };
    let all = ["2026-02-01", "2027-02-01", "2027-02-02", "2027-02-03"];
    assert_eq!(dates("maison", i64::MIN), all);
    assert_eq!(dates("maison", today(at(NOW))), all[1..]);
    assert_eq!(dates("salle", i64::MIN), all[2..]);
    assert_eq!(dates("festival", i64::MIN), all[1..]);
    let here = state.here(base, &node("maison"), at(NOW));
    assert_eq!((here.dates.total, here.dates.upcoming), (4, 3));
    assert_eq!(here.dates.rows.len(), 4);
    assert_eq!(here.dates.days.first(), Some(&("2027-02-01".to_owned(), 1)));
    let past = Filter {
        when: When::Past,
        ..Filter::default()
    };
    let (past, total) = state.incoming(base, &node("maison"), &past, today(at(NOW)), 0, 10);
    assert_eq!((past.len(), total), (1, 1));
    assert_eq!(past[0].subject, node("passe"));
}

#[tokio::test]
async fn a_page_tells_what_points_to_it_with_and_without_the_index() {
    let site = Site::new();
    let path = format!("/doc/{}", site.noid("salle"));
    let page = async || {
        let answer = site.get(&path, &[("accept", "text/html")]).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer
    };
    let before = page().await;
    assert!(before.text().contains("Le Bac, première"));
    follow(&site.app);
    let after = page().await;
    assert!(after.text().contains("Le Bac, première"));
    assert_ne!(before.header("etag"), after.header("etag"));
    site.submit("theatre", PROGRAMME);
    let behind = page().await;
    follow(&site.app);
    let again = page().await;
    assert!(!again.text().contains("Entre 1"));
    assert_ne!(behind.header("etag"), again.header("etag"));
}
