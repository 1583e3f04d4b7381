//! The example queries: files, published data, and answers at addresses of their own.

use crate::demo;
use crate::site::{Answer, Site};
use crate::support::Folder;
use affiche::ingest::hands::{self, Merge};
use affiche::ingest::queries;
use affiche::query::Form;
use affiche::query::examples::{Example, Parameter, Type};
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SPARQL_JSON: &str = "application/sparql-results+json";

fn demo_site() -> Site {
    let folder = Folder::new();
    demo::load(&folder);
    Site::of(folder)
}

/// A site over the usual programme with the operator's files.
fn site_with(files: &[(&str, &str)]) -> (TempDir, Site) {
    let queries = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(queries.path().join(name), text).unwrap();
    }
    let folder = Folder::with_sources(&["theatre"]);
    let path = queries.path().to_owned();
    let site = Site::configured(folder, |config| config.queries = Some(path));
    (queries, site)
}

fn examples(site: &Site) -> impl Iterator<Item = &Example> {
    let entries = site.app.door.queries().values();
    entries.map(|entry| entry.read.as_ref().unwrap())
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

async fn answer(site: &Site, example: &Example, values: &[(&str, &str)]) -> Answer {
    let mut pairs = values.to_vec();
    pairs.push((
        "format",
        if example.form.is_graph() {
            "nt"
        } else {
            "json"
        },
    ));
    let address = format!("/queries/{}?{}", example.name, encoded(&pairs));
    site.get(&address, &[]).await
}

/// How many rows or triples an answer has; a truth value counts for one if it is true.
fn rows(answer: &Answer, example: &Example) -> usize {
    match example.form {
        Form::Select => answer.json()["results"]["bindings"]
            .as_array()
            .unwrap()
            .len(),
        Form::Ask => usize::from(answer.json()["boolean"] == true),
        Form::Construct | Form::Describe => answer.text().lines().count(),
    }
}

/// A value for an entity: of its column, or a work in the graph.
fn entity(answer: &Answer, example: &Example, parameter: &Parameter) -> Option<String> {
    if example.form.is_graph() {
        let text = answer.text();
        let subject = text.lines().find(|line| line.contains("/CreativeWork> "))?;
        return Some(subject.split(['<', '>']).nth(1)?.to_owned());
    }
    let json = answer.json();
    let bindings = json["results"]["bindings"].as_array()?.iter();
    let mut values = bindings.filter_map(|row| row[&parameter.name]["value"].as_str());
    values.next().map(str::to_owned)
}

#[test]
fn every_query_of_the_program_is_read_without_a_fault() {
    let folder = Folder::new();
    let faults: Vec<String> = queries::faults(folder.door.queries())
        .map(|(file, fault)| format!("{file}:{}: {}", fault.line, fault.message.en))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(folder.door.queries().len() >= 24);
}

#[tokio::test]
async fn every_query_answers_over_the_demo_with_its_defaults_and_with_other_values() {
    let site = demo_site();
    for example in examples(&site) {
        let plain = answer(&site, example, &[]).await;
        assert_eq!(
            plain.status,
            StatusCode::OK,
            "{}: {}",
            example.name,
            plain.text()
        );
        let found = rows(&plain, example);
        assert!(
            found > 0 || example.may_be_empty.is_some(),
            "{} finds nothing",
            example.name
        );
        for parameter in &example.parameters {
            let value = match (&parameter.example, &parameter.takes) {
                (Some(value), _) => Some(value.clone()),
                (None, Type::Entity) if found == 0 => None,
                (None, _) => {
                    let value = entity(&plain, example, parameter);
                    let place = format!("{}: {} is no column", example.name, parameter.name);
                    Some(value.expect(&place))
                }
            };
            let Some(value) = value else { continue };
            let pair = (parameter.name.as_str(), value.as_str());
            let other = answer(&site, example, &[pair]).await;
            assert_eq!(
                other.status,
                StatusCode::OK,
                "{} {pair:?}: {}",
                example.name,
                other.text()
            );
            if parameter.takes == Type::Entity {
                assert!(
                    rows(&other, example) > 0,
                    "{} {pair:?} finds nothing",
                    example.name
                );
            }
        }
    }
}

#[tokio::test]
async fn an_answer_with_values_is_that_of_the_query_with_the_values_typed_in() {
    let site = demo_site();
    let base = site.app.store.base();
    for example in examples(&site) {
        let given: Vec<(String, String)> = example
            .parameters
            .iter()
            .filter_map(|parameter| Some((parameter.name.clone(), parameter.example.clone()?)))
            .collect();
        let bound = example.bind(&given, base).unwrap();
        let accept = if example.form.is_graph() {
            "application/n-triples"
        } else {
            "text/csv"
        };
        let typed = site.query(&bound.text, &[("accept", accept)]).await;
        assert_eq!(typed.status, StatusCode::OK, "{}", bound.text);
        let format = if example.form.is_graph() { "nt" } else { "csv" };
        let mut pairs: Vec<(&str, &str)> = given
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        pairs.push(("format", format));
        let address = format!("/queries/{}?{}", example.name, encoded(&pairs));
        let asked = site.get(&address, &[]).await;
        assert_eq!(asked.text(), typed.text(), "{address}");
        assert_eq!(
            asked.header("affiche-generation"),
            typed.header("affiche-generation")
        );
    }
}

#[tokio::test]
async fn editors_find_the_queries_and_their_prefixes() {
    let site = Site::new();
    // As the editor of the SIB asks, https://github.com/sib-swiss/sparql-editor.
    let queries = "PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?sq ?comment ?query WHERE {
            ?sq a sh:SPARQLExecutable ;
                rdfs:label|rdfs:comment ?comment ;
                sh:select|sh:ask|sh:construct|sh:describe ?query .
        } ORDER BY ?sq";
    let found = site.query(queries, &[("accept", SPARQL_JSON)]).await.json();
    let rows = found["results"]["bindings"].as_array().unwrap();
    let names: BTreeSet<&str> = rows
        .iter()
        .map(|row| row["sq"]["value"].as_str().unwrap())
        .collect();
    let wanted: BTreeSet<String> = examples(&site)
        .map(|example| format!("{}/queries/{}", site.app.store.base(), example.name))
        .collect();
    assert_eq!(names, wanted.iter().map(String::as_str).collect());
    // What is published runs as it is, without a base.
    for row in rows {
        let text = row["query"]["value"].as_str().unwrap();
        let query = spargebra::SparqlParser::new().parse_query(text);
        assert!(query.is_ok(), "{query:?}\n{text}");
    }
    let prefixes = "PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?prefix ?namespace WHERE {
            [] sh:namespace ?namespace ; sh:prefix ?prefix .
        } ORDER BY ?prefix";
    let found = site.query(prefixes, &[("accept", "text/csv")]).await.text();
    for line in [
        "schema,http://schema.org/",
        "sv,https://data.example.org/ns#",
    ] {
        assert!(found.lines().any(|found| found == line), "{found}");
    }
}

