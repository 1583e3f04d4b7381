//! What a release costs, beside the dumps of the oxigraph wheel in the same formats through the
//! same compressors.
//!
//! `cargo bench --profile dev --bench releases -- 30000 300000` loads so many performances of a
//! generated programme through the door (about 1 M and 10 M quads in the store), makes releases of
//! them, each in a process of its own, and prints the tables of `docs/performance.md`. The peer
//! runs when `AFFICHE_BENCH_PYTHON` names a Python that has `pyoxigraph`.

use affiche::app::releases::make::{Extent, Outcome, make_of};
use affiche::app::releases::output::Both;
use affiche::app::{App, Purpose, profiles};
use affiche::config::Config;
use affiche::ingest::{Document, Door, Submission, sources, submit, system};
use affiche::model::{Progress, Source, SourceName};
use affiche::publish::release::Manifest;
use affiche::store::{Opening, Store, fill_random};
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

#[expect(dead_code, reason = "other benchmarks use the rest of it")]
mod programme;

use programme::programme;

/// The performances of one house; more are those of several.
const HOUSE: usize = 50_000;
const BASE: &str = "https://data.example.org";
const LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load", folder, performances] => {
            load(Path::new(folder), performances.parse().expect("a number"));
        }
        ["whole", folder] => release(Path::new(folder), Extent::Whole),
        ["everything", folder] => release(Path::new(folder), Extent::Everything),
        _ => {
            let sizes = arguments.iter().filter_map(|word| word.parse().ok());
            let mut sizes: Vec<usize> = sizes.collect();
            if sizes.is_empty() {
                sizes = vec![3_000];
            }
            for performances in sizes {
                compare(performances);
            }
        }
    }
}

/// What a measured process says: seconds, seconds on the processor, and the most memory in MB.
fn measured(arguments: &[&str]) -> (f64, f64, f64) {
    let output = Command::new(std::env::current_exe().expect("it runs"))
        .args(arguments)
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{error}");
    let line = text.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = line
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    match numbers[..] {
        [seconds, processor, memory] => (seconds, processor, memory),
        _ => (f64::NAN, f64::NAN, f64::NAN),
    }
}

fn compare(performances: usize) {
    let temporary = tempfile::TempDir::new().expect("a temporary folder");
    let folder = temporary.path().to_str().expect("a plain path").to_owned();
    measured(&["load", &folder, &performances.to_string()]);
    let (everything_s, everything_cpu, everything_mb) = measured(&["everything", &folder]);
    let releases = temporary.path().join("data/releases");
    let last = fs::read_dir(&releases)
        .expect("a release")
        .flatten()
        .next()
        .expect("a release")
        .path();
    let manifest = fs::read(last.join("manifest.json")).expect("its manifest");
    let manifest: Manifest = serde_json::from_slice(&manifest).expect("its manifest");
    let claims = manifest
        .files
        .iter()
        .find(|file| file.name == "affiche-claims.nq.zst")
        .expect("all claims");
    let quads = temporary.path().join("quads.nq");
    let packed = File::open(last.join(&claims.name)).expect("it is there");
    zstd::stream::copy_decode(packed, File::create(&quads).expect("room")).expect("it unpacks");
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    fs::remove_dir_all(&releases).expect("it can be removed");
    let (whole_s, whole_cpu, whole_mb) = measured(&["whole", &folder]);
    let peer = peer(&quads, temporary.path());

    println!(
        "\n### {performances} performances, {} quads in the files of claims, {} files with {} MB in all\n",
        claims.count,
        manifest.files.len(),
        bytes / 1_000_000
    );
    println!("| what | Affiche | peer | ratio |\n| --- | --- | --- | --- |");
    let row = |what: &str, ours: f64, peer: Option<f64>| {
        let (peer, ratio) = match peer {
            Some(peer) => (format!("{peer:.1}"), format!("{:.2}", ours / peer)),
            None => ("–".to_owned(), "–".to_owned()),
        };
        println!("| {what} | {ours:.1} | {peer} | {ratio} |");
    };
    row(
        "the whole data set in all formats (s)",
        whole_s,
        peer.map(|(seconds, _)| seconds),
    );
    row(
        "… on all processors (s)",
        whole_cpu,
        peer.map(|(_, processor)| processor),
    );
    row("… peak of memory (MB)", whole_mb, None);
    row(
        "everything: profiles, sources, tables too (s)",
        everything_s,
        peer.map(|(seconds, _)| seconds),
    );
    row(
        "… on all processors (s)",
        everything_cpu,
        peer.map(|(_, processor)| processor),
    );
    row("… peak of memory (MB)", everything_mb, None);
}

