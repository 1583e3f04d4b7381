//! From what a query came to, to what the reader gets: data in a format, or a page.

use crate::app::mirror::Serving;
use crate::app::queries::cache::{Kept, Key, Known};
use crate::app::queries::{self, Head, QueryError, Task, Tried, format_to_read};
use crate::app::releases::Release;
use crate::config::Limits;
use crate::html::{self, Answer as Shown};
use crate::http::Server;
use crate::http::answer::{Answer, is_known, weak_etag};
use crate::http::blocking::BodyWriter;
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{
    BODY_TOO_LARGE, MIRROR_BEHIND, MIRROR_FAILED, NOT_ACCEPTABLE, Problem, QUERY_FAILED,
    QUERY_MEMORY, QUERY_REFUSED, QUERY_SYNTAX, Row, TOO_MANY_ROWS, UPDATE_REFUSED,
};
use crate::http::reader::Reader;
use crate::http::releases::{LATEST, RELEASE};
use crate::http::sparql::choice::{Choice, choose};
use crate::http::sparql::examples;
use crate::http::sparql::flights::Flight;
use crate::http::sparql::request::Asked;
use crate::http::sparql::{Ask, too_late};
use crate::model::{Generation, Lang};
use crate::query::{Bounds, Form, Refusal, RunError, Why, formats_of};
use crate::store::CancellationToken;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, HeaderName, TE, TRAILER, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sparesults::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;

/// A page shows this many rows; the other formats have them all.
pub(super) const ROWS_SHOWN: usize = 200;

/// How many rows or triples an answer has.
pub const ROWS: HeaderName = HeaderName::from_static("affiche-rows");
/// That an answer is whole. It is never sent with one that is not.
pub const COMPLETE: HeaderName = HeaderName::from_static("affiche-complete");
/// How long the query may take, in seconds, where the request asked for a time.
pub const WITHIN: HeaderName = HeaderName::from_static("affiche-timeout");

/// Why an answer ended early.
#[derive(Debug)]
pub struct Stop(pub(super) QueryError);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Stop {
    pub fn into_problem(self, asked: &Asked, limits: &Limits) -> Problem {
        match self.0 {
            QueryError::Refused(refusal) => refused(&refusal),
            QueryError::Run(RunError::Rows(most)) => at_limit(
                &TOO_MANY_ROWS,
                "limits.result_rows",
                most,
                "la réponse a plus de lignes. Ajoutez LIMIT, ou demandez-la par parts avec ORDER BY, LIMIT et OFFSET ; tout est sous `/dumps/`",
                "the answer has more rows. Add LIMIT, or ask for parts of it with ORDER BY, LIMIT and OFFSET; all of it is under `/dumps/`",
            ),
            QueryError::Run(RunError::Io(error)) if error.kind() == io::ErrorKind::FileTooLarge => {
                too_many_bytes(limits.result_bytes)
            }
            QueryError::Bytes(most) => too_many_bytes(most),
            QueryError::Time(_) => too_late(asked, limits),
            QueryError::Memory(most) => at_limit(
                &QUERY_MEMORY,
                "limits.query_memory_bytes",
                most,
                "la requête demande plus de mémoire. Triez, groupez ou dédoublonnez moins de lignes à la fois (ORDER BY, GROUP BY, DISTINCT), et reliez tous les motifs par des variables communes",
                "the query needs more memory. Sort, group or deduplicate fewer rows at a time (ORDER BY, GROUP BY, DISTINCT), and join all patterns by common variables",
            ),
            QueryError::Behind => Problem::new(&MIRROR_BEHIND),
            QueryError::Mirror(error) => {
                tracing::error!(%error, "the mirror did not answer a query");
                Problem::new(&MIRROR_FAILED)
            }
            // Nobody reads it.
            QueryError::Unwanted => Problem::new(&QUERY_FAILED),
            QueryError::Failed(error) => {
                tracing::error!(%error, "a query failed");
                Problem::new(&QUERY_FAILED)
            }
            QueryError::Run(RunError::Unwritable(why)) => {
                Problem::new(&NOT_ACCEPTABLE).with_detail(why.fr, why.en)
            }
            QueryError::Run(error) => {
                tracing::error!(%error, "a query failed");
                Problem::new(&QUERY_FAILED)
            }
            QueryError::Store(error) => error.into(),
        }
    }
}

