//! The page of an entity.

use super::links;
use crate::app::quality::standings;
use crate::html;
use crate::http::Server;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::ingest::choices;
use crate::model::vocabulary::schema;
use crate::model::{Noid, time};
use crate::publish::select;
use crate::store::View;
use axum::http::header::{CONTENT_LOCATION, LINK};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, Term};
use std::sync::Arc;

/// The page about a thing.
pub(super) fn page_of(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let iri = &view.base().id(noid);
    let address = format!("{noid}.html");
    let instant = Timestamp::now();
    let now = time::utc(instant);
    // The page says what is still to come, so it also changes with the day.
    let today = now.get(..10).unwrap_or_default();
    let index = server.app.links.current();
    let linked = index.as_ref().map_or(0, |index| index.generation.0);
    let variant = format!("{today}-{linked}-{}-html", reader.lang);
    let etag = etag(view.identity(), view.generation()?, &variant);
    let modified = select::time_of(&view, view.generation()?)?;
    if is_known(&etag, &reader.headers) {
        return Ok(Answer::of(HTML, "")
            .at(view.generation()?)
            .known_as(&etag, &modified)
            .with(CONTENT_LOCATION, &address));
    }
    let (linking, known) = match &index {
        Some(index) => {
            let mut linking = index.here(view.base(), iri, instant);
            // Nothing is a performance of a performance: its page tells the other dates.
            let work = view.object(
                iri.as_ref().into(),
                schema::WORK_PERFORMED,
                GraphNameRef::DefaultGraph,
            )?;
            if let Some(Term::NamedNode(work)) = work {
                linking.dates = index.here(view.base(), &work, instant).dates;
            }
            (linking, Arc::clone(&index.labels))
        }
        None => (select::links_in_store(&view, iri, today)?, Arc::default()),
    };
    let mut document =
        select::document(&view, iri, linking, &known)?.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    document.choices = choices(&view, &server.app.door, iri)?;
    let standings: Vec<html::quality::Standing> =
        standings(&server.app.quality, &server.app.door, view, iri)?
            .into_iter()
            .map(|standing| html::quality::Standing {
                profile: standing.profile,
                meets: standing.meets,
                findings: standing
                    .findings
                    .into_iter()
                    .map(|finding| (finding.severity, finding.message))
                    .collect(),
            })
            .collect();
    let answer = page(server, reader, view.generation()?, |site| {
        let entity = html::Entity {
            document: &document,
            standings: &standings,
            now: instant,
        };
        html::entity(entity, site)
    })?;
    let links = links::of_page(&document, &server.app.context, noid);
    Ok(answer
        .known_as(&etag, &modified)
        .with(CONTENT_LOCATION, &address)
        .with(LINK, &links::header(&links, view.base(), Some("doc"))))
}
