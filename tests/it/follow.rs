//! `/follow`: what happens to entities, as feeds; and a hub that is told of it.

use crate::program::{Data, Server, until};
use crate::site::{Answer, PROGRAMME, Site};
use crate::support::{BASE, Folder, NOW, at};
use affiche::app::{history, identifiers};
use affiche::config::Config;
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::model::Mode;
use affiche::store::Request;
use axum::http::{Method, StatusCode};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;

impl Site {
    /// Has read the log to its end.
    fn follow_all(&self) {
        let mut follower = identifiers::Follower::new(&self.app, &|| false);
        follower.step().expect("the identifiers can be read");
        let mut follower = history::Follower::new(&self.app, &|| false);
        while follower.step().expect("the history can be read") {}
    }

    async fn feed(&self, path: &str) -> Feed {
        self.follow_all();
        let answer = self.get(path, &[]).await;
        Feed::of(&answer)
    }
}

/// A feed, as a reader of feeds sees it.
#[derive(Debug, Default)]
struct Feed {
    id: String,
    title: String,
    updated: String,
    links: BTreeMap<String, String>,
    is_archive: bool,
    entries: Vec<Entry>,
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Entry {
    id: String,
    title: String,
    updated: String,
    links: Vec<(String, String)>,
    term: String,
    content: String,
}

impl Feed {
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/atom+xml");
        let text = answer.text();
        let mut reader = Reader::from_str(&text);
        let mut feed = Self::default();
        let mut path: Vec<String> = Vec::new();
        let mut said = String::new();
        loop {
            let event = reader.read_event().expect("well-formed XML");
            match event {
                Event::Eof => break,
                Event::Start(start) => {
                    path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                    said.clear();
                    if path.len() == 2 && path[1] == "entry" {
                        feed.entries.push(Entry::default());
                    }
                }
                Event::Text(text) => said.push_str(&text.unescape().unwrap()),
                Event::Empty(element) => {
                    let attributes: BTreeMap<String, String> = element
                        .attributes()
                        .map(|attribute| {
                            let attribute = attribute.unwrap();
                            (
                                String::from_utf8(attribute.key.as_ref().to_vec()).unwrap(),
                                attribute.unescape_value().unwrap().into_owned(),
                            )
                        })
                        .collect();
                    match (element.name().as_ref(), path.len()) {
                        (b"link", 1) => {
                            feed.links
                                .insert(attributes["rel"].clone(), attributes["href"].clone());
                        }
                        (b"link", _) => feed
                            .entries
                            .last_mut()
                            .unwrap()
                            .links
                            .push((attributes["rel"].clone(), attributes["href"].clone())),
                        (b"category", _) => {
                            feed.entries.last_mut().unwrap().term = attributes["term"].clone();
                        }
                        (b"fh:archive", 1) => feed.is_archive = true,
                        other => panic!("an element too many: {other:?}"),
                    }
                }
                Event::End(_) => {
                    let name = path.pop().unwrap();
                    let said = std::mem::take(&mut said);
                    if path.len() == 1 {
                        match name.as_str() {
                            "id" => feed.id = said,
                            "title" => feed.title = said,
                            "updated" => feed.updated = said,
                            _ => {}
                        }
                    } else if let Some(entry) = feed.entries.last_mut() {
                        match name.as_str() {
                            "id" => entry.id = said,
                            "title" => entry.title = said,
                            "updated" => entry.updated = said,
                            "content" => entry.content = said,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        // RFC 4287 §4.1.1 and §4.1.2: what must be there.
        for text in [&feed.id, &feed.title, &feed.updated] {
            assert!(!text.is_empty(), "{feed:?}");
        }
        assert!(feed.links.contains_key("self"));
        for entry in &feed.entries {
            for text in [&entry.id, &entry.title, &entry.updated] {
                assert!(!text.is_empty(), "{feed:?}");
            }
        }
        feed
    }

    fn terms(&self) -> Vec<&str> {
        self.entries
            .iter()
            .map(|entry| entry.term.as_str())
            .collect()
    }
}

fn site() -> Site {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", PROGRAMME);
    Site::of(folder)
}

fn renamed(name: &str) -> String {
    PROGRAMME.replace("\"Le Bac\"@fr", &format!("\"{name}\"@fr"))
}

#[tokio::test]
async fn each_change_of_an_entity_is_an_entry_the_last_one_first() {
    let site = site();
    let piece = site.noid("piece");
    site.submit("theatre", &renamed("Le Bac, 1 < 2 & co"));
    let path = format!("/follow?iri={BASE}/id/{piece}&lang=fr");
    let feed = site.feed(&path).await;
    assert_eq!(feed.terms(), ["changed", "published"]);
    assert_eq!(feed.title, "Suivi : Le Bac, 1 < 2 & co");
    let [changed, published] = feed.entries.as_slice() else {
        panic!("two entries")
    };
    assert_eq!(changed.title, "Le Bac, 1 < 2 & co — modifié");
    assert_eq!(changed.updated, NOW);
    assert_eq!(feed.updated, NOW);
    assert!(
        changed
            .content
            .contains("« Le Bac » devient « Le Bac, 1 &lt; 2 &amp; co »"),
        "{}",
        changed.content
    );
    assert!(changed.content.contains("Source : theatre."));
    assert_ne!(changed.id, published.id);
    assert!(
        changed.id.starts_with("tag:data.example.org,"),
        "{}",
        changed.id
    );
    let generation = site.app.store.generation();
    assert!(changed.links.contains(&(
        "related".to_owned(),
        format!("{BASE}/doc/{piece}?generation={generation}")
    )));
    assert!(changed.links.contains(&(
        "alternate".to_owned(),
        format!("{BASE}/doc/{piece}/history")
    )));
    let english = site.feed(&path.replace("lang=fr", "lang=en")).await;
    assert_eq!(english.id, feed.id, "it is the same feed");
    assert_eq!(english.entries[0].id, changed.id);
    assert!(english.entries[0].content.contains("becomes"));
}

#[tokio::test]
async fn withdrawals_and_returns_are_in_the_feed() {
    let site = site();
    let piece = site.noid("piece");
    let gone = "t:piece a ado:LivePerformanceWork ; schema:name \"Le Bac\"@fr .";
    site.submit_as(Mode::Withdraw, "theatre", gone);
    let path = format!("/follow?iri={piece}&lang=en");
    let feed = site.feed(&path).await;
    assert_eq!(feed.terms(), ["withdrawn", "published"]);
    assert_eq!(
        feed.entries[0].title, "Le Bac — withdrawn",
        "as it was called"
    );
    site.submit_as(Mode::Upsert, "theatre", gone);
    let feed = site.feed(&path).await;
    assert_eq!(feed.terms(), ["returned", "withdrawn", "published"]);
}

#[tokio::test]
async fn who_follows_a_merged_entity_goes_on_with_the_one_that_it_is_now() {
    let site = site();
    site.submit(
        "office",
        "<https://office.example/bac> a schema:Place ; schema:name \"Salle\"@fr .",
    );
    site.follow_all();
    let salle = format!("{BASE}/id/{}", site.noid("salle"));
    let path = "/follow?iri=https%3A%2F%2Foffice.example%2Fbac&lang=en";
    let before = site.feed(path).await;
    assert_eq!(before.terms(), ["published"]);
    let office = before.entries[0]
        .links
        .iter()
        .find(|(_, href)| href.starts_with(&format!("{BASE}/id/")))
        .unwrap()
        .1
        .clone();
    let merge = Merge {
        one: &salle,
        other: &office,
        because: Some("the same hall"),
        ..Merge::default()
    };
    hands::merge(&site.app.store, &site.app.door, &merge, at(NOW)).expect("merged");
    site.submit("theatre", &PROGRAMME.replace("Salle du Bac", "Salle Verte"));
    // By its own IRI: what the office calls it is another entity now.
    let path = format!("/follow?iri={office}&lang=en");
    let merged = site.feed(&path).await;
    assert_eq!(merged.terms(), ["changed", "merged", "published"]);
    assert!(
        merged.entries[0].title.starts_with("Salle Verte"),
        "{merged:?}"
    );
    assert!(merged.entries[1].content.contains(&salle));
    let unmerge = Unmerge {
        entity: &office,
        ..Unmerge::default()
    };
    hands::unmerge(&site.app.store, &site.app.door, &unmerge, at(NOW)).expect("unmerged");
    site.submit("theatre", &PROGRAMME.replace("Salle du Bac", "Salle Bleue"));
    let apart = site.feed(&path).await;
    assert_eq!(
        apart.terms(),
        ["separated", "changed", "merged", "published"],
        "what happens to the other one afterwards is no news here"
    );
}

#[tokio::test]
async fn a_list_has_the_same_address_for_whoever_sends_it() {
    let site = site();
    site.follow_all();
    let (piece, salle) = (site.noid("piece"), site.noid("salle"));
    let sent = |body: String, media_type: &'static str| {
        let site = &site;
        async move {
            let headers = [("content-type", media_type)];
            site.ask(Method::POST, "/follow", &headers, body).await
        }
    };
    let first = sent(
        format!("{piece}\nhttps://theatre.example/salle\n"),
        "text/plain",
    )
    .await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let again = sent(
        json!([
            format!("{BASE}/id/{salle}"),
            format!("{BASE}/doc/{piece}"),
            salle,
            "nothing"
        ])
        .to_string(),
        "application/json",
    )
    .await;
    assert_eq!(again.header("location"), first.header("location"));
    let said: Value = again.json();
    assert_eq!(said["followed"], 2);
    assert_eq!(
        said["leftOut"],
        json!([{ "given": "nothing", "status": "unknown" }])
    );
    let path = said["feed"]
        .as_str()
        .unwrap()
        .strip_prefix(BASE)
        .unwrap()
        .to_owned();
    assert_eq!(format!(".{path}"), first.header("location"));
    let feed = site.feed(&path).await;
    assert_eq!(feed.entries.len(), 2);
    assert_eq!(feed.links["self"], format!("{BASE}{path}"));
    assert_eq!(
        site.get("/follow/0", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let unknown = format!("/follow/{}", "0".repeat(32));
    assert_eq!(site.get(&unknown, &[]).await.problem(), "not-found");
    let nothing = sent("nothing".to_owned(), "text/plain").await;
    assert_eq!(nothing.problem(), "bad-request");
    let page = site
        .ask(
            Method::POST,
            "/follow?lang=en",
            &[
                ("accept", "text/html"),
                ("content-type", "application/x-www-form-urlencoded"),
            ],
            format!("ids={piece}%0A%3Cb%3E"),
        )
        .await;
    assert_eq!(page.status, StatusCode::CREATED);
    assert!(page.text().contains("/follow/"), "{}", page.text());
    assert!(!page.text().contains("<b>"), "{}", page.text());
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again_and_what_concerns_others_does_not_change_it() {
    let site = site();
    site.follow_all();
    let path = format!("/follow?iri={}", site.noid("piece"));
    let first = site.get(&path, &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty());
    assert_ne!(first.header("last-modified"), "");
    site.submit(
        "office",
        "<https://office.example/x> a schema:Place ; schema:name \"X\" .",
    );
    site.follow_all();
    let same = site.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    site.submit("theatre", &renamed("Autre"));
    site.follow_all();
    let changed = site.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn a_feed_from_which_something_was_struck_is_sent_again() {
    const SECRET: &str = "06 12 34 56 78";
    let folder = Folder::with_sources(&["theatre", "office"]);
    let site = Site::of(folder);
    let with = |more: &str| {
        PROGRAMME.replace(
            "schema:name \"Le Bac\"@fr",
            &format!("schema:name \"Le Bac\"@fr{more}"),
        )
    };
    site.submit(
        "theatre",
        &with(&format!(" ; schema:description \"{SECRET}\"@fr")),
    );
    site.submit("theatre", PROGRAMME);
    site.submit("theatre", &renamed("Autre"));
    site.follow_all();
    let path = format!("/follow?iri={}", site.noid("piece"));
    let before = site.get(&path, &[]).await;
    assert!(before.text().contains(SECRET), "{}", before.text());
    let folder = Folder::reopened(site.close()).redact(&Request {
        texts: vec![SECRET.to_owned()],
        ..Request::default()
    });
    let site = Site::of(folder);
    site.follow_all();
    for condition in [
        ("if-none-match", before.header("etag")),
        ("if-modified-since", before.header("last-modified")),
    ] {
        let answer = site.get(&path, &[condition]).await;
        assert_eq!(answer.status, StatusCode::OK, "{condition:?}");
        assert!(!answer.text().contains(SECRET), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_older_page_of_a_feed_is_sent_again_when_it_names_things_otherwise() {
    let site = site();
    for number in 0..60 {
        site.submit("theatre", &renamed(&format!("Version {number}")));
    }
    let noid = site.noid("piece");
    let first = site.feed(&format!("/follow?iri={noid}")).await;
    let older = first.links["next"].strip_prefix(BASE).unwrap().to_owned();
    let before = site.get(&older, &[]).await;
    let tag = before.header("etag").to_owned();
    let same = site.get(&older, &[("if-none-match", &tag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    site.submit("theatre", &renamed("Autre"));
    site.follow_all();
    let after = site.get(&older, &[("if-none-match", &tag)]).await;
    assert_eq!(
        after.status == StatusCode::NOT_MODIFIED,
        site.get(&older, &[]).await.text() == before.text()
    );
}

#[tokio::test]
async fn a_long_feed_comes_in_pages_that_lose_nothing() {
    let site = site();
    for number in 0..60 {
        site.submit("theatre", &renamed(&format!("Version {number}")));
    }
    let noid = site.noid("piece");
    let mut path = format!("/follow?iri={noid}&lang=en");
    let mut ids = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let feed = site.feed(&path).await;
        assert_eq!(feed.is_archive, !sizes.is_empty());
        sizes.push(feed.entries.len());
        ids.extend(feed.entries.iter().map(|entry| entry.id.clone()));
        match feed.links.get("next") {
            Some(next) => {
                assert_eq!(feed.links.get("prev-archive"), Some(next));
                path = next.strip_prefix(BASE).unwrap().to_owned();
            }
            None => break,
        }
    }
    assert_eq!(sizes, [50, 11]);
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "none comes twice");
    let wrong = site.get(&format!("/follow?iri={noid}&before=x"), &[]).await;
    assert_eq!(wrong.problem(), "bad-request");
}

#[tokio::test]
async fn what_cannot_be_followed_says_why() {
    let site = site();
    site.follow_all();
    let unknown = site
        .get("/follow?iri=https%3A%2F%2Fnobody.example%2F", &[])
        .await;
    assert_eq!(unknown.problem(), "not-found");
    let concept = format!("/follow?iri={BASE}/vocab/disciplines/theatre");
    assert_eq!(site.get(&concept, &[]).await.problem(), "not-found");
    let many = "&iri=a".repeat(51);
    let many = site.get(&format!("/follow?{}", &many[1..]), &[]).await;
    assert_eq!(many.problem(), "bad-request");
    let form = site
        .get("/follow?lang=fr", &[("accept", "text/html")])
        .await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains("Suivre des entités"));
}

#[tokio::test]
async fn a_feed_names_the_hub_in_its_headers_and_in_itself() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", PROGRAMME);
    let site = Site::configured(folder, |config: &mut Config| {
        config.websub_hub = Some(oxrdf::NamedNode::new("https://hub.example/").unwrap());
    });
    site.follow_all();
    let noid = site.noid("piece");
    let path = format!("/follow?iri={noid}");
    let answer = site.get(&path, &[]).await;
    let link = answer.header("link").to_owned();
    assert!(
        link.contains("<https://hub.example/>; rel=\"hub\""),
        "{link}"
    );
    assert!(
        link.contains(&format!("<{BASE}{path}>; rel=\"self\"")),
        "{link}"
    );
    let feed = Feed::of(&answer);
    assert_eq!(feed.links["hub"], "https://hub.example/");
    assert_eq!(site.app.followed.topics.count(), 1);
}

/// A hub that says once that it cannot, and then takes what it is told.
fn hub() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut buffer = [0_u8; 4096];
            while !request.contains("hub.url=") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.push_str(&String::from_utf8_lossy(&buffer[..read])),
                }
            }
            let status = if number == 0 {
                "503 Busy"
            } else {
                "202 Accepted"
            };
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
            let body = request.rsplit("\r\n").next().unwrap_or_default().to_owned();
            if told.send(body).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

#[test]
fn a_hub_is_told_of_what_is_read_and_finds_the_change_in_the_feed() {
    let data = Data::new();
    let place = |name: &str| format!("t:un a schema:Place ; schema:name \"{name}\" .");
    data.submit(&place("Un")).with(0);
    let (hub, heard) = hub();
    data.file("affiche.toml", "");
    std::fs::write(
        data.path.join("affiche.toml"),
        format!("[websub]\nhub = \"{hub}\"\n[outgoing]\nnetworks = [\"127.0.0.1\"]\n"),
    )
    .unwrap();
    let server = Server::start(&mut data.affiche(["serve"]));
    let path = "/follow?iri=https%3A%2F%2Ftheatre.example%2Fun&lang=en";
    until("the feed is there", || {
        server.get(path).contains("<title>Un — published</title>")
    });
    // The command is handed over to the running server.
    data.submit(&place("Deux")).with(0);
    let expected: Vec<(String, String)> = vec![
        ("hub.mode".to_owned(), "publish".to_owned()),
        ("hub.url".to_owned(), format!("{BASE}{path}")),
    ];
    for _ in 0..2 {
        let body = heard
            .recv_timeout(std::time::Duration::from_secs(60))
            .expect("the hub is told, and told again");
        let said: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(said, expected);
    }
    // What a hub does then.
    let feed = server.get(path);
    assert!(feed.contains("<title>Deux — changed</title>"), "{feed}");
    assert!(feed.contains("rel=\"hub\""), "{feed}");
    let (status, said) = server.stop("TERM");
    assert!(status.success(), "{said}");
    assert!(heard.try_recv().is_err(), "it is told once of one change");
    assert!(data.path.join("private/followed/topics.txt").exists());
}
