//! What pages may have browsers load from other hosts: nothing, unless the operator names it.

use oxiri::Iri;

/// The other hosts that pages may load from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Where the tiles of maps come from; without them a map is an outline that we draw.
    pub tiles: Option<Tiles>,
    /// Who made the map behind the tiles, as their licence asks.
    pub attribution: Option<String>,
    /// The origins whose images are shown and not only linked.
    pub images: Vec<Origin>,
}

/// A server of map tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// An address with `{z}`, `{x}` and `{y}` in it.
    pub template: String,
    origin: Origin,
}

/// Scheme, host and port, as RFC 6454 §6.2 writes them: `https://images.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of an `https:` or `http:` address; `None` for anything else, an address with a
    /// name and password in it included.
    pub fn of(address: &str) -> Option<Self> {
        let iri = Iri::parse(address).ok()?;
        let scheme = iri.scheme().to_ascii_lowercase();
        let authority = iri.authority()?.to_ascii_lowercase();
        // It becomes a part of a policy, in which these characters would begin something else.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        let is_host = !authority.is_empty() && authority.chars().all(is_plain);
        (["http", "https"].contains(&scheme.as_str()) && is_host)
            .then(|| Self(format!("{scheme}://{authority}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tiles {
    /// The server with this template, if it is an address with all three places for numbers.
    pub fn of(template: &str) -> Option<Self> {
        let mut example = template.to_owned();
        for place in ["{z}", "{x}", "{y}"] {
            if !example.contains(place) {
                return None;
            }
            example = example.replace(place, "0");
        }
        Some(Self {
            origin: Origin::of(&example)?,
            template: template.to_owned(),
        })
    }
}

impl Outside {
    /// A page that loads from this server alone.
    pub const NOTHING: &'static Self = &Self {
        tiles: None,
        attribution: None,
        images: Vec::new(),
    };

    /// Whether an image may be shown, and not only linked.
    pub fn shows(&self, image: &str) -> bool {
        Origin::of(image).is_some_and(|origin| self.images.contains(&origin))
    }

    /// The origins of all images and tiles, as a policy lists them (CSP 3 §2.3.1).
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        let tiles = self.tiles.iter().map(|tiles| &tiles.origin);
        self.images.iter().chain(tiles).map(Origin::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        for (address, expected) in [
            (
                "https://Images.example.org/a/b.jpg?c#d",
                Some("https://images.example.org"),
            ),
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080")),
            ("https://a;script-src/x", None),
            ("https://name:secret@example.org/", None),
            ("javascript:alert(1)", None),
            ("data:image/png;base64,AAAA", None),
            ("https:///x", None),
        ] {
            let origin = Origin::of(address);
            assert_eq!(origin.as_ref().map(Origin::as_str), expected, "{address}");
        }
    }

    #[test]
    fn only_images_of_the_origins_named_are_shown() {
        let outside = Outside {
            images: vec![Origin::of("https://images.example.org").expect("an origin")],
            tiles: Tiles::of("https://tiles.example.org/{z}/{x}/{y}.png"),
            attribution: None,
        };
        assert!(outside.shows("https://images.example.org/marees.jpg"));
        assert!(!outside.shows("https://images.example.org.evil.example/marees.jpg"));
        assert!(!outside.shows("http://images.example.org/marees.jpg"));
        let origins: Vec<&str> = outside.origins().collect();
        assert_eq!(
            origins,
            ["https://images.example.org", "https://tiles.example.org"]
        );
        assert_eq!(Tiles::of("https://tiles.example.org/{z}/{x}.png"), None);
    }
}
