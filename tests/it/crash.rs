//! The real program, killed at any moment: what was acknowledged is there, and the folder opens.

use crate::program::{Data, Ended, PREFIXES, Random, affiche, run, segment};
use crate::support::copy_folder;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// At most this many submissions, and no new one after this time.
const SUBMISSIONS: u64 = 60;
const TIME: Duration = Duration::from_secs(8);
const KILL: i32 = 9;

/// When a submission is killed.
enum Moment {
    Never,
    After(Duration),
    /// As soon as the log grows: while its record is written or synced, or the store commits.
    LogGrows,
}

/// Submission number `number`: a person for each one so far, and as many others as make it large.
/// The names of the others change, so that a large submission also writes a large record.
fn programme(number: u64, others: u64) -> String {
    let mut turtle = PREFIXES.to_owned();
    for sent in 1..=number {
        turtle.push_str(&format!(
            "t:sent{sent} a schema:Person ; schema:name \"Sent {sent}\" .\n"
        ));
    }
    for other in 0..others {
        turtle.push_str(&format!(
            "t:other{other} a schema:Person ; schema:name \"Other {other}, {number}\" .\n"
        ));
    }
    turtle
}

fn start(data: &Path, file: &Path) -> Child {
    affiche([
        "submit",
        "--source",
        "theatre",
        "--report",
        "json",
        "--allow-withdrawals",
    ])
    .arg("--data")
    .arg(data)
    .arg(file)
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap()
}

