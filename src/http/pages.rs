//! What all pages have in common on their way out.

use crate::html::{PageError, Site};
use crate::http::Server;
use crate::http::answer::Answer;
use crate::http::negotiate::HTML;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::Generation;
use axum::http::header::CONTENT_LANGUAGE;

/// A page for this reader.
///
/// # Errors
/// When it could not be written, which is a defect of ours.
pub(super) fn page(
    server: &Server,
    reader: &Reader,
    generation: Generation,
    write: impl FnOnce(Site<'_>) -> Result<String, PageError>,
) -> Result<Answer, Problem> {
    let address = reader.address();
    let text = write(Site {
        base: server.app.store.base(),
        root: "",
        lang: reader.lang,
        usual: server.app.config.default_lang(),
        generation,
        path: &address,
        outside: &server.app.config.outside,
    })
    .map_err(Problem::internal)?;
    Ok(Answer::of(HTML, text)
        .at(generation)
        .with(CONTENT_LANGUAGE, reader.lang.tag()))
}
