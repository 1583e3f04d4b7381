//! Redaction: what is struck is in no file any more, and log, store and public view still fit.

use crate::program::{Ended, affiche, run};
use crate::support::{BASE, Folder, copy_folder};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const NUMBER: &str = "+33 1 99 00 12 34";
/// The same one, as somebody else writes it.
const NATIONAL: &str = "0199001234";
const BECAUSE: &str = "a private telephone number, published by mistake";

/// A closed folder.
struct Closed {
    temporary: TempDir,
    path: PathBuf,
}

impl Closed {
    fn of(folder: Folder) -> Self {
        let path = folder.path.clone();
        let (temporary, store) = folder.into_store();
        drop(store);
        Self { temporary, path }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        run(affiche(arguments).arg("--data").arg(&self.path))
    }

    fn export(&self) -> String {
        self.run(&["export"]).with(0).out
    }

    fn redact(&self, more: &[&str]) -> Ended {
        self.run(&[&["redact", "--yes", "--because", BECAUSE], more].concat())
    }
}

/// A theatre whose number comes and goes: in forty generations it is said or taken back.
fn forty_generations() -> Closed {
    let mut folder = Folder::with_sources(&["theatre", "festival"]);
    let before = folder.store.generation().0;
    folder.submit(
        "festival",
        "t:bac a schema:Person ; schema:name \"Le Bac\" .",
    );
    for round in 0..40 {
        let number = match round % 3 {
            0 => NUMBER,
            1 => "+33 1 99 00 99 99",
            _ => NATIONAL,
        };
        folder.submit(
            "theatre",
            &format!(
                "t:salle a schema:Place ; schema:name \"Salle {round}\" ; schema:telephone \"{number}\" ; \
                 schema:address [ a schema:PostalAddress ; schema:addressLocality \"Bourg\" ; schema:postalCode \"01000\" ] ."
            ),
        );
    }
    assert_eq!(folder.store.generation().0, before + 41);
    Closed::of(folder)
}

/// The files below a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path)
            .unwrap()
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

/// What is claimed and public, without what the registry says.
fn without_registry(export: &str) -> Vec<&str> {
    export
        .lines()
        .filter(|line| !line.contains("/graph/registry>"))
        .collect()
}

