//! `/resolve`: what has become of the identifiers that others keep in their data.

use crate::program::{Data, Server, until};
use crate::site::{Answer, PROGRAMME, Site};
use crate::support::{BASE, Folder, NOW, at};
use affiche::app::identifiers::Follower;
use affiche::ingest::hands::{self, Merge};
use affiche::model::Mode;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// What other data sets call some of it, and what a company is registered as.
const KNOWN: &str = r#"
t:hugo a schema:Person ; schema:name "Victor Hugo"@fr , "Victor Hugo (author)"@en ;
    schema:sameAs <https://isni.org/isni/0000000121032683>, <http://www.wikidata.org/entity/Q535>, <https://www.instagram.com/hugo> .
t:compagnie a schema:Organization ; schema:name "La Compagnie" ;
    schema:identifier [ a schema:PropertyValue ; schema:propertyID "siret" ; schema:value "732 829 320 00074" ] .
"#;

/// A theatre with what others know, and an office that speaks of it under IRIs of its own.
fn site() -> Site {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &format!("{PROGRAMME}{KNOWN}"));
    Site::of(folder)
}

impl Site {
    /// Knows the identifiers of all changes so far.
    fn index(&self) {
        let mut follower = Follower::new(&self.app, &|| false);
        follower.step().expect("they can be read");
    }

    fn iri(&self, local: &str) -> String {
        format!("{BASE}/id/{}", self.noid(local))
    }

    async fn resolve(&self, media_type: &str, body: impl Into<String>) -> Answer {
        let headers = [("content-type", media_type)];
        self.ask(Method::POST, "/resolve", &headers, body.into())
            .await
    }

    async fn resolve_all(&self, identifiers: &[&str]) -> Vec<Value> {
        self.index();
        let answer = self
            .resolve("application/json", json!(identifiers).to_string())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let json = answer.json();
        let results = json["results"].as_array().expect("a list").clone();
        assert_eq!(results.len(), identifiers.len());
        for (given, result) in identifiers.iter().zip(&results) {
            assert_eq!(result["given"], *given);
        }
        results
    }
}

#[tokio::test]
async fn an_entity_is_found_by_every_identifier_that_anybody_has_for_it() {
    let site = site();
    let hugo = site.iri("hugo");
    let noid = site.noid("hugo");
    let results = site
        .resolve_all(&[
            &hugo,
            &hugo.replace("https:", "http:"),
            &format!("{BASE}/doc/{noid}.ttl"),
            &noid,
            "https://theatre.example/hugo",
            "http://theatre.example/hugo",
            "https://isni.org/isni/0000000121032683",
            "ISNI 0000 0001 2103 2683",
            "https://www.wikidata.org/wiki/Q535",
            "Q535",
            "https://www.instagram.com/hugo",
        ])
        .await;
    for result in &results {
        assert_eq!(result["status"], "current", "{result}");
        assert_eq!(result["iri"], hugo, "{result}");
        assert_eq!(result["kind"], "person");
        assert_eq!(result["type"], "http://schema.org/Person");
        assert_eq!(result["changed"]["time"], NOW);
        assert!(result["changed"]["generation"].as_u64().is_some());
    }
    let schemes: Vec<&str> = results
        .iter()
        .map(|result| result["scheme"].as_str().unwrap())
        .collect();
    assert_eq!(
        schemes,
        [
            "affiche", "affiche", "affiche", "affiche", "source", "source", "isni", "isni",
            "wikidata", "wikidata", "same-as"
        ]
    );
    let siret = site
        .resolve_all(&["siret:732 829 320 00074", "73282932000074", "732829320"])
        .await;
    assert_eq!(siret[0]["iri"], site.iri("compagnie"));
    assert_eq!(siret[1]["iri"], site.iri("compagnie"));
    assert_eq!(siret[2]["status"], "unknown", "a SIREN is another number");
}