#[tokio::test]
async fn a_query_is_described_where_its_iri_says() {
    let site = Site::new();
    for (path, accept) in [
        ("/queries/lieux-par-jauge", "text/turtle"),
        ("/queries/lieux-par-jauge.ttl", "text/html"),
        ("/queries/reseau-de-coproductions", "*/*"),
        ("/queries/lieux-par-jauge", "application/ld+json"),
        ("/queries/", "text/turtle"),
        ("/queries", "application/n-triples"),
    ] {
        let answer = site.get(path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(
            answer.text().contains("SPARQLExecutable"),
            "{path} {}",
            answer.text()
        );
        let tag = answer.header("etag");
        let again = site
            .get(path, &[("accept", accept), ("if-none-match", tag)])
            .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
    }
    let ontology = site.get("/ns.ttl", &[]).await.text();
    assert!(
        !ontology.contains("/queries/"),
        "each quad belongs to one document"
    );
    let parameter = site.get("/queries/lieux-par-jauge.nt", &[]).await.text();
    assert!(
        parameter.contains(
            "/queries/lieux-par-jauge#minimum> <http://schema.org/valueName> \"minimum\""
        )
    );
}

#[tokio::test]
async fn the_same_address_answers_programs_and_people() {
    let site = demo_site();
    let path = "/queries/lieux-par-jauge?minimum=300";
    for (accept, media_type) in [
        ("*/*", SPARQL_JSON),
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
    ] {
        let answer = site.get(path, &[("accept", accept)]).await;
        assert_eq!(answer.header("content-type"), media_type);
        assert!(answer.text().contains("Grande salle"), "{accept}");
        assert!(!answer.text().contains("Petite salle"), "{accept}");
        assert_eq!(
            answer.header("affiche-generation"),
            site.app.store.generation().to_string()
        );
    }
    let csv = site.get(path, &[("accept", "text/csv")]).await;
    assert!(csv.header("link").contains("rel=\"describedby\""));
    // With a value it is an answer that is asked for.
    let turtle = site.get(path, &[("accept", "text/turtle")]).await;
    assert_eq!(turtle.problem(), "not-acceptable");
    let graph = site
        .get("/queries/reseau-de-coproductions?format=ttl", &[])
        .await;
    assert!(graph.text().contains("schema:producer"));
    assert_eq!(
        site.get("/queries/nulle-part", &[]).await.problem(),
        "not-found"
    );
}

#[tokio::test]
async fn the_page_has_a_form_that_needs_no_script() {
    let site = demo_site();
    let html = [("accept", "text/html"), ("accept-language", "en")];
    let page = site
        .get(
            "/queries/programme-d-un-lieu?depuis=2027-01-01&lieu=",
            &html,
        )
        .await
        .text();
    assert!(
        page.contains(r#"<input id="value-depuis" type="date" name="depuis" value="2027-01-01""#),
        "{page}"
    );
    assert!(!page.contains("2026-12-"), "only what comes after");
    assert!(page.contains("/sparql?query="));
    let page = site
        .get(
            "/queries/representations-accessibles?mesure=lsf&langue=en",
            &html,
        )
        .await
        .text();
    assert!(page.contains(r#"<option value="lsf" selected>"#), "{page}");
    assert!(page.contains(r#"<select id="value-mesure" name="mesure" multiple"#));
    // What somebody writes is text, and stays in the form's field with what is wrong.
    let evil = "/queries/lieux-et-coordonnees?ville=%3Cscript%3Ealert(1)%3C/script%3E%22";
    let page = site.get(evil, &html).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("<script>alert"));
    let wrong = site
        .get("/queries/lieux-par-jauge?minimum=beaucoup", &html)
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(
        wrong.text().contains("`beaucoup`; it takes a whole number"),
        "{}",
        wrong.text()
    );
}

#[tokio::test]
async fn a_value_that_is_none_is_told_with_its_parameter() {
    let site = demo_site();
    for (path, parameter, said) in [
        (
            "lieux-par-jauge?minimum=1.5",
            "minimum",
            "`minimum` is `1.5`; it takes a whole number between 0 and 1000000. For example: `300`.",
        ),
        (
            "lieux-par-jauge?minmum=1",
            "minmum",
            "There is no parameter `minmum`; this query has `minimum`, `maximum`.",
        ),
        (
            "representations-par-mois?discipline=yodel",
            "discipline",
            "`discipline` is `yodel`, which is not here; it takes a concept of the scheme",
        ),
        (
            "qualite-d-une-source?source=personne",
            "source",
            "`source` is `personne`, which is not here",
        ),
        (
            "profils-satisfaits?profil=rien",
            "profil",
            "which is not here",
        ),
        (
            "concepts-d-un-vocabulaire?vocabulaire=rien",
            "vocabulaire",
            "which is not here",
        ),
        ("identifiants?type=a%0Ab", "type", "on one line"),
        ("liens-vers-d-autres-bases?a=b", "a", "this query has none"),
    ] {
        let address = format!("/queries/{path}");
        let answer = site
            .get(
                &address,
                &[("accept-language", "en"), ("accept", "application/json")],
            )
            .await;
        assert_eq!(answer.problem(), "bad-request", "{path}");
        let json = answer.json();
        assert!(json["detail"].as_str().unwrap().contains(said), "{json}");
        assert_eq!(json["parameters"][0]["parameter"], parameter);
    }
}

const HEAD: &str = "# title (fr): Un\n# title (en): One\n# about (fr): Un.\n# about (en): One.\n# keywords (fr): un\n# keywords (en): one\n";

#[tokio::test]
async fn a_broken_query_of_the_operator_is_shown_as_broken() {
    let (_files, site) = site_with(&[
        ("cassee.rq", "# title (fr): Cassée\nASK {\n  ?s ?p }\n"),
        (
            "appelle.rq",
            &format!("{HEAD}ASK {{ SERVICE <http://elsewhere.example/> {{ ?s ?p ?o }} }}"),
        ),
        (
            "entiere.rq",
            &format!("{HEAD}PREFIX ex: <http://ex.example/>\nASK {{ ?s ?p ?o }}"),
        ),
        ("notes.txt", "nothing"),
    ]);
    let html = [("accept", "text/html"), ("accept-language", "en")];
    let list = site.get("/queries/", &html).await.text();
    let broken = list.split("id=\"all\"").next().unwrap();
    assert!(broken.contains("/queries/cassee"), "{list}");
    assert!(
        broken.contains("Line 3: The query cannot be read"),
        "{list}"
    );
    assert!(!broken.contains("/queries/entiere"));
    let page = site.get("/queries/cassee", &html).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.text().contains("does not work"));
    assert_eq!(
        site.get("/queries/cassee", &[]).await.problem(),
        "query-broken"
    );
    assert_eq!(
        site.get("/queries/cassee.ttl", &[]).await.problem(),
        "not-found"
    );
    // One that can be read and not be run is found out when it is tried.
    assert_eq!(
        site.get("/queries/appelle", &[]).await.problem(),
        "query-refused"
    );
    let page = site.get("/queries/appelle", &html).await;
    assert!(page.text().contains("SERVICE"));
    let listed = site.get("/queries/?format=json", &[]).await.json();
    let status = |name: &str| -> Value {
        let queries = listed["queries"].as_array().unwrap().iter();
        let mut queries = queries.filter(|query| query["name"] == name);
        queries.next().unwrap()["status"].clone()
    };
    assert_eq!(status("cassee"), "broken");
    assert_eq!(status("appelle"), "broken");
    // What can be read is published with the prefixes that it brings.
    let published = site
        .get("/queries/", &[("accept", "application/n-triples")])
        .await
        .text();
    assert!(published.contains("/queries/entiere>"));
    assert!(published.contains("\"http://ex.example/\""));
    assert!(!published.contains("/queries/cassee>"));
}

#[test]
fn a_file_that_can_be_no_query_keeps_the_server_from_starting() {
    let refused = |name: &str, bytes: &[u8]| {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        let mut door = affiche::ingest::Door::new(&crate::support::base()).unwrap();
        door.add_queries(folder.path()).unwrap_err().to_string()
    };
    for (name, bytes, said) in [
        ("Été.rq", &b"ASK {}"[..], "rename the file"),
        (
            "tournee-d-un-spectacle.rq",
            b"ASK {}",
            "comes with the program",
        ),
        ("latin.rq", b"# \xe9", "not UTF-8"),
        ("long.rq", &[b'#'; 70_000], "65536"),
    ] {
        let message = refused(name, bytes);
        assert!(
            message.contains(said) && message.contains(name),
            "{message}"
        );
    }
    let mut door = affiche::ingest::Door::new(&crate::support::base()).unwrap();
    assert!(door.add_queries(Path::new("/nowhere/at/all")).is_err());
}

#[tokio::test]
async fn each_query_is_in_the_description_of_the_interface_with_its_parameters() {
    let site = Site::new();
    let described = site.get("/openapi.json", &[]).await.json();
    for example in examples(&site) {
        let get = &described["paths"][format!("/queries/{}", example.name)]["get"];
        assert_eq!(get["summary"], example.title.en);
        let names: BTreeSet<&str> = get["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        for parameter in &example.parameters {
            assert!(names.contains(parameter.name.as_str()), "{}", example.name);
        }
    }
    let get = &described["paths"]["/queries/lieux-par-jauge"]["get"];
    let minimum = &get["parameters"][0];
    assert_eq!(minimum["schema"]["type"], "integer");
    assert_eq!(minimum["schema"]["default"], 0);
    assert_eq!(minimum["schema"]["maximum"], 1_000_000);
    assert_eq!(minimum["example"], 300);
    let listed = site.get("/queries/?format=json", &[]).await.json();
    let members = &described["components"]["schemas"]["Examples"]["properties"]["queries"]["items"]
        ["properties"];
    for query in listed["queries"].as_array().unwrap() {
        for name in query.as_object().unwrap().keys() {
            assert!(!members[name].is_null(), "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_merged_is_asked_for_under_either_iri_and_compared_as_one() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for (host, status) in [("alpha", "EventScheduled"), ("beta", "EventCancelled")] {
        let text = format!(
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle\"@fr ;
                 schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .
             <https://{host}.example/p> a schema:PerformingArtsEvent ; schema:name \"Soir\"@fr ;
                 schema:startDate \"2099-01-10T20:30:00+01:00\"^^xsd:dateTime ; schema:eventStatus schema:{status} ;
                 schema:location <https://{host}.example/salle> .\n"
        );
        folder.submit(host, &text);
    }
    let [place, performance] = ["salle", "p"].map(|local| {
        let [one, other] = ["alpha", "beta"]
            .map(|host| folder.entity(host, &format!("https://{host}.example/{local}")));
        let merge = Merge {
            one: one.as_str(),
            other: other.as_str(),
            ..Merge::default()
        };
        hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
        [one, other]
    });
    let site = Site::of(folder);
    for (name, parameter, [one, other], wanted) in [
        ("programme-d-un-lieu", "lieu", &place, "Soir"),
        (
            "ce-que-dit-chaque-source",
            "entite",
            &performance,
            "graph/source/alpha",
        ),
        (
            "ce-que-dit-chaque-source",
            "entite",
            &performance,
            "graph/source/beta",
        ),
    ] {
        let address = |iri: &str| {
            format!(
                "/queries/{name}?{}&format=csv",
                encoded(&[(parameter, iri)])
            )
        };
        let asked = site.get(&address(one.as_str()), &[]).await.text();
        assert!(asked.contains(wanted), "{name}: {asked}");
        let as_before = site.get(&address(other.as_str()), &[]).await.text();
        assert_eq!(as_before, asked, "{name}");
    }
    let address = "/queries/desaccords-entre-sources?format=csv";
    let disagreement = site.get(address, &[]).await.text();
    assert_eq!(disagreement.lines().count(), 2, "{disagreement}");
    assert!(disagreement.contains("EventCancelled"), "{disagreement}");
}

#[tokio::test]
async fn dates_without_a_time_rooms_foreign_places_and_names_in_other_languages_are_found() {
    let site = Site::new();
    site.submit(
        "theatre",
        "<https://theatre.example/maison> a schema:Place ; schema:name \"Maison\"@fr ;
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .
         <https://theatre.example/studio> a schema:Place ; schema:name \"Studio\"@fr ;
             schema:containedInPlace <https://theatre.example/maison> ;
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .
         <https://theatre.example/haus> a schema:Place ; schema:name \"Haus\"@de ;
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37073\" ;
                 schema:addressLocality \"Göttingen\" ; schema:addressCountry \"DE\" ] .
         <https://theatre.example/ici> a schema:PerformingArtsEvent ; schema:name \"Ici\"@fr ;
             schema:startDate \"2099-01-10\"^^xsd:date ; schema:typicalAgeRange \"0-3\" ;
             schema:location <https://theatre.example/studio> .
         <https://theatre.example/dort> a schema:PerformingArtsEvent ; schema:name \"Dort\"@de ;
             schema:startDate \"2099-01-11T20:30:00+01:00\"^^xsd:dateTime ;
             schema:location <https://theatre.example/haus> .\n",
    );
    let room = site.noid("studio");
    for (query, wanted) in [
        ("prochaines-representations?ville=Tours", &["Ici"][..]),
        ("prochaines-representations?ville=G%C3%B6ttingen", &["Dort"]),
        (
            &format!("programme-d-un-lieu?lieu={room}&avant=2100-01-01"),
            &["Ici"],
        ),
        ("programme-d-un-lieu?depuis=2099-01-01", &["Ici", "Dort"]),
        ("lieux-et-coordonnees?ville=%22%5C%5C%22", &[]),
        (
            "representations-par-territoire?annee=2099",
            &["37,Indre-et-Loire,1,1"],
        ),
        ("spectacles-pour-enfants?age=2", &["0,0-3,Ici"]),
        ("spectacles-pour-enfants?age=8", &[]),
    ] {
        let answer = site
            .get(&format!("/queries/{query}&format=csv"), &[])
            .await
            .text();
        let found: Vec<&str> = answer.lines().skip(1).collect();
        assert_eq!(found.len(), wanted.len(), "{query}: {answer}");
        for (line, wanted) in found.iter().zip(wanted) {
            assert!(line.contains(wanted), "{query}: {answer}");
        }
    }
}