fn too_many_bytes(most: u64) -> Problem {
    at_limit(
        &TOO_MANY_ROWS,
        "limits.result_bytes",
        most,
        "la réponse a plus d'octets. Choisissez moins de variables ou un format plus court (`format=csv`), ou ajoutez LIMIT ; tout est sous `/dumps/`",
        "the answer has more bytes. Select fewer variables or a shorter format (`format=csv`), or add LIMIT; all of it is under `/dumps/`",
    )
}

/// A limit of ours, and how to ask for less.
fn at_limit(row: &'static Row, key: &str, value: u64, fr: &str, en: &str) -> Problem {
    Problem::limit(row, key, value).with_detail(
        format!("La limite `{key}` de ce serveur est {value}, et {fr}."),
        format!("The limit `{key}` of this server is {value}, and {en}."),
    )
}

pub(super) fn refused(refusal: &Refusal) -> Problem {
    let row = match refusal.why {
        Why::Syntax => &QUERY_SYNTAX,
        Why::Update => &UPDATE_REFUSED,
        Why::TooLong => &BODY_TOO_LARGE,
        Why::Refused => &QUERY_REFUSED,
    };
    let mut problem = match &refusal.limit {
        Some((key, value)) => Problem::limit(row, key, value),
        None if refusal.why == Why::Update => Problem::update_refused(),
        None => Problem::new(row),
    };
    if let Some(detail) = &refusal.detail {
        problem = problem.with_detail(detail.fr.clone(), detail.en.clone());
    }
    if let Some((line, column)) = refusal.position {
        problem = problem
            .with_member("line", line)
            .with_member("column", column);
    }
    problem
}

/// How long the answer to a query over a release may be kept without asking: it stays what it is,
/// but the release may be withdrawn.
const FOR_AN_HOUR: &str = "public, max-age=3600";

/// What a query is known as, and how its reader gets the answer.
#[derive(Clone, Debug)]
pub struct Subject {
    known: Known,
    choice: Choice,
    lang: Lang,
    takes_trailers: bool,
    /// In seconds, to be told.
    timeout: Option<f64>,
    release: Option<Arc<Release>>,
    /// Whether the address leads to another release later.
    is_latest: bool,
}

impl Subject {
    /// # Errors
    /// 406 with the list of what there is.
    pub fn new(server: &Server, reader: &Reader, ask: &Ask, known: Known) -> Result<Self, Problem> {
        let timeout = ask.timeout(&server.app.config.limits).as_secs_f64();
        // What the mirror answers is not kept: it may be at that generation, or later.
        let is_mirrored = ask.release.is_none() && server.app.mirror.serves_queries();
        let is_volatile = known.is_volatile || is_mirrored;
        Ok(Self {
            known: Known {
                is_volatile,
                ..known
            },
            choice: choose(known.form, &ask.asked, &reader.headers).map_err(varying_by_accept)?,
            lang: reader.lang,
            takes_trailers: takes_trailers(&reader.headers),
            timeout: ask.asked.timeout.map(|_| timeout),
            release: ask.release.clone(),
            is_latest: ask.asked.release.as_deref() == Some(LATEST),
        })
    }

    /// The generation of which the answer is when it is given now.
    fn generation(&self, server: &Server) -> Generation {
        match &self.release {
            Some(release) => release.manifest.generation,
            None => server.app.store.generation(),
        }
    }

    /// The answer that is kept. Those of releases are kept beside those of the present, and go
    /// with them.
    fn kept(&self, server: &Server) -> Option<Kept> {
        let key = self.key()?;
        server.results.get(server.app.store.generation(), &key)
    }

