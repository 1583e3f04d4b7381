//! Which profiles entities meet, followed from behind the store, and shapes that are rehearsed.

use crate::site::Site;
use crate::support::{Folder, NOW, at, name};
use affiche::app::App;
use affiche::app::quality::Follower;
use affiche::app::quality::figures::Figures;
use affiche::ingest::conformance::{Standing, judge};
use affiche::ingest::{Outcome, Profile};
use affiche::shapes::{Bounds, findings};
use oxrdf::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an aggregator may ask: offers with a price, a place with a telephone, and that whatever
/// is played has a duration, which is told of the performance.
const SHAPES: &str = r#"
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix schema: <http://schema.org/> .
@prefix t: <https://aggregator.example/shapes/> .
t:performance a sh:NodeShape ; sh:targetClass schema:Event ;
    sh:property t:has-offers, t:has-telephone .
t:has-offers sh:path schema:offers ; sh:minCount 1 ;
    sh:message "Il manque l'offre : indiquez `offers`."@fr, "The offer is missing: give `offers`."@en .
t:has-telephone sh:path ( schema:location schema:telephone ) ; sh:minCount 1 ; sh:severity sh:Warning .
t:place a sh:NodeShape ; sh:targetClass schema:Place ; sh:property t:is-used .
t:is-used sh:path [ sh:inversePath schema:location ] ; sh:minCount 1 ;
    sh:message "<b>Rien</b> n'y est joué"@fr, "=1+1 <b>Nothing</b> is played there"@en .
"#;

const NEVER: &dyn Fn() -> bool = &|| false;

fn rehearse(app: &App, name: &str, shapes: &str) {
    let put = app
        .quality
        .rehearsals
        .put(&app.door, 16, name, shapes.as_bytes(), "turtle", NOW);
    put.expect("the shapes are sound");
}

fn figures(app: &App) -> Arc<Figures> {
    app.quality.figures(app.store.base()).expect("it is judged")
}

/// Per source (`*` for all) and profile: who meets it, falls short of it, is not asked; and how
/// many entities break each rule.
type Counted = BTreeMap<(String, String), ([u64; 3], BTreeMap<String, u64>)>;

fn counted(figures: &Figures) -> Counted {
    let everybody = std::iter::once(("*".to_owned(), &figures.all));
    let each = figures.sources.iter();
    let each = each.map(|source| (source.name.clone(), &source.sheets));
    let mut counted = Counted::new();
    for (source, sheets) in everybody.chain(each) {
        for (column, sheet) in figures.columns.iter().zip(sheets) {
            let tally = sheet.tally;
            assert_eq!((tally.undecided, tally.pending), (0, 0));
            let rules = sheet.findings.iter();
            let rules = rules.map(|finding| (finding.rule.clone(), finding.count));
            counted.insert(
                (source.clone(), column.name.clone()),
                (
                    [tally.meets, tally.falls_short, tally.not_asked],
                    rules.collect(),
                ),
            );
        }
    }
    counted
}

/// The same, by judging all that each source says anew.
fn recounted(app: &App) -> Counted {
    let snapshot = app.store.snapshot().unwrap();
    let view = snapshot.view();
    let rehearsals = app.quality.rehearsals.all();
    let rehearsed = rehearsals.iter().map(|rehearsal| &rehearsal.profile);
    let profiles: Vec<&Profile> = app.door.profiles().iter().chain(rehearsed).collect();
    let mut speaking: BTreeMap<String, BTreeSet<NamedNode>> = BTreeMap::new();
    for source in view.sources().unwrap() {
        if source.name.is_system() {
            continue;
        }
        for said in view.described_by(&source.name).unwrap() {
            let entity = view.survivor(&said).unwrap();
            if !view.public_description(&entity).unwrap().is_empty() {
                let name = source.name.to_string();
                speaking
                    .entry("*".to_owned())
                    .or_default()
                    .insert(entity.clone());
                speaking.entry(name).or_default().insert(entity);
            }
        }
    }
    speaking.entry("*".to_owned()).or_default();
    let mut counted = Counted::new();
    for (source, entities) in speaking {
        for profile in &profiles {
            let key = (source.clone(), profile.name.clone());
            let (standings, rules) = counted.entry(key).or_default();
            for entity in &entities {
                let judged = judge(profile, &app.door, &view, entity, Bounds::NONE).unwrap();
                standings[match judged.standing {
                    Standing::Meets => 0,
                    Standing::FallsShort => 1,
                    Standing::NotAsked => 2,
                }] += 1;
                let broken: BTreeSet<String> = findings(&judged.results, &profile.name)
                    .into_iter()
                    .map(|finding| finding.rule)
                    .collect();
                for rule in broken {
                    *rules.entry(rule).or_default() += 1;
                }
            }
        }
    }
    counted
}