fn finish(mut child: Child) -> Ended {
    let (mut out, mut err) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    Ended {
        status: child.wait().unwrap(),
        out,
        err,
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The numbers of the submissions whose person is published.
fn published(export: &str) -> BTreeSet<u64> {
    export
        .lines()
        .filter(|line| !line.contains("/graph/"))
        .filter_map(|line| {
            line.split_once("> \"Sent ")?
                .1
                .split_once('"')?
                .0
                .parse()
                .ok()
        })
        .collect()
}

#[test]
fn a_program_killed_while_it_writes_loses_nothing_that_it_acknowledged() {
    let data = Data::new();
    let log = segment(&data.path);
    let mut random = Random(20_261_122);
    let mut typical = Duration::from_millis(200);
    let mut acknowledged = BTreeSet::new();
    let mut generation = 0;
    let (mut killed, mut torn, mut replayed) = (0, 0, 0);
    let end = Instant::now() + TIME;
    let mut number = 0;
    while number < SUBMISSIONS && Instant::now() < end {
        number += 1;
        let others = [0, 20, 300][random.below(3) as usize];
        let file = data.file("programme.ttl", &programme(number, others));
        let moment = match random.below(8) {
            0 => Moment::Never,
            1..=3 => Moment::After(typical * random.below(110) as u32 / 100),
            _ => Moment::LogGrows,
        };
        let before = length(&log);
        let started = Instant::now();
        let mut child = start(&data.path, &file);
        loop {
            let is_time = match moment {
                Moment::Never => false,
                Moment::After(time) => started.elapsed() >= time,
                Moment::LogGrows => length(&log) > before,
            };
            if is_time {
                child.kill().unwrap();
                break;
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        let ended = finish(child);
        torn += u32::from(ended.err.contains("incomplete"));
        replayed += u32::from(ended.err.contains("replayed"));
        match ended.status.code() {
            Some(0) => {
                let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
                let told = report["generation"].as_u64().unwrap();
                assert!(
                    told > generation,
                    "generation {told} came after {generation}"
                );
                generation = told;
                acknowledged.insert(number);
                typical = (typical + started.elapsed()) / 2;
            }
            None if ended.status.signal() == Some(KILL) => killed += 1,
            _ => panic!("submission {number}: {}\n{}", ended.out, ended.err),
        }
        if number % 10 == 0 {
            // Every one of them, so that the last does not make up for what the others lost.
            let published = published(&data.export());
            assert!(
                acknowledged.is_subset(&published),
                "{acknowledged:?}\n{published:?}"
            );
        }
    }
    eprintln!(
        "{number} submissions, {killed} killed, {torn} records cut off, {replayed} openings replayed"
    );
    assert!(killed > 0, "nothing was killed");
    data.run(["check"]).with(0);
    let export = data.export();
    let published = published(&export);
    assert!(
        acknowledged.is_subset(&published),
        "{acknowledged:?}\n{published:?}"
    );
    assert!(published.iter().all(|sent| *sent <= number));
    data.run(["rebuild"]).with(0);
    assert_eq!(data.export(), export);
    // And it goes on.
    data.submit("t:encore a schema:Person ; schema:name \"Encore\" .")
        .with(1);
}

#[test]
fn a_program_killed_while_it_rebuilds_leaves_a_folder_that_opens() {
    let data = Data::new();
    let file = data.file("programme.ttl", &programme(1, 300));
    finish(start(&data.path, &file)).with(0);
    let wanted = data.export();
    let store = data.path.join("store");
    let mut random = Random(3);
    for _ in 0..4 {
        let mut child = data
            .affiche(["rebuild"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // The old store has gone, or is about to; then a little later, into the replay.
        while store.join("CURRENT").exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let later = Instant::now() + Duration::from_micros(random.below(30_000));
        while Instant::now() < later {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(data.export(), wanted);
    }
    data.run(["check"]).with(0);
}

#[test]
fn a_store_half_removed_by_a_rebuild_is_made_again() {
    let data = Data::new();
    data.submit("t:a a schema:Person ; schema:name \"A\" .")
        .with(0);
    let wanted = data.export();
    let store = data.path.join("store");
    // What a removal leaves, when it is killed after some file.
    let removed = data.path.join("store.removed");
    fs::rename(&store, &removed).unwrap();
    fs::remove_file(removed.join("CURRENT")).unwrap();
    assert_eq!(data.export(), wanted);
    data.run(["rebuild"]).with(0);
    assert!(!removed.exists(), "it is cleared away");
    assert_eq!(data.export(), wanted);
}

#[test]
fn a_record_that_the_store_never_committed_is_replayed() {
    for behind in [1, 3] {
        let data = Data::new();
        let earlier = data.temporary.path().join("earlier");
        copy_folder(&data.path.join("store"), &earlier);
        for number in 1..=behind {
            let file = data.file("programme.ttl", &programme(number, 5));
            finish(start(&data.path, &file)).with(0);
        }
        let wanted = data.export();
        fs::remove_dir_all(data.path.join("store")).unwrap();
        fs::rename(&earlier, data.path.join("store")).unwrap();
        let opened = data.run(["export"]).with(0);
        assert!(
            opened
                .err
                .contains(&format!("{behind} changes were replayed")),
            "{}",
            opened.err
        );
        assert_eq!(opened.out, wanted);
        let again = data.run(["check"]).with(0);
        assert!(
            !again.err.contains("replayed"),
            "once is enough: {}",
            again.err
        );
    }
}

#[test]
fn a_record_that_the_log_holds_in_part_was_never_there() {
    let data = Data::new();
    let earlier = data.temporary.path().join("earlier");
    copy_folder(&data.path.join("store"), &earlier);
    let before = data.export();
    let log = segment(&data.path);
    let start_of_record = length(&log);
    let file = data.file("programme.ttl", &programme(1, 5));
    finish(start(&data.path, &file)).with(0);
    let whole = fs::read(&log).unwrap();
    let last = whole.len() as u64;
    for cut in [start_of_record + 1, (start_of_record + last) / 2, last - 1] {
        fs::remove_dir_all(data.path.join("store")).unwrap();
        copy_folder(&earlier, &data.path.join("store"));
        let mut file = fs::File::create(&log).unwrap();
        file.write_all(&whole[..cut as usize]).unwrap();
        drop(file);
        let opened = data.run(["export"]).with(0);
        assert!(
            opened.err.contains("incomplete"),
            "cut at {cut}: {}",
            opened.err
        );
        assert_eq!(opened.out, before, "cut at {cut}");
        // Sent again, it is taken as if nothing had happened.
        let sent = run(data
            .affiche(["submit", "--source", "theatre"])
            .arg(data.temporary.path().join("programme.ttl")))
        .with(0);
        assert!(sent.out.contains("accepted"), "{}", sent.out);
        data.run(["check"]).with(0);
    }
}
