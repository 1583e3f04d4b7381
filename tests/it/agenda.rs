//! What is on, where it is and when: by the clocks of the places, complete, and counted rightly.

use crate::site::{Answer, Site};
use crate::support::{BASE, Folder, at};
use affiche::app::statistics::facets::agenda::{Agenda, Wanted};
use affiche::app::statistics::facets::{Facet, Filter, KIND};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use oxrdf::{Term, Triple};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};

const PAGE: (&str, &str) = ("accept", "text/html");
const FRENCH: (&str, &str) = ("accept-language", "fr");
const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";

/// Two houses, eleven hours of clocks apart in summer and winter, and one nobody can place.
const HOUSES: &str = r#"
t:paris a schema:Place ; schema:name "Le Bac"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "75011" ; schema:addressLocality "PARIS CEDEX 11" ] ;
    schema:geo [ a schema:GeoCoordinates ; schema:latitude 48.86 ; schema:longitude 2.37 ] .
t:salle a schema:Place ; schema:name "Petite salle"@fr ; schema:containedInPlace t:paris .
t:reunion a schema:Place ; schema:name "Le Tamarin"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "97400" ; schema:addressLocality "Saint-Denis" ] ;
    schema:geo [ a schema:GeoCoordinates ; schema:latitude -20.88 ; schema:longitude 55.45 ] .
t:ailleurs a schema:Place ; schema:name "Teatro Lunare"@it ;
    schema:address [ a schema:PostalAddress ; schema:addressLocality "Torino" ; schema:addressCountry "IT" ] .
"#;

/// A performance of the theatre.
fn show(name: &str, start: &str, place: &str, more: &str) -> String {
    let class = if start.len() > 10 { "dateTime" } else { "date" };
    format!(
        "t:{name} a schema:PerformingArtsEvent, schema:Event ; schema:name \"{name}\"@fr ; schema:startDate \"{start}\"^^xsd:{class} ; schema:location t:{place} {more}.\n"
    )
}

fn site_at(shows: &str, clock: fn() -> Timestamp) -> Site {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &format!("{HOUSES}{shows}"));
    let site = Site::with_clock(folder, |_| (), clock);
    site.count();
    site
}

fn sunday_noon() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn sunday_evening() -> Timestamp {
    at("2026-11-22T21:00:00Z")
}

