//! What whoever links to an entity can rely on: `/about/persistence`, tried on the running program.

use crate::site::{PROGRAMME, Site};
use crate::support::{self, Folder};
use affiche::ingest::Outcome;
use affiche::ingest::hands::{self, Merge, Share, Split, Unmerge};
use affiche::ingest::sources;
use affiche::model::{Mode, Noid};
use affiche::store::fill_random;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: (&str, &str) = ("accept", "text/html");
const TURTLE: (&str, &str) = ("accept", "text/turtle");
const ID: &str = "https://data.example.org/id/";

/// Places of several sources, the first one's the oldest.
fn places(hosts: &[&str]) -> (Site, Vec<String>) {
    let mut folder = Folder::with_sources(hosts);
    for host in hosts {
        let text = format!(
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {host}\"@fr ;\n\
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        );
        assert_eq!(folder.submit(host, &text).outcome, Outcome::Accepted);
    }
    let noids = hosts
        .iter()
        .map(|host| {
            let iri = folder.entity(host, &format!("https://{host}.example/salle"));
            iri.as_str().trim_start_matches(ID).to_owned()
        })
        .collect();
    (Site::of(folder), noids)
}

fn merge(site: &Site, one: &str, other: &str) {
    let merge = Merge {
        one,
        other,
        ..Merge::default()
    };
    let now = support::at(support::NOW);
    hands::merge(&site.app.store, &site.app.door, &merge, now).expect("it can be merged");
}

/// The links of an answer: target, relations, attributes.
fn links(header: &str) -> Vec<(String, Vec<String>, String)> {
    header
        .split(", <")
        .filter(|link| !link.is_empty())
        .map(|link| {
            let link = link.trim_start_matches('<');
            let (target, rest) = link.split_once('>').expect("a target");
            let rel = rest
                .split("rel=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .expect("a relation");
            (
                target.to_owned(),
                rel.split(' ').map(str::to_owned).collect(),
                rest.to_owned(),
            )
        })
        .collect()
}

fn targets(header: &str, relation: &str) -> Vec<String> {
    links(header)
        .into_iter()
        .filter(|(_, relations, rest)| {
            relations.iter().any(|known| known == relation) && !rest.contains("anchor=")
        })
        .map(|(target, _, _)| target)
        .collect()
}

#[tokio::test]
async fn a_merge_leads_to_the_survivor_in_one_hop_for_a_day_and_keeps_the_query() {
    let (site, noids) = places(&["alpha", "beta", "gamma", "delta"]);
    let [a, b, c, d] = &noids[..] else {
        panic!("four places")
    };
    // A chain whose links come in an order that leads away from the oldest one.
    for (one, other) in [(c, d), (b, c), (a, b)] {
        merge(&site, one, other);
    }
    for former in [b, c, d] {
        let answer = site
            .get(&format!("/id/{former}?_profile=schema&lang=fr"), &[TURTLE])
            .await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
        let expected = format!("../id/{a}?_profile=schema&lang=fr");
        assert_eq!(answer.header("location"), expected);
        assert_eq!(answer.header("cache-control"), "max-age=86400");
        let answer = site.get(&format!("/doc/{former}.ttl?x=1"), &[]).await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
        assert_eq!(answer.header("location"), format!("../doc/{a}.ttl?x=1"));
        let answer = site.get(&format!("/doc/{former}/linkset"), &[]).await;
        assert_eq!(answer.header("location"), format!("../{a}/linkset"));
    }
    // No query of the reader's can become a header of ours.
    let answer = site.get(&format!("/id/{b}?%0d%0aX-Evil:%201"), &[]).await;
    assert!(!answer.headers.contains_key("x-evil"));
    let data = site.get(&format!("/doc/{a}.nt"), &[]).await.text();
    for former in [b, c, d] {
        let same = format!("<{ID}{a}> <http://www.w3.org/2002/07/owl#sameAs> <{ID}{former}> .");
        assert!(data.contains(&same), "{data}");
    }
    let view = site
        .get(&format!("/doc/{a}.jsonld?_profile=schema"), &[])
        .await;
    let same = view.json()["sameAs"].to_string();
    assert!(same.contains(&format!("{ID}{b}")), "{same}");

    let undo = Unmerge {
        entity: b,
        other: Some(a),
        because: None,
        is_dry_run: false,
    };
    let now = support::at(support::NOW);
    hands::unmerge(&site.app.store, &site.app.door, &undo, now).expect("it can be undone");
    let answer = site.get(&format!("/id/{b}"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("../doc/{b}"));
}

#[tokio::test]
async fn a_withdrawal_leaves_a_tombstone_in_every_format_whatever_is_accepted() {
    let site = Site::new();
    let noid = site.noid("deux");
    site.submit("theatre", PROGRAMME);
    for (accept, media_type, part) in [
        (
            "text/turtle",
            "text/turtle; charset=utf-8",
            "sv:withdrawnBy",
        ),
        ("application/ld+json", "application/ld+json", "withdrawnBy"),
        (
            "application/n-triples",
            "application/n-triples",
            "#withdrawnBy>",
        ),
        ("application/rdf+xml", "application/rdf+xml", "withdrawnBy"),
        ("text/html", "text/html; charset=utf-8", "theatre"),
        ("image/png", "text/html; charset=utf-8", "theatre"),
    ] {
        for folder in ["id", "doc"] {
            let answer = site
                .get(&format!("/{folder}/{noid}"), &[("accept", accept)])
                .await;
            assert_eq!(answer.status, StatusCode::GONE, "{accept}");
            assert_eq!(answer.header("content-type"), media_type);
            let text = answer.text();
            assert!(text.contains(part), "{text}");
            let cited = targets(answer.header("link"), "cite-as");
            assert_eq!(cited, [format!("{ID}{noid}")]);
        }
    }
    let data = site.get(&format!("/doc/{noid}.ttl"), &[]).await;
    assert_eq!(data.status, StatusCode::GONE);
    for part in [
        "sv:withdrawn \"2026-11-22T12:00:00Z\"^^xsd:dateTime",
        "sv:withdrawnBecause \"left-out\"",
        "sv:withdrawnBy <https://data.example.org/source/theatre>",
        "\"Its source no longer announces it.\"@en",
        "\"Sa source ne l'annonce plus.\"@fr",
    ] {
        assert!(data.text().contains(part), "{}", data.text());
    }
    for lang in ["fr", "en"] {
        let page = site
            .get(&format!("/doc/{noid}?lang={lang}"), &[PAGE])
            .await
            .text();
        assert!(page.contains("/about/persistence"), "{page}");
        assert!(page.contains(&format!("/doc/{noid}/history")), "{page}");
    }
}

#[tokio::test]
async fn what_another_source_still_describes_stays_published() {
    let (site, noids) = places(&["alpha", "beta"]);
    merge(&site, &noids[0], &noids[1]);
    site.submit("alpha", "");
    let data = site.get(&format!("/doc/{}.ttl", noids[0]), &[]).await;
    assert_eq!(data.status, StatusCode::OK);
    assert!(data.text().contains("Salle beta"), "{}", data.text());
    site.submit("beta", "");
    let data = site.get(&format!("/doc/{}.ttl", noids[0]), &[]).await;
    assert_eq!(data.status, StatusCode::GONE);
    // The other one still leads to what it was merged into.
    let former = site.get(&format!("/id/{}", noids[1]), &[]).await;
    assert_eq!(former.status, StatusCode::MOVED_PERMANENTLY);
}

#[tokio::test]
async fn what_was_split_leads_to_a_document_that_names_each_successor() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for host in ["alpha", "beta"] {
        let text = format!(
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {host}\"@fr ;\n\
             schema:sameAs <http://www.wikidata.org/entity/Q99> ;\n\
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        );
        assert_eq!(folder.submit(host, &text).outcome, Outcome::Accepted);
    }
    let entity = folder.entity("alpha", "https://alpha.example/salle");
    let into: Vec<Share> = ["new=alpha", "new2=beta"]
        .iter()
        .map(|text| text.parse().expect("a share"))
        .collect();
    let split = Split {
        entity: entity.as_str(),
        into: &into,
        because: None,
        is_dry_run: false,
    };
    hands::split(
        &folder.store,
        folder.door,
        &split,
        folder.now,
        &mut fill_random,
    )
    .expect("it can be split");
    let site = Site::of(folder);
    let noid = entity.as_str().trim_start_matches(ID);
    let answer = site.get(&format!("/id/{noid}"), &[TURTLE]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("../doc/{noid}"));
    let data = site.get(&format!("/doc/{noid}.nt"), &[]).await;
    assert_eq!(data.status, StatusCode::OK);
    let successors: Vec<String> = data
        .text()
        .lines()
        .filter(|line| line.contains("isReplacedBy"))
        .filter_map(|line| line.split('<').nth(3).map(str::to_owned))
        .map(|rest| rest.split('>').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(successors.len(), 2, "{}", data.text());
    let named = targets(data.header("link"), "http://purl.org/dc/terms/isReplacedBy");
    assert_eq!(named.len(), 2);
    let page = site.get(&format!("/doc/{noid}"), &[PAGE]).await.text();
    for successor in successors {
        let path = successor.trim_start_matches("https://data.example.org");
        assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
        let answer = site.get(path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    assert!(page.contains("Salle alpha") && page.contains("Salle beta"));
}

#[tokio::test]
async fn a_mistyped_name_proposes_those_that_exist() {
    let site = Site::new();
    let noid = site.noid("un");
    let chars: Vec<char> = noid.chars().collect();
    let mut swapped = chars.clone();
    let place = (1..chars.len() - 1)
        .find(|place| chars[*place] != chars[place - 1])
        .expect("two that differ");
    swapped.swap(place, place - 1);
    let mut wrong = chars.clone();
    wrong[3] = if chars[3] == 'x' { 'z' } else { 'x' };
    let mut missing = chars.clone();
    missing.remove(5);
    let mut doubled = chars.clone();
    doubled.insert(4, chars[4]);
    let mut foreign = chars;
    foreign[6] = 'é';
    for typed in [swapped, wrong, missing, doubled, foreign] {
        let typed: String = typed.into_iter().collect();
        let encoded: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        for folder in ["id", "doc"] {
            let answer = site.get(&format!("/{folder}/{encoded}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{typed}");
            assert_eq!(answer.problem(), "mistyped", "{typed}");
            let near = &answer.json()["near"];
            assert_eq!(near[0]["iri"], format!("{ID}{noid}"), "{typed}: {near}");
            assert_eq!(near[0]["name"], "Le Bac, première");
        }
        let page = site.get(&format!("/id/{encoded}"), &[PAGE]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let link = format!("<a href=\"/id/{noid}\">");
        assert!(page.text().contains(&link), "{}", page.text());
    }
    // One that nobody can have meant proposes nothing, and says what is wrong all the same.
    let last = if Noid::parse("000000000001").is_ok() {
        '2'
    } else {
        '1'
    };
    let answer = site.get(&format!("/id/00000000000{last}"), &[]).await;
    assert_eq!(answer.problem(), "mistyped");
    assert_eq!(answer.json()["near"], Value::Null);
}

#[tokio::test]
async fn another_spelling_of_a_name_leads_to_the_one() {
    let site = Site::new();
    let noid = site.noid("un");
    let capitals = noid.to_uppercase();
    let hyphens = format!("{}-{}", &noid[..4], &noid[4..]);
    for spelling in [
        capitals.as_str(),
        &hyphens,
        &format!("%20{noid}%20"),
        &format!("{noid}."),
        &format!("{noid}%23offer-1"),
        &format!("{noid}%29"),
    ] {
        let answer = site.get(&format!("/id/{spelling}?x=1"), &[]).await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY, "{spelling}");
        assert_eq!(answer.header("location"), format!("../id/{noid}?x=1"));
        let answer = site.get(&format!("/doc/{spelling}"), &[]).await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY, "{spelling}");
        assert_eq!(answer.header("location"), noid);
    }
    // Percent-encoded as it is, it is the same address.
    let encoded: String = noid.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let answer = site.get(&format!("/id/{encoded}"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("../doc/{noid}"));
    let answer = site.get(&format!("/id/{noid}/"), &[]).await;
    assert_eq!(answer.header("location"), format!("../../doc/{noid}"));
    let answer = site.get(&format!("/doc/{noid}/"), &[]).await;
    assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(answer.header("location"), format!("../{noid}"));
    let answer = site.get(&format!("/id/{noid}.ttl"), &[]).await;
    assert_eq!(answer.header("location"), format!("../doc/{noid}.ttl"));
    // What was never published does not lead anywhere, however it is spelt.
    for unknown in [
        "000000000000",
        "0000-0000-0000",
        "th%C3%A9%C3%A2tre",
        "%F0%9F%8E%AD",
        "a%00b",
    ] {
        for folder in ["id", "doc"] {
            let answer = site.get(&format!("/{folder}/{unknown}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
            assert_eq!(answer.problem(), "not-found", "{unknown}");
        }
    }
}

#[tokio::test]
async fn an_ark_answers_as_the_identifier_does() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &format!("{PROGRAMME}{}", crate::site::EVIL));
    let site = Site::configured(folder, |config| {
        config.naan = Some("12345".parse().expect("a number"));
    });
    let [noid, gone] = ["un", "deux"].map(|local| site.noid(local));
    site.submit("theatre", PROGRAMME);
    let hyphens = format!("{}-{}", &noid[..5], noid[5..].to_uppercase());
    for (path, up) in [
        (format!("/ark:/12345/{noid}"), "../../"),
        (format!("/ark:12345/{noid}"), "../"),
        (format!("/ark:/12345/{noid}/"), "../../../"),
        (format!("/ark:12345/{noid}/"), "../../"),
        (format!("/ark:/123-45/{hyphens}"), "../../"),
    ] {
        let answer = site.get(&format!("{path}?x=1"), &[TURTLE]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.header("location"), format!("{up}doc/{noid}?x=1"));
        let cited = targets(answer.header("link"), "cite-as");
        assert_eq!(cited, [format!("{ID}{noid}")]);
        for inflection in ["?", "??", "?info"] {
            let answer = site.get(&format!("{path}{inflection}"), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}{inflection}");
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
            assert!(answer.header("vary").contains("Accept-Language"));
            let text = answer.text();
            assert!(text.starts_with("erc:\nwho: "), "{text}");
            assert!(text.contains("what: Le Bac, première\n"), "{text}");
            assert!(text.contains(&format!("where: {ID}{noid}\n")), "{text}");
            assert!(text.contains("(:permanent)"), "{text}");
        }
    }
    let answer = site.get(&format!("/ark:/12345/{gone}"), &[TURTLE]).await;
    assert_eq!(answer.status, StatusCode::GONE);
    for path in [
        format!("/ark:/54321/{noid}"),
        "/ark:/12345/000000000000".to_owned(),
        "/ark:/12345/nothing".to_owned(),
        "/ark:/12345/nothing?info".to_owned(),
    ] {
        let answer = site.get(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let document = site.get(&format!("/doc/{noid}.ttl"), &[]).await;
    let about = format!("dct:identifier \"ark:/12345/{noid}\"");
    assert!(document.text().contains(&about), "{}", document.text());
    let described = targets(document.header("link"), "describes");
    assert!(
        described.contains(&format!("../ark:/12345/{noid}")),
        "{described:?}"
    );
    // It is said of the document, so it is no part of the public data set.
    let count = site
        .query(
            "SELECT * { ?s <http://purl.org/dc/terms/identifier> ?o }",
            &[],
        )
        .await;
    assert_eq!(
        count.json()["results"]["bindings"].as_array().map(Vec::len),
        Some(0)
    );

    let without = Site::new();
    let noid = without.noid("un");
    let answer = without.get(&format!("/ark:/12345/{noid}"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_comes_in_the_profile_that_is_asked_for() {
    let site = Site::new();
    let noid = site.noid("un");
    let path = format!("/doc/{noid}");
    let schema = "https://data.example.org/profiles/schema";
    let stored = "https://data.example.org/profiles/stored";
    let by_header = |value: &'static str| [("accept-profile", value), ("accept", "*/*")];
    for (headers, expected) in [
        (
            by_header("<https://data.example.org/profiles/schema>"),
            schema,
        ),
        (by_header("schema"), schema),
        (
            by_header(
                "<https://e.example/x>, <https://data.example.org/profiles/schema>;q=0.3, <https://data.example.org/profiles/stored>;q=0.2",
            ),
            schema,
        ),
        (
            by_header(
                "<https://data.example.org/profiles/schema>;q=0, <https://data.example.org/profiles/stored>;q=0.1",
            ),
            stored,
        ),
    ] {
        let answer = site.get(&path, &headers).await;
        assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
        let said = targets(answer.header("link"), "profile");
        assert_eq!(said, [expected], "{headers:?}");
        assert!(answer.header("vary").contains("Accept-Profile"));
        let type_of = answer.header("content-type");
        let first = if expected == schema {
            "application/ld+json"
        } else {
            "text/turtle; charset=utf-8"
        };
        assert_eq!(type_of, first, "{headers:?}");
    }
    // A profile that there is not is as good as none.
    let answer = site
        .get(
            &path,
            &[("accept-profile", "<https://e.example/x>"), TURTLE],
        )
        .await;
    assert_eq!(targets(answer.header("link"), "profile"), [stored]);

    let view = site
        .get(
            &format!("{path}?_profile=schema"),
            &[("accept", "application/ld+json")],
        )
        .await;
    let json = view.json();
    assert_eq!(json["@context"], "https://schema.org");
    assert_eq!(json["name"], "Le Bac, première");
    assert_eq!(json["location"]["address"]["postalCode"], "37000");
    assert_eq!(json["offers"]["price"], serde_json::json!(12.5));
    assert_eq!(json["workPerformed"]["name"], "Le Bac");
    assert!(!view.text().contains("/ns#"));
    let turtle = site
        .get(
            &format!("{path}?_profile=schema&_mediatype=text/turtle"),
            &[],
        )
        .await;
    assert!(turtle.header("content-type").starts_with("text/turtle"));
    assert!(
        turtle
            .text()
            .contains("schema:name \"Le Bac, première\"@fr"),
        "{}",
        turtle.text()
    );
    assert!(
        turtle
            .header("content-location")
            .starts_with(&format!("{noid}.ttl?_profile=schema"))
    );
    let again = site
        .get(
            &format!("{path}?_profile=schema&_mediatype=text/turtle"),
            &[("if-none-match", turtle.header("etag"))],
        )
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    // It shows its place too, so a change of that changes it.
    site.submit_as(
        Mode::Upsert,
        "theatre",
        "t:salle a schema:Place ; schema:name \"Grande salle\"@fr ; schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .",
    );
    let again = site
        .get(
            &format!("{path}?_profile=schema&_mediatype=text/turtle"),
            &[("if-none-match", turtle.header("etag"))],
        )
        .await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.text().contains("Grande salle"));

    for wrong in [
        "?_profile=dcat",
        "?_profile=schema&_mediatype=application/trig",
    ] {
        let answer = site.get(&format!("{path}{wrong}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{wrong}");
        assert!(answer.header("vary").contains("Accept"), "{wrong}");
    }
    let answer = site.get(&format!("{path}.trig?_profile=schema"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn all_representations_are_listed_and_each_answers() {
    let site = Site::new();
    let noid = site.noid("un");
    let list = site
        .get(
            &format!("/doc/{noid}?_profile=alt"),
            &[("accept", "application/n-triples")],
        )
        .await;
    assert_eq!(list.status, StatusCode::OK);
    let text = list.text();
    let addresses: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.contains("altr#has"))
        .filter_map(|line| line.rsplit('<').next()?.split('>').next())
        .collect();
    assert_eq!(addresses.len(), 11, "{text}");
    for address in addresses {
        let path = address.trim_start_matches("https://data.example.org");
        let answer = site.get(path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let format = text
            .lines()
            .find(|line| {
                line.starts_with(&format!("<{address}> <http://purl.org/dc/terms/format>"))
            })
            .expect("a format");
        let media_type = answer
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default();
        assert!(
            format.contains(&format!("\"{media_type}\"")),
            "{path}: {media_type}"
        );
    }
    for path in ["/profiles", "/profiles/stored", "/profiles/schema"] {
        for lang in ["fr", "en"] {
            let page = site.get(&format!("{path}?lang={lang}"), &[PAGE]).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.text().contains("_profile="), "{path}");
        }
        let data = site.get(path, &[TURTLE]).await.text();
        assert!(
            data.contains("http://www.w3.org/ns/dx/prof/Profile"),
            "{data}"
        );
        assert!(data.contains("skos:scopeNote"), "{data}");
    }
    let page = site
        .get(&format!("/doc/{noid}?_profile=alt&lang=en"), &[PAGE])
        .await;
    assert!(page.text().contains(&format!("/doc/{noid}.rdf")));
    assert_eq!(
        site.get("/profiles/dcat", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn formats_with_graphs_say_who_said_what() {
    let site = Site::new();
    let noid = site.noid("un");
    let path = format!("/doc/{noid}.nq");
    let answer = site.get(&path, &[]).await;
    assert_eq!(answer.header("content-type"), "application/n-quads");
    let claims = "<https://data.example.org/graph/source/theatre> .";
    let said: Vec<String> = answer
        .text()
        .lines()
        .filter(|line| line.ends_with(claims))
        .map(str::to_owned)
        .collect();
    assert!(said.iter().any(|line| line.contains("Le Bac, première")));
    assert!(said.iter().any(|line| line.contains("#offer-")));
    let document = format!("<https://data.example.org/doc/{noid}> .");
    assert!(answer.text().lines().any(|line| line.ends_with(&document)));
    // The same as the graph of that source holds.
    let query = format!(
        "SELECT (COUNT(*) AS ?n) {{ GRAPH <https://data.example.org/graph/source/theatre> {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), \"{ID}{noid}\")) }} }}"
    );
    let count =
        site.query(&query, &[]).await.json()["results"]["bindings"][0]["n"]["value"].clone();
    assert_eq!(count, said.len().to_string());
    let again = site
        .get(&path, &[("if-none-match", answer.header("etag"))])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    // Another voice on the same thing, which changes nothing of what is published.
    site.submit(
        "office",
        &format!("<{ID}{noid}> a schema:PerformingArtsEvent ; schema:startDate \"2099-01-10T20:30:00+01:00\"^^xsd:dateTime ."),
    );
    let again = site
        .get(&path, &[("if-none-match", answer.header("etag"))])
        .await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.text().contains("graph/source/office"));
}

#[tokio::test]
async fn what_xml_cannot_hold_is_refused_in_that_format_alone() {
    let site = Site::new();
    let noid = site.noid("un");
    let answer = site.get(&format!("/doc/{noid}.rdf"), &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/rdf+xml");
    assert!(answer.text().starts_with("<?xml"));
}

#[tokio::test]
async fn typed_links_lead_from_every_address_to_all_others() {
    let site = Site::new();
    let noid = site.noid("un");
    let thing = site.get(&format!("/id/{noid}"), &[]).await;
    assert_eq!(
        targets(thing.header("link"), "cite-as"),
        [format!("{ID}{noid}")]
    );
    assert_eq!(targets(thing.header("link"), "linkset").len(), 2);

    for path in [format!("/doc/{noid}"), format!("/doc/{noid}.html")] {
        let page = site.get(&path, &[PAGE]).await;
        let header = page.header("link");
        assert!(header.len() < 4_096, "{}", header.len());
        assert_eq!(targets(header, "cite-as"), [format!("{ID}{noid}")]);
        let types = targets(header, "type");
        assert!(
            types.contains(&"https://schema.org/AboutPage".to_owned()),
            "{types:?}"
        );
        assert!(types.contains(&"https://schema.org/PerformingArtsEvent".to_owned()));
        assert_eq!(targets(header, "describedby").len(), 10);
        assert_eq!(
            targets(header, "latest-version"),
            std::slice::from_ref(&noid)
        );
        assert_eq!(targets(header, "linkset").len(), 2);
        assert_eq!(targets(header, "collection").len(), 1);
        let feed = format!("../follow?iri=https://data.example.org/id/{noid}");
        assert!(targets(header, "alternate").contains(&feed), "{header}");
    }
    let data = site.get(&format!("/doc/{noid}.ttl"), &[]).await;
    let header = data.header("link");
    let described = targets(header, "describes");
    assert!(described.contains(&format!("../id/{noid}")) && described.contains(&noid));
    assert!(targets(header, "alternate").contains(&format!("{noid}.jsonld?_profile=schema")));

    let set = site.get(&format!("/doc/{noid}/linkset"), &[]).await;
    assert_eq!(set.header("content-type"), "application/linkset+json");
    let contexts = set.json()["linkset"].clone();
    let page = format!("https://data.example.org/doc/{noid}");
    let about = contexts
        .as_array()
        .expect("contexts")
        .iter()
        .find(|context| context["anchor"] == page)
        .expect("the page")
        .clone();
    assert_eq!(about["cite-as"][0]["href"], format!("{ID}{noid}"));
    assert_eq!(about["describedby"].as_array().map(Vec::len), Some(10));
    assert_eq!(contexts.as_array().map(Vec::len), Some(1 + 10 + 2));
    let text = site
        .get(
            &format!("/doc/{noid}/linkset"),
            &[("accept", "application/linkset")],
        )
        .await;
    assert_eq!(text.header("content-type"), "application/linkset");
    assert!(text.text().contains(&format!("anchor=\"{page}\"")));
}

#[tokio::test]
async fn the_promise_can_be_read_in_both_languages() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", PROGRAMME);
    let site = Site::configured(folder, |config| {
        config.naan = Some("12345".parse().expect("a number"));
        config.publisher_name = Some("Réseau <des> scènes".to_owned());
        config.publisher_contact = Some("mailto:donnees@example.org".to_owned());
    });
    for (lang, word) in [("fr", "Retiré"), ("en", "Withdrawn")] {
        let page = site
            .get(&format!("/about/persistence?lang={lang}"), &[PAGE])
            .await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains(word) && text.contains("410 Gone"), "{text}");
        assert!(text.contains("ark:/12345/"), "{text}");
        assert!(text.contains("Réseau &#60;des&#62; scènes"), "{text}");
        assert!(text.contains("mailto:donnees@example.org"));
        // The text of no key is missing.
        assert!(!text.contains("persistence-"), "{text}");
    }
    let head = site
        .ask(Method::HEAD, "/about/persistence", &[], Body::empty())
        .await;
    assert_eq!(head.status, StatusCode::OK);
}

#[tokio::test]
async fn another_licence_is_seen_by_whoever_has_the_document() {
    let (site, noids) = places(&["alpha", "beta"]);
    let [noid, other] = &noids[..] else {
        panic!("two places")
    };
    let paths = [
        format!("/doc/{noid}.ttl"),
        format!("/doc/{noid}.jsonld"),
        format!("/doc/{noid}/linkset"),
    ];
    let mut before = Vec::new();
    for path in &paths {
        // Twice, so that it is known without being read.
        for _ in 0..2 {
            let answer = site.get(path, &[]).await;
            let tag = answer.header("etag").to_owned();
            let same = site.get(path, &[("if-none-match", &tag)]).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{path}");
            before.push((tag, answer.header("last-modified").to_owned()));
        }
    }
    let theirs = site.get(&format!("/doc/{other}.ttl"), &[]).await;
    for (licence, publisher) in [
        (Some("https://example.org/licence"), None),
        (Some("https://example.org/licence"), Some("Théâtre Alpha")),
        (None, Some("Théâtre Alpha")),
    ] {
        let edit = |source: &mut affiche::model::Source| {
            source.licence = licence.map(|iri| oxrdf::NamedNode::new(iri).expect("an IRI"));
            source.publisher = publisher.map(str::to_owned);
        };
        let now = support::at("2090-01-01T00:00:00Z");
        let store = &site.app.store;
        sources::change(store, &site.app.door, &support::name("alpha"), edit, now)
            .expect("it can be changed");
        for (path, (tag, modified)) in paths.iter().zip(before.iter_mut().step_by(2)) {
            let answer = site.get(path, &[("if-none-match", tag)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let text = answer.text();
            assert_eq!(
                text.contains("example.org/licence"),
                licence.is_some(),
                "{text}"
            );
            let since = site.get(path, &[("if-modified-since", modified)]).await;
            assert_eq!(since.status, StatusCode::OK, "{path}");
            *tag = answer.header("etag").to_owned();
            let same = site.get(path, &[("if-none-match", tag)]).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{path}");
        }
        before.iter_mut().for_each(|(_, modified)| {
            *modified = "Sun, 22 Nov 2026 00:00:00 GMT".to_owned();
        });
    }
    let same = site
        .get(
            &format!("/doc/{other}.ttl"),
            &[("if-none-match", theirs.header("etag"))],
        )
        .await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED, "of another source");
}

#[tokio::test]
async fn a_source_that_says_the_same_is_named_to_whoever_has_the_document() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", PROGRAMME);
    let site = Site::of(folder);
    let noid = site.noid("salle");
    let path = format!("/doc/{noid}.ttl");
    for _ in 0..2 {
        site.get(&path, &[]).await;
    }
    let tag = site.get(&path, &[]).await.header("etag").to_owned();
    site.submit(
        "office",
        &format!("<{ID}{noid}> a schema:Place ; schema:name \"Salle du Bac\"@fr .\n"),
    );
    let answer = site.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("source/office"), "{}", answer.text());
}

#[tokio::test]
async fn a_media_type_with_parameters_is_the_media_type() {
    let site = Site::new();
    let path = format!("/doc/{}", site.noid("un"));
    for (accept, expected) in [
        ("text/turtle;charset=utf-8", "text/turtle; charset=utf-8"),
        ("text/html; charset=\"utf-8\"", "text/html; charset=utf-8"),
        (
            "application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"",
            "application/ld+json",
        ),
    ] {
        let answer = site.get(&path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        assert_eq!(answer.header("content-type"), expected);
    }
}
