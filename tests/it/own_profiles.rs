//! The profiles of the program, and those that an operator adds by configuration.

use crate::program::{Data, run};
use crate::site::Site;
use crate::support::{Folder, at, base, check, open};
use affiche::app::{App, OpenError, Purpose};
use affiche::config::Config;
use affiche::ingest::conformance::{Standing, follow, judge};
use affiche::ingest::{Origin, Profile};
use affiche::model::{Lang, Progress, Text};
use affiche::shapes::Bounds;
use affiche::store::Store;
use axum::http::StatusCode;
use oxrdf::{GraphName, NamedNode};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What an invented town asks: a telephone of every place.
const TOWN: &str = r#"
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix schema: <http://schema.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
<shapes/town> a owl:Ontology ;
    dct:title "L'agenda de la ville"@fr, "The town's calendar"@en ;
    dct:description "Ce qui le respecte paraît dans l'agenda."@fr .
<shapes/town#place> a sh:NodeShape ;
    sh:targetClass schema:Place ;
    sh:property [ sh:path schema:telephone ; sh:minCount 1 ] .
"#;

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file is written");
    path
}

fn app(store: Store, profiles: &[&Path], purpose: Purpose) -> Result<App, OpenError> {
    let mut config = Config::default();
    config.profiles = profiles.iter().map(|path| path.to_path_buf()).collect();
    App::over(store, config, purpose, at("2026-11-23T12:00:00Z"))
}

fn shapes_in(store: &Store, profile: &str) -> usize {
    let graph = GraphName::from(base().shapes_graph(profile));
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot
        .view()
        .quads(None, None, None, Some(graph.as_ref()))
        .count()
}

/// What is said of a configuration that cannot be used.
fn complaint(profiles: &[&Path]) -> String {
    let (_temporary, store) = Folder::new().into_store();
    match app(store, profiles, Purpose::Write) {
        Err(OpenError::Profiles(faults)) => faults.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it opened"),
    }
}

#[test]
fn every_profile_of_the_program_has_a_title_and_says_why_it_matters_in_both_languages() {
    let folder = Folder::new();
    let names: Vec<&str> = folder
        .door
        .profiles()
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(names, ["minimum", "capdata", "google", "national"]);
    let informing: Vec<&str> = folder
        .door
        .informing()
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(informing, names[1..]);
    for profile in folder.door.profiles() {
        assert_eq!(profile.origin, Origin::Program);
        for lang in Lang::ALL {
            assert_ne!(profile.title.get(lang), profile.name);
            assert_ne!(profile.purpose.get(lang), profile.title.get(lang));
        }
        assert_ne!(profile.purpose.fr, profile.purpose.en);
        assert!(
            shapes_in(&folder.store, &profile.name) > 100,
            "{}",
            profile.name
        );
    }
}

#[test]
fn an_operators_profile_is_published_while_it_is_configured() {
    let files = TempDir::new().expect("a folder");
    let town = file(&files, "town.ttl", TOWN);
    let folder = Folder::new();
    let path = folder.path.clone();
    let (_temporary, mut store) = folder.into_store();
    let stricter = file(
        &files,
        "stricter.ttl",
        &TOWN.replace("minCount 1", "minCount 2"),
    );
    let rounds: &[(&[&Path], usize, usize, u64)] = &[
        (&[], 0, 0, 1),
        (&[&town], 9, 0, 2),
        // Nothing changed, so nothing is written.
        (&[&town], 9, 0, 2),
        (&[&stricter, &town], 9, 9, 3),
        (&[&stricter], 0, 9, 4),
        (&[], 0, 0, 5),
    ];
    for (profiles, in_town, in_stricter, generation) in rounds {
        let app = app(store, profiles, Purpose::Write).expect("it opens");
        assert_eq!(shapes_in(&app.store, "town"), *in_town, "{profiles:?}");
        assert_eq!(
            shapes_in(&app.store, "stricter"),
            *in_stricter,
            "{profiles:?}"
        );
        assert!(shapes_in(&app.store, "minimum") > 100);
        assert_eq!(app.store.generation().0, *generation, "{profiles:?}");
        check(&app.store, &app.door);
        drop(app);
        store = open(&path, false).expect("it opens again");
    }
}

