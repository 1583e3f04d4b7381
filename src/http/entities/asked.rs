//! What of a document is asked for: the page, or data in one of the profiles and formats.
//!
//! Profile: `?_profile=`, else `Accept-Profile` with its weights, else none in particular. Format:
//! the suffix, else `?_mediatype=` or `?format=`, else `Accept` (W3C, Content Negotiation by
//! Profile, §7.1 and §7.2).

use super::offers::{format_of, offer};
use crate::http::negotiate::{HTML, Offer, choose, not_acceptable};
use crate::http::problem::{NOT_ACCEPTABLE, Problem};
use crate::http::reader::Reader;
use crate::model::Base;
use crate::publish::{DocumentProfile, FORMATS, Format, PROFILES};
use axum::http::HeaderValue;
use axum::http::header::{HeaderName, VARY};

/// What the answer of a document depends on.
pub(super) const VARYING: &str = "Accept, Accept-Profile, Accept-Language";
/// The same, where the address says the format.
pub(super) const VARYING_WITH_SUFFIX: &str = "Accept-Profile, Accept-Language";

const ACCEPT_PROFILE: HeaderName = HeaderName::from_static("accept-profile");
/// The token of the list of all that there is.
const ALTERNATES: &str = "alt";

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Page,
    Data(&'static DocumentProfile, &'static Format),
    /// The list of all representations, in a format.
    Alternates(Offer),
}

/// All formats of a document, the page first.
pub(super) fn offers() -> Vec<Offer> {
    std::iter::once(HTML)
        .chain(FORMATS.iter().map(offer))
        .collect()
}

/// Which representation the reader gets.
///
/// # Errors
/// 406 with what there is.
pub(super) fn asked(
    reader: &Reader,
    base: &Base,
    by_suffix: Option<Offer>,
) -> Result<Asked, Problem> {
    let varying = |problem: Problem| problem.with_header(VARY, HeaderValue::from_static(VARYING));
    let profile = match profile(reader, base).map_err(varying)? {
        Wanted::Alternates => {
            let offers = super::offers();
            let offer = by_suffix.map_or_else(|| format(reader, &offers), Ok);
            return offer.map(Asked::Alternates).map_err(varying);
        }
        Wanted::Any => None,
        Wanted::Profile(profile) => Some(profile),
    };
    let offers: Vec<Offer> = match profile {
        None => offers(),
        // The page is for people; whoever names a profile means data.
        Some(profile) => profile.formats().map(offer).collect(),
    };
    let offer = match by_suffix {
        Some(offer) if offers.contains(&offer) => offer,
        Some(_) => choose(&offers, Some(""), &reader.headers).map_err(varying)?,
        None => format(reader, &offers).map_err(varying)?,
    };
    Ok(match format_of(offer) {
        None => Asked::Page,
        Some(format) => Asked::Data(profile.unwrap_or_else(DocumentProfile::usual), format),
    })
}

/// The format in which the reader gets the document as it was: the page, or the stored form.
///
/// # Errors
/// 406 with what there is.
pub(super) fn of_the_past(
    reader: &Reader,
    base: &Base,
    by_suffix: Option<Offer>,
) -> Result<Offer, Problem> {
    let varying = |problem: Problem| problem.with_header(VARY, HeaderValue::from_static(VARYING));
    let is_named = reader.parameter("_profile").is_some();
    let mut offers = super::offers();
    match profile(reader, base).map_err(varying)? {
        Wanted::Profile(profile) if profile.is_usual() => offers.retain(|offer| *offer != HTML),
        // A header only prefers.
        Wanted::Any => {}
        Wanted::Profile(_) if !is_named => {}
        Wanted::Profile(_) | Wanted::Alternates => {
            let usual = DocumentProfile::usual().name;
            return Err(Problem::new(&NOT_ACCEPTABLE).with_detail(
                format!("Une version passée n'a que le profil `{usual}`."),
                format!("A version of the past has the profile `{usual}` alone."),
            ));
        }
    }
    match by_suffix {
        Some(offer) if offers.contains(&offer) => Ok(offer),
        Some(_) => Err(varying(not_acceptable(&offers))),
        None => format(reader, &offers).map_err(varying),
    }
}

fn format(reader: &Reader, offers: &[Offer]) -> Result<Offer, Problem> {
    // Who forgets to encode the `+` of a media type sends a space.
    let by_address = reader
        .parameter("_mediatype")
        .or_else(|| reader.parameter("format"))
        .map(|name| name.replace(' ', "+"));
    choose(offers, by_address.as_deref(), &reader.headers)
}

enum Wanted {
    Any,
    Profile(&'static DocumentProfile),
    Alternates,
}

fn profile(reader: &Reader, base: &Base) -> Result<Wanted, Problem> {
    let named = |name: &str| {
        let name = name.trim().trim_matches(['<', '>']);
        PROFILES
            .iter()
            .find(|profile| profile.name == name || profile.iri(base).as_str() == name)
    };
    if let Some(list) = reader.parameter("_profile") {
        // QSA: a list in the order of preference.
        for name in list.split(',') {
            if name.trim() == ALTERNATES {
                return Ok(Wanted::Alternates);
            }
            if let Some(profile) = named(name) {
                return Ok(Wanted::Profile(profile));
            }
        }
        let tokens: Vec<String> = PROFILES
            .iter()
            .map(|profile| profile.name)
            .chain([ALTERNATES])
            .map(|name| format!("`{name}`"))
            .collect();
        let tokens = tokens.join(", ");
        return Err(Problem::new(&NOT_ACCEPTABLE).with_detail(
            format!("Ce document n'a pas ce profil ; il y a {tokens}."),
            format!("This document does not have that profile; there are {tokens}."),
        ));
    }
    // A header that names none of ours is as good as none: the reader would rather have something.
    Ok(preferred(reader, &named).map_or(Wanted::Any, Wanted::Profile))
}

/// The profile of `Accept-Profile` with the highest weight; of equal ones the first.
fn preferred(
    reader: &Reader,
    named: &dyn Fn(&str) -> Option<&'static DocumentProfile>,
) -> Option<&'static DocumentProfile> {
    let mut best: Option<(f32, &'static DocumentProfile)> = None;
    let lines = reader.headers.get_all(ACCEPT_PROFILE);
    for range in lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
    {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        if let Some(profile) = named(name)
            && weight > 0.0
            && best.is_none_or(|(other, _)| weight > other)
        {
            best = Some((weight, profile));
        }
    }
    best.map(|(_, profile)| profile)
}
