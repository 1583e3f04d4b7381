//! A disk that is full, or becomes full at any step: told as such, and nothing acknowledged lost.

use crate::program::{Data, PREFIXES, Server, affiche, run};
use crate::support::{self, at, copy_folder, name};
use affiche::app::{App, Purpose};
use affiche::config::{Config, Flags};
use affiche::ingest::{Document, Submission, submit};
use affiche::store::fill_random;
use axum::body::Body;
use axum::http::Request;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A small disk of its own with a data folder on it.
struct Disk {
    data: PathBuf,
    mounted: TempDir,
}

impl Disk {
    /// `None`, with a word, where the tests may not mount one.
    fn new() -> Option<Self> {
        let mounted = TempDir::new().unwrap();
        let is_mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "affiche-test"])
            .arg(mounted.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("skipped: a disk to fill can be mounted by root alone");
            return None;
        }
        let disk = Self {
            data: mounted.path().join("data"),
            mounted,
        };
        copy_folder(&Data::new().path, &disk.data);
        Some(disk)
    }

    fn filler(&self) -> PathBuf {
        self.mounted.path().join("filler")
    }

    /// Fills the disk but for so many kilobytes.
    fn fill(&self, left_kilobytes: usize) {
        let mut filler = fs::File::create(self.filler()).unwrap();
        let block = [7; 4096];
        while filler.write_all(&block).is_ok() {}
        let length = filler.metadata().unwrap().len();
        filler
            .set_len(length.saturating_sub(left_kilobytes as u64 * 1024))
            .unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn affiche(&self, arguments: &[&str]) -> Command {
        let mut command = affiche(arguments);
        command.arg("--data").arg(&self.data);
        command
    }

    fn submit(&self, file: &Path) -> Command {
        let mut command = self.affiche(&["submit", "--source", "theatre", "--allow-withdrawals"]);
        command.arg(file);
        command
    }

    fn export(&self) -> String {
        run(&mut self.affiche(&["export"])).with(0).out
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.mounted.path())
            .status();
    }
}

/// A record of some 400 kB.
fn programme(number: usize) -> String {
    let mut turtle = PREFIXES.to_owned();
    for person in 0..300 {
        turtle.push_str(&format!(
            "t:p{person} a schema:Person ; schema:name \"Person {person} of {number}\" .\n"
        ));
    }
    turtle
}

#[test]
fn a_full_disk_is_told_and_the_same_submission_is_accepted_once_there_is_room() {
    let Some(disk) = Disk::new() else { return };
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("programme.ttl");
    fs::write(&file, programme(0)).unwrap();
    let before = disk.export();
    disk.fill(0);
    let ended = run(&mut disk.submit(&file)).with(2);
    assert_eq!(ended.out, "");
    assert!(
        ended.err.contains("is full") && ended.err.contains("nothing was changed"),
        "{}",
        ended.err
    );
    for arguments in [&["export"][..], &["check"], &["source", "add", "cirque"]] {
        let ended = run(&mut disk.affiche(arguments));
        if ended.status.code() != Some(0) {
            let ended = ended.with(2);
            assert!(
                ended.err.contains("is full"),
                "{arguments:?}: {}",
                ended.err
            );
        }
    }
    disk.make_room();
    assert_eq!(disk.export(), before);
    let sent = run(&mut disk.submit(&file)).with(0);
    assert!(sent.out.contains("accepted"), "{}", sent.out);
    run(&mut disk.affiche(&["check"])).with(0);
}

#[test]
fn a_disk_that_becomes_full_at_any_step_loses_nothing_that_was_acknowledged() {
    let Some(disk) = Disk::new() else { return };
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("programme.ttl");
    let (mut accepted, mut unchanged, mut published_later) = (0, 0, 0);
    for (number, left) in [80, 160, 240, 280, 320, 360, 400, 480, 700, 1200, 2600]
        .into_iter()
        .enumerate()
    {
        let number = number + 1;
        fs::write(&file, programme(number)).unwrap();
        let before = disk.export();
        disk.fill(left);
        let ended = run(&mut disk.submit(&file));
        disk.make_room();
        let after = disk.export();
        let is_there = after.contains(&format!("Person 0 of {number}\""));
        match ended.status.code() {
            Some(0) => {
                accepted += 1;
                assert!(is_there, "{left} kB: {}\n{}", ended.out, ended.err);
            }
            Some(2) => {
                assert!(
                    ended.err.contains("is full") || ended.err.contains("No space left"),
                    "{left} kB: {}",
                    ended.err
                );
                if ended.err.contains("nothing was changed") {
                    unchanged += 1;
                    assert!(after == before, "{left} kB: {}", ended.err);
                } else {
                    published_later += 1;
                    assert!(
                        ended.err.contains("is accepted"),
                        "{left} kB: {}",
                        ended.err
                    );
                    assert!(is_there, "{left} kB: {}", ended.err);
                }
            }
            _ => panic!("{left} kB: {}\n{}", ended.out, ended.err),
        }
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        run(&mut disk.submit(&file)).with(0);
        run(&mut disk.affiche(&["check"])).with(0);
    }
    eprintln!(
        "{accepted} accepted, {unchanged} without a change, {published_later} published later"
    );
    assert!(accepted > 0 && unchanged > 0);
    let before = disk.export();
    run(&mut disk.affiche(&["rebuild"])).with(0);
    assert_eq!(disk.export(), before);
}

