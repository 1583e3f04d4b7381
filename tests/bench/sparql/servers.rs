//! The servers that are compared: each on its own port and folder, each with the same data.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use ureq::Agent;

/// How long a server may take to answer for the first time, its data being loaded or recovered.
const START: Duration = Duration::from_secs(300);
/// A server that used less than a clock tick in so long has nothing else to do.
const QUIET: Duration = Duration::from_secs(3);
/// The graph that holds the data in Virtuoso, which has no default graph of its own.
const GRAPH: &str = "urn:public";

/// A server that runs.
pub struct Server {
    pub name: &'static str,
    child: Child,
    origin: String,
    endpoint: String,
    agent: Agent,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server answered.
pub struct Reply {
    pub status: u16,
    pub etag: Option<String>,
    pub body: Vec<u8>,
}

impl Server {
    /// Starts a program that answers queries at this path of this address.
    pub fn start(
        name: &'static str,
        command: &mut Command,
        address: SocketAddr,
        path: &str,
    ) -> std::io::Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            name,
            child,
            origin: format!("http://{address}"),
            endpoint: format!("http://{address}{path}"),
            agent: agent(),
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < START, "{name} did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Another client of the same server, with connections of its own.
    pub fn client(&self) -> Client {
        Client {
            endpoint: self.endpoint.clone(),
            agent: agent(),
        }
    }

    pub fn ask(&self, query: &str) -> Reply {
        ask(&self.agent, &self.endpoint, query)
    }

    /// Where it answers queries, without the query.
    pub fn endpoint(&self) -> &str {
        self.endpoint.trim_end_matches('?')
    }

    /// Gets what is at a path.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.get(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.call().expect("the server answers"))
    }

    /// The processor time that the server and its processes have used so far, those that have
    /// ended included. It comes in hundredths of a second.
    pub fn processor_time(&self) -> Duration {
        let mut ticks = 0;
        let mut waiting = vec![self.child.id()];
        while let Some(process) = waiting.pop() {
            let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // The name, in brackets, may hold anything; utime, stime, cutime and cstime are the
            // 14th to 17th words, counted from the process id.
            let after = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
            ticks += after
                .split(' ')
                .skip(11)
                .take(4)
                .filter_map(|word| word.parse::<u64>().ok())
                .sum::<u64>();
            let tasks = fs::read_dir(format!("/proc/{process}/task"));
            for task in tasks.into_iter().flatten().flatten() {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                waiting.extend(
                    children
                        .split(' ')
                        .filter_map(|id| id.trim().parse::<u32>().ok()),
                );
            }
        }
        Duration::from_millis(ticks * 10)
    }

    /// Waits until the answer to a question is yes.
    pub fn wait_for(&self, question: &str) {
        let started = Instant::now();
        while !String::from_utf8_lossy(&self.ask(question).body).contains("true") {
            assert!(started.elapsed() < START, "never: {question}");
            std::thread::sleep(QUIET);
        }
    }

    /// Waits until it has done what it does by itself after its start.
    pub fn settle(&self) {
        let started = Instant::now();
        loop {
            let before = self.processor_time();
            std::thread::sleep(QUIET);
            if self.processor_time() - before < Duration::from_millis(20) {
                return;
            }
            assert!(started.elapsed() < START, "{} is never quiet", self.name);
        }
    }
}

/// One more keep-alive client of a server.
pub struct Client {
    endpoint: String,
    agent: Agent,
}

