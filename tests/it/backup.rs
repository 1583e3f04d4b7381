//! Backups, restored folders, and folders of the former stored format.

use crate::program::{Ended, Server, affiche, run, segment};
use crate::support::{BASE, Folder, copy_folder};
use flate2::read::GzDecoder;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A closed data folder beside a folder for backups.
struct Place {
    temporary: TempDir,
    data: PathBuf,
    backups: PathBuf,
}

impl Place {
    fn new() -> Self {
        let mut folder = Folder::with_sources(&["theatre"]);
        folder.submit("theatre", "t:anna a schema:Person ; schema:name \"Anna\" .");
        let data = folder.path.clone();
        let (temporary, store) = folder.into_store();
        drop(store);
        Self {
            backups: temporary.path().join("backups"),
            temporary,
            data,
        }
    }

    fn on(data: &Path, arguments: &[&str]) -> Ended {
        run(affiche(arguments).arg("--data").arg(data))
    }

    fn submit(&self, name: &str) {
        let file = self.temporary.path().join("person.ttl");
        fs::write(
            &file,
            format!(
                "<https://theatre.example/anna> a <http://schema.org/Person> ; <http://schema.org/name> \"{name}\" ."
            ),
        )
        .unwrap();
        let file = file.to_str().unwrap();
        Self::on(&self.data, &["submit", "--source", "theatre", file]).with(0);
    }

    fn backup_command(&self) -> Command {
        let mut command = affiche(["backup"]);
        command.arg(&self.backups).arg("--data").arg(&self.data);
        command
    }

    fn backup(&self) -> String {
        run(&mut self.backup_command()).with(0).out
    }

    fn restore(&self, from: &Path, name: &str, more: &[&str]) -> (PathBuf, Ended) {
        let data = self.temporary.path().join(name);
        let mut command = affiche(["restore"]);
        command.arg(from).arg("--data").arg(&data).args(more);
        (data, run(&mut command))
    }
}

fn export(data: &Path) -> String {
    Place::on(data, &["export"]).with(0).out
}

/// The folders in a folder, by name.
fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(path)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders
}

fn identities(data: &Path) -> Vec<String> {
    fs::read_to_string(segment(data))
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("H log "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_was_saved_comes_back_with_private_files_for_their_owner_alone() {
    let place = Place::new();
    let secret = place.data.join("private/tokens.json");
    fs::create_dir_all(secret.parent().unwrap()).unwrap();
    fs::write(&secret, "[]").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(place.data.join("affiche.toml"), "[limits]\nqueries = 7\n").unwrap();
    let told = place.backup();
    assert!(told.contains("saved up to generation 3"), "{told}");
    assert!(!told.contains("another process"), "{told}");
    let saved = &folders(&place.backups)[0];
    assert_eq!(fs::metadata(saved).unwrap().mode() & 0o777, 0o700);

    let (data, ended) = place.restore(&place.backups, "again", &["--same-identity"]);
    let told = ended.with(0).out;
    assert!(told.contains("keeps its identity"), "{told}");
    assert!(export(&data) == export(&place.data));
    assert_eq!(identities(&data), identities(&place.data));
    let mode = fs::metadata(data.join("private/tokens.json"))
        .unwrap()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(data.join("affiche.toml").is_file());
    Place::on(&data, &["check"]).with(0);
}

#[test]
fn what_did_not_change_takes_no_room_again_and_an_old_backup_stays_as_it_was() {
    let place = Place::new();
    place.backup();
    let told = place.backup();
    let saved = folders(&place.backups);
    let inode = |folder: &Path| fs::metadata(segment(folder)).unwrap().ino();
    assert_eq!(inode(&saved[0]), inode(&saved[1]), "{told}");
    assert_ne!(inode(&saved[0]), inode(&place.data));

    let before = export(&place.data);
    place.submit("Anna bis");
    let told = place.backup();
    assert!(!told.contains(" 0 of them as"), "{told}");
    let third = &folders(&place.backups)[2];
    let (data, ended) = place.restore(&saved[0], "first", &["--same-identity"]);
    ended.with(0);
    assert!(export(&data) == before);
    // Each stands alone.
    fs::remove_dir_all(&saved[0]).unwrap();
    fs::remove_dir_all(&saved[1]).unwrap();
    let (data, ended) = place.restore(third, "third", &["--same-identity"]);
    ended.with(0);
    assert!(export(&data) == export(&place.data));
}

#[test]
fn a_folder_that_a_server_has_open_is_saved_from_its_log() {
    let place = Place::new();
    let server = Server::start(affiche(["serve", "--data"]).arg(&place.data));
    let told = place.backup();
    assert!(
        told.contains("another process has the folder open"),
        "{told}"
    );
    let redact = ["redact", "--literal", "Anna"];
    let error = Place::on(&place.data, &redact).with(2).err;
    assert!(error.contains("stop that one first"), "{error}");
    server.stop("TERM");
    let (data, ended) = place.restore(&place.backups, "again", &["--published", "3"]);
    ended.with(0);
    assert!(export(&data) == export(&place.data));
    Place::on(&data, &["check"]).with(0);
}

#[test]
fn a_record_that_another_process_is_writing_is_left_out() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", "t:anna a schema:Person ; schema:name \"Anna\" .");
    let before = folder.export();
    let live = segment(&folder.path);
    let whole = fs::metadata(&live).unwrap().len();
    let mut writer = OpenOptions::new().append(true).open(&live).unwrap();
    let backups = folder.path.parent().unwrap().join("backups");
    let mut command = affiche(["backup"]);
    command.arg(&backups).arg("--data").arg(&folder.path);
    writer
        .write_all(format!("affiche-record 1 380 1590 {}\nH log", "a".repeat(64)).as_bytes())
        .unwrap();
    let told = run(&mut command).with(0).out;
    assert!(told.contains("saved up to generation 3"), "{told}");
    assert!(
        fs::metadata(&live).unwrap().len() > whole,
        "the live file is not touched"
    );
    let data = folder.path.parent().unwrap().join("again");
    run(affiche(["restore", "--same-identity"])
        .arg(&backups)
        .arg("--data")
        .arg(&data))
    .with(0);
    let mut lines: Vec<String> = export(&data)
        .lines()
        .map(|line| format!("{line}\n"))
        .collect();
    lines.sort_unstable();
    assert!(lines.concat() == before);
    // A whole record that is not as it was written is damage, and nothing to keep.
    let mut bytes = fs::read(&live).unwrap();
    bytes[usize::try_from(whole).unwrap() / 2] ^= 1;
    fs::write(&live, bytes).unwrap();
    let error = run(&mut command).with(2).err;
    assert!(error.contains("damaged"), "{error}");
}