#[tokio::test]
async fn our_names_and_arks_are_read_as_their_addresses_are() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &format!("{PROGRAMME}{KNOWN}"));
    let site = Site::configured(folder, |config| {
        config.naan = Some("12345".parse().expect("a number"));
    });
    let noid = site.noid("hugo");
    let (begin, end) = noid.split_at(5);
    let capitals = end.to_uppercase();
    let results = site
        .resolve_all(&[
            &format!("ark:/12345/{noid}"),
            &format!("ark:12345/{begin}-{capitals}"),
            &format!("{BASE}/ark:/12345/{noid}"),
            &format!("https://n2t.net/ark:/12345/{noid}"),
            &format!("{BASE}/id/{noid}.ttl"),
            &format!("{BASE}/id/{begin}-{capitals}"),
            &format!("{BASE}/id/{noid}%23address"),
            &format!("{BASE}/id/{noid}."),
        ])
        .await;
    for result in &results {
        assert_eq!(result["status"], "current", "{result}");
        assert_eq!(result["iri"], site.iri("hugo"), "{result}");
    }
    assert_eq!(results[0]["scheme"], "ark");
    let short = format!("{BASE}/id/{}", &noid[..11]);
    let results = site
        .resolve_all(&[&short, &format!("ark:/99999/{noid}")])
        .await;
    assert_eq!(results[0]["mistyped"], true, "{}", results[0]);
    assert_eq!(results[1]["status"], "unknown");
}

#[tokio::test]
async fn the_names_of_columns_are_bounded() {
    let site = site();
    let long = "x".repeat(10_000);
    let answer = site.resolve("text/csv", format!("iri,{long}\na,b\n")).await;
    assert_eq!(answer.problem(), "bad-request");
    let answer = site.resolve("application/json", "[{\"a\": 1}]").await;
    assert_eq!(answer.problem(), "unreadable");
}