    /// Keeps an answer of a generation.
    fn keep(&self, server: &Server, generation: Generation, kept: Kept) {
        if let Some(key) = self.key() {
            let generation = match self.release {
                Some(_) => server.app.store.generation(),
                None => generation,
            };
            server.results.put(generation, key, kept);
        }
    }

    /// Under what the answer is kept; nothing when the next one may be another.
    pub fn key(&self) -> Option<Key> {
        let format = match self.choice {
            Choice::Data(format, _) => format.name,
            Choice::Page => HTML.name,
        };
        (!self.known.is_volatile).then_some(Key {
            query: self.known.query,
            format,
        })
    }

    /// The answer's entity tag at a generation. It is weak: the rows may stand in another order.
    fn tag(&self, server: &Server, generation: Generation) -> Option<String> {
        let key = self.key()?;
        let query = key.query.iter().take(12);
        let query: String = query.map(|byte| format!("{byte:02x}")).collect();
        let variant = match self.choice {
            Choice::Data(..) => format!("{query}-{}", key.format),
            Choice::Page => format!("{query}-{}-{}", key.format, self.lang.tag()),
        };
        Some(match &self.release {
            Some(release) => {
                let of = &release.manifest;
                weak_etag(&of.log, generation, &format!("{}-{variant}", of.date))
            }
            None => weak_etag(server.app.store.identity(), generation, &variant),
        })
    }

    /// What stands before an answer of a generation.
    fn headers(&self, server: &Server, generation: Generation) -> HeaderMap {
        let media_type = match self.choice {
            Choice::Data(_, media_type) => media_type,
            Choice::Page => HTML.media_type,
        };
        let mut answer = Answer::new(media_type, Vec::new()).at(generation);
        match self.tag(server, generation) {
            Some(tag) => answer = answer.known_as(&tag, ""),
            None => answer.set(CACHE_CONTROL, "no-store"),
        }
        if let Some(release) = &self.release {
            answer.set(RELEASE, &release.manifest.date);
            if !self.known.is_volatile && !self.is_latest {
                answer.set(CACHE_CONTROL, FOR_AN_HOUR);
            }
        }
        if let Some(seconds) = self.timeout {
            answer.set(WITHIN, &seconds.to_string());
        }
        answer.set(VARY, "Accept, Accept-Language");
        answer.headers
    }

    /// A whole answer.
    fn whole(&self, server: &Server, generation: Generation, kept: Kept) -> Response {
        let mut response = Response::new(Body::from(Bytes::from_owner(kept.body)));
        *response.headers_mut() = self.headers(server, generation);
        set_complete(response.headers_mut(), kept.rows);
        response
    }