#[test]
fn a_changed_file_is_published_anew_and_another_way_of_writing_it_is_no_change() {
    let files = TempDir::new().expect("a folder");
    let town = file(&files, "town.ttl", TOWN);
    let folder = Folder::new();
    let path = folder.path.clone();
    let (_temporary, store) = folder.into_store();
    let generation = |store: Store| {
        let app = app(store, &[&town], Purpose::Write).expect("it opens");
        app.store.generation().0
    };
    assert_eq!(generation(store), 2);
    file(&files, "town.ttl", &format!("# The town\n{TOWN}"));
    assert_eq!(generation(open(&path, false).expect("it opens")), 2);
    file(
        &files,
        "town.ttl",
        &TOWN.replace("minCount 1", "minCount 2"),
    );
    assert_eq!(generation(open(&path, false).expect("it opens")), 3);
}

#[test]
fn who_meets_an_operators_profile_is_said_while_it_is_configured_and_checks_under_any() {
    let files = TempDir::new().expect("a folder");
    let town = file(&files, "town.ttl", TOWN);
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit(
        "theatre",
        "t:a a schema:Place ; schema:name \"Un\" ; schema:telephone \"+33 1 99 00 00 00\" .",
    );
    let place = folder.entity("theatre", "https://theatre.example/a");
    let path = folder.path.clone();
    let (_temporary, store) = folder.into_store();
    let now = || at("2026-11-23T12:00:00Z");
    let met = |store: &Store| {
        let snapshot = store.snapshot().expect("a snapshot");
        let quads = snapshot.view().met_by(&place).expect("it can be read");
        quads
            .iter()
            .filter(|quad| quad.object.to_string().contains("/town"))
            .count()
    };

    let with = app(store, &[&town], Purpose::Write).expect("it opens");
    follow(&with.store, &with.door, &now, &Progress::default()).expect("it follows");
    assert_eq!(met(&with.store), 1);
    check(&with.store, &with.door);
    drop(with);

    // Read under another configuration, all is as it was.
    let store = open(&path, false).expect("it opens again");
    let without = app(store, &[], Purpose::Read).expect("it opens to be read");
    assert_eq!(shapes_in(&without.store, "town"), 9);
    assert_eq!(met(&without.store), 1);
    assert!(without.door.profile("town").is_none());
    check(&without.store, &without.door);
    drop(without);

    let store = open(&path, false).expect("it opens again");
    let without = app(store, &[], Purpose::Write).expect("it opens");
    check(&without.store, &without.door);
    follow(&without.store, &without.door, &now, &Progress::default()).expect("it follows");
    assert_eq!(met(&without.store), 0);
    check(&without.store, &without.door);
}

#[test]
fn an_operators_profile_judges_what_is_published() {
    let files = TempDir::new().expect("a folder");
    let town = file(&files, "town.ttl", TOWN);
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit(
        "theatre",
        "t:with a schema:Place ; schema:name \"Un\" ; schema:telephone \"+33 1 99 00 00 00\" .
         t:without a schema:Place ; schema:name \"Deux\" .
         t:nobody a schema:Person ; schema:name \"Trois\" .",
    );
    let entities: Vec<NamedNode> = ["with", "without", "nobody"]
        .iter()
        .map(|local| folder.entity("theatre", &format!("https://theatre.example/{local}")))
        .collect();
    let (_temporary, store) = folder.into_store();
    let app = app(store, &[&town], Purpose::Write).expect("it opens");
    let profile = app.door.profile("town").expect("it is there");
    assert_eq!(profile.origin, Origin::File(town));
    let snapshot = app.store.snapshot().expect("a snapshot");
    let standings: Vec<Standing> = entities
        .iter()
        .map(|entity| {
            judge(profile, &app.door, &snapshot.view(), entity, Bounds::NONE)
                .expect("it can be judged")
                .standing
        })
        .collect();
    assert_eq!(
        standings,
        [Standing::Meets, Standing::FallsShort, Standing::NotAsked]
    );
}