impl Client {
    pub fn ask(&self, query: &str) -> Reply {
        ask(&self.agent, &self.endpoint, query)
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // No server is to be measured by how well it compresses.
        .accept_encoding("identity")
        .build();
    Agent::new_with_config(config)
}

fn ask(agent: &Agent, endpoint: &str, query: &str) -> Reply {
    let accept = if query.contains("CONSTRUCT") {
        "application/n-triples"
    } else {
        "application/sparql-results+json"
    };
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let response = agent
        .get(format!("{endpoint}query={query}"))
        .header("accept", accept)
        .call();
    reply(response.expect("the server answers"))
}

fn reply(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    let etag = response.headers().get("etag");
    Reply {
        status: response.status().as_u16(),
        etag: etag.and_then(|etag| Some(etag.to_str().ok()?.to_owned())),
        body: response
            .body_mut()
            .with_config()
            .limit(u64::MAX)
            .read_to_vec()
            .expect("a whole answer"),
    }
}

/// A build of Affiche, which takes no variable of ours that it does not know.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for variable in ["OXIGRAPH", "VIRTUOSO", "FORMER"] {
        command.env_remove(format!("AFFICHE_BENCH_{variable}"));
    }
    command
}

/// Affiche over a folder that holds the data.
pub fn affiche(name: &'static str, program: &Path, data: &Path) -> Server {
    let address = free_address();
    let mut command = command(program);
    command
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--bind", &address.to_string()]);
    Server::start(name, &mut command, address, "/sparql?").expect("the program starts")
}

/// Oxigraph's server over the same triples, on disk. `None` when its program is not there.
pub fn oxigraph(folder: &Path, triples: &Path) -> Option<Server> {
    let program = program("AFFICHE_BENCH_OXIGRAPH", "oxigraph");
    let data = folder.join("oxigraph");
    let loaded = Command::new(&program)
        .args(["load", "--location"])
        .arg(&data)
        .arg("--file")
        .arg(triples)
        .stderr(Stdio::null())
        .status();
    if !loaded.is_ok_and(|status| status.success()) {
        println!(
            "(no Oxigraph server: `pip install oxigraph` brings it; AFFICHE_BENCH_OXIGRAPH names its program)"
        );
        return None;
    }
    let address = free_address();
    let mut command = Command::new(&program);
    command
        .args(["serve", "--location"])
        .arg(&data)
        .args(["--bind", &address.to_string()]);
    Server::start("Oxigraph", &mut command, address, "/query?").ok()
}

/// Virtuoso over the same triples. `None` when its programs are not there.
pub fn virtuoso(folder: &Path, triples: &Path) -> Option<Server> {
    let data = folder.join("virtuoso");
    fs::create_dir(&data).expect("a folder");
    let address = free_address();
    let door = free_address();
    let settings = data.join("virtuoso.ini");
    let text = include_str!("virtuoso.ini")
        .replace("{data}", &data.display().to_string())
        .replace("{triples}", &folder.display().to_string())
        .replace("{door}", &door.to_string())
        .replace("{address}", &address.to_string());
    fs::write(&settings, text).expect("the settings are written");
    let program = program("AFFICHE_BENCH_VIRTUOSO", "virtuoso-t");
    let mut command = Command::new(program);
    command.args(["-f", "-c"]).arg(&settings).current_dir(&data);
    let path = format!("/sparql?default-graph-uri={GRAPH}&");
    let Ok(server) = Server::start("Virtuoso", &mut command, address, &path) else {
        println!(
            "(no Virtuoso: Debian's `virtuoso-opensource-7-bin` brings it; AFFICHE_BENCH_VIRTUOSO names its program)"
        );
        return None;
    };
    // 512: lines that are not understood would be an error.
    let load = format!(
        "DB.DBA.TTLP_MT(file_to_string_output('{}'), '', '{GRAPH}', 512); checkpoint;",
        triples.display()
    );
    let status = Command::new("isql-vt")
        .args([&door.to_string(), "dba", "dba"])
        .arg(format!("exec={load}"))
        .stdout(Stdio::null())
        .status()
        .expect("Virtuoso's isql starts");
    assert!(status.success(), "Virtuoso takes the data");
    Some(server)
}

fn program(variable: &str, otherwise: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| PathBuf::from(otherwise), PathBuf::from)
}

/// An address that nothing listens at.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has an address")
}
