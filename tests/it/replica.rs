//! A copy that is made from the feed of changes and from nothing else: the same bytes in the end,
//! whatever is cut, killed, redacted or restored on the way, and not one byte that does not verify.
//!
//! `AFFICHE_SEED=7 AFFICHE_STEPS=200 cargo test --test it replica` for another run, and a longer one.

use crate::program::{Data, PREFIXES, Random, affiche, run, until, wait};
use affiche::store::SigningKey;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const STEPS: u64 = 24;

/// What a release needs to be one.
const CONFIGURATION: &str = "licence = 'https://creativecommons.org/publicdomain/zero/1.0/'
[publisher]
name = 'The network'
contact = 'mailto:data@example.org'
";

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("it is a number"))
}

/// A port that nobody has now.
fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// A server or a copy that runs.
struct Running {
    child: Child,
    address: SocketAddr,
    said: PathBuf,
}

impl Running {
    fn start(data: &Path, arguments: &[&str], said: PathBuf) -> Self {
        let address = free_port();
        let file = File::options()
            .create(true)
            .append(true)
            .open(&said)
            .expect("a file");
        let child = affiche(arguments)
            .arg("--data")
            .arg(data)
            .args(["--bind", &address.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::from(file))
            .spawn()
            .expect("the program starts");
        Self {
            child,
            address,
            said,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The status and the body of an answer; `None` when nobody answers.
    fn get(&self, path: &str) -> Option<(u16, String)> {
        get(&self.url(path))
    }

    fn json(&self, path: &str) -> Option<Value> {
        serde_json::from_str(&self.get(path)?.1).ok()
    }

    #[track_caller]
    fn ready(self) -> Self {
        until("it serves", || self.get("/health").is_some());
        self
    }

    fn generation(&self) -> Option<u64> {
        self.json("/health")?.get("generation")?.as_u64()
    }

    fn stop(mut self) {
        crate::program::signal_to(&self.child, "TERM");
        wait(&mut self.child);
    }

    fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(url: &str) -> Option<(u16, String)> {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build(),
    );
    let mut answer = agent.get(url).call().ok()?;
    let body = answer.body_mut().read_to_string().ok()?;
    Some((answer.status().as_u16(), body))
}

/// What stands between a server and its copy.
#[derive(Clone, Debug, Default)]
struct Trouble {
    server: Option<SocketAddr>,
    /// Cuts about every second connection after at most so many bytes.
    cuts_below: Option<u64>,
    /// Changes one byte of the body of what is answered to a path with this in it.
    tampers: Option<&'static str>,
    random: u64,
}

struct Proxy {
    address: SocketAddr,
    trouble: Arc<Mutex<Trouble>>,
}

impl Proxy {
    fn new(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let trouble = Arc::new(Mutex::new(Trouble {
            random: seed,
            ..Trouble::default()
        }));
        let shared = Arc::clone(&trouble);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let trouble = {
                    let mut trouble = shared.lock().expect("nobody panics");
                    trouble.random = trouble.random.wrapping_add(1);
                    trouble.clone()
                };
                thread::spawn(move || pass(stream, &trouble));
            }
        });
        Self { address, trouble }
    }

    fn change(&self, change: impl FnOnce(&mut Trouble)) {
        change(&mut self.trouble.lock().expect("nobody panics"));
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Passes one request on, and its answer back as far as the trouble lets it.
fn pass(mut client: TcpStream, trouble: &Trouble) -> Option<()> {
    let mut request = Vec::new();
    let mut byte = [0; 4096];
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        let read = client.read(&mut byte).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(byte.get(..read)?);
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let request = text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut server = TcpStream::connect(trouble.server?).ok()?;
    server.write_all(request.as_bytes()).ok()?;
    let mut random = Random(trouble.random);
    let path = text.split(' ').nth(1).unwrap_or_default();
    let mut left = match trouble.cuts_below {
        Some(most) if random.below(2) == 0 => random.below(most),
        _ => u64::MAX,
    };
    if trouble.tampers.is_some_and(|it| path.contains(it)) {
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).ok()?;
        let start = answer.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
        // Anybody may change the first line of a signature.
        let half = (answer.len() - start) / 2;
        let place = (start + half) as u64 + random.below(half.max(1) as u64);
        if let Some(byte) = answer.get_mut(usize::try_from(place).ok()?) {
            *byte ^= 1;
        }
        return client.write_all(&answer).ok();
    }
    let mut chunk = [0; 4096];
    while left > 0 {
        let read = server.read(&mut chunk).ok().filter(|read| *read > 0)?;
        let passed = read.min(usize::try_from(left).unwrap_or(usize::MAX));
        client.write_all(chunk.get(..passed)?).ok()?;
        left -= passed as u64;
    }
    Some(())
}

/// A server, its copy, and what is between.
struct Pair {
    data: Data,
    copy: PathBuf,
    key: String,
    proxy: Proxy,
    server: Option<Running>,
    follower: Option<Running>,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let data = Data::new();
        let key = SigningKey::of(&data.path)
            .expect("a key")
            .verifying()
            .line();
        let copy = data.temporary.path().join("copy");
        Self {
            data,
            copy,
            key,
            proxy: Proxy::new(seed),
            server: None,
            follower: None,
        }
    }

