//! In which format a reader gets the results of a query.

use crate::http::negotiate::{self, HTML, Offer};
use crate::http::problem::Problem;
use crate::http::sparql::request::Asked;
use crate::query::{Form, Format, format_asked, format_named, formats_of};
use axum::http::HeaderMap;
use std::sync::LazyLock;

/// What a reader gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A page with the first rows.
    Page,
    /// All of it, under the media type by which the reader knows the format.
    Data(&'static Format, &'static str),
}

static OF_SOLUTIONS: LazyLock<Vec<Offer>> = LazyLock::new(|| offers(Form::Select));
static OF_GRAPHS: LazyLock<Vec<Offer>> = LazyLock::new(|| offers(Form::Construct));

/// Data by its own media types first, then by other ones, and a page for those who ask for one.
fn offers(form: Form) -> Vec<Offer> {
    let offer = |format: &Format, media_type| Offer {
        name: format.name,
        media_type,
    };
    let own = formats_of(form).map(|format| offer(format, format.media_type));
    let others =
        formats_of(form).flat_map(|format| format.also.iter().map(|also| offer(format, also)));
    own.chain(others).chain([HTML]).collect()
}

/// By `format=`, else by another parameter for it, else by `Accept`.
///
/// # Errors
/// 406 with the list of what there is.
pub fn choose(form: Form, asked: &Asked, headers: &HeaderMap) -> Result<Choice, Problem> {
    let named = |name: &str| match format_asked(form, name) {
        Some(format) => Some(Choice::Data(format, format.media_type)),
        None if [HTML.name, HTML.media_type].contains(&name) => Some(Choice::Page),
        None => None,
    };
    if let Some(name) = &asked.format {
        return named(name).ok_or_else(|| not_acceptable(form));
    }
    if let Some(choice) = asked.wished_format.as_deref().and_then(named) {
        return Ok(choice);
    }
    let offers = if form.is_graph() {
        &OF_GRAPHS
    } else {
        &OF_SOLUTIONS
    };
    match negotiate::choose(offers, None, headers) {
        Ok(offer) if offer == HTML => Ok(Choice::Page),
        Ok(offer) => format_named(offer.name)
            .map(|format| Choice::Data(format, offer.media_type))
            .ok_or_else(|| not_acceptable(form)),
        Err(_) => Err(not_acceptable(form)),
    }
}

fn not_acceptable(form: Form) -> Problem {
    let format = |format: &Format| Offer {
        name: format.name,
        media_type: format.media_type,
    };
    let offers: Vec<Offer> = formats_of(form).map(format).chain([HTML]).collect();
    negotiate::not_acceptable(&offers)
}
