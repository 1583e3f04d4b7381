//! Search by name and the lists A–Z: who is found by what, and that the index follows the store.

use crate::program::{Data, Server, until};
use crate::site::{Answer, Site};
use crate::support::{Folder, NOW, at};
use affiche::app::App;
use affiche::app::search::Follower;
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::model::Mode;
use affiche::search::Entry;
use axum::http::StatusCode;
use std::collections::BTreeMap;
use std::path::Path;

const NEVER: &dyn Fn() -> bool = &|| false;

const PROGRAMME: &str = r#"
t:odeon a schema:Place ; schema:name "Théâtre de l’Odéon"@fr, "Odéon Theatre"@en ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "75006" ; schema:addressLocality "Paris" ; schema:addressCountry "FR" ] .
t:salle a schema:Place ; schema:name "Petite salle"@fr ; schema:containedInPlace t:odeon .
t:oeuvre a schema:Place ; schema:name "L’Œuvre"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "33000" ; schema:addressLocality "Bordeaux" ; schema:addressCountry "FR" ] .
t:ballet a schema:Organization ; schema:name "東京バレエ団"@ja .
t:opera a schema:Place ; schema:name "دار الأوبرا"@ar ; schema:sameAs <http://www.wikidata.org/entity/Q1> .
t:ethniko a schema:Organization ; schema:name "Εθνικό Θέατρο"@el .
t:ariane a schema:Person ; schema:name "Ariane Mnouchkine" .
t:hugo a schema:Person ; schema:name "Victor Hugo" .
t:cid a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "Le Cid"@fr ;
    schema:genre <https://data.example.org/vocab/disciplines/theatre> ;
    sv:contribution [ a schema:Role ; sv:agent t:ariane ; sv:fonction fonctions:mise-en-scene ] .
t:night a schema:PerformingArtsEvent, schema:Event ; schema:name "Le Cid"@fr ;
    schema:startDate "2099-01-10T20:30:00+01:00"^^xsd:dateTime ;
    schema:location t:odeon ; schema:workPerformed t:cid .
t:evil a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "<script>alert(1)</script> & \"x\""@fr .
"#;

fn programme() -> Site {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", PROGRAMME);
    Site::of(folder)
}

fn index(app: &App) {
    Follower::new(app, NEVER)
        .step()
        .expect("it can be followed");
}

/// A site whose index is made.
fn indexed() -> Site {
    let site = programme();
    index(&site.app);
    site
}

fn names(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().expect("items").iter();
    items
        .map(|item| {
            let name = &item["name"];
            let of = |lang: &str| name[lang].as_str();
            let found = of("fr").or_else(|| of("und")).or_else(|| name.as_str());
            let any = name
                .as_object()
                .and_then(|names| names.values().next()?.as_str());
            found.or(any).expect("a name").to_owned()
        })
        .collect()
}

fn query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{path}?{query}")
}

