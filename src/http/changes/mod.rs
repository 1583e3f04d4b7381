//! The log of changes as feeds: the records themselves, and what becomes of a cursor that the log
//! cannot go on from.
//!
//! To add a feed: a file here, and in it [`after`] for the cursor that it is asked with.

pub(super) mod atom;
mod copy;
pub(super) mod diff;
pub(super) mod entities;
mod files;
mod log;

pub use copy::guard_copy;
pub(super) use copy::not_in_copy;

pub use files::RECORDS;
pub use log::{file, head, head_signature, index, records, state};

use crate::changes::cursor::{Broken, Cursor};
use crate::changes::log::start;
use crate::http::Server;
use crate::http::problem::{BAD_REQUEST, Problem, START_AGAIN};
use crate::model::Generation;
use serde_json::Value;

/// The generation after which somebody wants to go on who read the changes up to a cursor. `at`
/// is where the state stands that is answered from.
///
/// # Errors
/// 410 when the log cannot go on from there, with what to begin from; 400 when it is no cursor.
pub(super) fn after(server: &Server, cursor: &str, at: Generation) -> Result<Generation, Problem> {
    let store = &server.app.store;
    let resumed = Cursor::resume(cursor, store, at);
    if resumed.is_ok_and(|generation| generation < store.origin()) {
        return Err(not_in_copy(server));
    }
    resumed.map_err(|broken| {
        let now = Cursor::after(store, at);
        let problem = match broken {
            Broken::Malformed => Problem::new(&BAD_REQUEST).with_detail(
                format!("Un curseur s'écrit comme `{now}` : l'identité du journal, un point, une génération."),
                format!("A cursor is written like `{now}`: the identity of the log, a full stop, a generation."),
            ),
            Broken::OtherLog { holds_until } => {
                let problem = Problem::new(&START_AGAIN);
                match holds_until {
                    Some(until) => problem
                        .with_detail(
                            format!("Le journal a une nouvelle identité ; ce que vous avez de l'ancienne reste vrai jusqu'à la génération {until}."),
                            format!("The log has a new identity; what you have of the former one holds up to generation {until}."),
                        )
                        .with_member("holds-until", until.0),
                    None => problem.with_detail(
                        "Ce curseur est d'un autre journal.",
                        "This cursor is of another log.",
                    ),
                }
            }
            Broken::Ahead => Problem::new(&START_AGAIN).with_detail(
                format!("Le journal s'arrête à la génération {at}."),
                format!("The log ends at generation {at}."),
            ),
        };
        begin_from(server, problem).with_member("cursor", now.to_string())
    })
}

/// Adds to a problem where to begin again.
fn begin_from(server: &Server, problem: Problem) -> Problem {
    let base = server.app.store.base();
    let problem = problem.with_member("head", base.join("changes/head").as_str());
    let start = if server.app.store.primary().is_some() {
        let signed = server.app.heads.current(&server.app).ok().flatten();
        signed.and_then(|signed| signed.head.release.clone())
    } else {
        let store = &server.app.store;
        let latest = server.app.releases.latest();
        latest.and_then(|release| start(store, store.generation(), &release.manifest))
    };
    match start {
        Some(start) => {
            let release = base.join(&format!("releases/{}/", start.date));
            let state = base.join(&format!("changes/{}", start.state));
            problem
                .with_member("release", release.as_str())
                .with_member("state", state.as_str())
        }
        None => problem.with_member("release", Value::Null),
    }
}
