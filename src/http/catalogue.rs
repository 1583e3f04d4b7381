//! The catalogue at `/catalogue`: a page for people, DCAT-AP for harvesters. It is made from what
//! was counted last, the releases and the configuration, and names the generation of its numbers.

use crate::app::catalogue::{Described, mark};
use crate::html;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::entities::{offers, rdf, split_suffix, varying_by_accept};
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{NOT_COUNTED_YET, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Lang;
use crate::publish::released::dataset::{self, Living};
use axum::extract::State as Injected;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

/// How long somebody waits before asking again for what is not counted yet.
const AGAIN_SECONDS: u64 = 5;

/// `GET /catalogue`, and with a suffix.
pub async fn catalogue(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = match split_suffix(&reader.path) {
        (_, Some(offer)) => offer,
        (_, None) => reader.choose(&offers()).map_err(varying_by_accept)?,
    };
    let by_accept = "Accept, Accept-Language";
    server
        .read(move |server, _| {
            let app = &server.app;
            let counted = app.statistics.current();
            if counted.is_none() && offer != HTML {
                return Err(Problem::new(&NOT_COUNTED_YET).retry_after(AGAIN_SECONDS));
            }
            let snapshot = app.store.snapshot()?;
            let view = snapshot.view();
            let state = counted.clone().unwrap_or_default();
            let variant = format!(
                "catalogue-{}-{}-{}-{}",
                state.generation,
                mark(&app.releases.all()),
                reader.lang,
                offer.name
            );
            // Settings of sources may be newer than what was counted.
            let tag = etag(view.identity(), view.generation()?, &variant);
            if counted.is_some() && is_known(&tag, &reader.headers) {
                return Ok(Answer::of(offer, "")
                    .at(state.generation)
                    .known_as(&tag, "")
                    .varying(by_accept)
                    .unless_known_to(&reader.headers)
                    .into_response());
            }
            let described = Described::of(app, &state, view)?;
            if offer != HTML {
                let triples = described.catalogue().triples();
                let body = rdf(&triples, offer, &app.context)?;
                return Ok(Answer::of(offer, body)
                    .at(state.generation)
                    .known_as(&tag, "")
                    .varying(by_accept)
                    .into_response());
            }
            let generation = match counted.is_some() {
                true => state.generation,
                false => view.generation()?,
            };
            let shown = html::Catalogue {
                dataset: living_dataset(server, &described, reader.lang),
                described: described.catalogue(),
                is_counted: counted.is_some(),
            };
            let answer = page(server, &reader, generation, |site| shown.page(site))?;
            let answer = match counted.is_some() {
                true => answer.known_as(&tag, ""),
                false => answer.with(CACHE_CONTROL, "no-store"),
            };
            Ok(answer.varying(by_accept).into_response())
        })
        .await
}

/// The data as schema.org's `Dataset`, as JSON.
pub(super) fn living_dataset(server: &Server, described: &Described<'_>, lang: Lang) -> String {
    let catalogue = described.catalogue();
    let living = Living {
        base: server.app.store.base(),
        responsible: &described.responsible,
        generation: described.generation,
        modified: &described.modified,
        entities: described.entities,
        coverage: &described.coverage,
        release: catalogue.latest().copied(),
    };
    dataset::of_living(&living, lang).to_string()
}