#[test]
fn a_profile_without_a_title_goes_by_its_name_and_one_in_one_language_serves_both() {
    let read = |name: &str, text: &str| {
        Profile::read(name, text.as_bytes(), &base(), Origin::Program).expect("a profile")
    };
    let town = read("town", TOWN);
    assert_eq!(town.title.fr, "L'agenda de la ville");
    assert_eq!(town.title.en, "The town's calendar");
    assert_eq!(town.purpose.en, "Ce qui le respecte paraît dans l'agenda.");
    let shape = "@prefix sh: <http://www.w3.org/ns/shacl#> . <#s> sh:targetNode <#n> .";
    let bare = read("-a", shape);
    assert_eq!(bare.title, Text::new("-a", "-a"));
    assert_eq!(bare.purpose, Text::default());
    // Of several headers, the profile's own.
    let other = "<other> a <http://www.w3.org/2002/07/owl#Ontology> ;
        <http://purl.org/dc/terms/title> \"Other\" .";
    assert_eq!(read("town", &format!("{TOWN}{other}")).title, town.title);
}

#[test]
fn a_class_in_an_operators_file_does_not_change_the_hierarchy_that_validation_goes_by() {
    let files = TempDir::new().expect("a folder");
    let text = format!(
        "{TOWN} schema:Person <http://www.w3.org/2000/01/rdf-schema#subClassOf> schema:Place ."
    );
    let town = file(&files, "town.ttl", &text);
    let (_temporary, store) = Folder::new().into_store();
    let app = app(store, &[&town], Purpose::Write).expect("it opens");
    let class = |local: &str| NamedNode::new_unchecked(format!("http://schema.org/{local}")).into();
    assert!(
        !app.door
            .classes()
            .is_below(&class("Person"), &class("Place"))
    );
}

#[test]
fn what_is_wrong_with_the_files_is_told_at_once_each_with_what_to_do() {
    let files = TempDir::new().expect("a folder");
    let missing = files.path().join("missing.ttl");
    let upper = file(&files, "Town.ttl", TOWN);
    let minimum = file(&files, "minimum.ttl", TOWN);
    let google = file(&files, "google.ttl", TOWN);
    let json = file(&files, "town.json", "{}");
    let no_turtle = file(&files, "no-turtle.ttl", "<a> <b>\n<c> <d> .");
    let empty = file(&files, "empty.ttl", "<a> <b> <c> .");
    let ill_formed = file(
        &files,
        "ill-formed.ttl",
        &TOWN.replace(
            "sh:minCount 1",
            "sh:minCount \"one\" ; sh:nodeKind sh:Place",
        ),
    );
    let large = file(&files, "large.ttl", &"#".repeat((4 << 20) + 1));
    let town = file(&files, "town.ttl", TOWN);
    let again = file(&files, "same.ttl", TOWN);
    let other = files.path().join("other");
    fs::create_dir(&other).expect("a folder is made");
    let twice = other.join("town.ttl");
    fs::copy(&again, &twice).expect("a file is copied");
    let said = complaint(&[
        &missing,
        &upper,
        &minimum,
        &google,
        &json,
        &no_turtle,
        &empty,
        &ill_formed,
        &large,
        &town,
        &twice,
    ]);
    for (path, words) in [
        (&missing, &["cannot be read", "mend `profiles`"][..]),
        (&upper, &["rename the file"]),
        (&minimum, &["`minimum` comes with the program"]),
        (&google, &["`google` comes with the program"]),
        (&json, &["called like the file without `.ttl`"]),
        (&no_turtle, &["cannot be read as Turtle"]),
        (&empty, &["none of its shapes has a target"]),
        (
            &ill_formed,
            &[
                "shapes/town#place",
                "sh:minCount",
                "sh:nodeKind",
                "must be an xsd:integer",
            ],
        ),
        (&large, &["more than 4194304 bytes"]),
        (&twice, &["`town` is also another file"]),
    ] {
        let start = format!("`{}`: ", path.display());
        let from = said
            .find(&start)
            .unwrap_or_else(|| panic!("{start}\n{said}"));
        let told = said[from..].split("\n`").next().unwrap_or_default();
        for word in words {
            assert!(told.contains(word), "{word}\n{told}");
        }
    }
    assert!(!said.contains(&format!("`{}`: ", town.display())), "{said}");
}

