//! `affiche verify`: who has a release finds out whether it is what was published.

use crate::program::{Data, Ended, Server, affiche, run};
use crate::support::copy_folder;
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";
const CONFIGURED: &str = "\
licence = 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/'
publisher.name = 'Le Réseau'
publisher.contact = 'mailto:donnees@example.org'
";
const PROGRAMME: &str = r#"
t:1 a schema:TheaterEvent ; schema:name "Les Marées"@fr ;
  schema:startDate "2027-03-02T20:30:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;
  schema:location t:hall .
t:hall a schema:Place ; schema:name "Salle \"A\""@fr ;
  schema:address [ a schema:PostalAddress ; schema:postalCode "75011" ; schema:addressLocality "Paris" ] .
"#;

/// A folder with one release, where that is, and its public key.
fn released() -> (Data, PathBuf, String) {
    let data = Data::new();
    fs::write(data.path.join("affiche.toml"), CONFIGURED).unwrap();
    data.run(["source", "set", "theatre", "--licence", LICENCE])
        .with(0);
    data.submit(PROGRAMME).with(0);
    data.run(["release"]).with(0);
    let mut folders = fs::read_dir(data.path.join("releases")).unwrap();
    let folder = folders.next().unwrap().unwrap().path();
    let key = affiche::store::SigningKey::of(&data.path).unwrap();
    let line = key.verifying().line();
    (data, folder, line)
}

fn verify(target: impl AsRef<Path>, more: &[&str]) -> Ended {
    let mut command = affiche(["verify"]);
    command.arg(target.as_ref()).args(more);
    run(&mut command)
}

/// The names of the files in a manifest, and which of them there are.
fn files(folder: &Path) -> Vec<String> {
    let text = fs::read(folder.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&text).unwrap();
    let files = manifest["files"].as_array().unwrap();
    let name = |file: &Value| file["name"].as_str().unwrap().to_owned();
    files.iter().map(name).collect()
}

#[test]
fn a_release_is_sound_as_a_folder_a_manifest_and_file_by_file() {
    let (data, folder, key) = released();
    let names = files(&folder);
    let whole = verify(&folder, &["--key", &key]).with(0);
    for name in &names {
        let line = format!("{name}: sound, ");
        assert!(whole.out.contains(&line), "{}", whole.out);
    }
    assert!(whole.out.contains("sound: "), "{}", whole.out);
    assert!(
        !whole.out.contains("cannot read its format"),
        "{}",
        whole.out
    );
    // A copy elsewhere, with the key in a file.
    let copy = data.temporary.path().join("copy");
    copy_folder(&folder, &copy);
    let public = affiche::store::VerifyingKey::parse(&key).unwrap().file();
    let file = data.file("minisign.pub", &public);
    let file = file.to_str().unwrap();
    verify(copy.join("manifest.json"), &["--key", file]).with(0);
    let one = verify(copy.join(&names[0]), &["--key", file]).with(0);
    assert!(one.out.contains("sound: 1 files"), "{}", one.out);
    let json = verify(&copy, &["--key", &key, "--format", "json"]).with(0);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["is_sound"], true);
    assert_eq!(json["signature"]["is_key_given"], true);
    let checked = json["files"].as_array().unwrap();
    assert!(
        checked.iter().all(|file| file["is_read"] == true),
        "{json:#}"
    );
}

