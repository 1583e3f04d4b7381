//! The real program, run as its users run it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const PREFIXES: &str = "\
@prefix schema: <http://schema.org/> .
@prefix t: <https://theatre.example/> .
";

/// The program with arguments, in a folder of its own and with nothing of this environment that
/// could change what it does.
pub fn affiche<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    prepared(Command::new(env!("CARGO_BIN_EXE_affiche")), arguments)
}

pub fn prepared<S: AsRef<OsStr>>(
    mut command: Command,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    static NOWHERE: OnceLock<TempDir> = OnceLock::new();
    let nowhere = NOWHERE.get_or_init(|| TempDir::new().expect("a temporary folder"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFFICHE_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .current_dir(nowhere)
        .env("LC_ALL", "en_GB.UTF-8")
        .stdin(Stdio::null());
    command
}

/// SplitMix64: the same moments in every run, as far as the machine allows.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Its output, once it is certain that it ended with `code`.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

pub fn run(command: &mut Command) -> Ended {
    let output = command.output().expect("the program starts");
    Ended {
        status: output.status,
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs the program with `input` on its standard input.
pub fn run_with_input(command: &mut Command, input: &str) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Ended {
        status: output.status,
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Waits until it ends, and not for ever.
#[track_caller]
pub fn wait(child: &mut Child) -> ExitStatus {
    let mut status = None;
    until("the program ends", || {
        status = child.try_wait().expect("it can be waited for");
        status.is_some()
    });
    status.expect("it was waited for")
}

/// Polls until `is_true`, and not for ever.
#[track_caller]
pub fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < end, "it never came: {what}");
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// A data folder with the source `theatre`, made by the program and copied for each test.
pub struct Data {
    pub path: PathBuf,
    pub temporary: TempDir,
}

impl Data {
    pub fn new() -> Self {
        static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let folder = TempDir::new().expect("a temporary folder");
            for source in ["theatre", "festival"] {
                run(affiche(["source", "add", source, "--data"])
                    .arg(folder.path())
                    .args(["--base", crate::support::BASE]))
                .with(0);
            }
            folder
        });
        let temporary = TempDir::new().expect("a temporary folder");
        let path = temporary.path().join("data");
        crate::support::copy_folder(template.path(), &path);
        Self { path, temporary }
    }

    /// A file outside the data folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.temporary.path().join(name);
        std::fs::write(&path, text).expect("a file is written");
        path
    }

    /// A command on this folder.
    pub fn affiche<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = affiche(arguments);
        command.arg("--data").arg(&self.path);
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ended {
        run(&mut self.affiche(arguments))
    }

    /// Submits Turtle, after the usual prefixes, through the standard input.
    pub fn submit(&self, turtle: &str) -> Ended {
        run_with_input(
            &mut self.affiche(["submit", "--source", "theatre", "-"]),
            &format!("{PREFIXES}{turtle}"),
        )
    }

    pub fn export(&self) -> String {
        self.run(["export"]).with(0).out
    }
}

/// A running server, ended at the latest when this goes.
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    lines: Receiver<String>,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        Self::try_start(command).unwrap_or_else(|said| panic!("it does not serve: {said}"))
    }

    /// What it said, when it ended without serving.
    pub fn try_start(command: &mut Command) -> Result<Self, String> {
        let mut child = command
            .args(["--bind", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(PATIENCE) {
            let address = line
                .split_once("at http://")
                .and_then(|(_, rest)| rest.split_once('/'))
                .and_then(|(address, _)| address.parse().ok());
            if let Some(address) = address {
                return Ok(Self {
                    child,
                    address,
                    lines,
                });
            }
            said.push_str(&line);
            said.push('\n');
        }
        let _ = child.kill();
        let _ = child.wait();
        Err(said)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends bytes and reads until the server closes; what was answered.
    pub fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may close before it has read all of it.
        let _ = stream.write_all(bytes);
        read_to_end(&mut stream)
    }

    /// The answer to a GET, headers and body.
    pub fn get(&self, path: &str) -> String {
        self.send(
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        )
    }

    /// Sends a signal by its name and gives how it ended and what it still said.
    pub fn stop(mut self, signal: &str) -> (ExitStatus, String) {
        signal_to(&self.child, signal);
        let status = wait(&mut self.child);
        (status, self.said())
    }

    /// What it has said since.
    pub fn said(&mut self) -> String {
        self.lines
            .iter()
            .fold(String::new(), |said, line| said + &line + "\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal_to(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success());
}

/// All that comes until the other side closes, or breaks off.
pub fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The segment of the log that every folder here has.
pub fn segment(folder: &Path) -> PathBuf {
    folder.join("log/00000000000000000001.rdfp")
}