#[test]
fn a_backup_behind_what_was_published_goes_on_under_another_identity() {
    let place = Place::new();
    place.backup();
    let before = export(&place.data);
    place.submit("published and lost");
    let (behind, ended) = place.restore(&place.backups, "behind", &["--published", "4"]);
    let told = ended.with(0).out;
    assert!(
        told.contains("generation 4 under the new identity"),
        "{told}"
    );
    let identities = identities(&behind);
    assert_eq!(identities.len(), 4);
    assert_eq!(identities[0], identities[2]);
    assert_ne!(identities[2], identities[3]);
    Place::on(&behind, &["check"]).with(0);
    let restored = export(&behind);
    assert!(restored.contains("<https://data.example.org/ns#formerLog>"));
    let public = |export: &str| -> Vec<String> {
        export
            .lines()
            .filter(|line| !line.contains("/graph/registry>"))
            .map(str::to_owned)
            .collect()
    };
    assert!(public(&restored) == public(&before));
    Place::on(&behind, &["rebuild"]).with(0);
    assert!(export(&behind) == restored);
    let file = place.temporary.path().join("person.ttl");
    let file = file.to_str().unwrap();
    Place::on(&behind, &["submit", "--source", "theatre", file]).with(0);
    Place::on(&behind, &["check"]).with(0);

    // Unknown is taken for behind, and a contradiction is refused.
    let (_, ended) = place.restore(&place.backups, "unknown", &[]);
    assert!(ended.with(0).out.contains("new identity"));
    let (_, ended) = place.restore(&place.backups, "equal", &["--published", "3"]);
    assert!(ended.with(0).out.contains("keeps its identity"));
    let (data, ended) = place.restore(
        &place.backups,
        "both",
        &["--published", "4", "--same-identity"],
    );
    let error = ended.with(2).err;
    assert!(error.contains("--same-identity"), "{error}");
    assert!(!data.join("log").exists());
}

#[test]
fn another_identity_is_damage_unless_a_restoration_begins_it() {
    let place = Place::new();
    let path = segment(&place.data);
    let text = fs::read_to_string(&path).unwrap();
    let at = text.rfind("H log \"").unwrap() + 7;
    let changed = format!("{}{}{}", &text[..at], "0".repeat(32), &text[at + 32..]);
    fs::write(&path, changed).unwrap();
    let error = Place::on(&place.data, &["check"]).with(2).err;
    assert!(error.contains("damaged"), "{error}");
}