/// The wheel's dumps, each through gzip and zstd: seconds, and seconds on the processor. Its
/// JSON-LD counts twice, for our two forms of it.
fn peer(quads: &Path, folder: &Path) -> Option<(f64, f64)> {
    let python = std::env::var_os("AFFICHE_BENCH_PYTHON")?;
    let target = folder.join("peer");
    fs::create_dir(&target).expect("room");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/releases_peer.py");
    let output = Command::new(python)
        .arg(script)
        .arg(quads)
        .arg(&target)
        .output()
        .expect("it starts");
    if !output.status.success() {
        eprintln!("no peer: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let (mut all_s, mut all_cpu) = (0.0, 0.0);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let [name, seconds, processor] = line.split(' ').collect::<Vec<_>>()[..] else {
            continue;
        };
        let path = target.join(name);
        let times = if name.ends_with(".jsonld") { 2.0 } else { 1.0 };
        let dump: [f64; 2] = [seconds, processor].map(|text| text.parse().expect("seconds"));
        let (begun, processor) = (Instant::now(), processor_s());
        let mut packed = Both::create(&target.join("packed")).expect("room");
        let mut read = BufReader::with_capacity(1 << 16, File::open(&path).expect("the dump"));
        io::copy(&mut read, &mut packed).expect("it is packed");
        let packed = packed.into_inner().map_err(|error| error.into_error());
        packed.and_then(Both::finish).expect("it is packed");
        let packing = (begun.elapsed().as_secs_f64(), processor_s() - processor);
        eprintln!(
            "{name}: {:.1} s to dump, {:.1} s to pack {} MB",
            dump[0],
            packing.0,
            fs::metadata(&path).map_or(0, |file| file.len()) / 1_000_000
        );
        all_s += times * (dump[0] + packing.0);
        all_cpu += times * (dump[1] + packing.1);
        for ending in ["gz", "zst"] {
            fs::remove_file(target.join(format!("packed.{ending}"))).expect("it is there");
        }
        fs::remove_file(path).expect("it is there");
    }
    Some((all_s, all_cpu))
}

fn load(folder: &Path, performances: usize) {
    let opening = Opening {
        base: None,
        default_base: BASE.parse().expect("a base"),
        create: true,
    };
    let store = Store::open(&folder.join("data"), &opening).expect("a new folder opens");
    let door = Door::new(store.base()).expect("the built-in files are sound");
    system::bring_up_to_date(&store, &door, now(), &mut fill_random)
        .expect("the built-in files are accepted");
    for house in 0..performances.div_ceil(HOUSE) {
        let name: SourceName = format!("house{house}").parse().expect("a name");
        let source = Source {
            licence: Some(NamedNode::new_unchecked(LICENCE)),
            publisher: Some(format!("House {house}")),
            ..Source::new(name.clone())
        };
        sources::add(&store, &source, now()).expect("a new source");
        let text = programme(house, HOUSE.min(performances - house * HOUSE));
        let document = Document {
            name: "programme.nt",
            bytes: text.as_bytes(),
            format: Some("ntriples"),
            base: None,
        };
        let submission = Submission::new(&name, std::slice::from_ref(&document));
        submit(&store, &door, &submission, now(), &mut fill_random).expect("it is accepted");
    }
    let app = App::over(store, config(folder), Purpose::Write, now()).expect("it opens");
    profiles::bring_up_to_date(&app, &Progress::default()).expect("all can be judged");
    println!("0 0 0");
}

fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.data = folder.join("data");
    config.licence = Some(NamedNode::new_unchecked(LICENCE));
    config.publisher_name = Some("Réseau".to_owned());
    config.publisher_contact = Some("mailto:donnees@example.org".to_owned());
    config
}

fn release(folder: &Path, extent: Extent) {
    let app = App::open(config(folder), Purpose::Write, now()).expect("it opens");
    let (begun, processor) = (Instant::now(), processor_s());
    let made = make_of(&app, extent, now(), &|| false).expect("it is made");
    assert!(matches!(made, Outcome::Made(_)));
    println!(
        "{} {} {}",
        begun.elapsed().as_secs_f64(),
        processor_s() - processor,
        memory_mb()
    );
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// The most memory that this process ever had, in megabytes.
fn memory_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(f64::NAN, |kilobytes| kilobytes / 1000.0)
}

/// The time that this process had on all processors, ended threads included.
fn processor_s() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<f64>().ok())
        .sum();
    // A hundred ticks are a second on every Linux.
    ticks / 100.0
}
