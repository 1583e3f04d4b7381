//! The change log: what a crash can leave, and what must never pass.

use crate::support::{Folder, check, export, open, opening};
use affiche::ingest::Door;
use affiche::store::{Store, StoreError};
use std::fs;
use std::path::{Path, PathBuf};

const PEOPLE: [&str; 3] = [
    r#"t:a a schema:Person ; schema:name "A" ."#,
    r#"t:a a schema:Person ; schema:name "A" . t:b a schema:Person ; schema:name "B" ."#,
    r#"t:b a schema:Person ; schema:name "B bis" ."#,
];

/// A folder with a few changes, and its path in a place that stays after the store is closed.
fn some_changes() -> (tempfile::TempDir, PathBuf, String) {
    let mut folder = Folder::with_sources(&["theatre"]);
    for text in PEOPLE {
        folder.submit("theatre", text);
    }
    let kept = tempfile::TempDir::new().unwrap();
    let path = kept.path().join("data");
    let wanted = folder.export();
    fs::create_dir_all(path.join("log")).unwrap();
    fs::copy(
        segment(&folder.path),
        path.join("log/00000000000000000001.rdfp"),
    )
    .unwrap();
    (kept, path, wanted)
}

fn segment(folder: &Path) -> PathBuf {
    folder.join("log/00000000000000000001.rdfp")
}

fn record_starts(bytes: &[u8]) -> Vec<usize> {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices("affiche-record 1 ")
        .map(|(index, _)| index)
        .collect()
}

#[test]
fn a_lost_store_is_replayed_from_the_log() {
    let (_kept, path, wanted) = some_changes();
    let store = open(&path, false).unwrap();
    assert_eq!(export(&store), wanted);
    assert_eq!(store.generation().0, 5);
    check(&store, &Door::new(store.base()).unwrap());
}

#[test]
fn a_rebuild_gives_the_same_bytes() {
    let (_kept, path, wanted) = some_changes();
    drop(open(&path, false).unwrap());
    let store = Store::rebuild(&path, &opening(false)).unwrap();
    assert_eq!(export(&store), wanted);
}

#[test]
fn a_folder_whose_last_record_was_cut_opens_without_it() {
    let (_kept, path, _) = some_changes();
    let whole = fs::read(segment(&path)).unwrap();
    let last = *record_starts(&whole).last().unwrap();
    fs::write(segment(&path), &whole[..last]).unwrap();
    let wanted = export(&open(&path, false).unwrap());
    for cut in [last + 1, last + 30, last + 400, whole.len() - 1] {
        fs::write(segment(&path), &whole[..cut]).unwrap();
        let store = open(&path, false).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert_eq!(store.generation().0, 4, "cut at {cut}");
        assert!(store.notices[0].contains("incomplete"));
        assert_eq!(fs::metadata(segment(&path)).unwrap().len(), last as u64);
        assert_eq!(export(&store), wanted);
    }
}

#[test]
fn a_last_record_that_a_power_cut_left_as_zeros_is_cut_off() {
    let (_kept, path, wanted) = some_changes();
    let mut bytes = fs::read(segment(&path)).unwrap();
    bytes.extend([0; 9000]);
    fs::write(segment(&path), bytes).unwrap();
    let store = open(&path, false).unwrap();
    assert_eq!(export(&store), wanted);
}

#[test]
fn a_changed_byte_in_any_record_refuses_to_open_or_is_found_by_check() {
    let (_kept, path, _) = some_changes();
    let whole = fs::read(segment(&path)).unwrap();
    let starts = record_starts(&whole);
    for start in starts {
        // In the header's time, and in the middle of the body.
        let header = start + 200;
        let body_end = whole[start + 20..]
            .windows(4)
            .position(|window| window == b"TC .")
            .map(|index| start + 20 + index)
            .unwrap();
        for at in [header, body_end - 10] {
            let mut bytes = whole.clone();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let _ = fs::remove_dir_all(path.join("store"));
            fs::write(segment(&path), bytes).unwrap();
            let Err(error) = open(&path, false) else {
                panic!("byte {at} was changed and nobody noticed");
            };
            assert!(error.to_string().contains("damaged"), "{error}");
        }
    }
}

#[test]
fn a_store_ahead_of_its_log_refuses_to_open() {
    let (_kept, path, _) = some_changes();
    drop(open(&path, false).unwrap());
    let whole = fs::read(segment(&path)).unwrap();
    let last = *record_starts(&whole).last().unwrap();
    fs::write(segment(&path), &whole[..last]).unwrap();
    let Err(error) = open(&path, false) else {
        panic!("it opened")
    };
    assert!(matches!(error, StoreError::AheadOfLog { .. }), "{error}");
    // Nothing was lost by looking: the log as it was opens again.
    fs::write(segment(&path), &whole).unwrap();
    assert!(open(&path, false).is_ok());
}

#[test]
fn a_folder_keeps_the_base_it_began_with() {
    let (_kept, path, _) = some_changes();
    let with = |base: &str| {
        let mut opening = opening(false);
        opening.base = Some(base.parse().unwrap());
        Store::open(&path, &opening)
    };
    assert!(
        with("https://data.example.org/").is_ok(),
        "the final slash makes no difference"
    );
    let Err(error) = with("https://other.example/") else {
        panic!("it opened")
    };
    assert!(
        error
            .to_string()
            .contains("belongs to `https://data.example.org`"),
        "{error}"
    );
}

#[test]
fn a_folder_opens_once() {
    let folder = Folder::new();
    let Err(error) = open(&folder.path, false) else {
        panic!("it opened")
    };
    assert!(matches!(error, StoreError::AlreadyOpen(_)), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_not_created_by_reading() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("nowhere");
    assert!(matches!(open(&path, false), Err(StoreError::NoFolder(_))));
    assert!(!path.exists());
}
