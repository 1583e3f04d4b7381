//! Releases: files that say all that is public, which anybody can make again from the same log.

use crate::program::{Data, Ended, Server, affiche, run, until};
use crate::support::copy_folder;
use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";
const CONFIGURED: &str = "\
licence = 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/'
publisher.name = 'Le Réseau'
publisher.contact = 'mailto:donnees@example.org'
";

/// A theatre with a licence and a festival without one.
fn theatre() -> Data {
    let data = Data::new();
    configure(&data, "");
    data.run([
        "source",
        "set",
        "theatre",
        "--licence",
        LICENCE,
        "--publisher",
        "Le Théâtre",
    ])
    .with(0);
    data.submit(PROGRAMME).with(0);
    data
}

/// One performance that meets the profile `national`, and one person of whom little is known.
const PROGRAMME: &str = r#"
t:1 a schema:TheaterEvent ; schema:name "Les Marées"@fr, "The Tides"@en ;
  schema:startDate "2027-03-02T20:30:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;
  schema:description "Une maison, et la mer qui monte."@fr ;
  schema:location t:hall ; schema:organizer t:house ; schema:url <https://theatre.example/1> ;
  schema:offers [ a schema:Offer ; schema:price 18.5 ; schema:priceCurrency "EUR" ],
    [ a schema:Offer ; schema:price 9 ; schema:priceCurrency "EUR" ] .
t:hall a schema:Place ; schema:name "=Salle \"A\""@fr ;
  schema:address [ a schema:PostalAddress ; schema:streetAddress "1 quai des Brumes" ;
    schema:postalCode "75011" ; schema:addressLocality "Paris" ; schema:addressCountry "FR" ] ;
  schema:geo [ a schema:GeoCoordinates ; schema:latitude 48.85 ; schema:longitude -4.5 ] .
t:house a schema:TheaterGroup ; schema:name "Le Théâtre"@fr .
t:anna a schema:Person ; schema:name "Anna Lind" .
"#;

fn configure(data: &Data, more: &str) {
    let text = format!("{CONFIGURED}{more}");
    fs::write(data.path.join("affiche.toml"), text).unwrap();
}

fn release(data: &Data) -> Ended {
    data.run(["release"]).with(0)
}