    /// What can be told without running the query: that the reader has the answer already, the
    /// answer itself when it is kept, or the head of one to who asked for no more.
    pub fn at_once(&self, server: &Server, reader: &Reader, ask: &Ask) -> Option<Response> {
        let generation = self.generation(server);
        let tag = self.tag(server, generation);
        if tag.is_some_and(|tag| is_known(&tag, &reader.headers)) {
            let headers = self.headers(server, generation);
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        if self.choice != Choice::Page
            && let Some(kept) = self.kept(server)
        {
            return Some(self.whole(server, generation, kept));
        }
        if ask.is_head {
            // RFC 9110 §9.3.2: fields that only the making of the content could tell may be
            // left out. The body's length is one, so it must not seem to be known.
            let nothing = tokio_stream::empty::<io::Result<Bytes>>();
            let mut response = Response::new(Body::from_stream(nothing));
            *response.headers_mut() = self.headers(server, generation);
            return Some(response);
        }
        None
    }
}

fn set_complete(headers: &mut HeaderMap, rows: u64) {
    headers.insert(ROWS, HeaderValue::from(rows));
    headers.insert(COMPLETE, HeaderValue::from_static("true"));
}

/// RFC 9110 §10.1.4: who says so keeps trailers and does something with them.
fn takes_trailers(headers: &HeaderMap) -> bool {
    headers
        .get_all(TE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("trailers"))
}

/// What came of a query in this process.
pub enum First {
    Whole(Response),
    /// A worker is to answer, and the answer to be shown on a page.
    Page(Box<Task>, Subject),
    /// A worker is to answer in the task's format.
    Data(Box<Task>, Subject),
}

/// Prepares a query, and answers it if that takes no time.
///
/// # Errors
/// When the query is refused, cannot be had in the format asked for, or fails.
pub fn try_here(
    server: &Server,
    reader: &Reader,
    ask: &Ask,
    token: &CancellationToken,
) -> Result<First, Problem> {
    let app = &server.app;
    let limits = &app.config.limits;
    let dataset = &ask.asked.dataset;
    let (prepared, plan) =
        queries::prepare(app, &ask.text, dataset).map_err(|refusal| refused(&refusal))?;
    let known = Known {
        query: ask.digest(&prepared.normal),
        form: prepared.form(),
        is_volatile: prepared.is_volatile,
    };
    server.results.learn(ask.digest(&ask.text), known);
    let subject = Subject::new(server, reader, ask, known)?;
    if let Some(response) = subject.at_once(server, reader, ask) {
        return Ok(First::Whole(response));
    }
    let form = known.form;
    let (name, bounds) = match subject.choice {
        Choice::Data(format, _) => (format.name, Bounds::Most(limits.result_rows)),
        Choice::Page => (format_to_read(form), Bounds::First(ROWS_SHOWN as u64 + 1)),
    };
    let task = ask.task(limits, (prepared, plan), name, bounds)?;
    let is_page = subject.choice == Choice::Page;
    if is_page && let Some(kept) = subject.kept(server) {
        let generation = subject.generation(server);
        let page = answer_page(server, reader, &task, &subject, generation, &kept.body);
        return page.map(First::Whole);
    }
    let tried = match app.mirror.serving() {
        Serving::Here => queries::try_here(app, &task, token),
        Serving::There(_) | Serving::Nobody => Ok(Tried::Elsewhere),
    };
    match tried {
        Ok(Tried::Answered {
            head,
            body,
            outcome,
        }) => {
            let kept = Kept {
                body: body.into(),
                rows: outcome.rows,
            };
            subject.keep(server, head.generation, kept.clone());
            let response = if is_page {
                answer_page(server, reader, &task, &subject, head.generation, &kept.body)?
            } else {
                subject.whole(server, head.generation, kept)
            };
            Ok(First::Whole(response))
        }
        Ok(Tried::Elsewhere) if is_page => Ok(First::Page(Box::new(task), subject)),
        Ok(Tried::Elsewhere) => Ok(First::Data(Box::new(task), subject)),
        Err(error) => Err(Stop(error).into_problem(&ask.asked, limits)),
    }
}

/// The answer of a worker as a page.
///
/// # Errors
/// When there is none.
pub fn page_by_worker(
    server: &Server,
    reader: &Reader,
    ask: &Ask,
    task: &Task,
    subject: &Subject,
    token: &CancellationToken,
) -> Result<Response, Problem> {
    let mut body = Vec::new();
    let mut head = None;
    let outcome = queries::elsewhere(
        &server.app,
        task,
        &mut |begun, _| head = Some(begun),
        &mut body,
        token,
    )
    .map_err(|error| Stop(error).into_problem(&ask.asked, &server.app.config.limits))?;
    let Some(head) = head else {
        return Err(Problem::new(&QUERY_FAILED));
    };
    let page = answer_page(server, reader, task, subject, head.generation, &body)?;
    let kept = Kept {
        body: body.into(),
        rows: outcome.rows,
    };
    subject.keep(server, head.generation, kept);
    Ok(page)
}

/// The answer of a worker as it comes. Nothing is sent before the first chunk is full, so that
/// what fails early is a clean problem.
///
/// # Errors
/// When there is none, or no whole one.
pub fn data_by_worker(
    server: &Server,
    task: &Task,
    subject: &Subject,
    writer: &mut BodyWriter,
    token: &CancellationToken,
) -> Result<(), Stop> {
    let flight = match subject.key() {
        Some(key) => {
            // Somebody had the same computed while this one waited for its turn.
            if let Some(kept) = subject.kept(server) {
                if let Some(head) = writer.head() {
                    head.headers = subject.headers(server, subject.generation(server));
                    set_complete(&mut head.headers, kept.rows);
                }
                let written = writer.write_all(&kept.body);
                return written.map_err(|error| Stop(RunError::Io(error).into()));
            }
            server.flights.set_out(key)
        }
        None => None,
    };
    let mut copying = Copying {
        writer,
        flight,
        copy: Vec::new(),
        most: match subject.key() {
            Some(_) => server.results.largest(),
            None => 0,
        },
    };
    let mut generation = None;
    let begin = &mut |begun: Head, copying: &mut Copying<'_>| {
        generation = Some(begun.generation);
        if let Some(head) = copying.writer.head() {
            head.headers = subject.headers(server, begun.generation);
            if subject.takes_trailers {
                let names = HeaderValue::from_static("Affiche-Rows, Affiche-Complete");
                head.headers.insert(TRAILER, names);
            }
        }
    };
    let outcome =
        queries::elsewhere(&server.app, task, begin, &mut copying, token).map_err(Stop)?;
    let Copying {
        writer,
        copy,
        most,
        flight,
    } = copying;
    if let Some(generation) = generation
        && most > 0
    {
        let kept = Kept {
            body: copy.into(),
            rows: outcome.rows,
        };
        subject.keep(server, generation, kept);
    }
    drop(flight);
    match writer.head() {
        // All of it is there before any of it was sent.
        Some(head) => {
            head.headers.remove(TRAILER);
            set_complete(&mut head.headers, outcome.rows);
        }
        None if subject.takes_trailers => {
            let mut trailers = HeaderMap::new();
            set_complete(&mut trailers, outcome.rows);
            writer.trail(trailers);
        }
        None => {}
    }
    Ok(())
}

