//! Submissions that are not to be seen before their time.

use crate::program::{Data, Server, until};
use affiche::app::embargo::{self, EmbargoError, HeldState};
use affiche::app::{App, Purpose};
use affiche::config::Config;
use affiche::ingest::{Document, Outcome, Submission, sources};
use affiche::model::{Mode, Source};
use jiff::{SignedDuration, Timestamp};
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

const SECRET: &str = "Le grand secret";

fn app() -> (TempDir, App) {
    let folder = TempDir::new().expect("a temporary folder");
    let mut config = Config::default();
    config.data = folder.path().join("data");
    let app = App::open(config, Purpose::Create, now()).expect("a new folder opens");
    let source = Source::new("theatre".parse().expect("a name"));
    sources::add(&app.store, &source, now()).expect("a source is added");
    (folder, app)
}

fn now() -> Timestamp {
    crate::support::at(crate::support::NOW)
}

fn later() -> Timestamp {
    now() + SignedDuration::from_hours(24)
}

fn show(name: &str) -> String {
    format!(
        "@prefix schema: <http://schema.org/> . <https://theatre.example/1> \
         a <http://kg.artsdata.ca/ontology/LivePerformanceWork> ; schema:name \"{name}\"@fr ."
    )
}

fn hold(app: &App, text: &str) -> Result<affiche::ingest::Report, EmbargoError> {
    let source = "theatre".parse().expect("a name");
    let documents = [Document {
        name: "season.ttl",
        bytes: text.as_bytes(),
        format: None,
        base: None,
    }];
    let submission = Submission {
        mode: Mode::Upsert,
        ..Submission::new(&source, &documents)
    };
    embargo::hold(app, &submission, later(), now())
}

fn public(app: &App) -> String {
    crate::support::export(&app.store)
}

#[test]
fn what_is_held_is_checked_at_once_and_published_at_its_time() {
    let (_folder, app) = app();
    let before = public(&app);
    let report = hold(&app, &show(SECRET)).expect("it is held");
    assert_eq!((report.outcome, report.counts.created), (Outcome::Held, 1));
    assert_eq!(public(&app), before);
    assert!(
        embargo::publish_due(&app, later() - SignedDuration::from_secs(1))
            .expect("it can be looked at")
            .is_empty()
    );
    assert_eq!(public(&app), before);

    let reports = embargo::publish_due(&app, later()).expect("it can be published");
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].outcome, Outcome::Accepted, "{reports:#?}");
    assert!(public(&app).contains(SECRET));
    assert!(
        embargo::publish_due(&app, later())
            .expect("it can be looked at")
            .is_empty()
    );
    let held = embargo::list(&app).expect("it can be listed");
    assert_eq!(held[0].state, HeldState::Published);
}

#[test]
fn nothing_of_it_is_outside_the_private_folder_which_only_the_owner_may_enter() {
    let (_folder, app) = app();
    let report = hold(&app, &show(SECRET)).expect("it is held");
    let private = app.store.folder().join("private");
    let mode = |path: &std::path::Path| {
        let metadata = std::fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&private), 0o700);
    let held = private
        .join("embargo")
        .join(report.held.expect("it has a name"));
    let mut files = 0;
    for entry in std::fs::read_dir(&held).expect("it can be read") {
        files += 1;
        assert_eq!(mode(&entry.expect("it can be read").path()), 0o600);
    }
    assert_eq!(files, 3);
    let mut folders = vec![app.store.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path == private {
            } else if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("it can be read");
                let found = bytes
                    .windows(SECRET.len())
                    .any(|part| part == SECRET.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
    }
}

#[test]
fn the_findings_are_those_of_its_time_and_what_is_refused_then_is_not_lost() {
    let (_folder, app) = app();
    let id = hold(&app, &show(SECRET))
        .expect("it is held")
        .held
        .expect("it has a name");
    let close = |source: &mut Source| source.is_closed = true;
    let name = "theatre".parse().expect("a name");
    sources::change(&app.store, &app.door, &name, close, now()).expect("it is there");
    embargo::publish_due(&app, later()).expect("it can be looked at");
    let held = embargo::list(&app).expect("it can be listed");
    assert_eq!(held[0].state, HeldState::Refused);
    assert!(
        held[0]
            .error
            .as_deref()
            .unwrap_or_default()
            .contains("closed"),
        "{held:?}"
    );
    assert!(!public(&app).contains(SECRET));
    let bytes = std::fs::read(
        app.store
            .folder()
            .join("private/embargo")
            .join(&id)
            .join("0"),
    );
    assert!(String::from_utf8_lossy(&bytes.expect("it is kept")).contains(SECRET));
    embargo::cancel(&app, &id).expect("it is there");
    assert!(embargo::list(&app).expect("it can be listed").is_empty());
}

#[test]
fn what_is_refused_now_or_late_or_unknown_is_not_held() {
    let (_folder, app) = app();
    let report = hold(&app, &show("")).expect("it can be read");
    assert_eq!((report.outcome, report.held), (Outcome::Refused, None));
    let source = "theatre".parse().expect("a name");
    let past = embargo::hold(&app, &Submission::new(&source, &[]), now(), now());
    assert!(matches!(past, Err(EmbargoError::Past(_))), "{past:?}");
    for id in ["", "..", "../../log", "0123"] {
        let error = embargo::cancel(&app, id);
        assert!(
            matches!(error, Err(EmbargoError::Unknown(_))),
            "{id}: {error:?}"
        );
    }
    assert!(embargo::list(&app).expect("it can be listed").is_empty());
}

#[test]
fn a_running_server_publishes_what_is_due() {
    let folder = Data::new();
    let file = folder.file("season.ttl", &show(SECRET));
    let time = Timestamp::now() + SignedDuration::from_secs(2);
    folder
        .run([
            "submit",
            "--source",
            "theatre",
            "--publish-at",
            &time.to_string(),
            &file.display().to_string(),
        ])
        .with(0);
    assert!(!folder.export().contains(SECRET));
    let server = Server::start(&mut folder.affiche(["serve"]));
    let query = "/sparql?query=SELECT%20%3Fname%20WHERE%20%7B%3Fs%20%3Chttp%3A%2F%2Fschema.org%2Fname%3E%20%3Fname%7D";
    until("it is published", || server.get(query).contains(SECRET));
    let (status, _) = server.stop("TERM");
    assert!(status.success());
    assert!(
        folder
            .run(["embargo", "list"])
            .with(0)
            .out
            .contains("published")
    );
}