async fn found(site: &Site, text: &str) -> Vec<String> {
    let address = query(
        "/search",
        &[("q", text), ("format", "json"), ("lang", "fr")],
    );
    let answer = site.get(&address, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    names(&answer)
}

/// All entries of an index, by path.
fn entries(app: &App) -> BTreeMap<String, Entry> {
    use affiche::model::Lang;
    use affiche::search::{Order, Question, Wanted};
    let state = app.search.current().expect("it is indexed");
    let answer = state.names.ask(&Question {
        wanted: &Wanted::default(),
        lang: Lang::Fr,
        today: 0,
        filters: Vec::new(),
        order: Order::Name,
        from: 0,
        most: 10_000,
        facets: Vec::new(),
    });
    let entries = answer.expect("it can be read").hits.into_iter();
    entries.map(|entry| (entry.path.clone(), entry)).collect()
}

/// The same, from an index that is made from nothing.
fn anew(app: &App) -> BTreeMap<String, Entry> {
    std::fs::remove_dir_all(folder(app)).expect("it is there");
    index(app);
    entries(app)
}

fn folder(app: &App) -> std::path::PathBuf {
    app.store.folder().join("index").join("search")
}

#[tokio::test]
async fn a_name_is_found_in_any_script_without_accents_and_with_errors() {
    let site = indexed();
    for (text, expected) in [
        ("theatre de l'odeon", "Théâtre de l’Odéon"),
        ("odeon theatre", "Théâtre de l’Odéon"),
        ("Odéno", "Théâtre de l’Odéon"),
        ("oeuvre", "L’Œuvre"),
        ("l'œuvre", "L’Œuvre"),
        ("mnouchkin", "Ariane Mnouchkine"),
        ("mnuchkine", "Ariane Mnouchkine"),
        ("バレエ", "東京バレエ団"),
        ("الاوبرا", "دار الأوبرا"),
        ("εθνικο θεατρο", "Εθνικό Θέατρο"),
        ("le cid", "Le Cid"),
    ] {
        let found = found(&site, text).await;
        assert_eq!(found.first().map(String::as_str), Some(expected), "{text}");
    }
    assert!(found(&site, "qwertzuiop").await.is_empty());
}

#[tokio::test]
async fn a_search_comes_as_a_page_in_both_languages_and_as_data() {
    let site = indexed();
    let page = site.get("/search?q=odeon&lang=fr", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(
        text.contains("Théâtre de l’Odéon") && text.contains("1 résultat"),
        "{text}"
    );
    assert!(text.contains("Paris"), "{text}");
    let page = site.get("/search?q=odeon&lang=en", &[]).await.text();
    assert!(
        page.contains(">Odéon Theatre<") && page.contains("1 result"),
        "{page}"
    );
    let data = site
        .get("/search?q=odeon", &[("accept", "text/turtle")])
        .await;
    assert_eq!(data.header("content-type"), "text/turtle; charset=utf-8");
    assert!(data.text().contains(&site.noid("odeon")), "{}", data.text());
    let varies = data.header("vary").to_owned();
    assert!(varies.contains("Accept-Language"), "{varies}");
    let table = site.get("/search?q=odeon&format=csv", &[]).await.text();
    assert!(table.contains("place,"), "{table}");
    let again = site
        .get(
            "/search?q=odeon",
            &[
                ("accept", "text/turtle"),
                ("if-none-match", data.header("etag")),
            ],
        )
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_is_found_is_narrowed_down_by_facets_with_counts() {
    let site = indexed();
    let page = site.get("/search?q=le+cid&lang=fr", &[]).await.text();
    assert!(
        page.contains("kind=production") && page.contains("kind=performance"),
        "{page}"
    );
    let only = site
        .get("/search?q=le+cid&kind=production&format=json", &[])
        .await;
    assert_eq!(only.json()["total"], 1);
    let unknown = site.get("/search?q=cid&kind=ballet", &[]).await;
    assert_eq!(unknown.problem(), "bad-request");
    let other = site.get("/search?q=cid&ville=Paris", &[]).await;
    assert_eq!(other.problem(), "bad-request");
}

#[tokio::test]
async fn where_nothing_is_called_so_the_page_says_it_and_proposes() {
    let site = indexed();
    let page = site.get("/search?q=odeon+tokyo&lang=fr", &[]).await.text();
    assert!(
        page.contains("Rien ne s’appelle «\u{a0}odeon tokyo\u{a0}»"),
        "{page}"
    );
    assert!(
        page.contains("Peut-être") && page.contains("Théâtre de l’Odéon"),
        "{page}"
    );
    let near = site.get("/search?q=mnuchkine&lang=fr", &[]).await.text();
    assert!(near.contains("ce qui s’en approche"), "{near}");
    let empty = site.get("/search", &[]).await;
    assert_eq!(empty.status, StatusCode::OK);
    let beyond = site.get("/search?q=odeon&page=2", &[]).await;
    assert_eq!(beyond.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_town_leads_to_what_is_on_and_to_its_places() {
    let site = indexed();
    site.count();
    let page = site.get("/search?q=PARIS&lang=fr", &[]).await.text();
    for address in ["/agenda?department=75", "/places?department=75"] {
        assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
    }
    let other = site.get("/search?q=cid&lang=fr", &[]).await.text();
    assert!(!other.contains("/agenda?"), "{other}");
}

#[tokio::test]
async fn an_identifier_is_offered_to_be_resolved() {
    let site = indexed();
    let noid = site.noid("odeon");
    for text in [
        noid.as_str(),
        "Q42",
        "0000 0001 2103 2683",
        "https://www.wikidata.org/entity/Q1",
        "https://data.example.org/id/x",
    ] {
        let page = site
            .get(&query("/search", &[("q", text)]), &[])
            .await
            .text();
        assert!(page.contains("href=\"/resolve?id="), "{text}");
    }
    for text in ["Molière", "1789", "Hamlet Machine"] {
        let page = site
            .get(&query("/search", &[("q", text)]), &[])
            .await
            .text();
        assert!(!page.contains("/resolve?id="), "{text}");
    }
}

#[tokio::test]
async fn names_of_data_are_text_wherever_they_are_shown() {
    let site = indexed();
    for address in [
        "/search?q=script".to_owned(),
        query("/search", &[("q", "\"><script>alert(1)</script>")]),
        "/browse/production".to_owned(),
        query(
            "/browse/production",
            &[("q", "\"><script>alert(1)</script>")],
        ),
    ] {
        let page = site.get(&address, &[]).await.text();
        assert!(!page.contains("<script>alert"), "{address}: {page}");
    }
}

#[tokio::test]
async fn the_box_proposes_names_as_json_and_as_browsers_ask() {
    let site = indexed();
    let answer = site
        .get("/search/complete?q=th%C3%A9%C3%A2tre+de+l%27o&lang=fr", &[])
        .await;
    let json = answer.json();
    assert_eq!(json["items"][0]["name"], "Théâtre de l’Odéon");
    assert_eq!(json["items"][0]["about"], "Lieu · Paris");
    assert_eq!(
        json["items"][0]["path"],
        format!("id/{}", site.noid("odeon"))
    );
    assert_eq!(
        answer.header("affiche-generation"),
        site.app.store.generation().to_string()
    );
    // Whoever knows another name sees it.
    let other = site
        .get("/search/complete?q=odeon+th&lang=en", &[])
        .await
        .json();
    assert_eq!(other["items"][0]["name"], "Odéon Theatre");
    assert_eq!(other["items"][0]["foundBy"], serde_json::Value::Null);
    let other = site
        .get("/search/complete?q=theatre+de&lang=en", &[])
        .await
        .json();
    assert_eq!(other["items"][0]["foundBy"], "Théâtre de l’Odéon");
    // A performance bears the name of what is performed, which is proposed once.
    let cid = site.get("/search/complete?q=cid&lang=fr", &[]).await.json();
    assert_eq!(cid["items"].as_array().map(Vec::len), Some(1), "{cid}");
    let suggestions = site
        .get("/search/complete?q=oeuvr&format=suggestions&lang=fr", &[])
        .await;
    assert_eq!(
        suggestions.header("content-type"),
        "application/x-suggestions+json"
    );
    let json = suggestions.json();
    assert_eq!(json[0], "oeuvr");
    assert_eq!(json[1][0], "L’Œuvre");
    assert!(
        json[3][0]
            .as_str()
            .is_some_and(|iri| iri.starts_with("https://data.example.org/id/"))
    );
    assert_eq!(
        site.get("/search/complete?q=a&limit=0", &[])
            .await
            .problem(),
        "bad-request"
    );
    assert_eq!(
        site.get("/search/complete?q=", &[]).await.json()["items"],
        serde_json::json!([])
    );
    let page = site.get("/", &[]).await.text();
    assert!(page.contains("href=\"/opensearch.xml\""), "{page}");
    let description = site.get("/opensearch.xml", &[]).await;
    assert_eq!(
        description.header("content-type"),
        "application/opensearchdescription+xml"
    );
    assert!(
        description
            .text()
            .contains("https://data.example.org/search?q={searchTerms}")
    );
}

#[tokio::test]
async fn hostile_questions_are_answered_or_refused() {
    let site = indexed();
    for text in [
        "a ".repeat(1_000),
        "é".repeat(10_000),
        ".*(a+)+$ [x".to_owned(),
        "\u{0}\u{1b}[2J\u{202e}".to_owned(),
        "' OR 1=1 --".to_owned(),
        "東".repeat(3_000),
    ] {
        for path in ["/search", "/search/complete", "/browse/person"] {
            let answer = site.get(&query(path, &[("q", &text)]), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} {text:.20}");
            // The address itself is repeated for the other language.
            assert!(answer.bytes.len() < 300_000);
        }
    }
    for address in [
        "/search?q=a&page=18446744073709551615",
        "/browse/person?page=9999999999",
        "/browse/person?page=0",
        "/browse/person?per_page=100000",
    ] {
        let answer = site.get(address, &[]).await;
        assert!(
            answer.status.is_client_error(),
            "{address}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn each_kind_is_listed_from_a_to_z() {
    let site = indexed();
    let kinds = site.get("/browse/?format=json", &[]).await.json();
    let total = |kind: &str| {
        let kinds = kinds["kinds"].as_array().expect("kinds");
        let kind = kinds.iter().find(|one| one["kind"] == kind);
        kind.map(|kind| kind["total"].clone()).expect("the kind")
    };
    assert_eq!(total("person"), 2);
    assert_eq!(total("place"), 4);
    let page = site.get("/browse/", &[]).await.text();
    assert!(
        page.contains("href=\"/browse/person\"") && page.contains("href=\"/vocab\""),
        "{page}"
    );
    // By family name.
    let persons = site.get("/browse/person?format=json", &[]).await;
    assert_eq!(names(&persons), ["Victor Hugo", "Ariane Mnouchkine"]);
    let letter = site.get("/browse/person?letter=M&format=json", &[]).await;
    assert_eq!(names(&letter), ["Ariane Mnouchkine"]);
    let page = site.get("/browse/person?lang=fr", &[]).await.text();
    assert!(
        page.contains("<h1>Personnes</h1>") && page.contains("letter=H"),
        "{page}"
    );
    assert!(page.contains("Mise en scène"), "{page}");
    // A room says where it is by its house.
    let page = site.get("/browse/place?q=petite&lang=fr", &[]).await.text();
    let room = page.find("Petite salle").map(|at| &page[at..]);
    assert!(
        room.is_some_and(|room| room.contains("Théâtre de l’Odéon</a>")),
        "{page}"
    );
    // Without their articles; rooms are in the department of their building.
    let places = site.get("/browse/place?format=json&lang=fr", &[]).await;
    let places = names(&places);
    assert_eq!(
        places[..3],
        ["L’Œuvre", "Petite salle", "Théâtre de l’Odéon"]
    );
    let parisian = site
        .get("/browse/place?department=75&format=json", &[])
        .await;
    assert_eq!(names(&parisian), ["Petite salle", "Théâtre de l’Odéon"]);
    let narrowed = site.get("/browse/place?q=oeuv&format=json", &[]).await;
    assert_eq!(names(&narrowed), ["L’Œuvre"]);
    let productions = site
        .get("/browse/production?discipline=theatre&lang=fr", &[])
        .await
        .text();
    assert!(
        productions.contains("Le Cid") && productions.contains("prochaine date"),
        "{productions}"
    );
    let turtle = site
        .get("/browse/person", &[("accept", "text/turtle")])
        .await;
    assert!(turtle.text().contains("hydra"), "{}", turtle.text());
    let unknown = site.get("/browse/concept", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn before_the_index_is_made_pages_say_so_and_data_is_refused() {
    let site = programme();
    for address in ["/search?q=cid", "/browse/", "/browse/person"] {
        let page = site
            .get(
                &format!(
                    "{address}{}lang=en",
                    if address.contains('?') { "&" } else { "?" }
                ),
                &[],
            )
            .await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text().contains("index of names is being made"),
            "{address}"
        );
        let separator = if address.contains('?') { "&" } else { "?" };
        let data = site
            .get(&format!("{address}{separator}format=json"), &[])
            .await;
        assert_eq!(data.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert!(!data.header("retry-after").is_empty());
    }
    let proposals = site.get("/search/complete?q=cid", &[]).await;
    assert_eq!(proposals.status, StatusCode::SERVICE_UNAVAILABLE);
}

/// The index after each change is the one that is made from nothing.
#[tokio::test]
async fn the_index_is_in_step_after_every_change() {
    let site = programme();
    let app = &site.app;
    let mut follower = Follower::new(app, NEVER);
    follower.step().expect("it can be followed");
    let mut follow = |what: &str| {
        follower.step().expect("it can be followed");
        let state = app.search.current().expect("it is indexed");
        assert_eq!(state.generation, app.store.generation(), "{what}");
        entries(app)
    };
    let noid = |local: &str| format!("id/{}", site.noid(local));

    site.submit_as(
        Mode::Upsert,
        "theatre",
        r#"t:odeon a schema:Place ; schema:name "Théâtre de l’Europe"@fr ;
        schema:address [ a schema:PostalAddress ; schema:postalCode "69001" ; schema:addressLocality "Lyon" ; schema:addressCountry "FR" ] ."#,
    );
    let after = follow("an upsert");
    assert_eq!(after[&noid("odeon")].town.as_deref(), Some("Lyon"));
    // The room moved with its building.
    assert_eq!(after[&noid("salle")].department.as_deref(), Some("69"));
    assert_eq!(found(&site, "europe").await, ["Théâtre de l’Europe"]);
    assert!(
        !found(&site, "odeon")
            .await
            .contains(&"Théâtre de l’Europe".to_owned())
    );

    site.submit_as(
        Mode::Upsert,
        "theatre",
        r#"t:night a schema:PerformingArtsEvent, schema:Event ; schema:name "Le Cid"@fr ;
        schema:startDate "2099-03-01T20:30:00+01:00"^^xsd:dateTime ;
        schema:location t:odeon ; schema:workPerformed t:cid ."#,
    );
    let day = affiche::search::day_of("2099-03-01");
    assert_eq!(
        follow("another date")[&noid("cid")].days.last().copied(),
        day
    );

    site.submit_as(
        Mode::Upsert,
        "office",
        r#"<https://office.example/odeon> a schema:Place ; schema:name "Salle Richelieu"@fr ."#,
    );
    follow("another source");
    assert_eq!(found(&site, "richelieu").await, ["Salle Richelieu"]);

    site.submit_as(Mode::Withdraw, "theatre", "t:hugo a schema:Person .");
    assert!(!follow("a withdrawal").contains_key(&noid("hugo")));
    assert!(found(&site, "victor hugo").await.is_empty());

    let before = follow("nothing");
    drop(follower);
    assert_eq!(before, anew(app));
}

#[tokio::test]
async fn what_was_merged_answers_to_all_its_names() {
    let site = programme();
    site.submit_as(
        Mode::Upsert,
        "office",
        r#"<https://office.example/odeon> a schema:Place ; schema:name "Salle Richelieu"@fr ."#,
    );
    let app = &site.app;
    let mut follower = Follower::new(app, NEVER);
    follower.step().expect("it can be followed");
    let first = format!("https://data.example.org/id/{}", site.noid("odeon"));
    let json = site.get("/search/complete?q=richelieu", &[]).await.json();
    let second = json["items"][0]["iri"].as_str().expect("an IRI").to_owned();
    let merge = Merge {
        one: first.as_str(),
        other: &second,
        ..Merge::default()
    };
    hands::merge(&app.store, &app.door, &merge, at(NOW)).expect("they can be merged");
    follower.step().expect("it can be followed");
    let by_both = [found(&site, "richelieu").await, found(&site, "odeon").await];
    assert_eq!(by_both[0], by_both[1]);
    assert_eq!(by_both[0].len(), 1);
    let unmerge = Unmerge {
        entity: first.as_str(),
        ..Unmerge::default()
    };
    hands::unmerge(&app.store, &app.door, &unmerge, at(NOW)).expect("it can be taken back");
    follower.step().expect("it can be followed");
    assert_eq!(found(&site, "richelieu").await, ["Salle Richelieu"]);
    assert_eq!(found(&site, "odeon").await, ["Théâtre de l’Odéon"]);
    let there = entries(app);
    drop(follower);
    assert_eq!(there, anew(app));
}

/// Whether a file below a folder holds these bytes.
fn is_in_files(folder: &Path, bytes: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return is_in_files(&path, bytes);
        }
        let read = std::fs::read(&path).unwrap_or_default();
        read.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn a_name_that_was_struck_out_is_neither_found_nor_in_the_files() {
    let data = Data::new();
    let submitted = data.submit(
        r#"t:secret a schema:Person ; schema:name "Z\u00E9bulon Quidam", "Z\u00E9bulon"@fr ."#,
    );
    submitted.with(0);
    let kept = data.path.join("index").join("search");
    let proposed = |server: &Server, text: &str| {
        let answer = server.get(&format!("/search/complete?q={text}"));
        answer.contains("\"items\":[{")
    };
    let server = Server::start(&mut data.affiche(["serve"]));
    until("the name is found", || proposed(&server, "quidam"));
    drop(server);
    assert!(is_in_files(&kept, b"quidam") && is_in_files(&kept, b"Quidam"));
    data.run([
        "redact",
        "--literal",
        "Z\u{e9}bulon Quidam",
        "--yes",
        "--because",
        "a court order",
    ])
    .with(0);
    let is_left = || is_in_files(&data.path, b"quidam") || is_in_files(&data.path, b"Quidam");
    assert!(!is_left(), "before the next start");
    let server = Server::start(&mut data.affiche(["serve"]));
    until("the other name is found", || proposed(&server, "zebulon"));
    assert!(!proposed(&server, "quidam"));
    drop(server);
    assert!(!is_left(), "after it");
}

#[tokio::test]
async fn an_index_that_is_damaged_or_of_another_log_is_made_again() {
    let site = indexed();
    let whole = entries(&site.app);
    let folder = folder(&site.app);
    for damage in ["meta.json", ".store", ".term", ".fast"] {
        let mut is_damaged = false;
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.to_string_lossy().ends_with(damage) {
                let mut bytes = std::fs::read(&path).expect("a file");
                bytes.truncate(bytes.len() / 2);
                std::fs::write(&path, bytes).expect("it is written");
                is_damaged = true;
            }
        }
        assert!(is_damaged, "{damage}");
        index(&site.app);
        assert_eq!(entries(&site.app), whole, "{damage}");
    }
    let other = programme();
    crate::support::copy_folder(&folder, &self::folder(&other.app));
    index(&other.app);
    assert_eq!(entries(&other.app).len(), whole.len());
    assert_eq!(found(&other, "odeon").await.len(), 1);
    let noid = other.noid("odeon");
    assert!(entries(&other.app).contains_key(&format!("id/{noid}")));
}

#[test]
fn an_interrupted_follower_goes_on_where_it_was() {
    let site = programme();
    let count = std::cell::Cell::new(0);
    let soon = || {
        count.set(count.get() + 1);
        count.get() > 3
    };
    assert!(Follower::new(&site.app, &soon).step().is_err());
    assert!(site.app.search.current().is_none());
    index(&site.app);
    assert!(site.app.search.current().is_some());
}

#[test]
fn a_server_that_is_killed_while_it_writes_names_finds_them_again() {
    let data = Data::new();
    data.submit(r#"t:salle a schema:Place ; schema:name "Salle du Bac"@fr ."#)
        .with(0);
    for _ in 0..5 {
        let server = Server::start(&mut data.affiche(["serve"]));
        until("the name is found", || {
            let answer = server.get("/search/complete?q=salle+bac");
            answer.contains("Salle du Bac")
        });
        // Another name, and no time to write it down.
        data.submit(r#"t:salle a schema:Place ; schema:name "Salle du Bac"@fr, "Bac Hall"@en ."#)
            .with(0);
        drop(server);
    }
}