/// Copies what is written, as long as it is little enough to be kept.
struct Copying<'w> {
    writer: &'w mut BodyWriter,
    /// Until the first bytes are sent.
    flight: Option<Flight>,
    copy: Vec<u8>,
    /// 0 once it is too much.
    most: usize,
}

impl io::Write for Copying<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        if self.writer.head().is_none() {
            self.flight = None;
        }
        if self.most > 0 {
            if self.copy.len() + written > self.most {
                self.most = 0;
                self.copy = Vec::new();
            } else {
                self.copy
                    .extend_from_slice(bytes.get(..written).unwrap_or(bytes));
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Whether a person sits before it: a program that takes anything gets data.
pub fn is_browser(reader: &Reader) -> bool {
    let problem = Offer {
        name: "json",
        media_type: "application/problem+json",
    };
    reader
        .choose(&[problem, HTML])
        .is_ok_and(|chosen| chosen == HTML)
}

/// The first rows only: a page with a million of them would help nobody.
pub(super) fn read_for_page(form: Form, body: &[u8]) -> Result<Shown, Problem> {
    if form.is_graph() {
        let mut triples = Vec::new();
        for triple in oxttl::NTriplesParser::new().for_slice(body) {
            triples.push(triple.map_err(Problem::internal)?);
        }
        let is_cut = triples.len() > ROWS_SHOWN;
        triples.truncate(ROWS_SHOWN);
        return Ok(Shown::Graph { triples, is_cut });
    }
    let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
    match parser.for_slice(body).map_err(Problem::internal)? {
        SliceQueryResultsParserOutput::Boolean(value) => Ok(Shown::Boolean(value)),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let variables = solutions.variables().to_vec();
            let mut rows = Vec::new();
            for solution in solutions {
                let solution = solution.map_err(Problem::internal)?;
                let row = variables
                    .iter()
                    .map(|variable| solution.get(variable).cloned());
                rows.push(row.collect());
            }
            let is_cut = rows.len() > ROWS_SHOWN;
            rows.truncate(ROWS_SHOWN);
            Ok(Shown::Table {
                variables: variables
                    .iter()
                    .map(|variable| variable.as_str().to_owned())
                    .collect(),
                rows,
                is_cut,
            })
        }
    }
}

fn answer_page(
    server: &Server,
    reader: &Reader,
    task: &Task,
    subject: &Subject,
    generation: Generation,
    body: &[u8],
) -> Result<Response, Problem> {
    let form = task.prepared.form();
    let shown = read_for_page(form, body)?;
    let mut downloads: Vec<(String, String)> = Vec::new();
    for format in formats_of(form) {
        let address = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", &task.question.text)
            .append_pair("format", format.name)
            .finish();
        let endpoint = html::endpoint(task.question.release.as_deref().map(date));
        downloads.push((format.name.to_owned(), format!("{endpoint}?{address}")));
    }
    let question = (
        task.question.text.as_str(),
        task.question.release.as_deref(),
    );
    let mut page = sparql_page(server, reader, generation, question, shown, downloads)?;
    page.headers.extend(subject.headers(server, generation));
    Ok(page.into_response())
}

fn date(release: &Release) -> &str {
    &release.manifest.date
}

fn sparql_page(
    server: &Server,
    reader: &Reader,
    generation: Generation,
    (query, release): (&str, Option<&Release>),
    shown: Shown,
    downloads: Vec<(String, String)>,
) -> Result<Answer, Problem> {
    let sparql = html::Sparql {
        query: query.to_owned(),
        examples: examples::all(&server.app.door),
        answer: Some(shown),
        downloads,
        release: release.map(date).map(str::to_owned),
    };
    page(server, reader, generation, |site| sparql.page(site))
}

/// A query that has no answer, shown in the form in which it can be mended; with the status of
/// the problem all the same.
///
/// # Errors
/// Never in practice: see [`html::PageError`].
pub fn fault_page(
    server: &Server,
    reader: &Reader,
    ask: &Ask,
    problem: &Problem,
) -> Result<Response, Problem> {
    let mut message = problem.row.title(reader.lang).to_owned();
    if let Some(detail) = &problem.more.detail {
        message = format!("{message}. {}", detail.get(reader.lang));
    }
    let generation = match &ask.release {
        Some(release) => release.manifest.generation,
        None => server.app.store.generation(),
    };
    let shown = Shown::Fault {
        message,
        excerpt: position(problem).and_then(|position| excerpt(&ask.text, position)),
    };
    let question = (ask.text.as_str(), ask.release.as_deref());
    let page = sparql_page(server, reader, generation, question, shown, Vec::new())?;
    let mut page = page
        .with_status(problem.row.status)
        .varying("Accept, Accept-Language");
    page.headers.extend(problem.more.headers.iter().cloned());
    Ok(page.into_response())
}

/// The line and the column that a problem names.
fn position(problem: &Problem) -> Option<(usize, usize)> {
    let number = |name| usize::try_from(problem.more.members.get(name)?.as_u64()?).ok();
    Some((number("line")?, number("column")?))
}

/// How much of a line is shown before and after a fault.
const AROUND: usize = 60;

/// The line of a query and a mark below a column of it, both counted from 1.
fn excerpt(query: &str, (line, column): (usize, usize)) -> Option<String> {
    let line: Vec<char> = query
        .split('\n')
        .nth(line.checked_sub(1)?)?
        .chars()
        // The mark stands below a character of the same width.
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let place = column.checked_sub(1)?;
    let from = place.saturating_sub(AROUND);
    let shown: String = line.iter().skip(from).take(2 * AROUND).collect();
    Some(format!(
        "{}\n{:>width$}",
        shown.trim_end(),
        '^',
        width = place - from + 1
    ))
}
