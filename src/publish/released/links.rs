//! Typed links of a release, for programs that read headers (FAIR Signposting).

use super::{DESCRIPTIONS, Released};
use crate::model::vocabulary::schema;
use serde_json::{Map, Value, json};

/// What a link set has more than headers have room for.
const IN_HEADER: usize = 12;

/// A link from the page of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub rel: &'static str,
    /// An IRI, safe between `<` and `>`.
    pub target: String,
    pub media_type: Option<String>,
    pub profile: Option<&'static str>,
}

impl Link {
    fn new(rel: &'static str, target: impl Into<String>) -> Self {
        Self {
            rel,
            target: target.into(),
            media_type: None,
            profile: None,
        }
    }

    fn of_type(mut self, media_type: &str) -> Self {
        self.media_type = Some(media_type.to_owned());
        self
    }
}

impl Released<'_> {
    /// The typed links of its page, those to its files last: as many as stand in a header.
    pub fn links(&self) -> Vec<Link> {
        let mut links = self.head();
        links.extend(self.items().take(IN_HEADER));
        links
    }

    fn head(&self) -> Vec<Link> {
        let address = self.address();
        let mut links = vec![
            Link::new("cite-as", address.as_str()),
            Link::new("type", format!("{}Dataset", schema::NS)),
            Link::new("type", format!("{}AboutPage", schema::NS)),
        ];
        let contact = self.responsible.contact.as_deref();
        if let Some(contact) = contact.filter(|contact| contact.starts_with("http")) {
            links.push(Link::new("author", contact));
        }
        let licences = self.licences().into_iter();
        links.extend(licences.map(|licence| Link::new("license", licence)));
        for description in DESCRIPTIONS {
            let rel = match description.name {
                "linkset.json" => "linkset",
                _ => "describedby",
            };
            links.push(Link {
                profile: description.profile,
                ..Link::new(rel, self.file(description.name)).of_type(description.media_type)
            });
        }
        links
    }

    fn items(&self) -> impl Iterator<Item = Link> {
        let files = self.files();
        files.map(|file| {
            let media_type = match file.compression.as_deref() {
                Some("gzip") => "application/gzip",
                Some("zstd") => "application/zstd",
                _ => &file.media_type,
            };
            Link::new("item", self.file(&file.name)).of_type(media_type)
        })
    }
}

/// All typed links as a link set (RFC 9264 §4.2), those back from the files and descriptions too.
pub fn link_set(released: &Released<'_>) -> Value {
    let address = released.address().into_string();
    let mut of_page: Map<String, Value> = Map::new();
    of_page.insert("anchor".to_owned(), json!(address));
    let mut others = Vec::new();
    for link in released.head().into_iter().chain(released.items()) {
        let mut target = Map::new();
        target.insert("href".to_owned(), json!(link.target));
        if let Some(media_type) = &link.media_type {
            target.insert("type".to_owned(), json!(media_type));
        }
        if let Some(profile) = link.profile {
            target.insert("profile".to_owned(), json!([profile]));
        }
        let back = match link.rel {
            "item" => Some("collection"),
            "describedby" => Some("describes"),
            _ => None,
        };
        if let Some(back) = back {
            let page = json!([{ "href": address, "type": "text/html" }]);
            others.push(json!({ "anchor": link.target, back: page }));
        }
        let targets = of_page.entry(link.rel).or_insert_with(|| json!([]));
        if let Value::Array(targets) = targets {
            targets.push(Value::Object(target));
        }
    }
    let mut all = vec![Value::Object(of_page)];
    all.extend(others);
    json!({ "linkset": all })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_page_links_to_what_is_cited_its_licences_descriptions_and_files() {
        let released = sample::released();
        let links = released.links();
        for (rel, count) in [
            ("cite-as", 1),
            ("license", 2),
            ("linkset", 1),
            ("describedby", DESCRIPTIONS.len() - 1),
            ("item", 6),
        ] {
            let found = links.iter().filter(|link| link.rel == rel).count();
            assert_eq!(found, count, "{rel}");
        }
        let set = link_set(&released);
        let anchors = set["linkset"].as_array().map(Vec::len);
        assert_eq!(anchors, Some(1 + 6 + DESCRIPTIONS.len() - 1));
    }
}
