//! A submission so large that it goes into the store in bulk: killed at any moment, it is there
//! as a whole or not at all.

use crate::program::{Data, PREFIXES, affiche, run, until};
use crate::support::copy_folder;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Enough people for more than 100,000 quads of claims, public view and registry.
const PEOPLE: usize = 9_500;

fn people(name: &str) -> String {
    let mut turtle = PREFIXES.to_owned();
    for person in 0..PEOPLE {
        turtle.push_str(&format!(
            "t:p{person} a schema:Person ; schema:name \"{name} {person}\" ;\n\
             schema:description \"De {name} {person}.\" .\n"
        ));
    }
    turtle
}

fn start(data: &Path, file: &Path) -> Child {
    affiche(["submit", "--source", "theatre", "--data"])
        .arg(data)
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// How many people of this name are published.
fn published(export: &str, name: &str) -> usize {
    export
        .lines()
        .filter(|line| !line.contains("/graph/") && line.contains(&format!("> \"{name} ")))
        .count()
}

/// Whether the storage is building or has built files to take in as one.
fn has_bulk_files(store: &Path) -> bool {
    fs::read_dir(store)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("bulk-"))
}

#[test]
fn a_large_load_killed_at_any_moment_is_there_as_a_whole_or_not_at_all() {
    let data = Data::new();
    let first = data.file("first.ttl", &people("Premier"));
    let second = data.file("second.ttl", &people("Second"));
    let (mut killed, mut replayed) = (0, 0);
    let empty = data.temporary.path().join("empty");
    copy_folder(&data.path, &empty);
    // First all of it is new, then all names change.
    for (file, name, later_ms) in [
        (&first, "Premier", 20),
        (&first, "Premier", 400),
        (&second, "Second", 150),
    ] {
        if later_ms == 400 {
            fs::remove_dir_all(&data.path).unwrap();
            copy_folder(&empty, &data.path);
        }
        let mut child = start(&data.path, file);
        let store = data.path.join("store");
        let mut kill_at = None;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if kill_at.is_none() && has_bulk_files(&store) {
                kill_at = Some(Instant::now() + Duration::from_millis(later_ms));
            }
            if kill_at.is_some_and(|moment| Instant::now() >= moment) {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            std::thread::park_timeout(Duration::from_millis(1));
        };
        assert!(kill_at.is_some() || status.success(), "{status}");
        killed += u32::from(status.signal() == Some(9));
        // Bulk files are built once the log has the record, so it is accepted in any case.
        let opened = data.run(["export"]).with(0);
        replayed += u32::from(opened.err.contains("replayed"));
        assert_eq!(published(&opened.out, name), PEOPLE, "{name} {later_ms}");
        assert!(!has_bulk_files(&store), "what was left behind is removed");
        data.run(["check"]).with(0);
        if name == "Second" {
            data.run(["rebuild"]).with(0);
            assert!(opened.out == data.export(), "the log gives the same bytes");
        }
    }
    eprintln!("{killed} killed, {replayed} openings replayed");
    assert!(
        killed > 0 && replayed > 0,
        "{killed} killed, {replayed} replayed"
    );
}

#[test]
fn a_large_load_killed_before_its_record_is_whole_leaves_no_trace() {
    let data = Data::new();
    let before = data.export();
    let file = data.file("first.ttl", &people("Premier"));
    let log = crate::program::segment(&data.path);
    let length = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let written = length(&log);
    let mut child = start(&data.path, &file);
    while length(&log) == written {
        assert!(child.try_wait().unwrap().is_none(), "it grows the log");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // Whatever was written by then, half a record must be possible: cut it to be certain.
    let end = length(&log);
    fs::OpenOptions::new()
        .write(true)
        .open(&log)
        .unwrap()
        .set_len(written + (end - written) / 2)
        .unwrap();
    let opened = run(data.affiche(["export"]).stdin(Stdio::null())).with(0);
    assert!(opened.err.contains("incomplete"), "{}", opened.err);
    assert_eq!(opened.out, before);
    data.run(["check"]).with(0);
}

#[test]
fn an_interrupted_submission_says_that_it_leaves_no_trace() {
    let data = Data::new();
    let before = data.export();
    let file = data.file("first.ttl", &people("Premier"));
    let mut child = start(&data.path, &file);
    // From the moment when it listens for the signal (bit 2 of those that it catches).
    let status = format!("/proc/{}/status", child.id());
    until("it listens for an interruption", || {
        assert!(child.try_wait().unwrap().is_none(), "it is still at work");
        let status = fs::read_to_string(&status).unwrap_or_default();
        let caught = status
            .lines()
            .find_map(|line| u64::from_str_radix(line.strip_prefix("SigCgt:")?.trim(), 16).ok());
        caught.is_some_and(|caught| caught & 2 != 0)
    });
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{err}");
    assert!(err.contains("leaves no trace"), "{err}");
    assert!(err.contains("nothing was changed"), "{err}");
    assert_eq!(data.export(), before);
}