#[tokio::test]
async fn labels_come_in_the_language_that_is_asked_for() {
    let site = site();
    site.index();
    for (lang, label) in [("fr", "Victor Hugo"), ("en", "Victor Hugo (author)")] {
        let answer = site
            .get(&format!("/resolve?id=Q535&lang={lang}"), &[])
            .await;
        assert_eq!(answer.json()["label"], label, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_part_leads_to_its_entity_and_is_named_when_it_is_there() {
    let site = site();
    site.index();
    let salle = site.iri("salle");
    let snapshot = site.app.store.snapshot().unwrap();
    let triples = snapshot
        .view()
        .public_description(&oxrdf::NamedNode::new(&salle).unwrap())
        .unwrap();
    let part = triples.iter().map(|triple| triple.subject.to_string());
    let part = part.filter(|subject| subject.contains('#')).max().unwrap();
    let part = part.trim_matches(['<', '>']).to_owned();
    let gone = format!("{salle}#nothing");
    let results = site.resolve_all(&[&part, &gone]).await;
    assert_eq!(results[0]["iri"], salle);
    assert_eq!(results[0]["part"], part);
    assert_eq!(results[1]["iri"], salle);
    assert_eq!(results[1].get("part"), None);
}

#[tokio::test]
async fn what_was_merged_withdrawn_mistyped_or_never_known_says_so() {
    let site = site();
    site.submit(
        "office",
        "<https://office.example/bac> a schema:Place ; schema:name \"Le Bac\"@fr .",
    );
    let (salle, piece) = (site.iri("salle"), site.iri("piece"));
    let office = {
        let found = site.resolve_all(&["https://office.example/bac"]).await;
        found[0]["iri"].as_str().unwrap().to_owned()
    };
    let merge = Merge {
        one: &salle,
        other: &office,
        because: Some("the same hall"),
        ..Merge::default()
    };
    hands::merge(&site.app.store, &site.app.door, &merge, at(NOW)).expect("they are merged");
    // The theatre takes its production back.
    site.submit_as(
        Mode::Withdraw,
        "theatre",
        "t:piece a ado:LivePerformanceWork ; schema:name \"Le Bac\"@fr .",
    );
    let merged = [&salle, &office].map(String::as_str);
    let mut typed = site.noid("salle");
    let swapped = match typed.pop() {
        Some('0') => '1',
        _ => '0',
    };
    typed.push(swapped);
    let results = site
        .resolve_all(&[
            merged[0],
            merged[1],
            "https://office.example/bac",
            &piece,
            "https://theatre.example/piece",
            &format!("{BASE}/id/{typed}"),
            &typed,
            "https://nobody.example/1",
            "0000-0002-1825-0098",
            "",
            "Théâtre\u{7}",
        ])
        .await;
    assert_eq!(results[0]["status"], "current");
    assert_eq!(results[1]["status"], "merged");
    assert_eq!(results[1]["iri"], salle);
    assert_eq!(results[2]["status"], "current", "it has not changed itself");
    assert_eq!(results[2]["iri"], salle);
    for withdrawn in &results[3..5] {
        assert_eq!(withdrawn["status"], "withdrawn", "{withdrawn}");
        assert_eq!(withdrawn["iri"], piece);
        assert_eq!(withdrawn["withdrawn"]["source"], "theatre");
        assert_eq!(withdrawn["withdrawn"]["time"], NOW);
    }
    for mistyped in &results[5..7] {
        assert_eq!(mistyped["status"], "unknown");
        assert_eq!(mistyped["mistyped"], true);
        assert_eq!(mistyped["proposals"][0]["iri"], salle, "{mistyped}");
    }
    assert_eq!(results[7]["status"], "unknown");
    assert_eq!(results[8]["mistyped"], true);
    assert_eq!(results[9]["status"], "unknown");
    assert_eq!(results[10]["status"], "unknown");
}

#[tokio::test]
async fn concepts_are_resolved_and_what_the_registry_keeps_for_itself_is_not() {
    let site = site();
    let concept = format!("{BASE}/vocab/disciplines/theatre");
    let results = site
        .resolve_all(&[
            &concept,
            &concept.replace("https", "http"),
            &format!("{BASE}/source/theatre"),
            &format!("{BASE}/change/1"),
            &format!("{BASE}/graph/registry"),
            BASE,
        ])
        .await;
    for concept_found in &results[..2] {
        assert_eq!(concept_found["status"], "current", "{concept_found}");
        assert_eq!(concept_found["iri"], concept);
        assert_eq!(concept_found["kind"], "concept");
        assert_ne!(concept_found["label"], Value::Null);
    }
    for unknown in &results[2..] {
        assert_eq!(unknown["status"], "unknown", "{unknown}");
    }
}

#[tokio::test]
async fn an_identifier_of_two_things_is_ambiguous_and_names_both() {
    let site = site();
    site.submit(
        "office",
        "<https://theatre.example/hugo> a schema:Place ; schema:name \"Place Victor-Hugo\"@fr .",
    );
    let results = site.resolve_all(&["https://theatre.example/hugo"]).await;
    assert_eq!(results[0]["status"], "ambiguous");
    assert_eq!(results[0].get("iri"), None);
    let candidates = results[0]["candidates"].as_array().unwrap();
    let mut kinds: Vec<&str> = candidates
        .iter()
        .map(|candidate| candidate["kind"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["person", "place"]);
    let page = site
        .get(
            "/resolve?id=https%3A%2F%2Ftheatre.example%2Fhugo&lang=en",
            &[("accept", "text/html")],
        )
        .await;
    assert_eq!(page.status, StatusCode::MULTIPLE_CHOICES);
    assert!(page.text().contains("Place Victor-Hugo"), "{}", page.text());
}

#[tokio::test]
async fn a_table_comes_back_with_its_columns_and_no_formula_runs() {
    let site = site();
    site.index();
    let hugo = site.iri("hugo");
    let table = "nom;id;status\r\nHugo;Q535;=1+1\r\nRien;https://nobody.example/x;\r\n";
    let headers = [("content-type", "text/csv"), ("accept", "text/csv")];
    let answer = site.ask(Method::POST, "/resolve", &headers, table).await;
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    let text = answer.text();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    assert_eq!(
        head.iter().take(5).collect::<Vec<_>>(),
        ["nom", "id", "status", "affiche-status", "iri"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        rows[0].iter().take(5).collect::<Vec<_>>(),
        ["Hugo", "Q535", "'=1+1", "current", hugo.as_str()]
    );
    assert_eq!(&rows[1][3], "unknown");
    let lines = site.resolve("text/plain", "Q535\n\nnothing\n").await.json();
    assert_eq!(lines["counts"], json!({ "current": 1, "unknown": 1 }));
    let headers = [("accept", "application/x-ndjson")];
    let lines = site
        .ask(Method::POST, "/resolve", &headers, "Q535\nQ1\n")
        .await;
    let statuses: Vec<Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["status"].clone())
        .collect();
    assert_eq!(statuses, ["current", "unknown"]);
}

#[tokio::test]
async fn merges_and_identifiers_elsewhere_can_be_had_as_statements() {
    let site = site();
    site.index();
    let hugo = site.iri("hugo");
    let headers = [("accept", "application/n-triples")];
    let body = "https://theatre.example/hugo\nhttps://nobody.example/1\n";
    let answer = site.ask(Method::POST, "/resolve", &headers, body).await;
    let text = answer.text();
    for expected in [
        format!("<{hugo}> <http://schema.org/sameAs> <https://theatre.example/hugo> ."),
        format!("<{hugo}> <http://schema.org/name> \"Victor Hugo\"@fr ."),
    ] {
        assert!(text.contains(&expected), "{text}");
    }
    assert!(!text.contains("nobody"), "{text}");
    for media_type in ["text/turtle", "application/ld+json"] {
        let headers = [("accept", media_type)];
        let answer = site.ask(Method::POST, "/resolve", &headers, body).await;
        assert!(answer.header("content-type").starts_with(media_type));
    }
}

#[tokio::test]
async fn a_browser_is_led_to_what_is_meant_and_never_elsewhere() {
    let site = site();
    site.index();
    let html = [("accept", "text/html")];
    let noid = site.noid("hugo");
    for id in ["Q535", &noid, "https%3A%2F%2Ftheatre.example%2Fhugo"] {
        let answer = site.get(&format!("/resolve?id={id}"), &html).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{id}");
        assert_eq!(answer.header("location"), format!("./id/{noid}"));
        assert!(answer.header("vary").contains("Accept"));
    }
    for id in [
        "https%3A%2F%2Fevil.example%2F",
        "%2F%2Fevil.example%2Fid%2Fx",
        &format!("{BASE}%2F%2Fevil.example"),
        "javascript%3Aalert(1)",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ] {
        let answer = site.get(&format!("/resolve?id={id}"), &html).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.header("location"), "");
        let text = answer.text();
        assert!(text.contains("<form"), "{text}");
        assert!(!text.contains("<script>alert"), "{text}");
        assert!(!text.contains("href=\"javascript:"), "{text}");
    }
    let form = site.get("/resolve?lang=fr", &html).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains("Vérifier des liens"));
    assert!(form.text().contains("10\u{202f}000"), "{}", form.text());
}

#[tokio::test]
async fn one_answer_is_kept_by_its_tag_until_something_changes() {
    let site = site();
    site.index();
    let first = site.get("/resolve?id=Q535", &[]).await;
    let tag = first.header("etag").to_owned();
    let again = site
        .get("/resolve?id=Q535", &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    site.submit(
        "office",
        "<https://office.example/x> a schema:Place ; schema:name \"X\" .",
    );
    site.index();
    let changed = site
        .get("/resolve?id=Q535", &[("if-none-match", &tag)])
        .await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[tokio::test]
async fn the_form_shows_a_table_or_gives_a_file() {
    let site = site();
    site.index();
    let form = |format: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"ids\"\r\n\r\nQ535\r\n<b>x</b>\r\n--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\n{format}\r\n--b--\r\n"
        )
    };
    let headers = [
        ("content-type", "multipart/form-data; boundary=b"),
        ("accept", "text/html"),
    ];
    let page = site
        .ask(Method::POST, "/resolve?lang=en", &headers, form("html"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("Victor Hugo (author)"), "{text}");
    assert!(!text.contains("<b>x</b>"), "{text}");
    let file = site
        .ask(Method::POST, "/resolve?lang=en", &headers, form("csv"))
        .await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(
        file.text().starts_with("given,status,iri"),
        "{}",
        file.text()
    );
}

#[tokio::test]
async fn what_cannot_be_answered_says_why() {
    let site = Site::with_limits(|limits| {
        limits.identifiers = 2;
        limits.identifiers_bytes = 100;
    });
    // Nothing of ours needs the identifiers of senders.
    let own = site.resolve("text/plain", "000000000000").await;
    assert_eq!(own.status, StatusCode::OK);
    let early = site
        .resolve("text/plain", "https://theatre.example/un")
        .await;
    assert_eq!(early.problem(), "not-indexed-yet");
    assert_ne!(early.header("retry-after"), "");
    site.index();
    for (media_type, body, problem) in [
        ("text/plain", "a\nb\nc", "body-too-large"),
        ("text/plain", &"x".repeat(101), "body-too-large"),
        ("application/json", "{\"ids\": []}", "unreadable"),
        ("text/plain", "", "bad-request"),
        ("image/png", "x", "unsupported-media-type"),
    ] {
        let answer = site.resolve(media_type, body).await;
        assert_eq!(answer.problem(), problem, "{media_type}");
    }
    let headers = [("accept", "image/png")];
    let answer = site.ask(Method::POST, "/resolve", &headers, "a").await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    let several = site.get("/resolve?id=a&id=b", &[]).await;
    assert_eq!(several.problem(), "bad-request");
}

#[test]
fn the_index_kept_in_step_is_the_one_made_anew() {
    let site = site();
    let mut follower = Follower::new(&site.app, &|| false);
    follower.step().unwrap();
    let first = site.app.identifiers.count();
    assert!(first >= 5, "{first}");
    site.submit(
        "office",
        "<https://theatre.example/hugo> a schema:Person ; schema:name \"V. Hugo\" .\n<https://office.example/1> a schema:Place ; schema:name \"Un\" .",
    );
    assert!(follower.step().unwrap());
    assert!(!follower.step().unwrap(), "there is nothing new");
    assert_eq!(site.app.identifiers.count(), first + 2);
    follower.save().unwrap();
    let meant = |identifiers: &affiche::app::identifiers::Identifiers| {
        let base = site.app.store.base();
        [
            "https://theatre.example/hugo",
            "https://office.example/1",
            "https://office.example/2",
        ]
        .map(|iri| identifiers.meant_by(base, iri))
    };
    let followed = meant(&site.app.identifiers);
    assert_eq!(followed[0].len(), 2);
    assert_eq!(followed[2].len(), 0);
    assert_eq!(
        site.app.identifiers.generation(),
        Some(site.app.store.generation())
    );
}

#[test]
fn a_server_knows_what_was_sent_and_takes_its_index_up_again() {
    let data = Data::new();
    data.submit("t:un a schema:Place ; schema:name \"Un\" .")
        .with(0);
    for _ in 0..2 {
        let server = Server::start(&mut data.affiche(["serve"]));
        until("the place is known", || {
            let answer = server.get("/resolve?id=https%3A%2F%2Ftheatre.example%2Fun");
            answer.contains("\"current\"")
        });
        server.stop("TERM");
        assert!(data.path.join("index/identifiers/index.txt").exists());
    }
}