    fn serve(&mut self) {
        let said = self.data.temporary.path().join("server.log");
        let server = Running::start(&self.data.path, &["serve"], said).ready();
        self.proxy.change(|it| it.server = Some(server.address));
        self.server = Some(server);
    }

    /// Ends the server, does something with its folder, and starts it again.
    fn offline(&mut self, work: impl FnOnce(&Data)) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        work(&self.data);
        self.serve();
    }

    fn follow(&mut self) {
        let said = self.data.temporary.path().join("copy.log");
        let url = self.proxy.url();
        let arguments = ["follow", &url, "--key", &self.key, "--interval", "1"];
        self.follower = Some(Running::start(&self.copy, &arguments, said));
    }

    fn kill(&mut self) {
        if let Some(follower) = self.follower.take() {
            follower.kill();
        }
    }

    fn server(&self) -> &Running {
        self.server.as_ref().expect("it was started")
    }

    fn follower(&self) -> &Running {
        self.follower.as_ref().expect("it was started")
    }

    /// Waits until the copy has what the server has.
    #[track_caller]
    fn in_step(&mut self) {
        self.proxy
            .change(|it| (it.cuts_below, it.tampers) = (None, None));
        let wanted = self.server().json("/changes/head").expect("a head");
        let end = Instant::now() + Duration::from_secs(120);
        loop {
            let follower = self.follower.as_mut().expect("it was started");
            if let Some(status) = follower.child.try_wait().expect("it can be waited for") {
                panic!("the copy ended ({status}): {}", follower.said());
            }
            if follower.json("/changes/head") == Some(wanted.clone()) {
                return;
            }
            assert!(Instant::now() < end, "{}", self.follower().said());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends both, and compares what they hold.
    #[track_caller]
    fn are_the_same(mut self) -> Self {
        self.in_step();
        for running in [self.server.take(), self.follower.take()] {
            running.expect("it was started").stop();
        }
        let copied = |arguments: &[&str]| {
            let mut command = affiche(arguments);
            run(command.arg("--data").arg(&self.copy)).with(0).out
        };
        let here = self.data.run(["export", "--format", "nquads"]).with(0).out;
        let there = copied(&["export", "--format", "nquads"]);
        assert!(here == there, "{}", first_difference(&here, &there));
        copied(&["check"]);
        copied(&["rebuild"]);
        assert_eq!(copied(&["export", "--format", "nquads"]), here);
        self
    }

    /// Makes a release, and gives its generation.
    fn release(&self) -> u64 {
        fs::write(self.data.path.join("affiche.toml"), CONFIGURATION).expect("it is written");
        self.data.run(["release"]).with(0);
        let store = crate::support::open(&self.data.path, false).expect("it opens");
        store.generation().0
    }
}

fn first_difference(here: &str, there: &str) -> String {
    let differs = here.lines().zip(there.lines()).find(|(a, b)| a != b);
    format!(
        "{} and {} lines: {differs:?}",
        here.lines().count(),
        there.lines().count()
    )
}

/// What two halls of the festival are called here.
fn halls(data: &Data) -> [String; 2] {
    let text = format!(
        "{PREFIXES}t:a a schema:Place ; schema:name \"Hall A\" .\nt:b a schema:Place ; schema:name \"Hall B\" .\n"
    );
    let file = data.file("halls.ttl", &text).display().to_string();
    data.run(["submit", "--source", "festival", &file]).with(0);
    let export = data.export();
    ["a", "b"].map(|local| {
        let alias = format!("/source/festival/alias/https%3A%2F%2Ftheatre.example%2F{local}>");
        let line = export.lines().find(|line| line.contains(&alias));
        let object = line.and_then(|line| line.split(' ').nth(2));
        object
            .expect("it has a name")
            .trim_matches(['<', '>'])
            .to_owned()
    })
}

fn person(number: u64, version: u64) -> String {
    format!("t:p{number} a schema:Person ; schema:name \"K{number} v{version}\" .\n")
}

/// Something that changes the server's data, through the running server.
fn edit(random: &mut Random, number: u64, data: &Data, halls: &[String; 2]) {
    let submit = |mode: &str, name: &str, text: &str| {
        let file = data.file(name, text).display().to_string();
        let arguments = ["submit", "--source", "theatre", "--mode", mode];
        let arguments = arguments.into_iter().chain(["--allow-withdrawals", &file]);
        data.run(arguments).with(0);
    };
    let rank = number.to_string();
    match random.below(10) {
        0 => {
            let all: String = (0..=random.below(9)).map(|it| person(it, number)).collect();
            submit("replace", "all.ttl", &format!("{PREFIXES}{all}"));
        }
        1..=4 => {
            let first = random.below(8);
            let text = format!(
                "{PREFIXES}{}{}",
                person(first, number),
                person(first + 1, number)
            );
            submit("upsert", "some.ttl", &text);
        }
        5 => {
            let gone = format!("https://theatre.example/p{}\n", random.below(9));
            submit("withdraw", "gone.uris", &gone);
        }
        6 => {
            data.run(["merge", &halls[0], &halls[1], "--despite-different"]);
        }
        7 => {
            data.run(["unmerge", &halls[0], &halls[1]]);
        }
        8 => {
            data.run(["source", "rank", "festival", &rank]).with(0);
        }
        _ => {
            let name = format!("other-{number}");
            data.run(["source", "add", &name]).with(0);
            let text = format!("{PREFIXES}t:x{number} a schema:Person ; schema:name \"X\" .\n");
            let file = data.file("other.ttl", &text).display().to_string();
            data.run(["submit", "--source", &name, &file]).with(0);
            if random.below(2) == 0 {
                data.run(["source", "remove", &name]);
            }
        }
    }
}

fn redact(data: &Data, literal: &str) {
    let arguments = [
        "redact",
        "--literal",
        literal,
        "--yes",
        "--because",
        "a trial",
    ];
    data.run(arguments).with(0);
}

/// Edits at random, with cuts and kills at random.
fn random_past(pair: &mut Pair, random: &mut Random, steps: u64, halls: &[String; 2], from: u64) {
    for step in from..from + steps {
        pair.proxy.change(|it| it.cuts_below = Some(600_000));
        edit(random, step, &pair.data, halls);
        if random.below(3) == 0 {
            thread::sleep(Duration::from_millis(random.below(1500)));
            pair.kill();
            pair.follow();
        }
    }
}

#[test]
fn a_copy_of_the_feed_alone_has_the_same_bytes_whatever_is_cut_and_killed() {
    let seed = number("AFFICHE_SEED", 20_261_122);
    eprintln!("AFFICHE_SEED={seed}");
    let mut random = Random(seed);
    let steps = number("AFFICHE_STEPS", STEPS);
    let mut pair = Pair::new(seed);
    let halls = halls(&pair.data);
    pair.data.submit(&person(1, 999_999)).with(0);
    pair.serve();
    pair.proxy.change(|it| it.cuts_below = Some(600_000));
    pair.follow();
    random_past(&mut pair, &mut random, steps / 2, &halls, 0);
    // What it has by now is struck, of what it has and of what it may not have yet.
    pair.offline(|data| redact(data, "K1 v999999"));
    random_past(&mut pair, &mut random, steps / 2, &halls, steps);
    let pair = pair.are_the_same();
    let found = std::process::Command::new("grep")
        .args(["-rl", "K1 v999999"])
        .arg(&pair.copy)
        .output()
        .expect("grep is there");
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found, "", "what was struck is still there");
}

