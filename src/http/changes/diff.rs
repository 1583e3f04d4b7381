//! `/changes/diff`: in what two generations or releases differ, as RDF Patch or as N-Quads.

use crate::changes::cursor::Broken;
use crate::changes::diff::{Asked, DiffError, Difference, difference};
use crate::changes::{Cursor, epoch};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::changes::{after, begin_from, not_in_copy};
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::Offer;
use crate::http::problem::{
    BAD_REQUEST, BUSY, DIFFERENCE_TOO_LARGE, DISK_FULL, NOT_FOUND, Problem, START_AGAIN,
};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Generation;
use crate::publish::select;
use crate::store::{Side, StoreError};
use axum::extract::State as Injected;
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use std::fs;
use std::io::{self, ErrorKind, Write};

const PATCH: Offer = Offer {
    name: "rdfp",
    media_type: "application/rdf-patch",
};
const N_QUADS: Offer = Offer {
    name: "nq",
    media_type: "application/n-quads",
};
/// Of an address that names both ends and the epoch.
const FIXED: &str = "public, max-age=31536000, immutable";

/// What is asked for, read.
#[derive(Clone, Debug)]
struct Wanted {
    from: Generation,
    to: Generation,
    has_graphs: bool,
    /// The one side that N-Quads can hold.
    part: Option<Side>,
    offer: Offer,
}

/// `GET /changes/diff?from=…&to=…`.
pub async fn diff(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.allow_only(&["from", "to", "graphs", "part", "epoch", "format", "lang"])?;
    let shared = server.clone();
    let asked = reader.clone();
    let (wanted, about) = server
        .read(move |server, _| {
            let wanted = wanted(server, &asked)?;
            let about = about(server, &asked, &wanted)?;
            Ok((wanted, about))
        })
        .await?;
    let Some(about) = about else {
        // It is known already: nothing is made.
        let tag = tag(&server, &wanted);
        let answer = Answer::of(wanted.offer, "").known_as(&tag, "");
        let answer = headers(&server, &reader, &wanted, answer);
        return Ok(answer.unless_known_to(&reader.headers).into_response());
    };
    let limit = server.app.config.limits.difference_quads;
    let described = wanted.clone();
    let (_, body) = server
        .downloads
        .stream(u64::MAX, move |out, token| {
            let app = &shared.app;
            let asked = Asked {
                from: wanted.from,
                to: wanted.to,
                has_graphs: wanted.has_graphs,
                most_quads: limit,
            };
            let folder = app.store.folder().join("index");
            fs::create_dir_all(&folder)?;
            let go_on = || !token.is_cancelled();
            let found = difference(&app.store, asked, &folder, &go_on)?;
            Ok(write(&found, &wanted, &about, out)?)
        })
        .await?
        .map_err(|error: DiffError| match error {
            DiffError::Store(error) => Problem::from(error),
            DiffError::TooLarge(most) => {
                Problem::limit(&DIFFERENCE_TOO_LARGE, "limits.difference_quads", most)
            }
            DiffError::Interrupted => Problem::new(&BUSY),
            DiffError::Io(error) if error.kind() == ErrorKind::StorageFull => {
                Problem::new(&DISK_FULL)
            }
            DiffError::Io(error) => Problem::internal(error),
        })?;
    let tag = tag(&server, &described);
    let answer = Answer::of(described.offer, "").known_as(&tag, "");
    let answer = headers(&server, &reader, &described, answer);
    let mut response = Response::new(body);
    *response.headers_mut() = answer.headers;
    Ok(response)
}

fn headers(server: &Server, reader: &Reader, wanted: &Wanted, answer: Answer) -> Answer {
    let kept = match reader.parameter("epoch") {
        Some(_) => FIXED,
        None => "no-cache",
    };
    answer
        .at(wanted.to.max(wanted.from))
        .with(CACHE_CONTROL, kept)
        .with(CONTENT_LOCATION, &format!("diff?{}", fixed(server, wanted)))
        .varying("Accept")
}

fn tag(server: &Server, wanted: &Wanted) -> String {
    let variant = fixed(server, wanted);
    let variant: String = variant
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
        .collect();
    etag(server.app.store.identity(), wanted.to, &variant)
}

/// The parameters of the address that is the same for ever.
fn fixed(server: &Server, wanted: &Wanted) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("from", &wanted.from.to_string());
    query.append_pair("to", &wanted.to.to_string());
    if wanted.has_graphs {
        query.append_pair("graphs", "all");
    }
    match wanted.part {
        Some(Side::Additions) => query.append_pair("part", "added"),
        Some(Side::Deletions) => query.append_pair("part", "removed"),
        None => &mut query,
    };
    query.append_pair("format", wanted.offer.name);
    query.append_pair("epoch", &epoch(&server.app.store));
    query.finish()
}