/// What is in a list, by name, in its order.
async fn names(site: &Site, path: &str) -> Vec<String> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let answer = site
        .get(&format!("{path}{separator}format=json"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{path} {}", answer.text());
    let json = answer.json();
    let items = json["items"].as_array().expect("items");
    let name = |item: &serde_json::Value| item["name"]["fr"].as_str().unwrap_or("?").to_owned();
    items.iter().map(name).collect()
}

async fn page(site: &Site, path: &str) -> String {
    let answer = site.get(path, &[PAGE, FRENCH]).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text()
}

#[tokio::test]
async fn today_is_the_day_that_it_is_in_the_place() {
    // In Paris it is Sunday evening, on Réunion it is Monday.
    let shows = [
        show("dimanche-paris", "2026-11-22T20:30:00+01:00", "paris", ""),
        show("lundi-paris", "2026-11-23T20:30:00+01:00", "paris", ""),
        show(
            "dimanche-reunion",
            "2026-11-22T20:00:00+04:00",
            "reunion",
            "",
        ),
        show("lundi-reunion", "2026-11-23T20:00:00+04:00", "reunion", ""),
        // Without a time, nothing but the place tells which day it is there.
        show("jour-reunion", "2026-11-23", "reunion", ""),
        show("jour-paris", "2026-11-23", "paris", ""),
    ];
    let site = site_at(&shows.concat(), sunday_evening);
    let today = names(&site, "/agenda?period=today").await;
    assert_eq!(today, ["dimanche-paris", "jour-reunion", "lundi-reunion"]);
    let next = names(&site, "/agenda").await;
    assert_eq!(next.len(), 5);
    assert!(!next.contains(&"dimanche-reunion".to_owned()));
    // A day is a day, wherever it is.
    let monday = names(&site, "/agenda?day=2026-11-23").await;
    let expected = ["jour-paris", "jour-reunion", "lundi-reunion", "lundi-paris"];
    assert_eq!(
        monday.iter().collect::<BTreeSet<_>>(),
        expected.map(str::to_owned).iter().collect()
    );
    assert_eq!(monday.last().map(String::as_str), Some("lundi-paris"));
    let home = page(&site, "/").await;
    let (today, rest) = home.split_once("id=\"next\"").expect("two sections");
    assert!(today.contains("dimanche-paris") && today.contains("lundi-reunion"));
    assert!(!today.contains("lundi-paris") && rest.contains("lundi-paris"));
}

#[tokio::test]
async fn a_day_begins_at_midnight_and_has_23_or_25_hours_when_clocks_change() {
    let shows = [
        show("minuit", "2026-03-29T00:00:00+01:00", "paris", ""),
        show("nuit", "2026-03-29T01:30:00+01:00", "paris", ""),
        show("soir", "2026-03-29T23:59:00+02:00", "paris", ""),
        show("lendemain", "2026-03-30T00:00:00+02:00", "paris", ""),
        show("deux-heures", "2026-10-25T02:30:00+02:00", "paris", ""),
        show(
            "deux-heures-encore",
            "2026-10-25T02:30:00+01:00",
            "paris",
            "",
        ),
        show("veille", "2026-10-24T23:59:00+02:00", "paris", ""),
    ];
    let site = site_at(&shows.concat(), sunday_noon);
    let of = async |day: &str| names(&site, &format!("/agenda?day={day}")).await;
    assert_eq!(of("2026-03-29").await, ["minuit", "nuit", "soir"]);
    assert_eq!(of("2026-03-30").await, ["lendemain"]);
    let october: BTreeSet<_> = of("2026-10-25").await.into_iter().collect();
    assert_eq!(october.len(), 2);
    assert_eq!(of("2026-10-24").await, ["veille"]);
    assert_eq!(names(&site, "/agenda?month=2026-03").await.len(), 4);
    let march = page(&site, "/agenda?month=2026-03").await;
    assert!(march.contains("dimanche 29 mars 2026 : 3 dates"), "{march}");
}

#[tokio::test]
async fn a_tag_holds_until_midnight_in_a_place_and_no_longer() {
    static CLOCK: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        Timestamp::from_second(CLOCK.load(Ordering::SeqCst)).expect("a time")
    }
    let set = |text: &str| CLOCK.store(at(text).as_second(), Ordering::SeqCst);
    set("2026-11-22T12:00:00Z");
    let shows = [
        show("paris-un", "2026-11-23T20:30:00+01:00", "paris", ""),
        show("reunion-un", "2026-11-23T20:00:00+04:00", "reunion", ""),
    ];
    let site = site_at(&shows.concat(), clock);
    for path in ["/agenda", "/agenda?period=today", "/places"] {
        set("2026-11-22T12:00:00Z");
        let mut tag = site.get(path, &[PAGE]).await.header("etag").to_owned();
        assert!(!tag.is_empty());
        for (time, is_same) in [
            ("2026-11-22T19:59:59Z", true),
            ("2026-11-22T20:00:00Z", false),
            ("2026-11-22T22:59:59Z", true),
            ("2026-11-22T23:00:00Z", false),
            ("2026-11-23T12:00:00Z", true),
        ] {
            set(time);
            let answer = site.get(path, &[PAGE, ("if-none-match", &tag)]).await;
            let expected = if is_same {
                StatusCode::NOT_MODIFIED
            } else {
                StatusCode::OK
            };
            assert_eq!(answer.status, expected, "{path} {time}");
            tag = answer.header("etag").to_owned();
        }
    }
}