#[test]
fn a_copy_begins_with_the_state_of_a_release_and_goes_on_from_there() {
    let seed = number("AFFICHE_SEED", 7);
    eprintln!("AFFICHE_SEED={seed}");
    let mut random = Random(seed);
    let mut pair = Pair::new(seed);
    let halls = halls(&pair.data);
    let both = person(1, 999_999) + &person(4, 777_777);
    pair.data.submit(&both).with(0);
    let released = pair.release();
    pair.serve();
    pair.proxy.change(|it| it.cuts_below = Some(100_000));
    pair.follow();
    random_past(&mut pair, &mut random, 6, &halls, 0);
    pair.in_step();
    let origin = fs::read_to_string(pair.copy.join("log/origin.json")).expect("it has an origin");
    assert!(
        origin.contains(&format!("\"generation\": {released}")),
        "{origin}"
    );
    // The log does not go back further, and the copy says so.
    let log = pair.follower().json("/health").expect("it serves");
    let log = log
        .get("log")
        .and_then(Value::as_str)
        .expect("it has one")
        .to_owned();
    let before = pair
        .follower()
        .get(&format!("/changes/records?after={log}.1"));
    let (status, body) = before.expect("it answers");
    assert_eq!(status, 404, "{body}");
    assert!(
        body.contains("not-in-copy") && body.contains(&pair.proxy.url()),
        "{body}"
    );
    let after = format!("/changes/records?after={log}.{released}");
    assert_eq!(pair.follower().get(&after), pair.server().get(&after));
    // What came after the state is struck …
    pair.data.submit(&person(2, 888_888)).with(0);
    pair.in_step();
    pair.offline(|data| redact(data, "K2 v888888"));
    pair.in_step();
    assert!(pair.copy.join("log/origin.json").exists());
    // … then what the state holds: the release was made again, and is begun with again …
    pair.offline(|data| redact(data, "K1 v999999"));
    pair.in_step();
    let again = fs::read_to_string(pair.copy.join("log/origin.json")).expect("it has an origin");
    assert!(
        again.contains(&format!("\"generation\": {released}")),
        "{again}"
    );
    assert_ne!(again, origin);
    let state = File::open(pair.copy.join("log/state.nq.zst")).expect("it is there");
    let state = zstd::decode_all(state).expect("it is whole");
    assert!(!String::from_utf8_lossy(&state).contains("K1 v999999"));
    // … or, when there is none any more, the first record is.
    pair.offline(|data| {
        fs::remove_dir_all(data.path.join("releases")).expect("it is there");
        redact(data, "K4 v777777");
    });
    pair.in_step();
    assert!(!pair.copy.join("log/origin.json").exists());
    pair.are_the_same();
}

