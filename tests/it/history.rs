//! What an entity was, and when: mementos, the way to them by date, and the history.

use crate::site::{Answer, Site};
use crate::support::{self, Folder, at};
use affiche::app::history::Follower;
use affiche::ingest::Outcome;
use affiche::ingest::hands::{self, Merge, Share, Split, Unmerge};
use affiche::model::Mode;
use affiche::store::Request;
use axum::http::StatusCode;
use oxrdf::NamedNode;
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