#[tokio::test]
async fn what_does_not_take_place_is_shown_so_and_not_counted() {
    let status = |name: &str| format!("; schema:eventStatus schema:{name}");
    let shows = [
        show("joue", "2026-12-01T20:30:00+01:00", "salle", ""),
        show(
            "annule",
            "2026-12-01T21:00:00+01:00",
            "paris",
            &status("EventCancelled"),
        ),
        show(
            "reporte",
            "2026-12-02T20:30:00+01:00",
            "paris",
            &status("EventPostponed"),
        ),
        show(
            "ecole",
            "2026-12-01T10:00:00+01:00",
            "paris",
            "; sv:acces <https://data.example.org/vocab/acces/scolaires>",
        ),
        show(
            "ouvert",
            "2026-12-03T10:00:00+01:00",
            "paris",
            "; sv:acces <https://data.example.org/vocab/acces/ouvert-a-tous> ; schema:isAccessibleForFree true",
        ),
    ];
    let site = site_at(&shows.concat(), sunday_noon);
    assert_eq!(names(&site, "/agenda").await, ["joue", "annule", "ouvert"]);
    let all = page(&site, "/agenda").await;
    assert!(all.contains("2 dates · 1 annulée"), "{all}");
    let (list, apart) = all.split_once("id=\"postponed\"").expect("a section apart");
    assert!(!list.contains("reporte") && apart.contains("reporte"));
    let cancelled = list.split("<li class=\"is-cancelled\">").nth(1);
    assert!(cancelled.is_some_and(|line| line.contains("annule")));
    // The room says where it is by its house.
    assert!(
        list.contains("Petite salle") && list.contains("Le Bac") && list.contains(", Paris</p>")
    );
    for (query, expected) in [
        ("access=scolaires", &["ecole"][..]),
        ("access=all", &["ecole", "joue", "annule", "ouvert"]),
        ("status=EventPostponed", &["reporte"]),
        ("status=EventCancelled", &["annule"]),
        ("price=free", &["ouvert"]),
        ("town=Paris", &["joue", "annule", "ouvert"]),
        (
            "where=%C3%AEle%20de%20france",
            &["joue", "annule", "ouvert"],
        ),
        ("where=PARIS&department=75", &["joue", "annule", "ouvert"]),
        ("where=par", &["joue", "annule", "ouvert"]),
        ("where=p", &[]),
        ("where=Atlantide", &[]),
        ("department=974", &[]),
        ("near=48.85,2.35&within=10", &["joue", "annule", "ouvert"]),
        ("near=45.75,4.85&within=10", &[]),
        ("from=2026-12-02", &["ouvert"]),
        ("until=2026-12-01", &["joue", "annule"]),
        ("day=&from=&town=", &["joue", "annule", "ouvert"]),
    ] {
        assert_eq!(
            names(&site, &format!("/agenda?{query}")).await,
            expected,
            "{query}"
        );
    }
    // Whoever chooses one access no longer wants all.
    let all = page(&site, "/agenda?access=all").await;
    assert!(all.contains("href=\"/agenda?access=scolaires\""), "{all}");
    assert!(!all.contains("access=all&#38;access="), "{all}");
    // The calendar counts what takes place.
    let december = page(&site, "/agenda?month=2026-12").await;
    assert!(
        december.contains("mardi 1er décembre 2026 : 1 date\""),
        "{december}"
    );
    assert!(!december.contains("mercredi 2 décembre 2026 :"));
}

#[tokio::test]
async fn what_is_on_for_several_days_is_told_apart_while_it_is_on() {
    let long = |name: &str, class: &str, from: &str, until: &str| {
        format!(
            "t:{name} a {class} ; schema:name \"{name}\"@fr ; schema:startDate \"{from}\"^^xsd:date ; schema:endDate \"{until}\"^^xsd:date ; schema:location t:paris .\n"
        )
    };
    let shows = [
        long("festival", "schema:Festival", "2026-11-20", "2026-11-25"),
        long("passe", "schema:Festival", "2026-11-10", "2026-11-21"),
        long(
            "serie",
            "schema:EventSeries, sv:Exploitation",
            "2026-12-20",
            "2026-12-30",
        ),
        show("joue", "2026-12-01T20:30:00+01:00", "paris", ""),
    ];
    let site = site_at(&shows.concat(), sunday_noon);
    assert_eq!(names(&site, "/agenda").await, ["joue"]);
    let all = page(&site, "/agenda").await;
    let (_, rest) = all.split_once("id=\"ongoing\"").expect("a section");
    assert!(rest.contains(">festival<") && rest.contains(">serie<") && !rest.contains(">passe<"));
    let day = page(&site, "/agenda?day=2026-11-25").await;
    assert!(day.contains(">festival<") && !day.contains(">serie<"));
    let kinds = names(&site, "/agenda?kind=festival&kind=series").await;
    assert_eq!(kinds, ["serie"]);
    let ever = names(&site, "/agenda?kind=festival&kind=series&from=2026-01-01").await;
    assert_eq!(ever, ["passe", "festival", "serie"]);
}

