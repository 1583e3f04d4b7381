//! What an entity was, and when: mementos, the way to them by date, and the history.

use crate::site::{Answer, Site};
use crate::support::{self, Folder, at};
use affiche::app::history::Follower;
use affiche::changes::{Aspects, state_at, versions};
use affiche::ingest::Outcome;
use affiche::ingest::hands::{self, Merge, Share, Split, Unmerge};
use affiche::model::{Generation, Mode};
use affiche::store::{Request, Store};
use axum::http::StatusCode;
use oxrdf::NamedNode;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const DAY: [&str; 6] = [
    "2026-01-05T09:00:00.250Z",
    "2026-02-05T09:00:00Z",
    "2026-03-05T09:00:00.999Z",
    "2026-04-05T09:00:00Z",
    "2026-05-05T09:00:00Z",
    "2026-06-05T09:00:00Z",
];
/// The same, as HTTP writes dates.
const HTTP_DAY: [&str; 4] = [
    "Mon, 05 Jan 2026 09:00:00 GMT",
    "Thu, 05 Feb 2026 09:00:00 GMT",
    "Thu, 05 Mar 2026 09:00:00 GMT",
    "Sun, 05 Apr 2026 09:00:00 GMT",
];

fn place(name: &str, more: &str) -> String {
    format!(
        "t:salle a schema:Place ; schema:name \"{name}\"@fr {more} ;\n\
         schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
    )
}

/// What another source says of the same place.
fn same_place(more: &str) -> String {
    format!("<https://office.example/1> a schema:Place ; schema:sameAs t:salle {more} .\n")
}

/// A place that a theatre publishes, renames, that an office adds to, and that is withdrawn.
fn folder() -> Folder {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let mut on = |day: &str, source: &str, text: &str| {
        folder.now = at(day);
        let report = folder.submit(source, text);
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    };
    on(DAY[0], "theatre", &place("Salle du Bac", ""));
    on(DAY[1], "theatre", &place("Grande salle <du Bac & Cie", ""));
    on(
        DAY[2],
        "office",
        &same_place("; schema:telephone \"+33247000000\""),
    );
    on(
        DAY[3],
        "theatre",
        &place(
            "Grande salle <du Bac & Cie",
            "; schema:url <https://bac.example/>",
        ),
    );
    folder
}

fn noid(folder: &Folder) -> String {
    let entity = folder.entity("theatre", "https://theatre.example/salle");
    entity.as_str().rsplit('/').next().unwrap().to_owned()
}

/// The links of an answer: relations, then address and date.
fn links(answer: &Answer) -> Vec<(String, String, String)> {
    let all: Vec<&str> = answer
        .headers
        .get_all("link")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    read_links(&all.join(", "))
}

fn read_links(text: &str) -> Vec<(String, String, String)> {
    let attribute = |link: &str, name: &str| {
        let start = link.find(&format!("{name}=\""))? + name.len() + 2;
        let rest = &link[start..];
        Some(rest[..rest.find('"')?].to_owned())
    };
    text.split('<')
        .skip(1)
        .map(|link| {
            let (address, rest) = link.split_once('>').unwrap();
            (
                attribute(rest, "rel").unwrap_or_default(),
                address.replace(support::BASE, ""),
                attribute(rest, "datetime").unwrap_or_default(),
            )
        })
        .collect()
}

fn target<'a>(links: &'a [(String, String, String)], rel: &str) -> &'a str {
    links
        .iter()
        .find(|(rels, _, _)| rels.split(' ').any(|one| one == rel))
        .map_or("", |(_, address, _)| address)
}

#[tokio::test]
async fn each_version_is_what_was_published_then() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    for (generation, name, has_telephone, has_url) in [
        (last - 3, "Salle du Bac", false, false),
        (last - 2, "Grande salle", false, false),
        (last - 1, "Grande salle", true, false),
        (last, "Grande salle", true, true),
    ] {
        for suffix in [".nt", ".ttl", ".jsonld", ".html"] {
            let path = format!("/doc/{noid}{suffix}?generation={generation}");
            let answer = site.get(&path, &[]).await;
            let text = answer.text();
            assert_eq!(answer.status, StatusCode::OK, "{path}: {text}");
            assert!(text.contains(name), "{path}: {text}");
            assert_eq!(text.contains("47000000"), has_telephone, "{path}: {text}");
            assert_eq!(text.contains("bac.example"), has_url, "{path}: {text}");
            let is_page = suffix == ".html";
            assert!(!is_page || !text.contains("<du Bac"), "{path}: {text}");
            assert_eq!(answer.header("cache-control"), "no-cache");
        }
    }
    // The last one says exactly what the document says now.
    for suffix in [".nt", ".ttl", ".jsonld"] {
        let now = site.get(&format!("/doc/{noid}{suffix}"), &[]).await;
        let then = site
            .get(&format!("/doc/{noid}{suffix}?generation={last}"), &[])
            .await;
        assert_eq!(then.text(), now.text());
    }
}

