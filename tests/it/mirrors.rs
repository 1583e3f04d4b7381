//! Engines to mirror into: one of a few lines that breaks on demand, and Virtuoso.

use crate::program::{Random, until};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use sparesults::ReaderQueryResultsParserOutput;
use sparesults::{QueryResultsFormat, QueryResultsParser, QueryResultsSerializer};
use spargebra::{GraphUpdateOperation, SparqlParser};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tempfile::TempDir;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503, and nothing is done.
    Busy,
    /// 500, and nothing is done.
    Refuse,
    /// The connection ends before anything is done.
    CutBefore,
    /// It ends when all is done.
    CutAfter,
    /// It ends when half is done, as in an engine without transactions.
    Half,
    /// It ends, and the update is carried out after the next one.
    Late,
    /// The answer ends in the middle.
    Short,
}

type Faults = (Random, u64, &'static [Fault]);

/// A SPARQL 1.1 endpoint over a store in memory.
pub struct Endpoint {
    address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
pub struct Counts {
    pub clears: AtomicUsize,
    pub queries: AtomicUsize,
    /// 0 for any number.
    pub most_quads: AtomicUsize,
}

struct Shared {
    store: Store,
    counts: Counts,
    faults: Mutex<Option<Faults>>,
    late: Mutex<Vec<String>>,
    refused: Mutex<Option<String>>,
    user: Mutex<Option<String>>,
}

impl std::ops::Deref for Endpoint {
    type Target = Counts;

    fn deref(&self) -> &Counts {
        &self.shared.counts
    }
}

impl Endpoint {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            store: Store::new().unwrap(),
            counts: Counts::default(),
            faults: Mutex::default(),
            late: Mutex::default(),
            refused: Mutex::default(),
            user: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        // It ends with the tests.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.serve(stream);
            }
        });
        Self { address, shared }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub fn quads(&self) -> Vec<Quad> {
        self.shared.store.iter().map(Result::unwrap).collect()
    }

    pub fn insert(&self, quad: &Quad) {
        self.shared.store.insert(quad).unwrap();
    }

    pub fn forget_graph(&self, graph: &str) {
        let graph = NamedNode::new_unchecked(graph);
        self.shared.store.remove_named_graph(&graph).unwrap();
    }

    /// Breaks one of so many requests, by chance, in one of these ways.
    pub fn break_by(&self, faults: Option<Faults>) {
        *self.shared.faults.lock().unwrap() = faults;
    }

    pub fn carry_out_what_is_late(&self) {
        self.shared.carry_out_what_is_late();
    }

    /// Refuses updates with this in them.
    pub fn refuse_text(&self, text: &str) {
        *self.shared.refused.lock().unwrap() = Some(text.to_owned());
    }

    pub fn want_user(&self, name: &str, password: &str) {
        use base64::Engine as _;
        let pair = base64::prelude::BASE64_STANDARD.encode(format!("{name}:{password}"));
        *self.shared.user.lock().unwrap() = Some(format!("Basic {pair}"));
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut path = String::new();
        let mut length = 0;
        let mut shown = None;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if path.is_empty() {
                path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => shown = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let wanted = self.user.lock().unwrap().clone();
        let stream = reader.into_inner();
        if wanted.is_some() && wanted != shown {
            return answer(stream, "401 Unauthorized", b"who are you?");
        }
        let fault = self.faults.lock().unwrap().as_mut().and_then(|faults| {
            let (random, one_of, kinds) = faults;
            (random.below(*one_of) == 0)
                .then(|| kinds[usize::try_from(random.below(kinds.len() as u64)).unwrap()])
        });
        match fault {
            Some(Fault::Busy) => return answer(stream, "503 Service Unavailable", b"later"),
            Some(Fault::Refuse) => return answer(stream, "500 Oh", b"it does not go"),
            Some(Fault::CutBefore) => return,
            _ => {}
        }
        if path == "/update" {
            self.update(stream, &String::from_utf8(body).unwrap(), fault);
        } else {
            self.query(stream, &body, fault);
        }
    }

    fn update(&self, stream: TcpStream, text: &str, fault: Option<Fault>) {
        let operations = SparqlParser::new()
            .parse_update(text)
            .expect(text)
            .operations;
        let mut quads = 0;
        for operation in &operations {
            match operation {
                GraphUpdateOperation::DeleteInsert { delete, insert, .. } => {
                    quads += delete.len() + insert.len();
                }
                GraphUpdateOperation::Clear { .. } => {
                    self.counts.clears.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
        }
        let most = self.counts.most_quads.load(Ordering::Relaxed);
        let refused = self.refused.lock().unwrap().clone();
        if (most > 0 && quads > most) || refused.is_some_and(|refused| text.contains(&refused)) {
            return answer(stream, "400 No", b"SP031: too long");
        }
        match fault {
            Some(Fault::Late) => {
                self.late.lock().unwrap().push(text.to_owned());
            }
            Some(Fault::Half) => self.half(&operations),
            _ => {
                self.carry_out(text);
                self.carry_out_what_is_late();
                if fault.is_none() {
                    answer(stream, "200 OK", b"done");
                }
            }
        }
    }

    fn carry_out(&self, text: &str) {
        let update = SparqlEvaluator::new().parse_update(text).unwrap();
        update.on_store(&self.store).execute().unwrap();
    }

    fn carry_out_what_is_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for text in late {
            // To empty a graph late is told of in the documentation.
            if !text.contains("CLEAR") {
                self.carry_out(&text);
            }
        }
    }

    /// Every other quad, and no word on how far it is, where its state is the present one.
    fn half(&self, operations: &[GraphUpdateOperation]) {
        for operation in operations {
            let GraphUpdateOperation::DeleteInsert {
                delete,
                insert,
                using,
                pattern,
            } = operation
            else {
                continue;
            };
            // Here the algebra's own writing is good enough.
            let state = "/graph/mirror";
            let kept = |quad: &dyn std::fmt::Display| !quad.to_string().contains(state);
            let half = GraphUpdateOperation::DeleteInsert {
                delete: delete
                    .iter()
                    .filter(|quad| kept(quad))
                    .step_by(2)
                    .cloned()
                    .collect(),
                insert: insert
                    .iter()
                    .filter(|quad| kept(quad))
                    .step_by(2)
                    .cloned()
                    .collect(),
                using: using.clone(),
                pattern: pattern.clone(),
            };
            if let GraphUpdateOperation::DeleteInsert { delete, insert, .. } = &half
                && delete.is_empty()
                && insert.is_empty()
            {
                continue;
            }
            let update = spargebra::Update {
                base_iri: None,
                operations: vec![half],
            };
            self.carry_out(&update.to_string());
        }
    }

    fn query(&self, stream: TcpStream, body: &[u8], fault: Option<Fault>) {
        self.counts.queries.fetch_add(1, Ordering::Relaxed);
        let mut text = String::new();
        let (mut default, mut named) = (Vec::new(), Vec::new());
        for (key, value) in form_urlencoded::parse(body) {
            let node = || NamedNode::new(value.as_ref()).unwrap();
            match key.as_ref() {
                "query" => text = value.into_owned(),
                "default-graph-uri" => default.push(GraphName::from(node())),
                "named-graph-uri" => named.push(NamedOrBlankNode::from(node())),
                other => panic!("{other}"),
            }
        }
        let mut query = SparqlEvaluator::new().parse_query(&text).expect(&text);
        if !default.is_empty() || !named.is_empty() {
            query.dataset_mut().set_default_graph(default);
            query.dataset_mut().set_available_named_graphs(named);
        }
        let mut out = Vec::new();
        let json = QueryResultsSerializer::from_format(QueryResultsFormat::Json);
        match query.on_store(&self.store).execute().unwrap() {
            QueryResults::Boolean(value) => {
                json.serialize_boolean_to_writer(&mut out, value).unwrap();
            }
            QueryResults::Solutions(solutions) => {
                let variables = solutions.variables().to_vec();
                let mut rows = json
                    .serialize_solutions_to_writer(&mut out, variables)
                    .unwrap();
                for solution in solutions {
                    rows.serialize(solution.unwrap().iter()).unwrap();
                }
                rows.finish().unwrap();
            }
            QueryResults::Graph(triples) => {
                for triple in triples {
                    writeln!(out, "{} .", triple.unwrap()).unwrap();
                }
            }
        }
        match fault {
            Some(Fault::CutAfter | Fault::Half | Fault::Late) => {}
            Some(Fault::Short) => answer(stream, "200 OK", &out[..out.len() / 2]),
            _ => answer(stream, "200 OK", &out),
        }
    }
}

fn answer(mut stream: TcpStream, status: &str, body: &[u8]) {
    let ask = if status.starts_with("401") {
        "WWW-Authenticate: Basic realm=\"mirror\"\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status}\r\n{ask}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

/// Virtuoso over an empty folder of its own.
pub struct Virtuoso {
    child: Arc<Mutex<Child>>,
    folder: TempDir,
    address: String,
    door: String,
}

impl Drop for Virtuoso {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

impl Virtuoso {
    /// `None` when the program is not there.
    pub fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let (address, door) = (free_address(), free_address());
        let child = Self::spawn(&folder.path().to_path_buf(), &address, &door)?;
        let virtuoso = Self {
            child: Arc::new(Mutex::new(child)),
            folder,
            address,
            door,
        };
        virtuoso.wait();
        Some(virtuoso)
    }

    fn spawn(folder: &PathBuf, address: &str, door: &str) -> Option<Child> {
        let settings = folder.join("virtuoso.ini");
        let text = include_str!("mirrors/virtuoso.ini")
            .replace("{data}", &folder.display().to_string())
            .replace("{address}", address)
            .replace("{door}", door);
        std::fs::write(&settings, text).unwrap();
        Command::new("virtuoso-t")
            .args(["+foreground", "+configfile"])
            .arg(&settings)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    }

    /// Waits until it answers.
    fn wait(&self) {
        until("Virtuoso answers", || {
            ureq::get(format!("{}?query=ASK%7B%7D", self.url("sparql")))
                .call()
                .is_ok()
        });
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Kills it after a while.
    pub fn kill_in(&self, wait: Duration) -> JoinHandle<()> {
        let child = Arc::clone(&self.child);
        thread::spawn(move || {
            thread::sleep(wait);
            let mut child = child.lock().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
        })
    }

    pub fn restart(&mut self) {
        let folder = self.folder.path().to_path_buf();
        let _ = std::fs::remove_file(folder.join("virtuoso.lck"));
        let child = Self::spawn(&folder, &self.address, &self.door).unwrap();
        *self.child.lock().unwrap() = child;
        self.wait();
    }

    fn select(&self, query: &str) -> Vec<Vec<Term>> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", query)
            .finish();
        let mut answer = ureq::post(self.url("sparql"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/sparql-results+json, */*;q=0.1")
            .send(&form)
            .unwrap();
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec();
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        match parser.for_reader(&bytes.unwrap()[..]).unwrap() {
            ReaderQueryResultsParserOutput::Boolean(_) => panic!("a truth value"),
            ReaderQueryResultsParserOutput::Solutions(rows) => rows
                .map(|row| row.unwrap().values().iter().flatten().cloned().collect())
                .collect(),
        }
    }

    /// What its graphs hold whose names begin like this, but for how far it is, one form for all ways
    /// in which it writes a value.
    pub fn quads(&self, base: &str) -> BTreeSet<String> {
        let graphs = self.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }");
        let mut quads = BTreeSet::new();
        for graph in graphs.into_iter().flatten() {
            let text = graph.to_string();
            if !text.starts_with(&format!("<{base}/")) || text.ends_with("/graph/mirror>") {
                continue;
            }
            for row in self.select(&format!(
                "SELECT ?s ?p ?o {{ GRAPH {text} {{ ?s ?p ?o }} }}"
            )) {
                let [s, p, o] = &row[..] else {
                    panic!("{row:?}")
                };
                quads.insert(Self::normal(&format!("{s} {p} {o} {text}")));
            }
        }
        quads
    }

    /// A quad with its value in one form.
    pub fn normal(quad: &str) -> String {
        let line = format!("{quad} .");
        let mut quad = oxttl::NQuadsParser::new()
            .for_slice(line.as_bytes())
            .next()
            .unwrap()
            .expect(&line);
        if let Term::Literal(literal) = &quad.object {
            let (value, datatype) = (literal.value(), literal.datatype().into_owned());
            let name = datatype.as_str().rsplit('#').next().unwrap_or_default();
            let same = match name {
                "boolean" => value.parse::<oxsdatatypes::Boolean>().unwrap().to_string(),
                "decimal" => value.parse::<oxsdatatypes::Decimal>().unwrap().to_string(),
                "dateTime" => value.parse::<oxsdatatypes::DateTime>().unwrap().to_string(),
                // It writes no more digits, whatever it has.
                "double" | "float" => format!("{:.4e}", value.parse::<f64>().unwrap()),
                _ => value.to_owned(),
            };
            if literal.language().is_none() {
                quad.object = oxrdf::Literal::new_typed_literal(same, datatype).into();
            }
        }
        quad.to_string()
    }
}
