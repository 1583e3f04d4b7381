//! Entities with very much to them have pages like any other: small, and read in proportion to
//! what they show.

use crate::site::Site;
use crate::support::Folder;
use affiche::app::links::Follower;
use axum::http::StatusCode;
use std::fmt::Write as _;

/// What a page may weigh, uncompressed.
const PAGE_BYTES: usize = 200_000;
/// How much more a page may read of the store because there is ten times as much that points
/// to its entity.
const MORE_READS: u64 = 200;

/// A place with so many performances, of which a fifth are of one production, and the company of
/// all of them.
fn programme(name: &str, performances: usize) -> String {
    let mut text = format!(
        "t:place{name} a schema:Place ; schema:name \"Grande salle\"@fr ; schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n\
         t:piece{name} a ado:LivePerformanceWork ; schema:name \"Pièce\"@fr ; schema:director t:metteuse{name} .\n\
         t:metteuse{name} a schema:Person ; schema:name \"Ana Ruiz {name}\" .\n\
         t:troupe{name} a schema:Organization ; schema:name \"Troupe {name}\"@fr .\n"
    );
    for number in 0..performances {
        let (day, month, year) = (1 + number % 28, 1 + number / 28 % 12, 2020 + number % 17);
        let _ = write!(
            text,
            "t:soir{name}-{number} a schema:PerformingArtsEvent ; schema:name \"Soir {number}\"@fr ; \
             schema:startDate \"{year}-{month:02}-{day:02}T20:30:00+01:00\"^^xsd:dateTime ; \
             schema:location t:place{name} ; schema:organizer t:troupe{name}"
        );
        if number % 5 == 0 {
            let _ = write!(text, " ; schema:workPerformed t:piece{name}");
        }
        text.push_str(" .\n");
    }
    text
}

/// Somebody with a name in forty languages and a megabyte of text in one.
fn wordy() -> String {
    let mut text = String::from("t:bavarde a schema:Person ; schema:name \"Bavarde\"");
    for number in 0..40 {
        let tag = format!(
            "{}{}",
            (b'a' + number / 26) as char,
            (b'a' + number % 26) as char
        );
        let _ = write!(
            text,
            " ; schema:name \"Bavarde {tag}\"@{tag} ; schema:description \"{}\"@{tag}",
            "Un mot. ".repeat(50)
        );
    }
    let _ = writeln!(
        text,
        " ; schema:description \"{}\"@fr .",
        "Elle parle longuement de théâtre. ".repeat(30_000)
    );
    text
}

#[tokio::test]
async fn pages_of_big_entities_are_small_and_read_what_they_show() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = programme("A", 1_000) + &programme("B", 10_000) + &wordy();
    let report = folder.submit("theatre", &text);
    assert!(report.generation.0 > 1, "{report:?}");
    let site = Site::of(folder);
    Follower::new(&site.app, &|| false)
        .step()
        .expect("they are read");
    let read = async |path: &str, accept: &str| {
        let before = site.app.store.reads();
        let answer = site.get(path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        (answer, site.app.store.reads() - before)
    };
    for thing in ["place", "piece", "metteuse", "troupe"] {
        let mut reads = Vec::new();
        for name in ["A", "B"] {
            let path = format!("/doc/{}", site.noid(&format!("{thing}{name}")));
            let (page, of_page) = read(&path, "text/html").await;
            assert!(
                page.bytes.len() < PAGE_BYTES,
                "{thing}{name}: {}",
                page.bytes.len()
            );
            let mut all = of_page;
            for query in [
                "",
                "?when=past&page=2&per_page=5",
                "?when=upcoming&per_page=5",
            ] {
                let (list, of_list) = read(&format!("{path}/links{query}"), "text/html").await;
                assert!(
                    list.bytes.len() < PAGE_BYTES,
                    "{thing}{name}: {}",
                    list.bytes.len()
                );
                all += of_list;
                if thing == "metteuse" {
                    break;
                }
            }
            reads.push(all);
        }
        let (few, many) = (reads[0], reads[1]);
        assert!(many < few + MORE_READS, "{thing}: {few} reads, then {many}");
    }
    // There are as many as there are, wherever they are shown.
    let place = site.noid("placeB");
    let (list, _) = read(&format!("/doc/{place}/links?format=json"), "*/*").await;
    assert_eq!(list.json()["total"], 10_000);
    let piece = format!("/doc/{}/links?relation=workPerformed", site.noid("pieceB"));
    let (list, _) = read(&format!("{piece}&format=json"), "*/*").await;
    assert_eq!(list.json()["total"], 2_000);
    let last = list.json()["pages"].to_string();
    let (last, _) = read(&format!("{piece}&format=json&page={last}"), "*/*").await;
    assert!(!last.json()["items"].as_array().expect("a list").is_empty());

    let wordy = format!("/doc/{}", site.noid("bavarde"));
    let (page, _) = read(&wordy, "text/html").await;
    assert!(page.bytes.len() < PAGE_BYTES, "{}", page.bytes.len());
    let (turtle, _) = read(&wordy, "text/turtle").await;
    assert!(turtle.bytes.len() > 1_000_000, "the data is whole");
}