fn wanted(server: &Server, reader: &Reader) -> Result<Wanted, Problem> {
    let store = &server.app.store;
    let now = store.generation();
    let from = reader.parameter("from").ok_or_else(|| {
        Problem::new(&BAD_REQUEST).with_detail(
            "Dites avec `from` de quelle génération ou de quelle version datée partir.",
            "Say with `from` from which generation or release to start.",
        )
    })?;
    let from = end(server, "from", from, now)?;
    let to = match reader.parameter("to") {
        Some(to) => end(server, "to", to, now)?,
        None => now,
    };
    if from.min(to) < store.origin() {
        return Err(not_in_copy(server));
    }
    if let Some(asked) = reader.parameter("epoch")
        && asked != epoch(store)
    {
        return Err(Problem::new(&START_AGAIN).with_detail(
            "Quelque chose a été effacé des registres depuis ; demandez la même différence sans `epoch`.",
            "Something was struck from the records since then; ask for the same difference without `epoch`.",
        ));
    }
    let has_graphs = match reader.parameter("graphs") {
        None | Some("public") => false,
        Some("all") => true,
        Some(_) => {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "`graphs` est `public` ou `all`.",
                "`graphs` is `public` or `all`.",
            ));
        }
    };
    let part = match reader.parameter("part") {
        None => None,
        Some("added") => Some(Side::Additions),
        Some("removed") => Some(Side::Deletions),
        Some(_) => {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "`part` est `added` ou `removed`.",
                "`part` is `added` or `removed`.",
            ));
        }
    };
    let is_lines = reader
        .parameter("format")
        .is_some_and(|format| [N_QUADS.name, N_QUADS.media_type].contains(&format));
    if is_lines && part.is_none() {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "En N-Quads, dites avec `part` ce que vous voulez : `added` ou `removed`.",
            "In N-Quads, say with `part` what you want: `added` or `removed`.",
        ));
    }
    // N-Quads hold what was added or what was removed; a patch holds both.
    let offers = match part {
        Some(_) => [N_QUADS],
        None => [PATCH],
    };
    let offer = reader.choose(&offers).map_err(varying_by_accept)?;
    Ok(Wanted {
        from,
        to,
        has_graphs,
        part,
        offer,
    })
}

/// The generation that one end of a difference stands for.
fn end(server: &Server, name: &str, text: &str, now: Generation) -> Result<Generation, Problem> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return match text.parse().map(Generation) {
            Ok(generation) if generation <= now => Ok(generation),
            _ => Err(begin_from(
                server,
                Problem::new(&START_AGAIN).with_detail(
                    format!("Le journal s'arrête à la génération {now}."),
                    format!("The log ends at generation {now}."),
                ),
            )),
        };
    }
    let releases = &server.app.releases;
    let release = match text {
        "latest" => releases.latest(),
        _ => releases.get(text),
    };
    let Some(release) = release else {
        if text.contains('.') {
            return after(server, text, now);
        }
        let text: String = text.chars().take(100).collect();
        let is_date = text.parse::<jiff::civil::Date>().is_ok() || text == "latest";
        let problem = if is_date { &NOT_FOUND } else { &BAD_REQUEST };
        return Err(Problem::new(problem).with_detail(
            format!("`{name}` est le numéro d'une génération, un curseur, ou la date d'une version publiée sous `/releases/` ; il n'y a pas de `{text}`."),
            format!("`{name}` is the number of a generation, a cursor, or the date of a release under `/releases/`; there is no `{text}`."),
        ));
    };
    let manifest = &release.manifest;
    let cursor = format!("{}.{}", manifest.log, manifest.generation);
    match Cursor::resume(&cursor, &server.app.store, now) {
        // What was released before a restoration is still the same.
        Err(Broken::OtherLog { holds_until }) if holds_until == Some(manifest.generation) => {
            Ok(manifest.generation)
        }
        Ok(generation) => Ok(generation),
        Err(_) => after(server, &cursor, now),
    }
}

/// What stands at the top of a patch; `None` when the client has it all already.
fn about(server: &Server, reader: &Reader, wanted: &Wanted) -> Result<Option<Vec<u8>>, Problem> {
    if is_known(&tag(server, wanted), &reader.headers) {
        return Ok(None);
    }
    let snapshot = server.app.store.snapshot()?;
    let view = snapshot.view();
    let mut about = Vec::new();
    let time = |generation: Generation| -> Result<String, StoreError> {
        match generation {
            Generation(0) => Ok(String::new()),
            generation => select::time_of(&view, generation),
        }
    };
    let rows = [
        ("log", view.identity().to_owned()),
        ("base", view.base().as_str().to_owned()),
        ("from", wanted.from.to_string()),
        ("from-time", time(wanted.from)?),
        ("to", wanted.to.to_string()),
        ("to-time", time(wanted.to)?),
        (
            "graphs",
            if wanted.has_graphs { "all" } else { "public" }.to_owned(),
        ),
    ];
    for (name, value) in rows {
        if !value.is_empty() {
            writeln!(about, "H {name} \"{value}\" .").map_err(Problem::internal)?;
        }
    }
    Ok(Some(about))
}

fn write(found: &Difference, wanted: &Wanted, about: &[u8], out: &mut dyn Write) -> io::Result<()> {
    if let Some(side) = wanted.part {
        return found.rows(side, &mut |row| out.write_all(row));
    }
    out.write_all(about)?;
    out.write_all(b"TX .\n")?;
    for (side, letter) in [(Side::Deletions, b"D "), (Side::Additions, b"A ")] {
        found.rows(side, &mut |row| {
            out.write_all(letter)?;
            out.write_all(row)
        })?;
    }
    out.write_all(b"TC .\n")
}