#[test]
fn a_rebuild_on_a_full_disk_can_be_run_again() {
    let Some(disk) = Disk::new() else { return };
    let before = disk.export();
    // Removing the old store makes some room, but not enough for the new one and its log.
    disk.fill(0);
    let ended = run(&mut disk.affiche(&["rebuild"]));
    disk.make_room();
    if ended.status.code() != Some(0) {
        assert!(
            ended.err.contains("is full") || ended.err.contains("No space left"),
            "{}",
            ended.err
        );
    }
    assert_eq!(disk.export(), before);
    run(&mut disk.affiche(&["rebuild"])).with(0);
    assert_eq!(disk.export(), before);
}

#[test]
fn a_server_on_a_full_disk_still_answers() {
    let Some(disk) = Disk::new() else { return };
    let server = Server::start(&mut disk.affiche(&["serve"]));
    disk.fill(0);
    assert!(server.get("/").contains(" 200 OK"));
    assert!(
        server
            .get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D")
            .contains(" 200 OK")
    );
    // Dumps are files: they cannot be made, and that is a problem, not a crash.
    let answer = server.get("/dumps/affiche.nq.gz");
    assert!(answer.starts_with("HTTP/1.1 507"), "{answer}");
    assert!(!disk.data.join("index/dumps/3.part").exists());
    assert!(server.get("/health").contains(" 200 OK"));
    disk.make_room();
    assert!(server.get("/dumps/affiche.nq.gz").contains(" 200 OK"));
    assert_eq!(server.stop("TERM").0.code(), Some(0));
}

#[test]
fn health_is_red_once_the_store_could_not_follow_the_log() {
    let Some(disk) = Disk::new() else { return };
    let data = disk.data.to_string_lossy().into_owned();
    let mut stopped = None;
    // The log takes the record and the store does not: that is a matter of some kilobytes.
    for left in (100..2000).step_by(60) {
        let flags: Flags = vec![("data", data.clone())];
        let config: Config = affiche::config::load(None, Vec::new(), &flags).unwrap();
        let app = App::open(config, Purpose::Write, at(support::NOW)).unwrap();
        let text = programme(left);
        let documents = [Document {
            name: "-",
            bytes: text.as_bytes(),
            format: Some("turtle"),
            base: None,
        }];
        let source = name("theatre");
        let submission = Submission {
            is_partial: Some(false),
            allows_withdrawals: true,
            ..Submission::new(&source, &documents)
        };
        disk.fill(left);
        let outcome = submit(
            &app.store,
            &app.door,
            &submission,
            at(support::NOW),
            &mut fill_random,
        );
        disk.make_room();
        if app.store.is_stopped() {
            stopped = Some((app, outcome));
            break;
        }
    }
    let Some((app, outcome)) = stopped else {
        eprintln!("skipped: on this system the store takes what the log takes");
        return;
    };
    let error = outcome.unwrap_err().to_string();
    assert!(
        error.contains("is accepted") && error.contains("next opening"),
        "{error}"
    );
    let before = app.store.generation();
    let app = Arc::new(app);
    let (status, body) = ask(&app, "/health");
    assert_eq!(status, 503, "{body}");
    assert!(
        body.contains("writing-stopped") && body.contains(&format!("\"generation\":{before}")),
        "{body}"
    );
    assert_eq!(ask(&app, "/").0, 200, "readers are served all the same");
    let Err(error) = app.store.write().map(|_| ()) else {
        panic!("it writes on");
    };
    assert!(error.to_string().contains("restart"), "{error}");
    drop(app);
    let store = support::open(&disk.data, false).unwrap();
    assert_eq!(store.generation(), before.next());
    support::check(&store, &affiche::ingest::Door::new(store.base()).unwrap());
}

fn ask(app: &Arc<App>, path: &str) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = affiche::http::router(Arc::clone(app))
            .oneshot(request)
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    })
}