#[test]
fn a_telephone_number_that_was_in_forty_generations_is_in_no_file_any_more() {
    let data = forty_generations();
    let before = data.export();
    fs::create_dir_all(data.path.join("index/dumps/7")).unwrap();
    fs::write(data.path.join("index/dumps/7/affiche.nt"), NUMBER).unwrap();
    assert!(before.contains(NUMBER));
    assert!(files_with(&data.path, NUMBER).len() >= 3);

    let told = data.redact(&["--containing", NUMBER]).with(0).out;
    assert!(told.contains("redacted as generation 45"), "{told}");
    assert!(told.contains("backups"), "{told}");
    for number in [NUMBER, NATIONAL] {
        assert_eq!(files_with(&data.path, number), Vec::<PathBuf>::new());
    }

    data.run(&["check"]).with(0);
    let after = data.export();
    let wanted: Vec<&str> = without_registry(&before)
        .into_iter()
        .filter(|line| !line.contains(NUMBER))
        .collect();
    assert!(without_registry(&after) == wanted);
    data.run(&["rebuild"]).with(0);
    assert!(data.export() == after);
    assert!(
        data.path
            .join("log/00000000000000000045.redaction")
            .is_file()
    );
    let mode = fs::metadata(data.path.join("private/redaction.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_headers_of_the_log_stay_and_each_blanked_body_says_so() {
    let data = forty_generations();
    let segment = data.path.join("log/00000000000000000001.rdfp");
    let rows = |start: &str| -> Vec<String> {
        fs::read_to_string(&segment)
            .unwrap()
            .lines()
            .filter(|line| line.starts_with(start))
            .map(str::to_owned)
            .collect()
    };
    let headers = rows("H ");
    data.redact(&["--containing", NUMBER]).with(0);
    assert_eq!(rows("H ")[..headers.len()], headers);
    let said = rows("# redacted by generation 45: ");
    // Claim, public view, and the two keys that the registry had made of the name.
    assert!(said.len() >= 26, "{said:?}");
    assert!(
        said[0].ends_with(" 0 deletions and 4 additions"),
        "{said:?}"
    );
}

#[test]
fn a_cached_page_of_what_was_struck_is_out_of_date() {
    let data = forty_generations();
    let changed_at = |export: &str| -> Vec<String> {
        export
            .lines()
            .filter(|line| line.contains("/id/") && line.contains("ns#changedAt>"))
            .map(str::to_owned)
            .collect()
    };
    let before = changed_at(&data.export());
    data.redact(&["--literal", NUMBER]).with(0);
    let after = changed_at(&data.export());
    let newer: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert_eq!(newer.len(), 1, "{newer:?}");
    assert!(newer[0].contains("\"45\""), "{newer:?}");
}

#[test]
fn without_yes_it_says_what_it_would_strike_and_changes_nothing() {
    let data = forty_generations();
    let before = data.export();
    let told = data.run(&["redact", "--containing", NUMBER]).with(0).out;
    assert!(
        told.contains("telephone") && told.contains("--yes"),
        "{told}"
    );
    assert!(data.export() == before);
    for (arguments, wanted) in [
        (vec!["redact"], "--containing"),
        (vec!["redact", "--containing", "+33"], "too short"),
        (vec!["redact", "--literal", NUMBER, "--yes"], "--because"),
        (
            vec![
                "redact",
                "--literal",
                NUMBER,
                "--yes",
                "--because",
                "no +33 1 99 00 12 34",
            ],
            "repeats",
        ),
        (
            vec!["redact", "--subject", "https://nobody.example/"],
            "no entity",
        ),
    ] {
        let error = data.run(&arguments).with(2).err;
        assert!(error.contains(wanted), "{error}");
    }
    let none = data.redact(&["--containing", "+33 never said"]).with(0).out;
    assert!(none.contains("nothing in the log"), "{none}");
    assert!(data.export() == before);
}

#[test]
fn a_file_that_a_person_must_mend_is_named_and_success_is_not_claimed() {
    let data = forty_generations();
    let draft = data.path.join("private/drafts/next-week.ttl");
    fs::create_dir_all(draft.parent().unwrap()).unwrap();
    fs::write(&draft, format!("… {NUMBER} …")).unwrap();
    let told = data.redact(&["--containing", NUMBER]).with(1).out;
    assert!(told.contains("next-week.ttl"), "{told}");
    assert_eq!(files_with(&data.path, NUMBER), vec![draft.clone()]);
    // Nothing of the log is left to strike, and the file still counts.
    data.redact(&["--containing", NUMBER]).with(1);
    // Nor does it hide in a compressed one.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(format!("… {NATIONAL} …").as_bytes())
        .unwrap();
    fs::write(&draft, gzip.finish().unwrap()).unwrap();
    data.redact(&["--containing", NUMBER]).with(1);
    fs::remove_file(draft).unwrap();
    data.redact(&["--containing", NUMBER]).with(0);
}

#[test]
fn all_that_is_said_about_somebody_leaves_a_tombstone_and_what_points_there_stays() {
    let mut folder = Folder::with_sources(&["theatre", "festival"]);
    folder.submit(
        "theatre",
        "t:anna a schema:Person ; schema:name \"Anna Tilleul\" ; schema:description \"Née à Bourg.\"@fr .
         t:show a schema:PerformingArtsEvent ; schema:name \"Le Bac\"@fr ; schema:performer t:anna ;
            schema:startDate \"2099-01-10T20:30:00+01:00\"^^xsd:dateTime ; schema:location t:salle .
         t:salle a schema:Place ; schema:name \"Salle du Bac\" .",
    );
    let anna = folder.entity("theatre", "https://theatre.example/anna");
    let show = folder.entity("theatre", "https://theatre.example/show");
    let data = Closed::of(folder);
    let told = data
        .redact(&["--subject", "https://theatre.example/anna"])
        .with(0)
        .out;
    assert!(told.contains("withdrawn"), "{told}");
    let export = data.export();
    assert!(!export.contains("Anna Tilleul"));
    assert!(export.contains(&format!("{anna} <{BASE}/ns#withdrawnBecause> \"redacted\"")));
    assert!(export.lines().any(|line| line.starts_with(&show.to_string())
        && line.ends_with(&format!("{anna} ."))));
    assert!(files_with(&data.path, "Anna Tilleul").is_empty());
    data.run(&["check"]).with(0);
}

#[test]
fn an_entity_left_below_the_minimum_is_withdrawn_and_comes_back_when_it_is_mended() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit(
        "theatre",
        "t:anna a schema:Person ; schema:name \"Anna Tilleul\" .",
    );
    let anna = folder.entity("theatre", "https://theatre.example/anna");
    let data = Closed::of(folder);
    data.redact(&["--literal", "Anna Tilleul"]).with(0);
    let export = data.export();
    assert!(
        !export
            .lines()
            .any(|line| line.starts_with(&anna.to_string()) && !line.contains("/graph/"))
    );
    data.run(&["check"]).with(0);
    let file = data.temporary.path().join("again.ttl");
    fs::write(
        &file,
        "<https://theatre.example/anna> a <http://schema.org/Person> ; <http://schema.org/name> \"A. T.\" .",
    )
    .unwrap();
    data.run(&["submit", "--source", "theatre", file.to_str().unwrap()])
        .with(0);
    assert!(
        data.export()
            .contains(&format!("{anna} <http://schema.org/name> \"A. T.\" ."))
    );
    data.run(&["check"]).with(0);
}

#[test]
fn a_struck_name_leaves_no_key_by_which_duplicates_are_found() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit(
        "theatre",
        "t:salle a schema:Place ; schema:name \"Chez Zigomar\"@fr, \"The Barn\"@en ;
            schema:address [ a schema:PostalAddress ; schema:addressLocality \"Bourg\" ; schema:postalCode \"01000\" ] .",
    );
    let data = Closed::of(folder);
    assert!(data.export().contains("zigomar"));
    data.redact(&["--containing", "Zigomar"]).with(0);
    for text in ["zigomar", "Zigomar"] {
        assert_eq!(files_with(&data.path, text), Vec::<PathBuf>::new());
    }
    assert!(data.export().contains("barn"));
    data.run(&["check"]).with(0);
}

#[test]
fn a_body_is_blanked_twice() {
    let data = forty_generations();
    data.redact(&["--containing", NUMBER]).with(0);
    data.redact(&["--containing", "+33 1 99 00 99 99"]).with(0);
    assert!(files_with(&data.path, "+33 1 99 00 99 99").is_empty());
    data.run(&["check"]).with(0);
    let export = data.export();
    data.run(&["rebuild"]).with(0);
    assert!(data.export() == export);
}

#[test]
fn a_blanked_body_without_its_notice_is_damage_and_so_is_a_forged_one() {
    let data = forty_generations();
    data.redact(&["--containing", NUMBER]).with(0);
    let notice = data.path.join("log/00000000000000000045.redaction");
    let text = fs::read_to_string(&notice).unwrap();
    fs::remove_file(&notice).unwrap();
    let told = data.run(&["check"]).with(1).out;
    assert!(told.contains("no notice of a redaction"), "{told}");
    fs::write(&notice, text.replace("mistake", "magic")).unwrap();
    let told = data.run(&["check"]).with(2).err;
    assert!(told.contains("signature"), "{told}");
    fs::write(&notice, text).unwrap();
    data.run(&["check"]).with(0);
}

#[test]
fn a_redaction_killed_at_any_moment_is_done_or_not_done() {
    let whole = forty_generations();
    let before = whole.export();
    let copy = |path: &Path| copy_folder(&whole.path, path);
    let redact = |path: &Path| {
        let mut command = affiche([
            "redact",
            "--yes",
            "--because",
            BECAUSE,
            "--containing",
            NUMBER,
        ]);
        command
            .arg("--data")
            .arg(path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let first = whole.temporary.path().join("first");
    copy(&first);
    let start = Instant::now();
    assert!(redact(&first).status().unwrap().success());
    let whole_run = start.elapsed();
    let (mut done, mut undone) = (0, 0);
    for step in 1..=12_u32 {
        let path = whole.temporary.path().join(format!("killed-{step}"));
        copy(&path);
        let mut child = redact(&path).spawn().unwrap();
        // More often towards the end, where the folders change places.
        let share = if step < 5 {
            step * 15
        } else {
            60 + (step - 4) * 5
        };
        let end = Instant::now() + whole_run * share / 100;
        while Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
        let data = Closed {
            temporary: TempDir::new().unwrap(),
            path: path.clone(),
        };
        data.run(&["check"]).with(0);
        if files_with(&path.join("log"), NUMBER).is_empty() {
            assert_eq!(files_with(&path, NUMBER), Vec::<PathBuf>::new());
            done += 1;
        } else {
            assert!(data.export() == before);
            undone += 1;
        }
        let names: Vec<_> = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("staged"))
            .collect();
        assert!(names.is_empty(), "{names:?}");
        fs::remove_dir_all(path).unwrap();
    }
    assert!(undone > 0, "{done} done, {undone} not");
}
