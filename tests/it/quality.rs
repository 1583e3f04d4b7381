//! Which profiles entities meet, followed from behind the store, and shapes that are rehearsed.

use crate::program::{Data, Server, until};
use crate::site::{Answer, EVIL, PROGRAMME, Site};
use crate::support::{self, Folder, NOW, at, name};
use affiche::app::quality::Follower;
use affiche::app::quality::figures::Figures;
use affiche::app::tokens::Scope;
use affiche::app::{App, Purpose};
use affiche::config::Config;
use affiche::ingest::conformance::{Standing, judge};
use affiche::ingest::{Outcome, Profile};
use affiche::shapes::{Bounds, findings};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use oxrdf::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

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

/// A place where nothing is played.
const EMPTY_PLACE: &str = r#"t:vide a schema:Place ; schema:name "Vide"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] ."#;

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

/// The app over a folder that is closed, and what it takes to keep the folder.
fn opened(path: &Path) -> App {
    let store = support::open(path, false).expect("it opens");
    App::over(store, Config::default(), Purpose::Write, at(NOW)).expect("it opens")
}

/// A folder with a programme and a rehearsal, closed.
fn closed() -> (TempDir, std::path::PathBuf) {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &format!("{PROGRAMME}{EVIL}"));
    let path = folder.path.clone();
    let (temporary, store) = folder.into_store();
    let app = App::over(store, Config::default(), Purpose::Write, at(NOW)).expect("it opens");
    rehearse(&app, "aggregator", SHAPES);
    (temporary, path)
}

fn judged(app: &App, now: &str) -> Counted {
    let mut follower = Follower::new(app, NEVER);
    follower.run_up(at(now)).unwrap();
    follower.save().unwrap();
    counted(&figures(app))
}

