//! The HTTP interface over a small folder, asked in process.

use crate::support::{Folder, NOW, at};
use affiche::app::worker::Workers;
use affiche::app::{App, Purpose, statistics};
use affiche::config::{Config, Limits};
use affiche::http::router;
use affiche::ingest::{Document, Report, Submission, submit};
use affiche::model::Mode;
use affiche::store::fill_random;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A theatre with one production and two performances; the second one's title is an attack.
pub const PROGRAMME: &str = r#"
t:salle a schema:Place ; schema:name "Salle du Bac"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] .
t:piece a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "Le Bac"@fr .
t:un a schema:PerformingArtsEvent, schema:Event ; schema:name "Le Bac, première"@fr ;
    schema:startDate "2099-01-10T20:30:00+01:00"^^xsd:dateTime ;
    schema:location t:salle ; schema:workPerformed t:piece ;
    schema:offers [ a schema:Offer ; schema:name "Plein tarif"@fr ; schema:price 12.50 ; schema:priceCurrency "EUR" ] .
"#;
pub const EVIL: &str = r#"
t:deux a schema:PerformingArtsEvent, schema:Event ; schema:name "<script>alert(1)</script> Entre 1 < 2 & \"compagnie\""@fr ;
    schema:startDate "2099-01-11T20:30:00+01:00"^^xsd:dateTime ; schema:location t:salle .
"#;

pub struct Site {
    _temporary: TempDir,
    pub app: Arc<App>,
    router: Router,
}

/// A response, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.to_vec()).expect("text")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    /// A header's value, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The last segment of the problem's type.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        let address = json["type"].as_str().expect("a type").to_owned();
        address.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl Site {
    pub fn new() -> Self {
        Self::with_limits(|_| ())
    }

    pub fn with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let mut folder = Folder::with_sources(&["theatre", "office"]);
        folder.submit("theatre", &format!("{PROGRAMME}{EVIL}"));
        Self::configured(folder, |config| change(&mut config.limits))
    }

    /// Over any folder.
    pub fn of(folder: Folder) -> Self {
        Self::configured(folder, |_| ())
    }

    /// Over any folder, with a configuration of its own.
    pub fn configured(folder: Folder, change: impl FnOnce(&mut Config)) -> Self {
        Self::with_clock(folder, change, Timestamp::now)
    }

    /// The same, where it is a time of its own.
    pub fn with_clock(
        folder: Folder,
        change: impl FnOnce(&mut Config),
        clock: fn() -> Timestamp,
    ) -> Self {
        Self::with_app(folder, change, |app| app.clock = clock)
    }

    /// The same, where something else of the application is to be otherwise.
    pub fn with_app(
        folder: Folder,
        change: impl FnOnce(&mut Config),
        adapt: impl FnOnce(&mut App),
    ) -> Self {
        let (temporary, store) = folder.into_store();
        let mut config = Config::default();
        change(&mut config);
        let mut app = App::over(store, config, Purpose::Write, at(NOW)).expect("it opens");
        app.workers = Workers::of(env!("CARGO_BIN_EXE_affiche").into());
        adapt(&mut app);
        let app = Arc::new(app);
        Self {
            _temporary: temporary,
            router: router(Arc::clone(&app)),
            app,
        }
    }

    /// Closes the folder, and gives what it is in.
    pub fn close(self) -> TempDir {
        let Self {
            _temporary: temporary,
            app,
            router,
        } = self;
        drop(router);
        drop(app);
        temporary
    }

    /// Has counted what is there now.
    pub fn count(&self) {
        let mut follower = statistics::Follower::new(&self.app, &|| false);
        follower.step().expect("it can be counted");
    }

    /// Submits Turtle after the usual prefixes, however much it withdraws.
    pub fn submit(&self, source: &str, turtle: &str) -> Report {
        self.submit_as(Mode::Replace, source, turtle)
    }

    /// The same, in a mode.
    pub fn submit_as(&self, mode: Mode, source: &str, turtle: &str) -> Report {
        let text = format!("{}{turtle}", crate::support::PREFIXES);
        let document = Document {
            name: "-",
            bytes: text.as_bytes(),
            format: Some("turtle"),
            base: None,
        };
        let source = crate::support::name(source);
        let submission = Submission {
            mode,
            is_partial: Some(false),
            allows_withdrawals: true,
            ..Submission::new(&source, std::slice::from_ref(&document))
        };
        submit(
            &self.app.store,
            &self.app.door,
            &submission,
            at(NOW),
            &mut fill_random,
        )
        .expect("it can be read")
    }

    /// The name in the IRI of what the theatre calls `t:local`.
    pub fn noid(&self, local: &str) -> String {
        let snapshot = self.app.store.snapshot().expect("a snapshot");
        let iri: NamedNode = snapshot
            .view()
            .identified(
                &crate::support::name("theatre"),
                &format!("https://theatre.example/{local}"),
            )
            .expect("it can be read")
            .expect("the theatre has it");
        iri.as_str()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// The raw response, whose body may yet fail.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let response = self.send(method, path, headers, body).await;
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            bytes: to_bytes(body, usize::MAX).await.expect("a whole body"),
        }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers, Body::empty()).await
    }

    pub async fn query(&self, query: &str, headers: &[(&str, &str)]) -> Answer {
        let parameters = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", query)
            .finish();
        self.get(&format!("/sparql?{parameters}"), headers).await
    }
}