#[tokio::test]
async fn a_page_of_the_past_says_so_and_leads_to_the_present() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    for (lang, says) in [("fr", "Tel que c’était le"), ("en", "As it was on")] {
        let path = format!("/doc/{noid}?generation={}&lang={lang}", last - 2);
        let answer = site.get(&path, &[("accept", "text/html")]).await;
        let text = answer.text();
        let banner = text.find(says).expect("it says so");
        let name = text.find("Grande salle").expect("it has a title");
        assert!(text.find("<main").unwrap() < banner);
        assert!(name < banner || banner < text.find("<h1").unwrap());
        assert!(text.contains(&format!("href=\"/doc/{noid}\" rel=\"latest-version\"")));
        assert!(text.contains(&format!("href=\"/doc/{noid}/history\"")));
        assert!(text.contains(&format!("generation={}\" rel=\"prev\"", last - 3)));
        assert!(text.contains(&format!("generation={}\" rel=\"next\"", last - 1)));
        assert_eq!(answer.header("x-robots-tag"), "noindex");
    }
}

#[tokio::test]
async fn a_client_of_memento_finds_its_way() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    // 1. The original says where its TimeGate and TimeMap are.
    for original in [format!("/doc/{noid}"), format!("/doc/{noid}.ttl")] {
        let answer = site.get(&original, &[("accept", "text/turtle")]).await;
        let found = links(&answer);
        let gate = target(&found, "timegate").to_owned();
        let map = target(&found, "timemap").to_owned();
        assert_eq!(target(&found, "original"), original);
        assert_eq!(gate, original);
        let varies: Vec<&str> = answer
            .headers
            .get_all("vary")
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        assert!(
            varies.join(", ").to_lowercase().contains("accept-datetime"),
            "{varies:?}"
        );
        // 2. The TimeGate leads to the version of a time.
        for (wanted, version) in [
            // Before the first: the first (RFC 7089 §4.5.3).
            ("Sat, 01 Jan 2000 00:00:00 GMT", last - 3),
            // Its own date, which has no fractions of seconds.
            (HTTP_DAY[0], last - 3),
            ("Thu, 05 Feb 2026 08:59:59 GMT", last - 3),
            (HTTP_DAY[1], last - 2),
            (HTTP_DAY[2], last - 1),
            ("Sat, 04 Apr 2026 00:00:00 GMT", last - 1),
            (HTTP_DAY[3], last),
            // After the last: the last.
            ("Fri, 01 Jan 2100 00:00:00 GMT", last),
        ] {
            let answer = site
                .get(
                    &gate,
                    &[("accept-datetime", wanted), ("accept", "text/turtle")],
                )
                .await;
            assert_eq!(answer.status, StatusCode::FOUND, "{wanted}");
            let name = original.trim_start_matches("/doc/");
            let location = answer.header("location");
            assert_eq!(location, format!("{name}?generation={version}"), "{wanted}");
            assert!(
                answer
                    .header("vary")
                    .to_lowercase()
                    .contains("accept-datetime")
            );
            assert_eq!(
                answer.header("memento-datetime"),
                "",
                "a gate is no memento"
            );
            assert_eq!(target(&links(&answer), "timemap"), map);
            // 3. The memento says what it is of, of when, and what is beside it.
            let memento = site
                .get(
                    &format!("/doc/{location}"),
                    // RFC 7089 §4.5.5: it has no other time.
                    &[("accept", "text/turtle"), ("accept-datetime", HTTP_DAY[0])],
                )
                .await;
            assert_eq!(memento.status, StatusCode::OK);
            let day = HTTP_DAY[usize::try_from(version - (last - 3)).unwrap()];
            assert_eq!(memento.header("memento-datetime"), day);
            let found = links(&memento);
            assert_eq!(target(&found, "original"), original);
            assert_eq!(target(&found, "timegate"), gate);
            assert_eq!(target(&found, "timemap"), map);
            let of = |generation: u64| format!("{original}?generation={generation}");
            assert_eq!(target(&found, "first"), of(last - 3));
            assert_eq!(target(&found, "last"), of(last));
            let before = (version > last - 3).then(|| of(version - 1));
            assert_eq!(target(&found, "prev"), before.unwrap_or_default());
            let after = (version < last).then(|| of(version + 1));
            assert_eq!(target(&found, "next"), after.unwrap_or_default());
            let itself = found.iter().find(|(_, address, _)| *address == of(version));
            assert_eq!(itself.unwrap().2, day);
        }
        // 4. The TimeMap lists them all, in both of its formats.
        let answer = site.get(&map, &[]).await;
        assert_eq!(answer.header("content-type"), "application/link-format");
        let listed: Vec<(String, String)> = read_links(&answer.text())
            .into_iter()
            .filter(|(rel, _, _)| rel.contains("memento"))
            .map(|(_, address, date)| (address, date))
            .collect();
        let wanted: Vec<(String, String)> = (0..4)
            .map(|place| {
                (
                    format!("{original}?generation={}", last - 3 + place as u64),
                    HTTP_DAY[place].to_owned(),
                )
            })
            .collect();
        assert_eq!(listed, wanted);
        let found = read_links(&answer.text());
        assert_eq!(target(&found, "self"), map);
        assert_eq!(target(&found, "original"), original);
        let json = site.get(&format!("{map}?format=json"), &[]).await.json();
        assert_eq!(json["mementos"]["list"].as_array().unwrap().len(), 4);
        assert_eq!(json["original_uri"], format!("{}{original}", support::BASE));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_told() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    let path = format!("/doc/{noid}");
    for date in [
        "",
        "yesterday",
        "2026-01-05T09:00:00Z",
        "Tue, 05 Jan 2026 09:00:00 GMT",
    ] {
        let answer = site.get(&path, &[("accept-datetime", date)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{date}");
        assert!(answer.text().contains("Accept-Datetime"));
    }
    for generation in ["", "x", "-1", "1.5", "99999999999999999999999"] {
        let answer = site
            .get(&format!("{path}?generation={generation}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{generation}");
    }
    // Before the first and after the present: it says which there are.
    for (generation, told) in [(last - 4, last - 3), (0, last - 3), (last + 1, last)] {
        let answer = site
            .get(&format!("{path}?generation={generation}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{generation}");
        assert_eq!(answer.problem(), "not-found");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&told.to_string()), "{detail}");
        assert_eq!(target(&links(&answer), "original"), path);
    }
    for path in [
        format!("{path}/history?page=0"),
        format!("{path}/timemap?page=x"),
    ] {
        let answer = site.get(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
    for path in [
        format!("{path}/history?page=2"),
        format!("{path}/timemap?page=2"),
        "/doc/00000000000b/history".to_owned(),
        "/doc/000000000000/timemap".to_owned(),
        "/doc/000000000000?generation=1".to_owned(),
    ] {
        let answer = site.get(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn between_two_versions_the_former_is_shown_under_its_own_address() {
    let mut folder = folder();
    let version = folder.store.generation().0;
    folder.now = at(DAY[4]);
    folder.submit(
        "office",
        &format!(
            "{}<https://office.example/p> a schema:Person ; schema:name \"Léo\" .",
            same_place("; schema:telephone \"+33247000000\"")
        ),
    );
    let later = folder.store.generation().0;
    assert!(later > version);
    let noid = noid(&folder);
    let site = Site::of(folder);
    let answer = site
        .get(&format!("/doc/{noid}.ttl?generation={later}"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("memento-datetime"), HTTP_DAY[3]);
    assert_eq!(
        answer.header("content-location"),
        format!("{noid}.ttl?generation={version}")
    );
    let same = site
        .get(&format!("/doc/{noid}.ttl?generation={version}"), &[])
        .await;
    assert_eq!(same.text(), answer.text());
}

#[tokio::test]
async fn the_past_is_asked_for_like_the_present_where_it_can_be_had() {
    let site = Site::of(folder());
    let noid = site.noid("salle");
    let gate = ("accept-datetime", HTTP_DAY[1]);
    // Formats with graphs have no past, and say nothing of one.
    for suffix in ["trig", "nq"] {
        let path = format!("/doc/{noid}.{suffix}");
        for headers in [&[][..], &[gate]] {
            let answer = site.get(&path, headers).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let all: Vec<_> = answer.headers.get_all("link").iter().collect();
            assert!(!format!("{all:?}").contains("timemap"), "{all:?}");
        }
        let past = site.get(&format!("{path}?generation=3"), &[]).await;
        assert_eq!(past.status, StatusCode::NOT_ACCEPTABLE);
    }
    // One slash too many is taken away first, and the query stays.
    let answer = site.get(&format!("/doc/{noid}/?generation=3"), &[]).await;
    assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(answer.header("location"), format!("../{noid}?generation=3"));
    let answer = site.get(&format!("/doc/{noid}/"), &[gate]).await;
    assert_eq!(answer.header("location"), format!("../{noid}"));
    // The past has the stored form alone.
    let path = format!("/doc/{noid}?generation=3&_profile");
    for profile in ["schema", "alt"] {
        let answer = site.get(&format!("{path}={profile}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{profile}");
    }
    let answer = site.get(&format!("{path}=stored"), &[]).await;
    assert_eq!(answer.header("content-type"), "text/turtle; charset=utf-8");
    let answer = site
        .get(
            &format!("/doc/{noid}?generation=3&_mediatype=text/turtle"),
            &[],
        )
        .await;
    assert_eq!(answer.header("content-type"), "text/turtle; charset=utf-8");
}

#[tokio::test]
async fn the_history_says_why_two_were_declared_to_be_one() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for host in ["alpha", "beta"] {
        let text = place(&format!("Salle {host}"), "")
            .replace("t:salle", &format!("<https://{host}.example/salle>"));
        folder.submit(host, &text);
    }
    let [one, other] =
        ["alpha", "beta"].map(|host| folder.entity(host, &format!("https://{host}.example/salle")));
    let site = Site::of(folder);
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        because: Some("même adresse <b>"),
        ..Merge::default()
    };
    let report = hands::merge(&site.app.store, &site.app.door, &merge, at(DAY[4])).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    for iri in [&one, &other] {
        let path = format!("/doc/{}/history", name_of(iri));
        let page = site.get(&path, &[]).await.text();
        assert!(page.contains("même adresse &#60;b&#62;"), "{page}");
        let json = site.get(&format!("{path}?format=json"), &[]).await.json();
        assert_eq!(json["versions"][0]["because"], "même adresse <b>");
    }
    // Whoever asks for the past of the other one gets it in the format and language asked for.
    let now = site.app.store.generation();
    let path = format!(
        "/doc/{}?generation={now}&format=ttl&lang=en",
        name_of(&other)
    );
    let answer = site.get(&path, &[]).await;
    assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
    let expected = format!("{}?format=ttl&lang=en&generation={now}", name_of(&one));
    assert_eq!(answer.header("location"), expected);
}

#[tokio::test]
async fn the_history_tells_who_changed_what() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    let json = site
        .get(&format!("/doc/{noid}/history?format=json"), &[])
        .await
        .json();
    assert_eq!(json["total"], 4);
    let versions = json["versions"].as_array().unwrap();
    let of = |place: usize, name: &str| versions[place][name].clone();
    assert_eq!(of(0, "generation"), last);
    assert_eq!(of(3, "event"), "published");
    assert_eq!(
        (of(1, "source"), of(2, "source")),
        ("office".into(), "theatre".into())
    );
    let renamed = &versions[2]["changes"];
    assert_eq!(renamed.as_array().unwrap().len(), 1, "{renamed}");
    assert_eq!(renamed[0]["property"], "http://schema.org/name");
    assert_eq!(renamed[0]["removed"][0]["value"], "Salle du Bac");
    assert_eq!(
        renamed[0]["added"][0]["value"],
        "Grande salle <du Bac & Cie"
    );
    assert_eq!(renamed[0]["added"][0]["xml:lang"], "fr");
    assert_eq!(
        renamed[0]["added"][0]["sources"],
        serde_json::json!(["theatre"])
    );
    let added = &versions[1]["changes"][0];
    assert_eq!(added["added"][0]["sources"], serde_json::json!(["office"]));
    for lang in ["fr", "en"] {
        let page = site
            .get(
                &format!("/doc/{noid}/history?lang={lang}"),
                &[("accept", "text/html")],
            )
            .await
            .text();
        assert!(
            page.contains("<del>Salle du Bac</del>")
                || page.contains("<del><span lang=\"fr\">Salle du Bac</span></del>"),
            "{page}"
        );
        assert!(
            page.contains("Grande salle &#60;du Bac &#38; Cie"),
            "{page}"
        );
        assert!(!page.contains("<du Bac"), "{page}");
        for version in last - 3..=last {
            assert!(page.contains(&format!("/doc/{noid}?generation={version}\"")));
        }
    }
}

#[tokio::test]
async fn a_long_history_comes_in_pages() {
    let mut folder = Folder::with_sources(&["theatre"]);
    for round in 0..45 {
        folder.submit("theatre", &place(&format!("Salle {round}"), ""));
    }
    let noid = noid(&folder);
    let last = folder.store.generation().0;
    let site = Site::of(folder);
    let mut seen = Vec::new();
    for page in 1..=3 {
        let json = site
            .get(&format!("/doc/{noid}/history?format=json&page={page}"), &[])
            .await
            .json();
        assert_eq!((&json["pages"], &json["total"]), (&3.into(), &45.into()));
        let versions = json["versions"].as_array().unwrap();
        seen.extend(
            versions
                .iter()
                .map(|version| version["generation"].as_u64().unwrap()),
        );
    }
    let wanted: Vec<u64> = (last - 44..=last).rev().collect();
    assert_eq!(seen, wanted);
    let page = site
        .get(
            &format!("/doc/{noid}/history?page=2"),
            &[("accept", "text/html")],
        )
        .await
        .text();
    assert!(page.contains("rel=\"prev\"") && page.contains("rel=\"next\""));
}

fn merge(site: &Site, one: &NamedNode, other: &NamedNode) {
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        ..Merge::default()
    };
    let report = hands::merge(&site.app.store, &site.app.door, &merge, at(DAY[4])).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
}

fn name_of(iri: &NamedNode) -> &str {
    iri.as_str().rsplit('/').next().unwrap()
}

#[tokio::test]
async fn merged_separated_withdrawn_and_back_the_past_says_how_it_was() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for host in ["alpha", "beta"] {
        let text = place(&format!("Salle {host}"), "")
            .replace("t:salle", &format!("<https://{host}.example/salle>"));
        folder.submit(host, &text);
    }
    let a = folder.entity("alpha", "https://alpha.example/salle");
    let b = folder.entity("beta", "https://beta.example/salle");
    let site = Site::of(folder);
    let generation = || site.app.store.generation().0;
    let apart = generation();
    merge(&site, &a, &b);
    let merged = generation();
    let unmerge = Unmerge {
        entity: b.as_str(),
        other: Some(a.as_str()),
        ..Unmerge::default()
    };
    hands::unmerge(&site.app.store, &site.app.door, &unmerge, at(DAY[4])).unwrap();
    let separated = generation();
    site.submit_as(
        Mode::Withdraw,
        "beta",
        "<https://beta.example/salle> a schema:Place .",
    );
    let withdrawn = generation();
    let text = place("Salle beta", "").replace("t:salle", "<https://beta.example/salle>");
    site.submit_as(Mode::Upsert, "beta", &text);
    let back = generation();
    assert!(apart < merged && merged < separated && separated < withdrawn && withdrawn < back);
    let (a, b) = (name_of(&a), name_of(&b));
    let then = async |noid: &str, generation: u64| {
        site.get(&format!("/doc/{noid}.nt?generation={generation}"), &[])
            .await
    };
    assert!(then(b, apart).await.text().contains("Salle beta"));
    let moved = then(b, merged).await;
    assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(
        moved.header("location"),
        format!("{a}.nt?generation={merged}")
    );
    assert!(!moved.header("memento-datetime").is_empty());
    assert_eq!(target(&links(&moved), "original"), format!("/doc/{b}.nt"));
    assert!(
        then(a, merged)
            .await
            .text()
            .contains(&format!("sameAs> <{}/id/{b}>", support::BASE))
    );
    assert!(!then(a, separated).await.text().contains(b));
    assert!(then(b, separated).await.text().contains("Salle beta"));
    let gone = then(b, withdrawn).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.text().contains("withdrawnBy"));
    assert!(!gone.header("memento-datetime").is_empty());
    assert!(then(b, back).await.text().contains("Salle beta"));
    let json = site
        .get(&format!("/doc/{b}/history?format=json"), &[])
        .await
        .json();
    let events: Vec<&str> = json["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        events,
        ["returned", "withdrawn", "separated", "merged", "published"]
    );
    let page = site
        .get(
            &format!("/doc/{b}/history?lang=en"),
            &[("accept", "text/html")],
        )
        .await
        .text();
    for words in ["Published again", "Withdrawn", "Merged into", "Salle alpha"] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn what_was_split_was_one_before() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    folder.submit("alpha", &place("Salle alpha", ""));
    folder.submit("beta", &same_place("; schema:name \"Salle beta\"@fr"));
    let entity = folder.entity("alpha", "https://theatre.example/salle");
    let before = folder.store.generation().0;
    let share = |to: &str, source: &str| Share {
        to: to.to_owned(),
        source: support::name(source),
        identifier: None,
    };
    let split = Split {
        entity: entity.as_str(),
        into: &[share("new", "alpha"), share("new2", "beta")],
        because: None,
        is_dry_run: false,
    };
    let mut seed = 9_u8;
    hands::split(
        &folder.store,
        folder.door,
        &split,
        folder.now,
        &mut |bytes| {
            for byte in bytes {
                seed = seed.wrapping_mul(5).wrapping_add(3);
                *byte = seed;
            }
        },
    )
    .unwrap();
    let after = folder.store.generation().0;
    let site = Site::of(folder);
    let noid = name_of(&entity);
    let then = site
        .get(&format!("/doc/{noid}.nt?generation={before}"), &[])
        .await;
    assert!(then.text().contains("Salle alpha"));
    let now = site.get(&format!("/doc/{noid}.nt"), &[]).await;
    let memento = site
        .get(&format!("/doc/{noid}.nt?generation={after}"), &[])
        .await;
    assert_eq!((memento.status, memento.text()), (now.status, now.text()));
    assert!(
        memento.text().contains("isReplacedBy"),
        "{}",
        memento.text()
    );
}

const SECRET: &str = "06 12 34 56 78";

/// The files below a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path)
            .unwrap()
            .windows(text.len())
            .any(|window| window == text.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn what_was_redacted_is_in_no_version() {
    let mut folder = Folder::with_sources(&["theatre"]);
    for (day, more) in [
        (DAY[0], String::new()),
        (DAY[1], format!("; schema:telephone \"{SECRET}\"")),
        (
            DAY[2],
            format!("; schema:telephone \"{SECRET}\" ; schema:url <https://bac.example/>"),
        ),
        (DAY[3], String::new()),
    ] {
        folder.now = at(day);
        folder.submit("theatre", &place("Salle du Bac", &more));
    }
    let noid = noid(&folder);
    let last = folder.store.generation().0;
    let path = folder.path.clone();
    let ask_all = async |site: &Site| {
        let mut texts = Vec::new();
        for generation in last - 3..=last {
            for suffix in ["nt", "ttl", "jsonld", "html"] {
                let address = format!("/doc/{noid}.{suffix}?generation={generation}");
                texts.push(site.get(&address, &[]).await.text());
            }
        }
        for address in [
            "history",
            "history?format=json",
            "timemap",
            "timemap?format=json",
        ] {
            texts.push(
                site.get(&format!("/doc/{noid}/{address}"), &[])
                    .await
                    .text(),
            );
        }
        texts
    };
    let has_secret = |texts: &[String]| {
        let digits: String = SECRET.chars().filter(char::is_ascii_digit).collect();
        texts.iter().any(|text| {
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            // Without the prefix that differs by country.
            text.contains(&digits[1..])
        })
    };
    // The index is on the disk when the redaction comes.
    let site = Site::of(folder);
    let mut follower = Follower::new(&site.app, &|| false);
    follower.step().unwrap();
    follower.save().unwrap();
    assert!(path.join("index/history/index").exists());
    assert!(has_secret(&ask_all(&site).await), "the test can fail");
    drop(follower);
    let folder = Folder::reopened(site.close()).redact(&Request {
        texts: vec![SECRET.to_owned()],
        ..Request::default()
    });
    assert!(!path.join("index/history").exists(), "it is made again");
    let site = Site::of(folder);
    for _ in 0..2 {
        let texts = ask_all(&site).await;
        assert!(!has_secret(&texts), "{texts:#?}");
        assert!(texts.iter().all(|text| !text.is_empty()));
        let mut follower = Follower::new(&site.app, &|| false);
        follower.step().unwrap();
        follower.save().unwrap();
    }
    let number: String = SECRET[1..].to_owned();
    assert!(files_with(&path, &number).is_empty());
}

#[tokio::test]
async fn the_past_is_the_same_in_a_store_made_again_and_from_an_index_made_again() {
    let mut folder = folder();
    for round in 0..8 {
        folder.submit("theatre", &place(&format!("Salle {round}"), ""));
    }
    let noid = noid(&folder);
    let last = folder.store.generation().0;
    let ask = async |site: &Site| {
        let mut texts = Vec::new();
        for generation in 1..=last {
            let address = format!("/doc/{noid}.nt?generation={generation}");
            let answer = site.get(&address, &[]).await;
            // What is told of a fault has a number of its own.
            let is_ok = answer.status == StatusCode::OK;
            let text = if is_ok { answer.text() } else { String::new() };
            texts.push((answer.status, text));
        }
        let history = format!("/doc/{noid}/history?format=json");
        texts.push((StatusCode::OK, site.get(&history, &[]).await.text()));
        texts
    };
    let site = Site::of(folder);
    assert_eq!(site.app.history.generation(), Generation(0));
    let looked_through = ask(&site).await;
    assert!(
        looked_through
            .iter()
            .filter(|(status, _)| *status == StatusCode::OK)
            .count()
            > 10
    );
    let follow = |site: &Site| {
        let mut follower = Follower::new(&site.app, &|| false);
        let is_new = follower.step().unwrap();
        follower.save().unwrap();
        assert_eq!(site.app.history.generation(), Generation(last));
        is_new
    };
    assert!(follow(&site));
    assert_eq!(ask(&site).await, looked_through, "from the index");
    // Opened again, with the index as it was kept.
    let site = Site::of(Folder::reopened(site.close()));
    assert!(!follow(&site), "nothing had to be read again");
    assert_eq!(
        ask(&site).await,
        looked_through,
        "from the index on the disk"
    );
    // Opened again without it, and with a store that was made again from the log.
    let temporary = site.close();
    let data = temporary.path().join("data");
    fs::remove_dir_all(data.join("index")).unwrap();
    drop(Store::rebuild(&data, &support::opening(false)).unwrap());
    let site = Site::of(Folder::reopened(temporary));
    assert!(follow(&site));
    assert_eq!(ask(&site).await, looked_through, "made again");
}

/// How much of the log is read for the past of one place that came with many others, and has
/// three versions.
fn bytes_read(others: usize) -> u64 {
    let mut folder = Folder::with_sources(&["theatre"]);
    let mut text = String::new();
    for number in 0..others {
        let other = format!("t:autre{number} ");
        text.push_str(&place("Une autre salle", "").replace("t:salle ", &other));
    }
    for name in ["Un", "Deux", "Trois"] {
        let text = format!("{text}{}", place(name, ""));
        assert_eq!(folder.submit("theatre", &text).outcome, Outcome::Accepted);
    }
    let entity = folder.entity("theatre", "https://theatre.example/salle");
    let now = folder.store.generation();
    let site = Site::of(folder);
    let mut follower = Follower::new(&site.app, &|| false);
    follower.step().unwrap();
    let app = &site.app;
    let touches = app.history.reaching(&app.store, now).unwrap();
    let then = state_at(&app.store, &touches, &entity, now)
        .unwrap()
        .unwrap();
    assert_eq!(versions(&touches(&entity, now).unwrap()).len(), 3);
    then.bytes_read
}

#[test]
fn a_past_costs_what_the_entity_changed_whatever_came_with_it() {
    let (few, many) = (bytes_read(4), bytes_read(400));
    // A hundred times as many others: a few steps more of each bisection.
    assert!(many < few + 3 * 2 * 10 * 1024, "{few} and {many} bytes");
}

#[tokio::test]
async fn a_past_that_is_still_being_read_is_told_so() {
    let mut folder = Folder::with_sources(&["theatre"]);
    for round in 0..300 {
        folder.submit("theatre", &place(&format!("Salle {round}"), ""));
    }
    let noid = noid(&folder);
    let site = Site::of(folder);
    let path = format!("/doc/{noid}/timemap");
    let answer = site.get(&path, &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.problem(), "history-behind");
    assert!(!answer.header("retry-after").is_empty());
    // The document itself waits for nobody.
    let now = site.get(&format!("/doc/{noid}.ttl"), &[]).await;
    assert_eq!(now.status, StatusCode::OK);
    Follower::new(&site.app, &|| false).step().unwrap();
    let json = site.get(&format!("{path}?format=json"), &[]).await.json();
    assert_eq!(json["mementos"]["list"].as_array().unwrap().len(), 300);
    // What was touched since, for those who follow.
    let last = site.app.store.generation().0;
    let (touched, at) = site
        .app
        .history
        .since(&site.app.store, Generation(last - 5), 3)
        .unwrap();
    assert_eq!(at, Generation(last));
    let generations: Vec<u64> = touched.iter().map(|touched| touched.generation.0).collect();
    assert_eq!(generations, [last - 4, last - 3, last - 2]);
    assert!(
        touched
            .iter()
            .all(|touched| touched.entity.as_str().ends_with(&noid))
    );
    assert!(touched[0].aspects.has(Aspects::PUBLIC) && touched[0].aspects.has(Aspects::CLAIMS));
}

#[tokio::test]
async fn a_version_that_is_known_is_not_sent_again() {
    let folder = folder();
    let last = folder.store.generation().0;
    let noid = noid(&folder);
    let site = Site::of(folder);
    for address in [
        format!("/doc/{noid}.ttl?generation={last}"),
        format!("/doc/{noid}.html?generation={}", last - 1),
        format!("/doc/{noid}/timemap"),
        format!("/doc/{noid}/history?format=json"),
    ] {
        let first = site.get(&address, &[]).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"'), "{address}: {etag}");
        let again = site.get(&address, &[("if-none-match", &etag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
        assert_eq!(
            again.header("memento-datetime"),
            first.header("memento-datetime")
        );
    }
}

const HOSTS: [&str; 3] = ["alpha", "beta", "gamma"];

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    /// A source says this of its place and, or not, of a performance there.
    Says(usize, u8, bool),
    TakesBack(usize),
    Merges(usize, usize),
    Separates(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let host = 0..HOSTS.len();
    prop_oneof![
        4 => (host.clone(), 0..4_u8, any::<bool>())
            .prop_map(|(host, name, plays)| Act::Says(host, name, plays)),
        1 => host.clone().prop_map(Act::TakesBack),
        2 => (host.clone(), host.clone()).prop_map(|(one, other)| Act::Merges(one, other)),
        1 => (host.clone(), host).prop_map(|(one, other)| Act::Separates(one, other)),
    ]
}

/// The entities that the sources call these, as far as there are any.
fn entities(site: &Site) -> BTreeSet<String> {
    let snapshot = site.app.store.snapshot().unwrap();
    let mut found = BTreeSet::new();
    for host in HOSTS {
        for local in ["salle", "p"] {
            let key = format!("https://{host}.example/{local}");
            let entity = snapshot
                .view()
                .identified(&support::name(host), &key)
                .unwrap();
            found.extend(entity.map(NamedNode::into_string));
        }
    }
    found
}

impl Act {
    fn carry_out(&self, site: &Site) {
        let salle = |host: &usize| format!("https://{}.example/salle", HOSTS[*host]);
        match self {
            Self::Says(host, name, plays) => {
                let iri = format!("<{}>", salle(host));
                let mut text = place(&format!("Salle {name}"), "").replace("t:salle", &iri);
                if *plays {
                    text.push_str(&format!(
                        "<https://{}.example/p> a schema:PerformingArtsEvent ; schema:name \"P {name}\" ; \
                         schema:startDate \"2099-01-10T20:30:00+01:00\"^^xsd:dateTime ; schema:location {iri} .\n",
                        HOSTS[*host]
                    ));
                }
                site.submit(HOSTS[*host], &text);
            }
            Self::TakesBack(host) => {
                let text = format!("<{}> a schema:Place .", salle(host));
                site.submit_as(Mode::Withdraw, HOSTS[*host], &text);
            }
            Self::Merges(one, other) => {
                let (one, other) = (salle(one), salle(other));
                let merge = Merge {
                    one: &one,
                    other: &other,
                    is_despite_different: true,
                    ..Merge::default()
                };
                // What cannot be merged is not.
                let _ = hands::merge(&site.app.store, &site.app.door, &merge, at(DAY[4]));
            }
            Self::Separates(one, other) => {
                let (one, other) = (salle(one), salle(other));
                let unmerge = Unmerge {
                    entity: &one,
                    other: Some(&other),
                    ..Unmerge::default()
                };
                let _ = hands::unmerge(&site.app.store, &site.app.door, &unmerge, at(DAY[4]));
            }
        }
    }
}

/// What readers get: the status, what it says, and where it leads.
type Seen = (u16, String, String);

async fn seen(site: &Site, address: &str) -> Seen {
    let answer = site.get(address, &[]).await;
    let says = match answer.status {
        StatusCode::OK | StatusCode::GONE => answer.text(),
        _ => String::new(),
    };
    let leads = answer.header("location").trim_start_matches("../doc/");
    let leads = leads.split('?').next().unwrap_or_default().to_owned();
    (answer.status.as_u16(), says, leads)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn a_memento_is_what_was_answered_when_it_was_the_present(
        acts in prop::collection::vec((act(), any::<bool>()), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let site = Site::of(Folder::with_sources(&HOSTS));
        let mut follower = Follower::new(&site.app, &|| false);
        let mut answered: BTreeMap<(u64, String), Seen> = BTreeMap::new();
        for (act, follows) in &acts {
            act.carry_out(&site);
            if *follows {
                follower.step().unwrap();
            }
            let generation = site.app.store.generation().0;
            for entity in entities(&site) {
                let noid = entity.rsplit('/').next().unwrap().to_owned();
                let now = runtime.block_on(seen(&site, &format!("/doc/{noid}.nt")));
                answered.insert((generation, noid), now);
            }
        }
        for ((generation, noid), then) in &answered {
            let address = format!("/doc/{noid}.nt?generation={generation}");
            let memento = runtime.block_on(seen(&site, &address));
            prop_assert_eq!(&memento, then, "{} after {:#?}", address, acts);
        }
    }
}
