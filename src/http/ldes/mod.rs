//! `/ldes`: all versions of all entities as a Linked Data Event Stream
//! (<https://w3id.org/ldes/specification>), in a tree of pages by time.
//!
//! `/ldes` describes the stream and leads to its view, `/ldes/{log}`, which changes with the
//! identity of the log: who follows a stream whose log was restored is told so instead of missing
//! something. The view leads to pages, by way of nodes once there are many. A page that is
//! complete is never changed; its address has the epoch of redactions, so that none comes from a
//! cache after something was struck from it.

mod written;

use crate::app::ldes::{Page, State};
use crate::http::answer::Answer;
use crate::http::changes::{after, not_in_copy};
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::Offer;
use crate::http::problem::{HISTORY_BEHIND, NOT_FOUND, Problem, START_AGAIN};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Generation;
use crate::publish::formats::graphs::{GRAPH_FORMATS, Graphs};
use axum::extract::{Path, State as Injected};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;
use written::Tree;

/// How long a node that grows may be kept before it is checked.
const GROWING: &str = "public, max-age=5";
const COMPLETE: &str = "public, max-age=31536000, immutable";
/// When to ask again while the stream is still being read.
const AGAIN_SECONDS: u64 = 5;

/// A node of the tree, as its address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// A page, from 1 on.
    Page(usize),
    /// What leads to as many pages as one node may, from 1 on.
    Branch(usize),
}

impl Node {
    /// Reads the last segment of an address, after the epoch.
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| -> Option<usize> {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let is_plain = is_number && !text.starts_with('0');
            text.parse().ok().filter(|_| is_plain)
        };
        match text.strip_prefix("pages-") {
            Some(rest) => number(rest).map(Self::Branch),
            None => number(text).map(Self::Page),
        }
    }
}

/// `GET /ldes`: what the stream is.
pub async fn stream(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&offers()).map_err(varying_by_accept)?;
    server
        .read(move |server, _| {
            let state = current(server)?;
            let tree = Tree::new(server);
            let graphs = Graphs {
                default: tree.description()?,
                named: Vec::new(),
            };
            answer(server, offer, &graphs, state.generation, GROWING)
        })
        .await
}

/// `GET /ldes/{log}`: the root of the tree.
pub async fn root(
    Injected(server): Injected<Shared>,
    Path(log): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            of_log(server, &log)?;
            let offer = reader.choose(&offers()).map_err(varying_by_accept)?;
            let state = current(server)?;
            let tree = Tree::new(server);
            let root = tree.root();
            let mut default = tree.description()?;
            let of_branch = server.app.ldes.bounds.pages;
            let full = branches(&state, of_branch);
            for branch in 0..full {
                let pages =
                    numbered(&state, pages_of(branch, of_branch)).map(|(_, page)| page.times);
                let times = pages.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
                let node = tree.branch(branch + 1);
                tree.lead(&root, &node, times.unwrap_or_default(), &mut default)?;
            }
            for (number, page) in numbered(&state, full * of_branch..state.pages.len()) {
                tree.lead_to_page(&root, number, page, &mut default)?;
            }
            let graphs = Graphs {
                default,
                named: Vec::new(),
            };
            answer(server, offer, &graphs, state.generation, GROWING)
        })
        .await
}