#[tokio::test]
async fn pages_lead_through_a_list_once_and_each_can_be_read_again() {
    let shows: String = (1..=23)
        .map(|number| {
            let day = 1 + number % 5;
            let start = format!("2026-12-{day:02}T20:30:00+01:00");
            show(&format!("n{number}"), &start, "paris", "")
        })
        .collect();
    let site = site_at(&shows, sunday_noon);
    let whole = names(&site, "/agenda?per_page=200").await;
    assert_eq!(whole.len(), 23);
    let mut found = Vec::new();
    let mut members = BTreeSet::new();
    let mut path = "/agenda?per_page=5".to_owned();
    loop {
        found.extend(names(&site, &path).await);
        let answer = site.get(&path, &[("accept", "text/turtle")]).await;
        let triples: Vec<Triple> = oxttl::TurtleParser::new()
            .for_slice(&answer.bytes)
            .collect::<Result<_, _>>()
            .expect("Turtle");
        let objects = |local: &str| -> Vec<&Term> {
            let of = triples
                .iter()
                .filter(|triple| triple.predicate.as_str() == format!("{HYDRA}{local}"));
            of.map(|triple| &triple.object).collect()
        };
        assert_eq!(
            objects("totalItems")[0].to_string().split('"').nth(1),
            Some("23")
        );
        for member in objects("member") {
            assert!(members.insert(member.to_string()), "{member} twice");
        }
        let next = objects("next").first().map(ToString::to_string);
        let link = next_link(&answer);
        assert_eq!(next.is_some(), link.is_some());
        let Some(link) = link else { break };
        let next = next.unwrap_or_default();
        assert_eq!(format!("<{BASE}{link}>"), next);
        path = link;
    }
    assert_eq!((found, members.len()), (whole, 23));
    let names: Vec<String> = site
        .get("/agenda?per_page=5&page=5&format=csv", &[])
        .await
        .text()
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    assert_eq!(names.len(), 3);
    for (path, status) in [
        ("/agenda?per_page=5&page=6", StatusCode::NOT_FOUND),
        ("/agenda?page=0", StatusCode::BAD_REQUEST),
        ("/agenda?page=-1", StatusCode::BAD_REQUEST),
        ("/agenda?page=1e3", StatusCode::BAD_REQUEST),
        ("/agenda?page=99999999999999999999", StatusCode::BAD_REQUEST),
        ("/agenda?page=4294967297", StatusCode::NOT_FOUND),
        ("/agenda?per_page=201", StatusCode::BAD_REQUEST),
        ("/agenda?day=2026-13-01", StatusCode::BAD_REQUEST),
        ("/agenda?month=2026-1", StatusCode::BAD_REQUEST),
        (
            "/agenda?from=2026-12-02&until=2026-12-01",
            StatusCode::BAD_REQUEST,
        ),
        (
            "/agenda?day=2026-12-02&period=today",
            StatusCode::BAD_REQUEST,
        ),
        ("/agenda?near=91,0", StatusCode::BAD_REQUEST),
        ("/agenda?near=NaN,0", StatusCode::BAD_REQUEST),
        ("/agenda?near=1,1&within=-1", StatusCode::BAD_REQUEST),
        ("/agenda?unknown=1", StatusCode::BAD_REQUEST),
        ("/agenda?format=docx", StatusCode::NOT_ACCEPTABLE),
        ("/agenda?day=0001-01-01", StatusCode::BAD_REQUEST),
        ("/agenda?month=9998-12", StatusCode::OK),
        ("/agenda?month=1000-01", StatusCode::OK),
        ("/agenda?near=90,180&within=500", StatusCode::OK),
        ("/places?page=2", StatusCode::NOT_FOUND),
        ("/places?region=none", StatusCode::OK),
        ("/places?department=%22%3E%3Cscript%3E", StatusCode::OK),
        ("/places?format=jsonld", StatusCode::OK),
    ] {
        assert_eq!(site.get(path, &[]).await.status, status, "{path}");
    }
    let evil = page(
        &site,
        "/agenda?where=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&town=%3Ci%3E",
    )
    .await;
    assert!(
        !evil.contains("<script>alert") && !evil.contains("<i>"),
        "{evil}"
    );
}