#[tokio::test]
async fn the_numbers_are_those_of_judging_everything_after_each_change() {
    let site = Site::new();
    let app = &site.app;
    rehearse(app, "aggregator", SHAPES);
    let mut follower = Follower::new(app, NEVER);
    follower.run_up(at(NOW)).unwrap();
    let first = counted(&figures(app));
    assert_eq!(first, recounted(app));
    let (standings, rules) = &first[&("theatre".to_owned(), "aggregator".to_owned())];
    assert_eq!(*standings, [2, 1, 1], "{rules:?}");
    assert_eq!(rules["has-offers"], 1);
    assert_eq!(rules["has-telephone"], 2);
    assert!(!rules.contains_key("is-used"));

    let salle = r#"t:salle a schema:Place ; schema:name "Salle du Bac"@fr ; TELEPHONE
        schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] ."#;
    let show = |local: &str, day: u8, more: &str| {
        format!(
            "t:{local} a schema:PerformingArtsEvent ; schema:name \"{local}\"@fr ; {more}
             schema:startDate \"2099-02-{day:02}T20:30:00+01:00\"^^xsd:dateTime ; schema:location t:salle ."
        )
    };
    let offers =
        "schema:offers [ a schema:Offer ; schema:price 5 ; schema:priceCurrency \"EUR\" ] ;";
    let with_telephone = salle.replace("TELEPHONE", "schema:telephone \"0102\" ;");
    let without = salle.replace("TELEPHONE", "");
    let steps = [
        ("theatre", format!("{with_telephone}{}", show("un", 1, ""))),
        (
            "theatre",
            format!(
                "{with_telephone}{}{}",
                show("un", 1, offers),
                show("deux", 2, "")
            ),
        ),
        // Another source speaks of a place of its own, and of a show there.
        (
            "office",
            format!("{with_telephone}{}", show("trois", 3, offers)),
        ),
        ("theatre", format!("{without}{}", show("deux", 2, offers))),
        // Nothing is played there any more.
        ("theatre", without.clone()),
        ("office", String::new()),
        ("theatre", with_telephone.clone()),
    ];
    let mut generation = app.store.generation();
    for (source, text) in steps {
        let report = site.submit(source, &text);
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
        assert!(app.store.generation() > generation);
        generation = app.store.generation();
        follower.run_up(at(NOW)).unwrap();
        assert_eq!(figures(app).generation, generation);
        assert_eq!(counted(&figures(app)), recounted(app), "{source}: {text}");
    }
    let (_, rules) = &counted(&figures(app))[&("theatre".to_owned(), "aggregator".to_owned())];
    assert_eq!(rules["is-used"], 1);
}

#[test]
fn several_changes_are_followed_in_one_step_and_merges_too() {
    use affiche::ingest::hands::{self, Merge, Unmerge};
    let site = Site::of(Folder::with_sources(&["theatre", "office"]));
    let app = &site.app;
    rehearse(app, "aggregator", SHAPES);
    let mut follower = Follower::new(app, NEVER);
    follower.run_up(at(NOW)).unwrap();
    let place = |host: &str, town: &str| {
        format!(
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {host}\"@fr ;
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"{town}\" ] .
             <https://{host}.example/un> a schema:PerformingArtsEvent ; schema:name \"Un {host}\"@fr ;
             schema:startDate \"2099-02-01T20:30:00+01:00\"^^xsd:dateTime ; schema:location <https://{host}.example/salle> ."
        )
    };
    site.submit("theatre", &place("theatre", "Tours"));
    site.submit("office", &place("office", "Blois"));
    follower.run_up(at(NOW)).unwrap();
    assert_eq!(counted(&figures(app)), recounted(app));
    let salle = |host: &str| {
        let snapshot = app.store.snapshot().unwrap();
        let known = snapshot
            .view()
            .identified(&name(host), &format!("https://{host}.example/salle"));
        known.unwrap().expect("it is there")
    };
    let (one, other) = (salle("theatre"), salle("office"));
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        because: None,
        is_despite_different: false,
        is_dry_run: false,
    };
    let merged = hands::merge(&app.store, &app.door, &merge, at(NOW)).unwrap();
    assert_eq!(merged.outcome, Outcome::Accepted, "{merged:#?}");
    follower.run_up(at(NOW)).unwrap();
    assert_eq!(counted(&figures(app)), recounted(app));
    // Both speak of the one place, and each of a show.
    let figures_now = figures(app);
    assert_eq!(figures_now.entities, 3);
    let both = figures_now
        .sources
        .iter()
        .map(|source| source.sheets[0].tally);
    assert!(both.into_iter().all(|tally| tally.asked() == 2));
    let unmerge = Unmerge {
        entity: other.as_str(),
        other: None,
        because: None,
        is_dry_run: false,
    };
    let unmerged = hands::unmerge(&app.store, &app.door, &unmerge, at(NOW)).unwrap();
    assert_eq!(unmerged.outcome, Outcome::Accepted, "{unmerged:#?}");
    follower.run_up(at(NOW)).unwrap();
    assert_eq!(counted(&figures(app)), recounted(app));
    assert_eq!(figures(app).entities, 4);
}