/// `GET /ldes/{log}/{epoch}/{node}`: a page, or what leads to pages.
pub async fn node(
    Injected(server): Injected<Shared>,
    Path((log, of_epoch, node)): Path<(String, String, String)>,
    reader: Reader,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            of_log(server, &log)?;
            if of_epoch != server.app.ldes.epoch(&server.app.store) {
                return Err(struck());
            }
            let offer = reader.choose(&offers()).map_err(varying_by_accept)?;
            let state = current(server)?;
            let tree = Tree::new(server);
            match Node::parse(&node).ok_or_else(|| Problem::new(&NOT_FOUND))? {
                Node::Branch(number) => {
                    let branch = number - 1;
                    let of_branch = server.app.ldes.bounds.pages;
                    if branch >= branches(&state, of_branch) {
                        return Err(Problem::new(&NOT_FOUND));
                    }
                    let node = tree.branch(number);
                    let mut default = tree.about_node(&node, true);
                    let mut at = Generation(0);
                    for (number, page) in numbered(&state, pages_of(branch, of_branch)) {
                        tree.lead_to_page(&node, number, page, &mut default)?;
                        at = page.last.0;
                    }
                    let graphs = Graphs {
                        default,
                        named: Vec::new(),
                    };
                    answer(server, offer, &graphs, at, COMPLETE)
                }
                Node::Page(number) => {
                    let page = state.pages.get(number - 1);
                    let page = page.ok_or_else(|| Problem::new(&NOT_FOUND))?;
                    let is_complete = state.is_complete(number - 1);
                    let (kept, at) = match is_complete {
                        true => (COMPLETE, page.last.0),
                        false => (GROWING, state.generation),
                    };
                    let graphs = tree.page(number, page, is_complete)?;
                    answer(server, offer, &graphs, at, kept)
                }
            }
        })
        .await
}

fn offers() -> Vec<Offer> {
    let formats = GRAPH_FORMATS.iter();
    formats
        .map(|format| Offer {
            name: format.name,
            media_type: format.media_type,
        })
        .collect()
}

/// How many nodes there are between the root and the pages: those that lead to complete pages
/// alone.
fn branches(state: &State, of_branch: usize) -> usize {
    state.pages.len().saturating_sub(1) / of_branch
}

/// The pages, from 0 on, to which such a node leads.
fn pages_of(branch: usize, of_branch: usize) -> Range<usize> {
    branch * of_branch..(branch + 1) * of_branch
}

/// Some pages with their numbers, from 1 on.
fn numbered(state: &State, pages: Range<usize>) -> impl Iterator<Item = (usize, &Page)> {
    let number = pages.start + 1;
    let pages = state.pages.get(pages).unwrap_or_default();
    (number..).zip(pages)
}

fn current(server: &Server) -> Result<Arc<State>, Problem> {
    if server.app.store.origin() > Generation(0) {
        return Err(not_in_copy(server));
    }
    let current = server.app.ldes.current();
    let current = current.filter(|state| state.generation > Generation(0));
    current.ok_or_else(|| Problem::new(&HISTORY_BEHIND).retry_after(AGAIN_SECONDS))
}

/// Whether a stream is that of this log.
fn of_log(server: &Server, log: &str) -> Result<(), Problem> {
    let store = &server.app.store;
    let is_identity = log.len() == store.identity().len()
        && log
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_identity {
        return Err(Problem::new(&NOT_FOUND));
    }
    after(server, &format!("{log}.0"), store.generation()).map(|_| ())
}

fn struck() -> Problem {
    Problem::new(&START_AGAIN)
        .with_detail(
            "Quelque chose a été effacé des registres, et les pages ont été refaites : reprenez à `/ldes`. Les versions déjà reçues gardent leur IRI.",
            "Something was struck from the records, and the pages were made again: go on from `/ldes`. Versions that you have keep their IRIs.",
        )
}

fn answer(
    server: &Server,
    offer: Offer,
    graphs: &Graphs,
    at: Generation,
    kept: &str,
) -> Result<Response, Problem> {
    let app = &server.app;
    let format = GRAPH_FORMATS
        .iter()
        .find(|format| format.name == offer.name)
        .ok_or_else(|| Problem::internal("a format is offered that there is not"))?;
    let terms: Value = match offer.name {
        "jsonld" => serde_json::from_str(&app.context_document).map_err(Problem::internal)?,
        _ => Value::Null,
    };
    let mut body = Vec::new();
    (format.write)(graphs, &app.context, &terms["@context"], &mut body)
        .map_err(Problem::internal)?;
    Ok(Answer::of(offer, body)
        .at(at)
        .with(CACHE_CONTROL, kept)
        .varying("Accept")
        .into_response())
}