/// The folders of the releases, oldest first.
fn releases(data: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(data.join("releases"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort_by_key(|folder| manifest(folder)["number"].as_u64());
    folders
}

fn manifest(folder: &Path) -> Value {
    let text = fs::read(folder.join("manifest.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// The contents of a packed file.
fn unpacked(path: &Path) -> Vec<u8> {
    let packed = fs::File::open(path).unwrap();
    let mut bytes = Vec::new();
    if path.extension().unwrap() == "gz" {
        GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    } else {
        zstd::Decoder::new(packed)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
    }
    bytes
}

fn text(folder: &Path, name: &str) -> String {
    String::from_utf8(unpacked(&folder.join(name))).unwrap()
}

fn sum(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The lines of a file of N-Quads without those about sources.
fn lines(folder: &Path, name: &str) -> BTreeSet<String> {
    let text = text(folder, name);
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("<https://data.example.org/source/"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_release_is_what_is_public_in_every_format_with_sums_that_fit() {
    let data = theatre();
    let said = release(&data).out;
    assert!(said.contains("release 1 of "), "{said}");
    let folder = releases(&data.path).remove(0);
    let manifest = manifest(&folder);
    let mut seen: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for file in manifest["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let path = folder.join(name);
        assert_eq!(file["sha256"].as_str().unwrap(), sum(&path), "{name}");
        assert_eq!(
            file["bytes"].as_u64().unwrap(),
            fs::metadata(&path).unwrap().len()
        );
        let bytes = unpacked(&path);
        assert_eq!(
            file["unpacked_bytes"].as_u64().unwrap(),
            bytes.len() as u64,
            "{name}"
        );
        let (which, format) = (file["which"].as_str(), file["format"].as_str().unwrap());
        if ["nquads", "turtle"].contains(&format) {
            let count = if format == "turtle" {
                let read = oxttl::TurtleParser::new().for_slice(&bytes);
                read.map(Result::unwrap).count()
            } else {
                let read = oxttl::NQuadsParser::new().for_slice(&bytes);
                read.map(Result::unwrap).count()
            };
            assert_eq!(file["count"].as_u64().unwrap(), count as u64, "{name}");
        }
        if format != "csv" {
            let licences = file["licences"].as_array().unwrap();
            let bytes = String::from_utf8(bytes).unwrap();
            for licence in licences {
                assert!(
                    bytes.contains(licence.as_str().unwrap()),
                    "{name}: {licence}"
                );
            }
        }
        let holds = format!(
            "{}{}",
            file["holds"].as_str().unwrap(),
            which.unwrap_or_default()
        );
        let compression = file["compression"].as_str().unwrap().to_owned();
        seen.entry(holds)
            .or_default()
            .insert((format.to_owned(), compression));
    }
    let both = |formats: &[&str]| -> BTreeSet<(String, String)> {
        let pairs = formats
            .iter()
            .flat_map(|format| [(format, "gzip"), (format, "zstd")]);
        pairs
            .map(|(format, packed)| ((*format).to_owned(), packed.to_owned()))
            .collect()
    };
    let dumps = both(&["nquads", "turtle", "jsonld", "ndjsonld", "rdfxml"]);
    let mut expected = BTreeMap::from([
        ("all".to_owned(), dumps.clone()),
        ("claims".to_owned(), both(&["nquads", "trig"])),
        ("profilenational".to_owned(), dumps.clone()),
        ("sourcetheatre".to_owned(), dumps.clone()),
        ("sourcesystem".to_owned(), dumps),
    ]);
    for table in [
        "performances",
        "productions",
        "people",
        "organisations",
        "places",
    ] {
        expected.insert(format!("table{table}"), both(&["csv"]));
    }
    assert_eq!(seen, expected);
    let export = data.export();
    let public: BTreeSet<String> = export
        .lines()
        .filter(|line| {
            oxttl::NQuadsParser::new()
                .for_slice(line)
                .next()
                .unwrap()
                .unwrap()
                .graph_name
                .is_default_graph()
        })
        .map(str::to_owned)
        .collect();
    let released = lines(&folder, "affiche.nq.gz");
    let other: Vec<&String> = released.symmetric_difference(&public).take(3).collect();
    assert_eq!(other, [""; 0]);
    assert!(text(&folder, "state.nq.zst") == export);
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    assert_eq!(
        sums.lines().count(),
        manifest["files"].as_array().unwrap().len()
    );
}

#[test]
fn minisign_verifies_the_manifest() {
    let data = theatre();
    release(&data);
    let folder = releases(&data.path).remove(0);
    let key = affiche::store::SigningKey::of(&data.path)
        .unwrap()
        .verifying();
    let verify = |file: &Path| {
        let mut command = Command::new("minisign");
        command
            .arg("-V")
            .arg("-P")
            .arg(key.line())
            .arg("-m")
            .arg(file);
        command.arg("-x").arg(folder.join("manifest.json.minisig"));
        command.output()
    };
    let Ok(verified) = verify(&folder.join("manifest.json")) else {
        return println!("not tested: there is no minisign here");
    };
    assert!(verified.status.success(), "{verified:?}");
    let other = data.file("manifest.json", "{}");
    assert!(!verify(&other).unwrap().status.success());
}

#[test]
fn without_publisher_contact_and_licence_nothing_is_released() {
    let data = theatre();
    fs::remove_file(data.path.join("affiche.toml")).unwrap();
    let said = data.run(["release"]).with(2).err;
    for key in ["`licence`", "`publisher.name`", "`publisher.contact`"] {
        assert!(said.contains(key), "{said}");
    }
    let only = "licence = 'https://l.example/'\npublisher.name = 'A'\n";
    fs::write(data.path.join("affiche.toml"), only).unwrap();
    let said = data.run(["release"]).with(2).err;
    assert!(
        said.contains("`publisher.contact`") && !said.contains("`licence`"),
        "{said}"
    );
    assert_eq!(releases(&data.path), [""; 0].map(PathBuf::from));
    configure(&data, "releases.profiles = ['nationl']\n");
    let said = data.run(["release"]).with(2).err;
    assert!(
        said.contains("`nationl`") && said.contains("google, national"),
        "{said}"
    );
}

#[test]
fn a_source_without_a_licence_is_in_no_file_and_what_others_say_still_is() {
    let data = theatre();
    let secret = "Une phrase du festival";
    let file = data.file(
        "festival.ttl",
        &format!(
            "@prefix schema: <http://schema.org/> .
            <https://theatre.example/1> a schema:TheaterEvent ; schema:description \"{secret}\"@fr ; schema:name \"Les Marées (reprise)\"@fr ;
              schema:location <https://theatre.example/hall> ;
              schema:startDate \"2027-03-02T20:30:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
            <https://theatre.example/hall> a schema:Place ; schema:name \"Salle A, {secret}\"@fr .
            <https://festival.example/p> a schema:Person ; schema:name \"{secret}\" ."
        ),
    );
    data.run(["source", "rank", "festival", "1"]);
    data.run(["submit", "--source", "festival", file.to_str().unwrap()])
        .with(0);
    let export = data.export();
    // It is followed, the name of the place included.
    assert!(export.contains(&format!("\"Salle A, {secret}\"@fr .\n")));
    let said = release(&data).out;
    assert!(said.contains("`festival` is left out"), "{said}");
    let folder = releases(&data.path).remove(0);
    for file in manifest(&folder)["files"].as_array().unwrap() {
        let text = text(&folder, file["name"].as_str().unwrap());
        assert!(!text.contains(secret), "{}", file["name"]);
        assert!(!text.contains("source/festival"), "{}", file["name"]);
    }
    assert!(text(&folder, "affiche.nq.gz").contains("Les Marées"));
    assert!(text(&folder, "state.nq.zst").contains(secret));
    assert_eq!(
        manifest(&folder)["left_out"],
        serde_json::json!(["festival"])
    );
}

#[test]
fn the_same_generation_gives_the_same_bytes_also_after_a_rebuild() {
    let data = theatre();
    data.submit(&format!(
        "{PROGRAMME} t:bo a schema:Person ; schema:name \"Bo\" ."
    ))
    .with(0);
    let copy = data.temporary.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["log", "affiche.toml", "format"] {
        let from = data.path.join(name);
        if from.is_dir() {
            copy_folder(&from, &copy.join(name));
        } else {
            fs::copy(&from, copy.join(name)).unwrap();
        }
    }
    run(affiche(["rebuild", "--data"]).arg(&copy)).with(0);
    run(affiche(["release", "--data"]).arg(&copy)).with(0);
    release(&data);
    let [one, other] = [&data.path, &copy].map(|data| releases(data).remove(0));
    let sums = |folder: &Path| fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    assert_eq!(sums(&one), sums(&other));
    assert_eq!(
        sum(&one.join("state.nq.zst")),
        sum(&other.join("state.nq.zst"))
    );
    assert_eq!(
        sum(&one.join("manifest.json")),
        sum(&other.join("manifest.json"))
    );
}

#[test]
fn nothing_is_released_twice_and_a_second_release_of_a_day_has_a_name_of_its_own() {
    let data = theatre();
    release(&data);
    let said = release(&data).out;
    assert!(
        said.contains("nothing has changed since release 1"),
        "{said}"
    );
    data.submit(&format!(
        "{PROGRAMME} t:bo a schema:Person ; schema:name \"Bo\" ."
    ))
    .with(0);
    release(&data);
    let all = releases(&data.path);
    assert_eq!(all.len(), 2);
    let [first, second] = [0, 1].map(|index| manifest(&all[index]));
    assert_eq!(second["number"], 2);
    let day = first["date"].as_str().unwrap();
    // Midnight may have passed between them.
    let date = second["date"].as_str().unwrap();
    assert!(date == format!("{day}.2") || date > day, "{day} {date}");
    assert!(!text(&all[0], "affiche.nq.gz").contains("\"Bo\""));
    assert!(text(&all[1], "affiche.nq.gz").contains("\"Bo\""));
}

#[test]
fn what_a_crash_left_of_a_release_goes_and_the_one_before_stays() {
    let data = theatre();
    release(&data);
    let before = fs::read(releases(&data.path)[0].join("manifest.json")).unwrap();
    let part = data.path.join("releases/2020-01-01.part");
    fs::create_dir(&part).unwrap();
    fs::write(part.join("affiche.nq.gz"), "half").unwrap();
    data.run(["source", "list"]).with(0);
    data.submit(&format!(
        "{PROGRAMME} t:bo a schema:Person ; schema:name \"Bo\" ."
    ))
    .with(0);
    assert!(!part.exists());
    // It ends anywhere between its first and last step.
    let mut random = crate::program::Random(7);
    for _ in 0..6 {
        let mut child = data.affiche(["release"]).spawn().unwrap();
        std::thread::park_timeout(std::time::Duration::from_millis(random.below(900)));
        let _ = child.kill();
        let _ = child.wait();
        let folders = releases(&data.path);
        let whole: Vec<&PathBuf> = folders
            .iter()
            .filter(|folder| folder.extension().is_none_or(|ending| ending != "part"))
            .collect();
        assert!(
            whole
                .iter()
                .all(|folder| folder.join("SHA256SUMS").is_file())
        );
        assert_eq!(fs::read(whole[0].join("manifest.json")).unwrap(), before);
    }
    data.run(["release"]).with(0);
    let folders = releases(&data.path);
    assert_eq!(folders.len(), 2, "{folders:?}");
}

#[test]
fn tables_open_in_a_spreadsheet_and_carry_no_formula() {
    let data = theatre();
    release(&data);
    let folder = releases(&data.path).remove(0);
    let table = |name: &str| -> Vec<BTreeMap<String, String>> {
        let text = text(&folder, &format!("affiche-{name}.csv.zst"));
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    };
    let [performance] = <[_; 1]>::try_from(table("performances")).unwrap();
    for (column, expected) in [
        ("name_fr", "Les Marées"),
        ("name_en", "The Tides"),
        ("start_local", "2027-03-02 20:30:00"),
        ("start_utc", "2027-03-02 19:30:00"),
        ("place", "'=Salle \"A\""),
        ("town", "Paris"),
        ("longitude", "-4.5"),
        ("lowest_price", "9"),
        ("highest_price", "18.5"),
        ("organiser", "Le Théâtre"),
        ("sources", "theatre"),
        ("licences", LICENCE),
    ] {
        assert_eq!(performance[column], expected, "{column}");
    }
    assert_eq!(table("people")[0]["name"], "Anna Lind");
    assert_eq!(table("places")[0]["postal_code"], "75011");
    assert_eq!(table("organisations").len(), 1);
    assert_eq!(table("productions").len(), 0);
}

#[test]
fn the_file_of_a_profile_holds_what_meets_it_alone() {
    let data = theatre();
    release(&data);
    let folder = releases(&data.path).remove(0);
    let meets: BTreeSet<String> = data
        .export()
        .lines()
        .filter(|line| line.contains("conformsTo> <https://data.example.org/shapes/national>"))
        .map(|line| {
            line.split(' ')
                .next()
                .unwrap()
                .trim_end_matches('>')
                .to_owned()
        })
        .collect();
    assert!(!meets.is_empty());
    let all = lines(&folder, "affiche.nq.gz");
    let expected: BTreeSet<String> = all
        .into_iter()
        .filter(|line| {
            let subject = line.split('>').next().unwrap();
            meets.contains(subject.split('#').next().unwrap())
        })
        .collect();
    assert_eq!(lines(&folder, "affiche-profile-national.nq.gz"), expected);
}

#[test]
fn a_running_server_makes_one_when_told_and_when_it_is_due() {
    let data = theatre();
    let server = Server::start(&mut data.affiche(["serve"]));
    let said = release(&data).out;
    assert!(said.contains("release 1 of "), "{said}");
    server.stop("TERM");
    fs::remove_dir_all(data.path.join("releases")).unwrap();
    configure(&data, "releases.schedule = 'daily'\n");
    let server = Server::start(&mut data.affiche(["serve"]));
    until("a release is made by itself", || {
        releases(&data.path)
            .iter()
            .any(|folder| folder.extension().is_none())
    });
    server.stop("TERM");
}

/// Whether any file below a folder holds a text, packed or not.
fn is_anywhere(folder: &Path, wanted: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_anywhere(&path, wanted);
        }
        let ending = path.extension().unwrap_or_default();
        let bytes = if ending == "gz" || ending == "zst" {
            unpacked(&path)
        } else {
            fs::read(&path).unwrap()
        };
        let wanted = wanted.as_bytes();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

#[test]
fn a_redaction_makes_the_releases_again_that_hold_what_is_struck() {
    let data = theatre();
    release(&data);
    let before = manifest(&releases(&data.path)[0]);
    let secret = "+33 1 99 00 12 34";
    data.submit(&format!(
        "{PROGRAMME} t:bo a schema:Person ; schema:name \"Bo\" ; schema:telephone \"{secret}\" ."
    ))
    .with(0);
    release(&data);
    data.submit(PROGRAMME).with(0);
    data.submit(&format!(
        "{PROGRAMME} t:cy a schema:Person ; schema:name \"Cy\" ."
    ))
    .with(0);
    release(&data);
    let [_, second, third] = <[_; 3]>::try_from(releases(&data.path)).unwrap();
    let former = manifest(&second);
    assert!(is_anywhere(&second, secret));
    data.run([
        "redact",
        "--containing",
        secret,
        "--because",
        "a private number",
        "--yes",
    ])
    .with(0);
    assert!(!is_anywhere(&data.path, secret));
    let [first, second, third_again] = <[_; 3]>::try_from(releases(&data.path)).unwrap();
    assert_eq!(manifest(&first), before);
    assert_eq!(third, third_again);
    for folder in [&second, &third] {
        let manifest = manifest(folder);
        for file in manifest["files"].as_array().unwrap() {
            let path = folder.join(file["name"].as_str().unwrap());
            assert_eq!(file["sha256"].as_str().unwrap(), sum(&path));
        }
        let key = affiche::store::SigningKey::of(&data.path)
            .unwrap()
            .verifying();
        let signature = fs::read_to_string(folder.join("manifest.json.minisig")).unwrap();
        let comment = key
            .verify_file(
                fs::File::open(folder.join("manifest.json")).unwrap(),
                &signature,
            )
            .unwrap()
            .unwrap();
        assert!(
            comment.contains("made again after the redaction"),
            "{comment}"
        );
        let notices = fs::read_dir(folder).unwrap().filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|ending| ending == "redaction")
        });
        assert_eq!(notices.count(), 1);
    }
    let again = manifest(&second);
    for same in ["number", "date", "generation", "header_sha256", "entities"] {
        assert_eq!(again[same], former[same], "{same}");
    }
    assert_ne!(again["files"], former["files"]);
    assert!(text(&second, "affiche.nq.gz").contains("\"Bo\""));
    // The last step is done again by whoever opens the folder after a crash.
    let note = "{\"redaction\":4,\"from\":3}";
    fs::write(data.path.join("releases/redaction.json"), note).unwrap();
    fs::rename(
        &second,
        data.path.join("releases").join(format!(
            "{}.again",
            second.file_name().unwrap().to_str().unwrap()
        )),
    )
    .unwrap();
    data.run(["source", "list"]).with(0);
    data.submit(PROGRAMME).with(0);
    assert_eq!(releases(&data.path).len(), 3);
    assert!(!data.path.join("releases/redaction.json").exists());
}

#[test]
fn only_so_many_releases_keep_their_files_and_the_others_say_why_not() {
    let data = theatre();
    configure(&data, "releases.keep = 2\n");
    for name in ["Bo", "Cy", "Di"] {
        data.submit(&format!(
            "{PROGRAMME} t:bo a schema:Person ; schema:name \"{name}\" ."
        ))
        .with(0);
        release(&data);
    }
    let [first, second, third] = <[_; 3]>::try_from(releases(&data.path)).unwrap();
    for kept in [&second, &third] {
        assert!(kept.join("affiche.nq.gz").is_file() && kept.join("checkpoint").is_dir());
        assert!(!kept.join("withdrawn.json").exists());
    }
    assert!(!first.join("affiche.nq.gz").exists() && !first.join("checkpoint").exists());
    let notice = fs::read_to_string(first.join("withdrawn.json")).unwrap();
    assert!(notice.contains("take the latest"), "{notice}");
    assert_eq!(manifest(&first)["number"], 1);
}
