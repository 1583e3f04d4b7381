//! The formats in which documents, and other graphs, can be had.

use crate::http::negotiate::{HTML, Offer};
use crate::http::problem::Problem;
use crate::publish::{Context, FORMATS, Format};
use crate::rdf::xml::WriteError;
use axum::http::HeaderValue;
use axum::http::header::VARY;
use oxrdf::Triple;

/// What answers in these formats depend on.
pub(in crate::http) const BY_ACCEPT: &str = "Accept, Accept-Language";

/// The formats of a graph, the page first: most who take anything show it to a person.
pub(in crate::http) fn offers() -> Vec<Offer> {
    let graphs = FORMATS.iter().filter(|format| !format.has_graphs);
    std::iter::once(HTML).chain(graphs.map(offer)).collect()
}

/// A format as an offer; its suffix is the offer's name.
pub(super) fn offer(format: &Format) -> Offer {
    Offer {
        name: format.extension,
        media_type: format.media_type,
    }
}

/// The format that an offer stands for; none for the page.
pub(super) fn format_of(offer: Offer) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.extension == offer.name)
}

/// The name before a known suffix, and the offer that the suffix stands for.
pub(in crate::http) fn split_suffix(name: &str) -> (&str, Option<Offer>) {
    split(name, &offers())
}

/// The same, of these offers.
pub(super) fn split<'n>(name: &'n str, offers: &[Offer]) -> (&'n str, Option<Offer>) {
    name.rsplit_once('.')
        .and_then(|(stem, suffix)| {
            let offer = offers.iter().find(|offer| offer.name == suffix)?;
            Some((stem, Some(*offer)))
        })
        .unwrap_or((name, None))
}

/// Triples in one of the formats of documents; Turtle for what is none.
///
/// # Errors
/// When the format cannot hold them.
pub(in crate::http) fn rdf(
    triples: &[Triple],
    offer: Offer,
    context: &Context,
) -> Result<Vec<u8>, WriteError> {
    let format = format_of(offer).or_else(|| FORMATS.first());
    let mut body = Vec::new();
    if let Some(format) = format {
        (format.write_triples)(triples, context, &mut body)?;
    }
    Ok(body)
}

/// A refusal also depends on what was asked for.
pub(in crate::http) fn varying_by_accept(problem: Problem) -> Problem {
    problem.with_header(VARY, HeaderValue::from_static(BY_ACCEPT))
}