#[test]
fn nothing_is_written_into_a_copy() {
    let mut pair = Pair::new(1);
    pair.serve();
    pair.follow();
    pair.in_step();
    let follower = pair.follower();
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build(),
    );
    let mut answer = agent
        .put(follower.url("/sources/theatre/data"))
        .header("content-type", "text/turtle")
        .send("")
        .expect("it answers");
    let body = answer.body_mut().read_to_string().expect("it is text");
    assert_eq!(answer.status(), 403, "{body}");
    assert!(
        body.contains("read-only") && body.contains(&pair.proxy.url()),
        "{body}"
    );
    let mut command = affiche(["source", "add", "mine", "--data"]);
    let said = run(command.arg(&pair.copy)).with(2).err;
    assert!(said.contains("this is a copy of"), "{said}");
    // The same documents and keys, under the same tags.
    for path in ["/ns.ttl", "/shapes/minimum", "/.well-known/minisign.pub"] {
        let tag = |url: &str| {
            let answer = agent.get(url).call().expect("it answers");
            let tag = answer.headers().get("etag").cloned();
            (tag, get(url).expect("it answers"))
        };
        let (here, there) = (pair.server().url(path), follower.url(path));
        assert_eq!(tag(&here), tag(&there), "{path}");
    }
    let (status, body) = follower.get("/releases/").expect("it answers");
    assert_eq!(status, 404, "{body}");
    assert!(body.contains("not-in-copy"), "{body}");
    // The folder is not taken for that of another server.
    pair.kill();
    let other = SigningKey::of(&pair.data.temporary.path().join("other")).expect("a key");
    let line = other.verifying().line();
    let mut command = affiche(["follow", &pair.proxy.url(), "--key", &line, "--data"]);
    run(command.arg(&pair.copy)).with(2);
}