#[test]
fn what_was_changed_lost_or_cut_off_is_named() {
    let (data, folder, key) = released();
    let names = files(&folder);
    let find = |ending: &str| names.iter().find(|name| name.ends_with(ending)).unwrap();
    let turtle = find(".ttl.gz").as_str();
    let bytes = fs::read(folder.join(turtle)).unwrap();
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    let longer = [bytes.as_slice(), b"x"].concat();
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let signature = fs::read_to_string(folder.join("manifest.json.minisig")).unwrap();
    let other = manifest
        .replacen("Le Réseau", "Un autre", 1)
        .replacen('1', "2", 1);
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    for (what, name, contents, said) in [
        (
            "a changed byte",
            turtle,
            Some(changed.as_slice()),
            "SHA-256",
        ),
        ("a longer file", turtle, Some(&longer), "SHA-256"),
        (
            "a file that was cut off",
            turtle,
            Some(&bytes[..100]),
            "curl -C -",
        ),
        ("a lost file", turtle, None, "it is not there"),
        (
            "another manifest",
            "manifest.json",
            Some(other.as_bytes()),
            "the signature does not fit",
        ),
        (
            "no signature",
            "manifest.json.minisig",
            Some(b"nonsense"),
            "no signature",
        ),
        (
            "another comment",
            "manifest.json.minisig",
            Some(
                signature
                    .replace("trusted comment: ", "trusted comment: x")
                    .as_bytes(),
            ),
            "the signature does not fit",
        ),
        (
            "other sums",
            "SHA256SUMS",
            Some(&sums.as_bytes()[1..]),
            "something else",
        ),
        ("no sums", "SHA256SUMS", None, "`SHA256SUMS` is not there"),
    ] {
        let copy = data.temporary.path().join("copy");
        let _ = fs::remove_dir_all(&copy);
        copy_folder(&folder, &copy);
        match contents {
            Some(contents) => fs::write(copy.join(name), contents).unwrap(),
            None => fs::remove_file(copy.join(name)).unwrap(),
        }
        let ended = verify(&copy, &["--key", &key]).with(1);
        assert!(ended.out.contains(said), "{what}: {}", ended.out);
        assert!(ended.out.contains("not sound"), "{what}: {}", ended.out);
        if name == turtle {
            assert!(ended.out.contains(&format!("{turtle}: ")), "{}", ended.out);
            // The others are as they were.
            assert!(ended.out.contains("not sound: 1 of "), "{}", ended.out);
        }
    }
}

#[test]
fn a_wrong_count_under_a_good_signature_is_found_by_reading() {
    let (data, folder, key) = released();
    let path = folder.join("manifest.json");
    let mut manifest: affiche::publish::release::Manifest =
        serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let turtle = manifest
        .files
        .iter_mut()
        .find(|file| file.format == "turtle");
    turtle.unwrap().count += 1;
    fs::write(&path, manifest.text()).unwrap();
    let signing = affiche::store::SigningKey::of(&data.path).unwrap();
    let signature = signing.sign_file(manifest.text().as_bytes(), "x").unwrap();
    fs::write(folder.join("manifest.json.minisig"), signature).unwrap();
    let ended = verify(&folder, &["--key", &key]).with(1);
    assert!(ended.out.contains("are read back"), "{}", ended.out);
}

#[test]
fn what_cannot_be_found_out_is_no_verdict() {
    let (data, folder, key) = released();
    let manifest = folder.join("manifest.json");
    let other = tempfile::tempdir().unwrap();
    let other = affiche::store::SigningKey::of(other.path()).unwrap();
    for (target, more, said) in [
        (folder.as_path(), &[][..], "--key"),
        (&manifest, &["--key", "nonsense"], "neither a public key"),
        (
            &data.temporary.path().join("none"),
            &["--key", &key],
            "is not there",
        ),
        (
            data.temporary.path(),
            &["--key", &key],
            "there is no `manifest.json`",
        ),
        (
            Path::new("ftp://a.example/"),
            &["--key", &key],
            "no address of a release",
        ),
        (
            Path::new("http://127.0.0.1:1/releases/latest/"),
            &["--key", &key],
            "could not be fetched",
        ),
    ] {
        let ended = verify(target, more).with(2);
        assert!(
            ended.err.contains(said),
            "{}: {}",
            target.display(),
            ended.err
        );
    }
    let wrong = verify(&folder, &["--key", &other.verifying().line()]).with(1);
    assert!(wrong.out.contains("signed by the key"), "{}", wrong.out);
    let newer =
        fs::read_to_string(&manifest)
            .unwrap()
            .replacen("\"version\": 1", "\"version\": 9", 1);
    fs::write(&manifest, &newer).unwrap();
    let signing = affiche::store::SigningKey::of(&data.path).unwrap();
    let signature = signing.sign_file(newer.as_bytes(), "x").unwrap();
    fs::write(folder.join("manifest.json.minisig"), signature).unwrap();
    let ended = verify(&folder, &["--key", &key]).with(2);
    assert!(ended.err.contains("version 9"), "{}", ended.err);
}