/// The path of the link to the next page.
fn next_link(answer: &Answer) -> Option<String> {
    let links = answer.header("link");
    let link = links
        .split(", <")
        .find(|link| link.contains("rel=\"next\""))?;
    let target = link.trim_start_matches('<').split('>').next()?;
    Some(format!("/{target}"))
}

#[tokio::test]
async fn places_are_counted_by_region_department_and_town() {
    let shows = [
        show("un", "2026-12-01T20:30:00+01:00", "salle", ""),
        show("deux", "2026-12-02T20:30:00+01:00", "paris", ""),
        show("passe", "2026-01-02T20:30:00+01:00", "paris", ""),
        show("ile", "2026-12-02T20:30:00+04:00", "reunion", ""),
    ];
    let site = site_at(&shows.concat(), sunday_noon);
    let text = |page: &str| {
        let tags = regex::Regex::new("<[^>]*>").expect("a pattern");
        tags.replace_all(page, " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let all = text(&page(&site, "/places").await);
    assert!(all.contains("4 lieux · 3 dates à venir"), "{all}");
    // The room and its house are both places, and what is on in the room is on in the house.
    assert!(all.contains("Île-de-France 2 lieux · 2 dates"), "{all}");
    assert!(all.contains("La Réunion 1 lieu · 1 date"), "{all}");
    assert!(
        all.contains("À l’étranger ou sans département connu 1 lieu"),
        "{all}"
    );
    let region = text(&page(&site, "/places?region=R11").await);
    assert!(region.contains("Paris (75) 2 lieux"), "{region}");
    let department = page(&site, "/places?department=75").await;
    assert!(
        department.contains("/places?department=75&#38;town=Paris"),
        "{department}"
    );
    let town = page(&site, "/places?department=75&town=Paris").await;
    assert!(town.contains("Petite salle") && !town.contains("Le Tamarin"));
    let elsewhere = page(&site, "/places?region=none").await;
    assert!(elsewhere.contains("Lunare") && !elsewhere.contains("Le Bac<"));
    assert!(page(&site, "/places").await.contains("<svg"));
    let listed = names(&site, "/places").await;
    assert_eq!(listed.len(), 4);
}

#[tokio::test]
async fn a_name_of_any_length_leaves_pages_small() {
    let long = "é<\u{1f3ad}a".repeat(9_000);
    let mut turtle = format!(
        "t:long a schema:Place ; schema:name \"{long}\"@fr ; schema:address [ a schema:PostalAddress ; schema:postalCode \"75011\" ; schema:addressLocality \"{long}\" ] .\n"
    );
    for number in 0..30 {
        let _ = writeln!(
            turtle,
            "t:s{number} a schema:PerformingArtsEvent, schema:Event ; schema:name \"{long}{number}\"@fr ; schema:startDate \"2026-11-22T20:{number:02}:00+01:00\"^^xsd:dateTime ; schema:location t:long ."
        );
    }
    let site = site_at(&turtle, sunday_noon);
    affiche::app::links::Follower::new(&site.app, &|| false)
        .step()
        .expect("it can be followed");
    let document = format!("/doc/{}", site.noid("long"));
    for path in [
        "/".to_owned(),
        "/agenda".to_owned(),
        "/places".to_owned(),
        document.clone(),
        format!("{document}/links"),
        format!("{document}/history"),
    ] {
        let text = page(&site, &path).await;
        assert!(text.contains("é&#60;\u{1f3ad}a"), "{path}");
        assert!(text.contains('…'), "{path}");
        assert!(text.len() < 200_000, "{path}: {} bytes", text.len());
    }
}

#[tokio::test]
async fn each_page_of_a_list_gives_one_address_in_each_language() {
    let site = site_at(
        &show("un", "2026-12-01T20:30:00+01:00", "salle", ""),
        sunday_noon,
    );
    for path in ["/", "/agenda", "/agenda?town=Paris", "/places", "/browse/"] {
        let separator = if path.contains('?') { "&#38;" } else { "?" };
        let french = format!("<link rel=\"canonical\" href=\"{BASE}{path}\">");
        let english = format!("<link rel=\"canonical\" href=\"{BASE}{path}{separator}lang=en\">");
        let at = |lang: &str| match path.contains('?') {
            true => format!("{path}&lang={lang}"),
            false => format!("{path}?lang={lang}"),
        };
        let (fr, en) = (page(&site, &at("fr")).await, page(&site, &at("en")).await);
        assert!(fr.contains(&french), "{path} {fr}");
        assert!(en.contains(&english), "{path} {en}");
        for text in [fr, en] {
            for (lang, end) in [("fr", ""), ("x-default", ""), ("en", "lang=en")] {
                let end = if end.is_empty() {
                    String::new()
                } else {
                    format!("{separator}{end}")
                };
                let link = format!(
                    "<link rel=\"alternate\" hreflang=\"{lang}\" href=\"{BASE}{path}{end}\">"
                );
                assert!(text.contains(&link), "{path}: no {link}");
            }
            assert!(text.contains("<meta property=\"og:title\""), "{path}");
            assert!(text.contains("<meta name=\"description\""), "{path}");
        }
    }
}

#[tokio::test]
async fn every_format_that_a_list_names_can_be_had() {
    let site = site_at(
        &show("un", "2026-12-01T20:30:00+01:00", "salle", ""),
        sunday_noon,
    );
    let named = regex::Regex::new("href=\"([^\"]*[?;]format=[a-z]+)\"").expect("a pattern");
    for path in ["/agenda", "/places"] {
        let text = page(&site, path).await;
        let mut formats = 0;
        for found in named.captures_iter(&text) {
            let address = found[1].replace("&#38;", "&");
            let answer = site.get(&address, &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            formats += 1;
        }
        assert!(formats >= 5, "{path}: {formats}");
    }
}

/// One invented event, for the comparison with a count by hand.
#[derive(Clone, Debug)]
struct Event {
    day: u8,
    hour: Option<u8>,
    is_reunion: bool,
    days: u8,
    /// 0 performance, 1 meeting, 2 festival, 3 series.
    kind: u8,
    /// 0 none, 1 cancelled, 2 postponed.
    status: u8,
    /// 0 none, 1 open, 2 schools.
    access: u8,
}

fn event() -> impl Strategy<Value = Event> {
    (
        1..28_u8,
        prop::option::of(0..24_u8),
        any::<bool>(),
        0..9_u8,
        0..4_u8,
        0..3_u8,
        0..3_u8,
    )
        .prop_map(
            |(day, hour, is_reunion, days, kind, status, access)| Event {
                day,
                hour,
                is_reunion,
                days,
                kind,
                status,
                access,
            },
        )
}

impl Event {
    fn turtle(&self, number: usize) -> String {
        let zone = if self.is_reunion { "+04:00" } else { "+01:00" };
        let class = [
            "schema:PerformingArtsEvent, schema:Event",
            "schema:Event",
            "schema:Festival",
            "schema:EventSeries",
        ][usize::from(self.kind)];
        let mut text = format!("t:e{number} a {class} ; schema:name \"e{number}\"@fr ");
        let place = if self.is_reunion { "reunion" } else { "paris" };
        let _ = write!(text, "; schema:location t:{place} ");
        let date = |day: u8| match self.hour {
            Some(hour) => format!("\"2026-11-{day:02}T{hour:02}:00:00{zone}\"^^xsd:dateTime"),
            None => format!("\"2026-11-{day:02}\"^^xsd:date"),
        };
        let _ = write!(text, "; schema:startDate {} ", date(self.day));
        // What takes longer than a day is no performance.
        if self.kind > 1 {
            let _ = write!(
                text,
                "; schema:endDate {} ",
                date((self.day + self.days).min(30))
            );
        }
        match self.status {
            1 => text.push_str("; schema:eventStatus schema:EventCancelled "),
            2 => text.push_str("; schema:eventStatus schema:EventPostponed "),
            _ => {}
        }
        match self.access {
            1 => text.push_str("; sv:acces <https://data.example.org/vocab/acces/ouvert-a-tous> "),
            2 => text.push_str("; sv:acces <https://data.example.org/vocab/acces/scolaires> "),
            _ => {}
        }
        text.push_str(".\n");
        text
    }

    /// The last day, as data says it: an evening that ends before nine in the morning of the next
    /// day is one evening.
    fn last_day(&self) -> u8 {
        let last = (self.day + self.days).min(30);
        if self.kind < 2 || (last == self.day + 1 && self.hour.is_some_and(|hour| hour < 9)) {
            self.day
        } else {
            last
        }
    }
}

fn day(number: u8) -> Date {
    Date::constant(2026, 11, i8::try_from(number).expect("a day"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each event is counted by hand, one after the other.
    #[test]
    fn what_is_on_is_what_counting_by_hand_gives(
        events in prop::collection::vec(event(), 1..30),
        ranges in prop::collection::vec((1..28_u8, 0..10_u8, any::<bool>(), any::<bool>()), 4),
    ) {
        let shows: String = events.iter().enumerate().map(|(n, event)| event.turtle(n)).collect();
        let site = site_at(&shows, sunday_noon);
        let state = site.app.statistics.current().expect("it is counted");
        let by_day = Facet::named("day").expect("a facet");
        let by_town = Facet::named("town").expect("a facet");
        for (from, length, is_all_access, is_festival) in ranges {
            let until = from + length;
            let mut filters = Vec::new();
            if is_all_access {
                let facet = Facet::named("access").expect("a facet");
                filters.push(Filter { facet, keys: vec!["all"] });
            }
            if is_festival {
                filters.push(Filter { facet: &KIND, keys: vec!["festival"] });
            }
            let found: Agenda = state.performances.agenda(&Wanted {
                filters: &filters,
                near: None,
                days: &|_| (day(from), day(until.min(30))),
                offset: 0,
                limit: 1000,
                apart: 1000,
                facets: &[by_day, by_town],
            });
            let passes = |event: &&Event| is_all_access || event.access != 2;
            let starts = |event: &&Event| (from..=until).contains(&event.day);
            let is_on = |event: &&Event| event.day <= until && event.last_day() >= from;
            let is_listed = |event: &&Event| if is_festival { event.kind == 2 } else { event.kind < 2 };
            let wanted = || events.iter().filter(passes);
            let list = || wanted().filter(starts).filter(is_listed);
            let taking_place = || list().filter(|event| event.status == 0);
            let apart = wanted().filter(is_on).filter(|event| event.status == 0).filter(|event| {
                if is_festival { event.kind == 2 && event.day < from } else { event.kind > 1 }
            });
            prop_assert_eq!(found.total, taking_place().count() as u64);
            prop_assert_eq!(found.listed, list().filter(|event| event.status != 2).count());
            prop_assert_eq!(found.page.len(), found.listed);
            prop_assert!(found.page.is_sorted_by_key(|entry| entry.start));
            prop_assert_eq!(found.ongoing.total, apart.count());
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for event in taking_place() {
                *counts.entry(day(event.day).to_string()).or_default() += 1;
            }
            let of_days: BTreeMap<String, u64> = found.facets[0].values.iter().map(|count| {
                let value = state.performances.value_of(by_day, count).expect("a value");
                (value.key.clone(), count.count)
            }).collect();
            prop_assert_eq!(&of_days, &counts);
            prop_assert_eq!(of_days.values().sum::<u64>(), found.total);
            prop_assert_eq!(found.facets[1].values.iter().map(|count| count.count).sum::<u64>(), found.total);
        }
    }
}