#[test]
fn the_index_outlives_a_restart_and_nothing_is_lost_without_it() {
    let (_temporary, path) = closed();
    let first = judged(&opened(&path), NOW);
    let file = path.join("index/quality/index.txt");
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(judged(&opened(&path), NOW), first);
    // What is kept is believed: a row that was changed with its sum is not judged again.
    let (lines, _) = written.rsplit_once("sha256 ").unwrap();
    let last = lines.trim_end().rsplit('\n').next().unwrap();
    let fewer = lines.replace(&format!("{last}\n"), "");
    let entities = |count: usize| format!("\"entities\":{count},");
    let count = first[&("*".to_owned(), "minimum".to_owned())]
        .0
        .iter()
        .sum::<u64>() as usize;
    let fewer = fewer.replace(&entities(count), &entities(count - 1));
    let sum: String = {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(fewer.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    fs::write(&file, format!("{fewer}sha256 {sum}\n")).unwrap();
    assert_ne!(judged(&opened(&path), NOW), first);
    // What is damaged, cut off or away is made again.
    let half = written.get(..written.len() / 2).unwrap().to_owned();
    for damaged in [
        half,
        written.replace("\"standing", "\"x"),
        written.replace(last, "1 2 3 4 5 6 7"),
    ] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(judged(&opened(&path), NOW), first);
    }
    fs::remove_dir_all(path.join("index")).unwrap();
    assert_eq!(judged(&opened(&path), NOW), first);
}

/// Submits to a folder that nobody follows.
fn submit_unseen(path: &Path, turtle: &str) {
    let app = opened(path);
    let source = name("theatre");
    let text = format!("{}{turtle}", support::PREFIXES);
    let document = affiche::ingest::Document {
        name: "-",
        bytes: text.as_bytes(),
        format: Some("turtle"),
        base: None,
    };
    let submission = affiche::ingest::Submission::new(&source, std::slice::from_ref(&document));
    let fill = &mut affiche::store::fill_random;
    let report =
        affiche::ingest::submit(&app.store, &app.door, &submission, at(NOW), fill).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
}

#[test]
fn what_changed_while_nobody_followed_is_followed_at_the_next_start() {
    let (_temporary, path) = closed();
    judged(&opened(&path), NOW);
    // The second change takes back a part of what the first one did.
    let offers = PROGRAMME.replace("schema:price 12.50", "schema:price 9");
    submit_unseen(&path, &format!("{offers}{EVIL}{EMPTY_PLACE}"));
    submit_unseen(&path, &format!("{PROGRAMME}{EMPTY_PLACE}"));
    let app = opened(&path);
    let followed = judged(&app, NOW);
    assert_eq!(followed, recounted(&app));
    assert_eq!(figures(&app).generation, app.store.generation());
    let (_, rules) = &followed[&("theatre".to_owned(), "aggregator".to_owned())];
    assert_eq!(rules["is-used"], 1);
    // What a full judging would give is the same.
    drop(app);
    fs::remove_dir_all(path.join("index")).unwrap();
    assert_eq!(judged(&opened(&path), NOW), followed);
}

#[test]
fn each_day_is_measured_once_and_a_crash_costs_no_more_than_the_line_under_way() {
    let (_temporary, path) = closed();
    let file = path.join("quality/history.jsonl");
    let lines = || fs::read_to_string(&file).unwrap().lines().count();
    judged(&opened(&path), NOW);
    judged(&opened(&path), "2026-11-22T23:59:59Z");
    assert_eq!(lines(), 1);
    // A clock that goes back adds nothing.
    judged(&opened(&path), "2026-11-20T00:00:00Z");
    assert_eq!(lines(), 1);
    let mut open = fs::OpenOptions::new().append(true).open(&file).unwrap();
    open.write_all(b"{\"date\":\"2026-11-23\",\"gen").unwrap();
    let app = opened(&path);
    judged(&app, "2026-11-23T00:00:01Z");
    assert_eq!(lines(), 2);
    let days = app.quality.history.with_rules().unwrap();
    let dates: Vec<&str> = days.iter().map(|day| day.date.as_str()).collect();
    assert_eq!(dates, ["2026-11-22", "2026-11-23"]);
    // Profiles alone are measured, for each source and for all.
    let of = |profile: &str| {
        days[0]
            .measured
            .iter()
            .filter(|row| row.profile == profile)
            .count()
    };
    assert_eq!((of("minimum"), of("aggregator")), (2, 0));
    // Throwing away what can be made again leaves it.
    drop(app);
    fs::remove_dir_all(path.join("index")).unwrap();
    fs::remove_dir_all(path.join("store")).unwrap();
    judged(&opened(&path), "2026-11-23T12:00:00Z");
    assert_eq!(lines(), 2);
}

/// The operator's token, or that of a source, as a header.
fn token(site: &Site, scope: Scope) -> String {
    let (secret, _) = site.app.tokens.create(scope, None, at(NOW)).unwrap();
    format!("Bearer {secret}")
}

async fn put(site: &Site, name: &str, token: &str, shapes: impl Into<Body>) -> Answer {
    let headers = [("authorization", token), ("content-type", "text/turtle")];
    let path = format!("/rehearsals/{name}");
    site.ask(Method::PUT, &path, &headers, shapes).await
}

fn follow(site: &Site) {
    Follower::new(&site.app, NEVER).run_up(at(NOW)).unwrap();
}

#[tokio::test]
async fn a_rehearsal_is_registered_replaced_shown_and_forgotten() {
    let site = Site::new();
    let operator = token(&site, Scope::Operator);
    let refused = put(&site, "aggregator", "Bearer aff_no", SHAPES).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let theatre = token(&site, Scope::Source(name("theatre")));
    let refused = put(&site, "aggregator", &theatre, SHAPES).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let list = site.get("/rehearsals", &[]).await.json();
    assert_eq!(list["rehearsals"].as_array().unwrap().len(), 0);

    let made = put(&site, "aggregator", &operator, SHAPES).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.header("location"), "/rehearsals/aggregator");
    let again = put(&site, "aggregator", &operator, SHAPES).await;
    assert_eq!(again.status, StatusCode::OK);
    let list = site.get("/rehearsals", &[]).await.json();
    assert_eq!(list["rehearsals"][0]["name"], "aggregator");
    let shapes = site.get("/rehearsals/aggregator?format=ttl", &[]).await;
    assert!(
        shapes.text().contains("sh:targetClass"),
        "{}",
        shapes.text()
    );

    follow(&site);
    let json = site.get("/quality/theatre.json", &[]).await.json();
    let profiles = json["profiles"].as_array().unwrap();
    let rehearsed = profiles
        .iter()
        .find(|one| one["profile"] == "aggregator")
        .unwrap();
    assert_eq!(rehearsed["rehearsal"], true);
    assert_eq!(
        (&rehearsed["asked"], &rehearsed["meets"]),
        (&3.into(), &2.into())
    );
    let page = site.get("/quality?profile=aggregator&lang=fr", &[]).await;
    assert!(page.text().contains("répétition"));
    // Nothing is published by it.
    let snapshot = site.app.store.snapshot().unwrap();
    let mut quads = snapshot.view().quads(None, None, None, None);
    assert!(!quads.any(|quad| quad.unwrap().to_string().contains("aggregator.example")));

    // Other shapes under the name are judged anew.
    let fewer = SHAPES.replace(
        "sh:targetClass schema:Event",
        "sh:targetClass schema:Person",
    );
    assert_eq!(
        put(&site, "aggregator", &operator, fewer).await.status,
        StatusCode::OK
    );
    follow(&site);
    let (standings, _) =
        &counted(&figures(&site.app))[&("theatre".to_owned(), "aggregator".to_owned())];
    assert_eq!(*standings, [1, 0, 3]);

    let headers = [("authorization", operator.as_str())];
    let path = "/rehearsals/aggregator";
    let gone = site
        .ask(Method::DELETE, path, &headers, Body::empty())
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let gone = site
        .ask(Method::DELETE, path, &headers, Body::empty())
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    follow(&site);
    let columns = &figures(&site.app).columns;
    assert!(columns.iter().all(|column| !column.is_rehearsal));
    let page = site.get("/quality?profile=aggregator", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn shapes_that_cannot_be_rehearsed_are_refused_with_all_that_is_wrong() {
    let site = Site::with_limits(|limits| limits.rehearsals = 1);
    let operator = token(&site, Scope::Operator);
    for (name, shapes, status, problem) in [
        ("Majuscule", SHAPES.to_owned(), 400, "bad-request"),
        ("minimum", SHAPES.to_owned(), 409, "rehearsal-not-possible"),
        ("a", "this is no Turtle".to_owned(), 400, "unreadable"),
        ("a", String::new(), 422, "ill-formed-shapes"),
        (
            "a",
            "<urn:a> a <urn:B> .".to_owned(),
            422,
            "ill-formed-shapes",
        ),
        ("a", " ".repeat((1 << 20) + 1), 413, "body-too-large"),
    ] {
        let answer = put(&site, name, &operator, shapes).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert_eq!(answer.problem(), problem);
    }
    let faulty = r#"@prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:a> a sh:NodeShape ; sh:targetClass <urn:B> ; sh:nodeKind <urn:None> .
        <urn:b> a sh:NodeShape ; sh:targetClass <urn:B> ; sh:minLength "x" ."#;
    let answer = put(&site, "a", &operator, faulty).await;
    assert_eq!(answer.problem(), "ill-formed-shapes");
    let json = answer.json();
    assert_eq!(json["faults"].as_array().unwrap().len(), 2, "{json:#}");
    // Ten thousand shapes in one another.
    let mut nested =
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:0> sh:targetClass <urn:B> .\n"
            .to_owned();
    for number in 0..10_000 {
        nested.push_str(&format!(
            "<urn:{number}> a sh:NodeShape ; sh:node <urn:{}> .\n",
            number + 1
        ));
    }
    let answer = put(&site, "a", &operator, nested).await;
    assert_eq!(answer.problem(), "ill-formed-shapes");
    let headers = [
        ("authorization", operator.as_str()),
        ("content-type", "text/html"),
    ];
    let answer = site
        .ask(Method::PUT, "/rehearsals/a", &headers, "<p>")
        .await;
    assert_eq!(answer.problem(), "unsupported-media-type");
    // As many as are allowed.
    assert_eq!(
        put(&site, "a", &operator, SHAPES).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        put(&site, "b", &operator, SHAPES).await.problem(),
        "rehearsal-not-possible"
    );
    assert_eq!(
        put(&site, "a", &operator, SHAPES).await.status,
        StatusCode::OK
    );
}

/// A product of everything with itself, three times, about which nothing links to `$this`.
const PRODUCT: &str = r#"
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:product> a sh:NodeShape ; sh:targetClass <http://schema.org/Place> ;
    sh:sparql [ sh:select """SELECT $this WHERE {
        $this a ?kind . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l .
        FILTER (CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = "x")
    }""" ] .
"#;

#[tokio::test]
async fn a_rehearsal_of_a_product_leaves_its_entities_undecided_and_says_so_beforehand() {
    let site = Site::new();
    let operator = token(&site, Scope::Operator);
    let made = put(&site, "product", &operator, PRODUCT.to_owned()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let notes = made.json()["notes"].as_array().unwrap().clone();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0]["place"], "<urn:product>");
    follow(&site);
    let figures = figures(&site.app);
    let place = figures.columns.iter().position(|one| one.name == "product");
    let tally = &figures.all[place.unwrap()].tally;
    assert_eq!((tally.asked(), tally.undecided), (0, 1), "{tally:?}");
}

#[test]
fn a_rehearsal_that_takes_too_long_is_stopped_and_holds_nothing_else_up() {
    let site = Site::with_limits(|limits| limits.rehearsal_timeout = std::time::Duration::ZERO);
    // More than one slice takes: each entity is compared with all others by way of its class.
    let mut programme = PROGRAMME.to_owned();
    for number in 0..400 {
        programme.push_str(&format!(
            "t:p{number} a schema:Person ; schema:name \"P{number}\" .\n"
        ));
    }
    site.submit("theatre", &programme);
    rehearse(
        &site.app,
        "everything",
        r#"@prefix sh: <http://www.w3.org/ns/shacl#> .
           @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
           <urn:all> a sh:NodeShape ; sh:targetSubjectsOf rdf:type ; sh:property <urn:walk> .
           <urn:walk> sh:path [ sh:zeroOrMorePath [ sh:alternativePath ( rdf:type [ sh:inversePath rdf:type ] ) ] ] ;
               sh:maxCount 3 ."#,
    );
    rehearse(&site.app, "other", SHAPES);
    follow(&site);
    let figures = figures(&site.app);
    let column = |name: &str| {
        figures
            .columns
            .iter()
            .position(|column| column.name == name)
            .unwrap()
    };
    let stopped = &figures.columns[column("everything")].stopped;
    assert!(
        stopped
            .as_ref()
            .is_some_and(|limit| limit.contains("rehearsal_timeout")),
        "{stopped:?}"
    );
    let everything = figures.all[column("everything")].tally;
    assert!(everything.pending > 0, "{everything:?}");
    let minimum = figures.all[column("minimum")].tally;
    assert_eq!((minimum.pending, minimum.falls_short), (0, 0));
    assert!(minimum.meets > 400);
}

#[tokio::test]
async fn pages_and_files_name_the_generation_that_was_judged() {
    let site = Site::new();
    let early = site.get("/quality?lang=en", &[]).await;
    assert_eq!(early.status, StatusCode::OK);
    assert!(early.text().contains("not been examined yet"));
    let early = site.get("/quality.csv", &[]).await;
    assert_eq!(early.problem(), "not-judged-yet");
    assert!(!early.header("retry-after").is_empty());
    follow(&site);
    let judged = site.app.store.generation();
    let page = site.get("/quality?lang=en", &[]).await;
    assert_eq!(page.header("affiche-generation"), judged.to_string());
    assert!(page.text().contains("which is the current one"));
    let tag = page.header("etag").to_owned();
    let again = site
        .get("/quality?lang=en", &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let french = site
        .get("/quality?lang=fr", &[("if-none-match", &tag)])
        .await;
    assert_eq!(french.status, StatusCode::OK);
    site.submit("theatre", PROGRAMME);
    let later = site
        .get("/quality?lang=en", &[("if-none-match", &tag)])
        .await;
    assert_eq!(later.status, StatusCode::OK);
    assert_eq!(later.header("affiche-generation"), judged.to_string());
    let text = later.text();
    let current = site.app.store.generation();
    let told = format!("Examined at generation {judged}; the data is at {current}");
    assert!(text.contains(&told), "{text}");
    let metrics = site.get("/metrics", &[]).await.text();
    assert!(metrics.contains(&format!("affiche_quality_generation {judged}")));
}

#[tokio::test]
async fn tables_can_be_read_by_any_spreadsheet_and_hold_no_formula() {
    let site = Site::new();
    rehearse(&site.app, "aggregator", SHAPES);
    site.submit("theatre", &format!("{PROGRAMME}{EMPTY_PLACE}"));
    follow(&site);
    for path in ["/quality", "/quality/theatre"] {
        for table in ["profiles", "findings", "history"] {
            for source in ["", "&profile=aggregator"] {
                let answer = site
                    .get(&format!("{path}.csv?table={table}{source}&lang=en"), &[])
                    .await;
                assert_eq!(answer.status, StatusCode::OK);
                assert!(answer.header("content-type").starts_with("text/csv"));
                assert!(
                    answer
                        .header("content-disposition")
                        .starts_with("attachment")
                );
                let mut reader = csv::Reader::from_reader(&*answer.bytes);
                for line in reader.records() {
                    for cell in &line.expect("as many cells as the head") {
                        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
                    }
                }
            }
        }
    }
    let findings = site.get("/quality/theatre.csv?lang=en", &[]).await.text();
    assert!(findings.contains("'=1+1 <b>Nothing</b>"), "{findings}");
    let unknown = site.get("/quality/theatre.csv?table=none", &[]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    for path in [
        "/quality/nobody",
        "/quality/system",
        "/quality/theatre.xls",
        "/quality?profile=none",
    ] {
        assert_eq!(
            site.get(path, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn text_of_shapes_and_data_stays_text_on_pages() {
    let site = Site::new();
    rehearse(&site.app, "aggregator", SHAPES);
    let report = site.submit("theatre", &format!("{PROGRAMME}{EVIL}{EMPTY_PLACE}"));
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    follow(&site);
    for path in [
        "/quality/theatre?lang=en",
        "/quality?profile=aggregator&lang=en",
    ] {
        let text = site.get(path, &[("accept", "text/html")]).await.text();
        assert!(
            !text.contains("<script>") && !text.contains("<b>"),
            "{text}"
        );
        assert!(text.contains("Entre 1 &#60; 2 &#38;"), "{text}");
        assert!(text.contains("&#60;b&#62;Nothing"), "{text}");
    }
}

#[tokio::test]
async fn the_page_of_an_entity_says_how_it_stands_with_the_profiles() {
    let site = Site::new();
    let path = format!("/doc/{}.html?lang=en", site.noid("un"));
    let text = site.get(&path, &[]).await.text();
    assert!(text.contains("href=\"/quality?profile=minimum\""), "{text}");
    assert!(text.contains("conforms"));
}

#[test]
fn a_running_server_follows_by_itself_and_takes_rehearsals() {
    let data = Data::new();
    let file = data.file("shapes.ttl", SHAPES);
    let server = Server::start(&mut data.affiche(["serve"]));
    data.submit("t:a a schema:Person ; schema:name \"Anne\" .")
        .with(0);
    let shapes = file.to_str().unwrap();
    let added = data
        .run(["rehearsal", "add", "aggregator", "--shapes", shapes])
        .with(0);
    assert!(added.out.contains("registered"), "{}", added.out);
    let refused = data
        .run(["rehearsal", "add", "minimum", "--shapes", shapes])
        .with(2);
    assert!(refused.err.contains("name of a profile"), "{}", refused.err);
    let list = data.run(["rehearsal", "list"]).with(0).out;
    assert!(list.starts_with("aggregator\t"), "{list}");
    until("the person is judged by the rehearsal", || {
        let csv = server.get("/quality/theatre.csv?table=profiles");
        csv.contains(",theatre,minimum,false,1,1,0,1.000,")
            && csv.contains(",theatre,aggregator,true,0,0,0,,1,0,0,")
    });
    data.run(["rehearsal", "remove", "aggregator"]).with(0);
    until("the rehearsal is gone", || {
        !server.get("/quality.csv").contains("aggregator")
    });
    let (status, _) = server.stop("TERM");
    assert!(status.success());
    assert!(data.path.join("index/quality/index.txt").exists());
    data.run(["check"]).with(0);
}

#[test]
fn a_backup_takes_measurements_and_rehearsals_along() {
    let (temporary, path) = closed();
    let app = opened(&path);
    judged(&app, NOW);
    let target = temporary.path().join("backups");
    let backup = affiche::store::backup(
        &path,
        Some(&app.store),
        app.store.base(),
        &target,
        "2026-11-22T12:00:00Z",
    )
    .unwrap();
    for file in ["history.jsonl", "rehearsals/aggregator.json"] {
        let saved = fs::read(backup.folder.join("quality").join(file)).unwrap();
        assert_eq!(saved, fs::read(path.join("quality").join(file)).unwrap());
    }
}