#[test]
fn a_release_is_verified_from_its_address_and_a_withdrawn_one_is_not_sound() {
    let (data, folder, key) = released();
    let names = files(&folder);
    let date = folder.file_name().unwrap().to_str().unwrap();
    let server = Server::start(&mut data.affiche(["serve"]));
    let site = format!("http://{}", server.address);
    for address in [
        site.clone(),
        format!("{site}/releases/latest/"),
        format!("{site}/releases/{date}"),
        format!("{site}/releases/{date}/manifest.json"),
    ] {
        let ended = verify(&address, &["--key", &key]).with(0);
        let files = format!("sound: {} files", names.len());
        assert!(ended.out.contains(&files), "{address}: {}", ended.out);
    }
    let one = format!("{site}/releases/latest/{}", names[0]);
    let ended = verify(one, &["--key", &key]).with(0);
    assert!(ended.out.contains("sound: 1 files"), "{}", ended.out);
    let unkeyed = verify(&site, &[]).with(0);
    assert!(
        unkeyed.out.contains("not whose they are"),
        "{}",
        unkeyed.out
    );
    let nothing = verify(format!("{site}/releases/1999-01-01/"), &["--key", &key]).with(2);
    assert!(nothing.err.contains("manifest.json"), "{}", nothing.err);
    let nothing = verify(
        format!("{site}/releases/{date}/nothing.gz"),
        &["--key", &key],
    )
    .with(1);
    assert!(
        nothing.out.contains("has no file `nothing.gz`"),
        "{}",
        nothing.out
    );
    // Withdrawn while it is served.
    let unknown = data
        .run(["release", "withdraw", "1999-01-01", "--because", "x"])
        .with(2);
    assert!(unknown.err.contains(date), "{}", unknown.err);
    let said = data
        .run(["release", "withdraw", date, "--because", "a court order"])
        .with(0);
    assert!(said.out.contains("a court order"), "{}", said.out);
    let page = server.get(&format!("/releases/{date}/"));
    assert!(page.starts_with("HTTP/1.1 410"), "{page}");
    assert!(page.contains("a court order"), "{page}");
    let ended = verify(format!("{site}/releases/{date}/"), &["--key", &key]).with(1);
    assert!(
        ended.out.contains("withdrawn: a court order"),
        "{}",
        ended.out
    );
    let ended = verify(&folder, &["--key", &key]).with(1);
    assert!(ended.out.contains("a court order"), "{}", ended.out);
    assert!(!folder.join(&names[0]).exists());
    assert!(!folder.join("checkpoint").exists());
}

/// A site that breaks off whatever is longer than so many bytes, and gives the rest when asked.
fn breaking_off(folder: PathBuf, most: usize, cuts: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(stream, &folder, most, &cuts);
        }
    });
    address
}

fn answer(
    mut stream: TcpStream,
    folder: &Path,
    most: usize,
    cuts: &AtomicUsize,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap()?;
    let mut from = 0;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap();
        }
    }
    let path = request.split(' ').nth(1).unwrap();
    let name = path.rsplit('/').next().unwrap();
    let Ok(bytes) = fs::read(folder.join(name)) else {
        return stream.write_all(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
    };
    let status = if from > 0 {
        "206 Partial Content"
    } else {
        "200 OK"
    };
    let rest = &bytes[from..];
    let head = format!(
        "HTTP/1.1 {status}\r\nETag: \"{name}\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        rest.len()
    );
    stream.write_all(head.as_bytes())?;
    // What says what the release is comes whole.
    let is_small = name.starts_with("manifest") || name == "SHA256SUMS";
    if rest.len() > most && !is_small {
        cuts.fetch_add(1, Ordering::Relaxed);
        return stream.write_all(&rest[..most]);
    }
    stream.write_all(rest)
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let (_data, folder, key) = released();
    let cuts = Arc::new(AtomicUsize::new(0));
    let longest = files(&folder)
        .iter()
        .map(|name| fs::metadata(folder.join(name)).unwrap().len())
        .max();
    let most = usize::try_from(longest.unwrap()).unwrap() / 7;
    let address = breaking_off(folder, most, Arc::clone(&cuts));
    let target = format!("http://{address}/releases/x/manifest.json");
    let ended = verify(target, &["--key", &key]).with(0);
    assert!(ended.out.contains("sound: "), "{}", ended.out);
    assert!(cuts.load(Ordering::Relaxed) >= 7, "it was cut off");
}

#[test]
fn a_site_that_leads_to_another_host_is_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut line = String::new();
            let _ = BufReader::new(stream.try_clone().unwrap()).read_line(&mut line);
            let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: http://localhost:1/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let ended = verify(format!("http://{address}/releases/latest/"), &[]).with(2);
    assert!(ended.err.contains("another host"), "{}", ended.err);
}
