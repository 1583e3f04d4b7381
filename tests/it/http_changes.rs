//! `/changes/entities`: who reads it and nothing else but documents has what is published.

use crate::changing::{self, Random, SECRET, public_entities};
use crate::site::Site;
use crate::support;
use crate::support::Folder;
use affiche::app::history;
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Keeps a copy by asking what changed, and fetching that.
#[derive(Default)]
struct Harvester {
    cursor: Option<String>,
    entities: BTreeMap<String, BTreeSet<String>>,
    kinds: BTreeSet<String>,
    pages: usize,
}

impl Harvester {
    async fn harvest(&mut self, site: &Site, limit: u64) {
        loop {
            let mut path = format!("/changes/entities?limit={limit}");
            if let Some(cursor) = &self.cursor {
                path.push_str(&format!("&since={cursor}"));
            }
            let answer = site.get(&path, &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            let page = answer.json();
            let changes = page["changes"].as_array().expect("a list");
            assert!(changes.len() as u64 <= limit);
            let mut seen = BTreeSet::new();
            let mut last = 0;
            for change in changes {
                let entity = change["entity"].as_str().expect("an IRI").to_owned();
                assert!(seen.insert(entity.clone()), "{entity} is there twice");
                let generation = change["generation"].as_u64().expect("a number");
                assert!(last <= generation, "they are in order");
                last = generation;
                self.kinds
                    .insert(change["change"].as_str().expect("a name").to_owned());
                self.entities.remove(&entity);
                if change["type"] != "Delete" {
                    self.fetch(site, entity).await;
                }
            }
            // What a crash loses here is harvested again.
            self.cursor = Some(page["cursor"].as_str().expect("a cursor").to_owned());
            assert_eq!(answer.header("affiche-cursor"), page["cursor"]);
            self.pages += 1;
            let has_link = answer.header("link").contains("rel=\"next\"");
            assert_eq!(has_link, page["next"].is_string());
            if page["next"].is_null() {
                return;
            }
        }
    }

    async fn fetch(&mut self, site: &Site, entity: String) {
        let noid = entity.rsplit('/').next().expect("a name");
        let answer = site.get(&format!("/doc/{noid}.nt"), &[]).await;
        if answer.status != StatusCode::OK {
            return;
        }
        let own = [format!("<{entity}>"), format!("<{entity}#")];
        let text = answer.text();
        let lines = text
            .lines()
            .filter(|line| own.iter().any(|own| line.starts_with(own)));
        let lines = lines.map(|line| line.trim_end_matches(" .").to_owned());
        self.entities.insert(entity, lines.collect());
    }

    fn all(&self) -> BTreeSet<String> {
        self.entities.values().flatten().cloned().collect()
    }
}

fn site(folder: Folder) -> Site {
    let site = Site::of(folder);
    follow(&site);
    site
}

fn follow(site: &Site) {
    history::Follower::new(&site.app, &|| false)
        .step()
        .expect("it can be read");
}

#[tokio::test]
async fn who_reads_what_changed_and_fetches_that_has_what_is_published() {
    let mut random = Random::new();
    let mut harvester = Harvester::default();
    let mut late = Harvester::default();
    let mut folder = changing::begin(&mut random);
    for round in 0..6 {
        changing::change(&mut folder, &mut random, 12);
        match round {
            1 => changing::merge(&folder, &mut random),
            2 => changing::unmerge(&folder, &mut random),
            3 => changing::remove_source(&folder, "gamma"),
            _ => {}
        }
        let site = site(folder);
        harvester.harvest(&site, 1 + random.below(9)).await;
        assert_eq!(
            harvester.all(),
            public_entities(&site.app.store),
            "round {round}"
        );
        let closed = site.close();
        folder = if round == 4 {
            changing::redact(closed)
        } else {
            Folder::reopened(closed)
        };
    }
    let site = site(folder);
    harvester.harvest(&site, 1000).await;
    late.harvest(&site, 1000).await;
    let published = public_entities(&site.app.store);
    assert_eq!(harvester.all(), published);
    assert_eq!(late.all(), published, "who comes late has the same");
    assert_eq!(late.pages, 1);
    assert!(harvester.pages > 10);
    for kind in ["published", "changed", "merged", "separated", "withdrawn"] {
        assert!(
            harvester.kinds.contains(kind),
            "{kind}: {:?}",
            harvester.kinds
        );
    }
}

/// A place with a telephone number, which is struck.
#[tokio::test]
async fn what_was_struck_is_told_of_though_no_record_holds_it() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let place = |number: u32, telephone: &str| {
        format!(
            "t:s{number} a schema:Place ; schema:name \"Salle {number}\"@fr ; schema:telephone \"{telephone}\" ; \
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        )
    };
    folder.submit(
        "theatre",
        &(place(1, SECRET) + &place(2, "+33 2 47 00 00 00")),
    );
    let entity = folder.entity("theatre", "https://theatre.example/s1");
    let site = site(folder);
    let mut harvester = Harvester::default();
    harvester.harvest(&site, 10).await;
    assert!(harvester.all().iter().any(|line| line.contains(SECRET)));
    let folder = changing::redact(site.close());
    let site = self::site(folder);
    let since = harvester.cursor.clone().expect("a cursor");
    let answer = site
        .get(&format!("/changes/entities?since={since}"), &[])
        .await;
    let page = answer.json();
    assert_eq!(
        page["changes"].as_array().map(Vec::len),
        Some(1),
        "{page:#}"
    );
    assert_eq!(page["changes"][0]["entity"], entity.as_str());
    assert_eq!(page["changes"][0]["change"], "redacted");
    assert_eq!(page["changes"][0]["type"], "Update");
    harvester.harvest(&site, 10).await;
    assert_eq!(harvester.all(), public_entities(&site.app.store));
    assert!(!harvester.all().iter().any(|line| line.contains(SECRET)));
}

#[tokio::test]
async fn a_change_of_many_entities_is_read_page_by_page_from_within() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let places: String = (0..57)
        .map(|number| {
            format!(
                "t:s{number} a schema:Place ; schema:name \"Salle {number}\"@fr ; \
                 schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
            )
        })
        .collect();
    folder.submit("theatre", &places);
    let site = site(folder);
    let mut seen = BTreeSet::new();
    let mut next = "/changes/entities?limit=10".to_owned();
    let mut pages = 0;
    loop {
        let page = site.get(&next, &[]).await.json();
        for change in page["changes"].as_array().expect("a list") {
            assert!(seen.insert(change["entity"].to_string()));
            assert_eq!(change["change"], "published");
        }
        pages += 1;
        match page["next"].as_str() {
            Some(address) => {
                next = address
                    .strip_prefix(crate::support::BASE)
                    .expect("it is below the base")
                    .to_owned();
            }
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (57, 6));
}

#[tokio::test]
async fn a_cursor_that_the_log_does_not_follow_starts_again() {
    let site = site(changing::begin(&mut Random::new()));
    let generation = site.app.store.generation().0;
    let log = site.app.store.identity().to_owned();
    for since in [
        format!("{}.3", "0".repeat(32)),
        format!("{log}.{}", generation + 1),
        format!("{}.3.000000000000", "0".repeat(32)),
    ] {
        let answer = site
            .get(&format!("/changes/entities?since={since}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::GONE, "{since}");
        assert_eq!(answer.problem(), "start-again");
        assert!(answer.json()["head"].is_string());
    }
    for since in [
        "",
        "yesterday",
        "12",
        "2026-13-01",
        &format!("{log}."),
        &format!("{log}.1.x"),
        &format!("{log}.1.bbb.ccc"),
    ] {
        let answer = site
            .get(&format!("/changes/entities?since={since}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{since}");
    }
    for limit in ["0", "1001", "-1", "x", "99999999999999999999"] {
        let answer = site
            .get(&format!("/changes/entities?limit={limit}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{limit}");
    }
    let now = format!("/changes/entities?since={log}.{generation}");
    let page = site.get(&now, &[]).await.json();
    assert_eq!(page["changes"], Value::Array(Vec::new()));
    assert_eq!(page["cursor"], format!("{log}.{generation}"));
    assert!(page["next"].is_null());
}

#[tokio::test]
async fn a_day_or_an_instant_stands_for_what_came_from_then_on() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let place = |number: u32| {
        format!(
            "t:s{number} a schema:Place ; schema:name \"Salle {number}\"@fr ; \
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        )
    };
    for (day, number) in [("2027-01-05", 1), ("2027-01-06", 2), ("2027-01-07", 3)] {
        folder.now = crate::support::at(&format!("{day}T09:00:00Z"));
        let places: String = (1..=number).map(place).collect();
        folder.submit("theatre", &places);
    }
    let site = site(folder);
    for (since, expected) in [
        ("2027-01-05", 3),
        ("2027-01-06", 2),
        ("2027-01-07", 1),
        ("2027-01-08", 0),
        ("2027-01-06T09:00:00Z", 2),
        ("2027-01-06T09:00:01Z", 1),
        ("2027-01-06T10:00:00%2B01:00", 2),
        ("2027-01-06T10:00:01+01:00", 1),
    ] {
        let answer = site
            .get(&format!("/changes/entities?since={since}"), &[])
            .await;
        let page = answer.json();
        let changes = page["changes"].as_array().map(Vec::len);
        assert_eq!(changes, Some(expected), "{since}: {page:#}");
    }
}

#[tokio::test]
async fn every_format_says_the_same() {
    let mut random = Random::new();
    let mut folder = changing::begin(&mut random);
    changing::change(&mut folder, &mut random, 12);
    let site = site(folder);
    let expected = {
        let answer = site.get("/changes/entities?limit=7&format=nt", &[]).await;
        let text = answer.text();
        text.lines()
            .map(str::to_owned)
            .collect::<BTreeSet<String>>()
    };
    assert!(expected.len() > 40);
    for (format, parser) in [
        ("json", "jsonld"),
        ("jsonld", "jsonld"),
        ("ttl", "trig"),
        ("trig", "trig"),
        ("nq", "trig"),
    ] {
        let path = format!("/changes/entities?limit=7&format={format}");
        let answer = site.get(&path, &[]).await;
        let lines: BTreeSet<String> = if parser == "jsonld" {
            // The context is inline: nothing else is fetched.
            oxjsonld::JsonLdParser::new()
                .for_slice(&answer.bytes)
                .map(|quad| format!("{} .", quad.expect("JSON-LD")))
                .collect()
        } else {
            oxttl::TriGParser::new()
                .for_slice(&answer.bytes)
                .map(|quad| format!("{} .", quad.expect("TriG")))
                .collect()
        };
        assert_eq!(lines, expected, "{format}");
    }
    let lines = site
        .get("/changes/entities?limit=7&format=jsonl", &[])
        .await;
    let page = site.get("/changes/entities?limit=7", &[]).await.json();
    let entries: Vec<Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(Value::Array(entries), page["changes"]);
}

/// The rows of a patch: what was removed, what was added.
fn patch(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let rows = |letter: &str| -> BTreeSet<String> {
        let rows: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix(letter))
            .collect();
        let mut sorted = rows.clone();
        sorted.sort_unstable();
        assert_eq!(rows, sorted, "they are sorted");
        rows.into_iter().map(str::to_owned).collect()
    };
    assert!(text.starts_with("H "), "{text}");
    assert!(
        text.contains("\nTX .\n") && text.ends_with("TC .\n"),
        "{text}"
    );
    (rows("D "), rows("A "))
}

async fn difference(site: &Site, parameters: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let answer = site.get(&format!("/changes/diff?{parameters}"), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/rdf-patch");
    patch(&answer.text())
}

fn applied(
    state: &BTreeSet<String>,
    (removed, added): &(BTreeSet<String>, BTreeSet<String>),
) -> BTreeSet<String> {
    assert!(removed.is_subset(state), "what is removed was there");
    assert!(added.is_disjoint(state), "what is added was not there");
    state.difference(removed).chain(added).cloned().collect()
}

fn all_quads(site: &Site) -> BTreeSet<String> {
    let text = support::export(&site.app.store);
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_difference_leads_from_one_generation_to_another_and_back() {
    let mut random = Random::new();
    let mut folder = changing::begin(&mut random);
    let mut states = Vec::new();
    for _ in 0..4 {
        changing::change(&mut folder, &mut random, 8);
        let site = site(folder);
        states.push((site.app.store.generation().0, all_quads(&site)));
        folder = Folder::reopened(site.close());
    }
    let site = site(folder);
    for (from, before) in &states {
        for (to, after) in &states {
            let ends = format!("from={from}&to={to}");
            let found = difference(&site, &format!("{ends}&graphs=all")).await;
            assert_eq!(&applied(before, &found), after, "{from} {to}");
            let public = difference(&site, &ends).await;
            let is_public = |row: &&String| {
                let quad = oxttl::NQuadsParser::new().for_slice(row.as_bytes()).next();
                quad.expect("a quad")
                    .expect("N-Quads")
                    .graph_name
                    .is_default_graph()
            };
            assert_eq!(
                found
                    .0
                    .iter()
                    .filter(is_public)
                    .cloned()
                    .collect::<BTreeSet<_>>(),
                public.0
            );
            assert_eq!(
                found
                    .1
                    .iter()
                    .filter(is_public)
                    .cloned()
                    .collect::<BTreeSet<_>>(),
                public.1
            );
            for (part, expected) in [("removed", &public.0), ("added", &public.1)] {
                let answer = site
                    .get(&format!("/changes/diff?{ends}&part={part}"), &[])
                    .await;
                assert_eq!(answer.header("content-type"), "application/n-quads");
                let rows: BTreeSet<String> = answer.text().lines().map(str::to_owned).collect();
                assert_eq!(&rows, expected);
            }
        }
    }
    // The address that both ends and the epoch fix may be kept for ever.
    let answer = site.get("/changes/diff?from=3&to=9", &[]).await;
    assert_eq!(answer.header("cache-control"), "no-cache");
    let fixed = format!("/changes/{}", answer.header("content-location"));
    let same = site.get(&fixed, &[]).await;
    assert_eq!(same.bytes, answer.bytes);
    assert!(same.header("cache-control").contains("immutable"));
    // From nothing, everything; and what was struck is in no difference any more.
    let closed = site.close();
    let site = self::site(changing::redact(closed));
    let nothing = BTreeSet::new();
    let now = all_quads(&site);
    for (generation, _) in &states {
        let first = difference(&site, &format!("from=0&to={generation}&graphs=all")).await;
        let second = difference(&site, &format!("from={generation}&graphs=all")).await;
        assert!(!first.1.iter().any(|row| row.contains(SECRET)));
        assert_eq!(applied(&applied(&nothing, &first), &second), now);
    }
    let gone = site.get(&fixed, &[]).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.problem(), "start-again");
}

#[tokio::test]
async fn a_difference_of_what_there_is_not_or_of_too_much_is_a_problem() {
    let mut random = Random::new();
    let folder = changing::begin(&mut random);
    let site = Site::configured(folder, |config| config.limits.difference_quads = 1000);
    for (parameters, status, slug) in [
        ("", 400, "bad-request"),
        ("from=x&to=2", 400, "bad-request"),
        ("from=-1", 400, "bad-request"),
        ("from=2026-11-22", 404, "not-found"),
        ("from=latest", 404, "not-found"),
        ("from=1&to=99999999999999999999999", 410, "start-again"),
        ("from=1&graphs=some", 400, "bad-request"),
        ("from=1&part=some", 400, "bad-request"),
        ("from=1&format=nq", 400, "bad-request"),
        ("from=1&to=2&epoch=00000000", 410, "start-again"),
        ("from=1&and=more", 400, "bad-request"),
        (
            "from=00000000000000000000000000000000.1",
            410,
            "start-again",
        ),
        ("from=0", 422, "difference-too-large"),
    ] {
        let answer = site.get(&format!("/changes/diff?{parameters}"), &[]).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{parameters}: {}",
            answer.text()
        );
        assert_eq!(answer.problem(), slug, "{parameters}");
    }
    let none = difference(&site, "from=4&to=4").await;
    assert_eq!(none, (BTreeSet::new(), BTreeSet::new()));
}

fn links(feed: &str, rel: &str) -> Vec<String> {
    let start = format!("<link rel=\"{rel}\" href=\"");
    // Those of the feed stand before its entries.
    let head = feed.split("<entry>").next().unwrap_or_default();
    head.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|href| href.replace("&amp;", "&"))
        .collect()
}

fn ids(feed: &str) -> Vec<String> {
    let entries = feed.split("<entry>").skip(1);
    entries
        .filter_map(|entry| entry.split("<id>").nth(1)?.split("</id>").next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_feed_has_an_entry_for_each_change_and_archives_that_do_not_move() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let place = |number: u32, round: u32| {
        format!(
            "t:s{number} a schema:Place ; schema:name \"Salle {round}\"@fr ; \
             schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        )
    };
    let first = folder.store.generation().0;
    for round in 0..130 {
        folder.submit("theatre", &place(1, round));
    }
    let many: String = (0..40).map(|number| place(number, 7)).collect();
    folder.submit("theatre", &many);
    let last = folder.store.generation().0;
    let site = site(folder);
    let feed = site.get("/changes.atom?lang=en", &[]).await.text();
    assert!(feed.contains("Salle 7 and others: 40 in all"), "{feed}");
    assert!(!feed.contains("<fh:archive/>"));
    let mut pages = vec![feed.clone()];
    let mut all = ids(&feed);
    while let Some(before) = links(pages.last().expect("one"), "prev-archive").pop() {
        let path = before
            .strip_prefix(support::BASE)
            .expect("it is below the base");
        let page = site.get(path, &[]).await.text();
        assert!(page.contains("<fh:archive/>"));
        assert_eq!(links(&page, "current").len(), 1);
        all.extend(ids(&page));
        pages.push(page);
    }
    assert_eq!(
        pages.len() as u64,
        (last / 50).max(1),
        "as many archives as there are"
    );
    let expected: BTreeSet<u64> = (first + 1..=last).collect();
    let found: BTreeSet<u64> = all
        .iter()
        .filter_map(|id| id.rsplit('/').next()?.parse().ok())
        .collect();
    assert_eq!(found, expected);
    assert_eq!(all.len(), expected.len(), "each is there once");
    // More changes move no archive.
    let mut folder = Folder::reopened(site.close());
    for round in 0..60 {
        folder.submit("theatre", &place(1, round));
    }
    let site = self::site(folder);
    for page in &pages[1..] {
        let path = links(page, "self").pop().expect("its address");
        let path = path.strip_prefix(support::BASE).expect("ours").to_owned();
        let again = site.get(&path, &[]).await.text();
        assert_eq!(ids(&again), ids(page));
    }
    let page = site.get("/", &[("accept", "text/html")]).await.text();
    assert!(
        page.contains("href=\"/changes.atom\" type=\"application/atom+xml\""),
        "{page}"
    );
}

#[tokio::test]
async fn a_release_stands_for_its_generation_and_is_where_somebody_new_begins() {
    let mut random = Random::new();
    let mut folder = changing::begin(&mut random);
    changing::change(&mut folder, &mut random, 6);
    let site = site(folder);
    let releases = site.app.releases.folder().to_owned();
    let log = site.app.store.identity().to_owned();
    let release = |date: &str, log: &str| {
        let manifest = serde_json::json!({
            "version": 1, "base": support::BASE, "number": 1, "date": date, "log": log,
            "generation": 5, "modified": "2026-11-01T00:00:00Z", "header_sha256": "",
            "sources": [], "left_out": [], "entities": [], "files": [], "state": null,
        });
        let folder = releases.join(date);
        std::fs::create_dir_all(&folder).expect("a folder is made");
        std::fs::write(folder.join("manifest.json"), manifest.to_string()).expect("written");
    };
    release("2026-11-01", &log);
    release("2026-10-01", &"0".repeat(32));
    site.app.releases.refresh().expect("they can be read");
    let by_date = difference(&site, "from=2026-11-01").await;
    let by_number = difference(&site, "from=5").await;
    let by_cursor = difference(&site, &format!("from={log}.5")).await;
    assert_eq!(by_date, by_number);
    assert_eq!(by_date, by_cursor);
    let other = site.get("/changes/diff?from=2026-10-01", &[]).await;
    assert_eq!(other.problem(), "start-again");
    release("2026-12-01", &log);
    std::fs::remove_dir_all(releases.join("2026-10-01")).expect("it was there");
    site.app.releases.refresh().expect("they can be read");
    let page = site.get("/changes/entities", &[]).await.json();
    assert_eq!(page["start"]["cursor"], format!("{log}.5"), "{page:#}");
    let cursor = page["start"]["cursor"].as_str().expect("a cursor");
    let rest = site
        .get(&format!("/changes/entities?since={cursor}"), &[])
        .await;
    assert_eq!(rest.status, StatusCode::OK);
    assert!(rest.json()["start"].is_null());
}