#[test]
fn not_one_changed_byte_is_taken() {
    let seed = number("AFFICHE_SEED", 3);
    eprintln!("AFFICHE_SEED={seed}");
    let mut pair = Pair::new(seed);
    pair.data.submit(&person(1, 1)).with(0);
    pair.data.submit(&person(1, 2)).with(0);
    redact(&pair.data, "K1 v1");
    pair.release();
    pair.serve();
    // Nothing is begun with …
    for path in ["/changes/head.minisig", "/changes/state/", ".redaction"] {
        pair.proxy.change(|it| it.tampers = Some(path));
        let url = pair.proxy.url();
        let mut command = affiche(["follow", &url, "--key", &pair.key, "--data"]);
        let said = run(command.arg(&pair.copy).args(["--bind", "127.0.0.1:0"])).with(2);
        assert!(said.err.contains("does not verify"), "{path}: {}", said.err);
        assert!(!pair.copy.join("log").exists(), "{path}");
    }
    // … and nothing is gone on with: it stops serving, and says why.
    pair.proxy.change(|it| it.tampers = None);
    pair.follow();
    pair.in_step();
    pair.proxy
        .change(|it| it.tampers = Some("/changes/records"));
    pair.data.submit(&person(1, 3)).with(0);
    let follower = pair.follower();
    until("it refuses", || {
        follower
            .get("/health")
            .is_some_and(|(status, _)| status == 503)
    });
    let health = follower.json("/health").expect("it answers");
    assert_eq!(
        health.get("status").and_then(Value::as_str),
        Some("unverified")
    );
    assert!(health.to_string().contains("does not verify"), "{health}");
    let (status, body) = follower.get("/?lang=en").expect("it answers");
    assert_eq!(status, 503);
    assert!(!body.contains("K1 v"), "{body}");
    // It goes on once it verifies again.
    pair.in_step();
    until("it serves again", || {
        pair.follower()
            .get("/health")
            .is_some_and(|(status, _)| status == 200)
    });
    pair.are_the_same();
}

#[test]
fn a_file_of_a_copy_that_was_changed_does_not_open() {
    let mut pair = Pair::new(5);
    pair.release();
    pair.data.submit(&person(1, 1)).with(0);
    pair.serve();
    pair.follow();
    let pair = pair.are_the_same();
    let state = pair.copy.join("log/state.nq.zst");
    let mut bytes = fs::read(&state).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&state, bytes).expect("it is written");
    let mut command = affiche(["rebuild", "--data"]);
    let said = run(command.arg(&pair.copy)).with(2).err;
    assert!(said.contains("not the one that was signed"), "{said}");
}

#[test]
fn a_restored_server_has_every_cursor_start_again_and_copies_go_on_from_where_they_can() {
    let mut pair = Pair::new(11);
    let backups = pair.data.temporary.path().join("backups");
    pair.data.submit(&person(1, 1)).with(0);
    let folder = backups.display().to_string();
    pair.data.run(["backup", &folder]).with(0);
    pair.serve();
    pair.follow();
    pair.in_step();
    // A second copy stays where the backup was taken.
    pair.follower.take().expect("it was started").stop();
    let behind = pair.data.temporary.path().join("behind");
    crate::support::copy_folder(&pair.copy, &behind);
    let health = pair.server().json("/health").expect("it serves");
    let log = health
        .get("log")
        .and_then(Value::as_str)
        .expect("it has one")
        .to_owned();
    let fork = pair.server().generation().expect("it serves");
    pair.follow();
    pair.data.submit(&person(1, 2)).with(0);
    pair.in_step();
    let restored = pair.data.temporary.path().join("restored");
    let target = restored.display().to_string();
    pair.offline(|data| {
        run(&mut affiche(["restore", &folder, "--data", &target])).with(0);
        fs::rename(&data.path, data.temporary.path().join("lost")).expect("it is moved");
        fs::rename(&restored, &data.path).expect("it is moved");
    });
    for generation in [1, fork, fork + 1, fork + 9] {
        let path = format!("/changes/records?after={log}.{generation}");
        let (status, body) = pair.server().get(&path).expect("it answers");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(status, 410, "{body}");
        let slug = body.get("type").and_then(Value::as_str).unwrap_or_default();
        assert!(slug.ends_with("/problems/start-again"), "{body}");
        let until = body.get("holds-until").and_then(Value::as_u64);
        assert_eq!(until, Some(generation.min(fork)), "{body}");
    }
    pair.data.submit(&person(1, 3)).with(0);
    // The copy that has what was lost starts again; the other one goes on.
    let pair = pair.are_the_same();
    let mut pair = Pair {
        copy: behind,
        ..pair
    };
    pair.serve();
    pair.follow();
    let pair = pair.are_the_same();
    assert!(
        !fs::read_to_string(pair.data.temporary.path().join("copy.log"))
            .unwrap_or_default()
            .is_empty()
    );
}