#[test]
fn a_backup_that_is_not_as_it_was_saved_is_refused_and_leaves_nothing() {
    let place = Place::new();
    place.backup();
    let saved = folders(&place.backups)[0].clone();
    let copy = |name: &str| {
        let copy = place.temporary.path().join(name);
        copy_folder(&saved, &copy);
        copy
    };
    let changed = copy("changed");
    let mut bytes = fs::read(segment(&changed)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(segment(&changed), bytes).unwrap();
    let missing = copy("missing");
    fs::remove_file(segment(&missing)).unwrap();
    let unfinished = copy("unfinished");
    fs::remove_file(unfinished.join("manifest.json")).unwrap();
    let newer = copy("newer");
    let manifest = fs::read_to_string(newer.join("manifest.json")).unwrap();
    let manifest = manifest.replace("\"version\": 1", "\"version\": 99");
    fs::write(newer.join("manifest.json"), manifest).unwrap();
    for (from, wanted) in [
        (changed, "SHA-256"),
        (missing, "missing"),
        (unfinished, "no whole backup"),
        (newer, "version 99"),
    ] {
        let (data, ended) = place.restore(&from, "refused", &[]);
        let error = ended.with(2).err;
        assert!(error.contains(wanted), "{error}");
        assert!(!data.join("log").exists() && !data.join("staged.part").exists());
    }
    let (_, ended) = place.restore(&saved, "data", &[]);
    let error = ended.with(2).err;
    assert!(error.contains("not empty"), "{error}");
    let mut inside = affiche(["backup"]);
    inside
        .arg(place.data.join("backups"))
        .arg("--data")
        .arg(&place.data);
    let error = run(&mut inside).with(2).err;
    assert!(error.contains("elsewhere"), "{error}");
}

/// Kills a command at several moments of its run.
fn kill_at_moments(
    whole_run: Duration,
    mut start: impl FnMut() -> Command,
    mut after: impl FnMut(),
) {
    for step in 1..=8_u32 {
        let mut child = start()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + whole_run * step / 8;
        while Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
        after();
    }
}

#[test]
fn a_backup_or_a_restoration_killed_at_any_moment_is_whole_or_none() {
    let place = Place::new();
    let start = Instant::now();
    place.backup();
    kill_at_moments(
        start.elapsed(),
        || place.backup_command(),
        || {
            for folder in folders(&place.backups) {
                let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                assert_eq!(
                    folder.join("manifest.json").is_file() && !name.starts_with("part-"),
                    name.contains("-generation-"),
                    "{name}"
                );
            }
        },
    );
    let wanted = export(&place.data);
    place.backup();
    let start = Instant::now();
    place
        .restore(&place.backups, "first", &["--same-identity"])
        .1
        .with(0);
    let whole_run = start.elapsed();
    let data = place.temporary.path().join("killed");
    kill_at_moments(
        whole_run,
        || {
            let mut command = affiche(["restore", "--same-identity"]);
            command.arg(&place.backups).arg("--data").arg(&data);
            command
        },
        || {
            let is_begun = data.join("log").is_dir() || data.join("staged").is_dir();
            if is_begun {
                Place::on(&data, &["check"]).with(0);
            } else {
                place
                    .restore(&place.backups, "killed", &["--same-identity"])
                    .1
                    .with(0);
            }
            assert!(export(&data) == wanted);
            fs::remove_dir_all(&data).unwrap();
        },
    );
}

#[test]
fn a_folder_of_the_former_format_is_brought_up_to_date_and_loses_nothing() {
    let temporary = TempDir::new().unwrap();
    let data = temporary.path().join("data");
    fs::create_dir_all(data.join("log")).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1.rdfp.gz");
    let mut text = String::new();
    GzDecoder::new(fs::File::open(fixture).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    fs::write(segment(&data), &text).unwrap();
    let export = export(&data);
    assert_eq!(fs::read_to_string(data.join("format")).unwrap(), "2\n");
    for wanted in [
        "\"Salle des Tilleuls\" .".to_owned(),
        format!("\"Anna Tilleul\" <{BASE}/graph/source/theatre> ."),
        "\"Théâtre des Tilleuls\"".to_owned(),
    ] {
        assert!(export.contains(&wanted), "{wanted}");
    }
    let ended = Place::on(&data, &["check"]).with(0);
    assert!(ended.out.contains("3 changes"), "{}", ended.out);
    assert!(!ended.err.contains("format"), "{}", ended.err);
    // And what was written then can still be changed.
    Place::on(
        &data,
        &[
            "redact",
            "--literal",
            "Anna Tilleul",
            "--yes",
            "--because",
            "she asked",
        ],
    )
    .with(0);
    Place::on(&data, &["check"]).with(0);
}

#[test]
fn a_folder_of_a_newer_format_is_refused_and_left_as_it_is() {
    let place = Place::new();
    fs::write(place.data.join("format"), "3\n").unwrap();
    let before = fs::read(segment(&place.data)).unwrap();
    for command in [&["check"][..], &["rebuild"], &["source", "list"]] {
        let error = Place::on(&place.data, command).with(2).err;
        assert!(error.contains("stored format 3"), "{error}");
    }
    run(&mut place.backup_command()).with(2);
    assert_eq!(fs::read(segment(&place.data)).unwrap(), before);
    assert_eq!(
        fs::read_to_string(place.data.join("format")).unwrap(),
        "3\n"
    );
}