#[test]
fn a_program_with_a_faulty_profile_does_not_start_and_says_what_to_do() {
    let data = Data::new();
    let town = data.file(
        "town.ttl",
        &TOWN.replace("minCount 1", "minCount -1 ; sh:path <p>"),
    );
    let set = ["source", "rank", "theatre", "3"];
    let said = run(data.affiche(set).env("AFFICHE_PROFILES", &town)).with(2);
    assert_eq!(said.out, "");
    for words in [
        "`{}`: ".replace("{}", &town.display().to_string()).as_str(),
        "shapes/town#place",
    ] {
        assert!(said.err.contains(words), "{}", said.err);
    }
    // What is only read is read as it is.
    run(data.affiche(["export"]).env("AFFICHE_PROFILES", &town)).with(0);
    // Without it all is as before.
    data.run(["check"]).with(0);
}

#[test]
fn check_and_rebuild_keep_an_operators_profile() {
    let data = Data::new();
    let shapes = data.path.join("shapes");
    fs::create_dir(&shapes).expect("a folder is made");
    fs::write(shapes.join("town.ttl"), TOWN).expect("a file is written");
    fs::write(
        data.path.join("affiche.toml"),
        "profiles = ['shapes/town.ttl']\n",
    )
    .expect("a file is written");
    data.submit("t:a a schema:Person ; schema:name \"Anne\" .")
        .with(0);
    data.run(["check"]).with(0);
    let before = data.export();
    data.run(["rebuild"]).with(0);
    data.run(["check"]).with(0);
    assert_eq!(data.export(), before);
    let store = open(&data.path, false).expect("it opens");
    assert_eq!(shapes_in(&store, "town"), 9);
}

#[tokio::test]
async fn an_operators_profile_is_shown_and_served_like_the_others() {
    let files = TempDir::new().expect("a folder");
    let evil = TOWN.replace("The town's calendar", "<script>alert(1)</script>");
    let town = file(&files, "town.ttl", &evil);
    let site = Site::configured(Folder::new(), |config| config.profiles = vec![town]);
    let html = [("accept", "text/html"), ("accept-language", "en")];
    let index = site.get("/vocab/", &html).await.text();
    assert!(index.contains("<a href=\"/shapes/town\">"), "{index}");
    assert!(index.contains("<a href=\"/shapes/national\">National base</a>"));
    assert!(index.contains("without being typed again"));
    assert!(!index.contains("<script>alert"));
    let page = site.get("/shapes/town", &html).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("telephone"), "{}", page.text());
    assert!(!page.text().contains("<script>alert"));
    let turtle = site.get("/shapes/town.ttl", &[]).await;
    assert_eq!(turtle.status, StatusCode::OK);
    assert!(turtle.text().contains("minCount"), "{}", turtle.text());
    assert_eq!(
        site.get("/shapes/village", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let ask = "ASK { GRAPH <https://data.example.org/shapes/town> { ?s ?p ?o } \
        GRAPH <https://data.example.org/graph/registry> { ?system \
        <https://data.example.org/ns#profile> <https://data.example.org/shapes/town> } }";
    let query = form_urlencoded(ask);
    let answer = site
        .get(
            &format!("/sparql?query={query}"),
            &[("accept", "application/sparql-results+json")],
        )
        .await;
    assert_eq!(answer.json()["boolean"], true, "{}", answer.text());
}

fn form_urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
