//! What programs read in the head of the page: the address to keep, the other languages and
//! formats, the feed, and what is shown where the page is shared.

use crate::html::entity::about;
use crate::html::entity::data::{Format, formats};
use crate::html::entity::given::Given;
use crate::html::entity::header::Header;
use crate::html::entity::{bounds, history, licence};
use crate::html::head::{locales, script};
use crate::html::time;
use crate::model::Lang;
use crate::publish::profiles::schema_org;
use serde_json::Value;

pub(super) struct Head {
    pub canonical: String,
    pub languages: Vec<(Lang, String)>,
    /// The address without a language.
    pub usual: String,
    pub formats: Vec<Format>,
    pub feed: String,
    pub kind: &'static str,
    pub description: String,
    pub locale: &'static str,
    pub other_locale: &'static str,
    pub image: Option<(String, String)>,
    /// JSON in which no character can end the block.
    pub schema_org: String,
}

/// Characters of the description where the page is shared.
const DESCRIPTION: usize = 200;

pub(super) fn head(given: &Given<'_>, header: &Header) -> Head {
    let document = given.document;
    let locales = locales(given.site.lang);
    let address = document.iri(given.site.base).into_string();
    let address = given.site.base.strip(&address).unwrap_or_default();
    let address = format!("/{address}");
    Head {
        canonical: given.site.known_as(&address, given.site.lang),
        languages: given.site.known_in(&address),
        usual: given.site.known_as(&address, given.site.usual),
        formats: formats(given),
        feed: history::feed(given),
        kind: match given.kind() {
            "person" => "profile",
            _ => "website",
        },
        description: description(given, header),
        locale: locales.0,
        other_locale: locales.1,
        image: header
            .picture
            .as_ref()
            .map(|picture| (picture.address().to_owned(), picture.alt.clone())),
        schema_org: script(&{
            let mut view = schema_org::json(document, given.site.base, given.site.lang);
            leave_out_reserved(&mut view);
            view.to_string()
        }),
    }
}

/// Takes the images out that have no open licence of their own: the head of the page shows them
/// no more than the page does (docs/decisions/0035-what-is-not-licensed-is-only-linked.md).
fn leave_out_reserved(view: &mut Value) {
    let is_open = |image: &Value| match &image["license"] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).any(licence::is_open),
        one => one.as_str().is_some_and(licence::is_open),
    };
    match view {
        Value::Array(values) => values.iter_mut().for_each(leave_out_reserved),
        Value::Object(object) => {
            if let Some(image) = object.remove("image") {
                let mut images = match image {
                    Value::Array(images) => images,
                    image => vec![image],
                };
                images.retain(is_open);
                if !images.is_empty() {
                    object.insert("image".to_owned(), Value::Array(images));
                }
            }
            object.values_mut().for_each(leave_out_reserved);
        }
        _ => {}
    }
}

/// Kind, date and place, then the beginning of what is said of it.
fn description(given: &Given<'_>, header: &Header) -> String {
    let mut pieces = vec![header.kind.clone()];
    if let Some(start) = given.schema("startDate") {
        pieces.push(time::moment(start.value(), given.site.lang));
    }
    if let Some(place) = given.schema_links("location").into_iter().next() {
        let mut place_name = given.link(place.as_str()).words.text;
        if let Some(town) = given.town(place.as_str()) {
            place_name = format!("{place_name}, {}", town.text);
        }
        pieces.push(place_name);
    }
    let text = given
        .schema("description")
        .filter(|text| about::may_be_shown(given, text));
    let head = pieces.join(" · ");
    match text {
        Some(text) => {
            let text = bounds::cut(text.value(), DESCRIPTION);
            let text: Vec<&str> = text.split_whitespace().collect();
            format!("{head}. {}", text.join(" "))
        }
        None => head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_image_without_an_open_licence_is_not_told_to_search_engines() {
        let open = "https://creativecommons.org/licenses/by/4.0/";
        let mut view = json!({
            "image": [{"contentUrl": "a", "license": open}, {"contentUrl": "b"}, "https://c"],
            "workPerformed": {"image": {"contentUrl": "d"}},
        });
        leave_out_reserved(&mut view);
        let expected = json!({
            "image": [{"contentUrl": "a", "license": open}],
            "workPerformed": {},
        });
        assert_eq!(view, expected);
    }
}
