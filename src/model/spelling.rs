//! Names of entities as people write and copy them.

use crate::model::Noid;

/// What stands where a name should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A name as it is written.
    Exact(Noid),
    /// A name in another spelling: in capitals, with hyphens, with what stood around it in a text.
    Respelled(Noid),
    /// No name, but as long as one, or nearly: what of it can be a name.
    Mistyped(String),
    Nothing,
}

/// The lengths of what could be a mistyped name: one character missing or too many.
const LENGTHS: std::ops::RangeInclusive<usize> = 11..=13;

/// Characters that a name is copied with and that mean nothing: the hyphens that divide it into
/// readable pieces (of which ARKs say so), and marks that cannot be seen.
const IGNORED: &[char] = &[
    '-', '\u{ad}', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{200b}', '\u{200c}',
    '\u{200d}', '\u{2060}', '\u{feff}',
];

/// What a sentence puts after an address.
const TRAILING: &[char] = &[
    '/', '.', ',', ';', ':', '!', ')', ']', '>', '"', '\'', '»', '”', '’',
];

/// Reads what may be a name, as tolerantly as can be without guessing.
pub fn read(text: &str) -> Name {
    if let Ok(noid) = Noid::parse(text) {
        return Name::Exact(noid);
    }
    // A fragment names a part: whoever encodes the `#` of a part's IRI means its entity.
    let text = text.split('#').next().unwrap_or_default();
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || TRAILING.contains(&c));
    let tidy: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !IGNORED.contains(c))
        .take(*LENGTHS.end() + 1)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if let Ok(noid) = Noid::parse(&tidy) {
        return Name::Respelled(noid);
    }
    if LENGTHS.contains(&tidy.chars().count()) {
        Name::Mistyped(tidy)
    } else {
        Name::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_any_spelling() {
        for text in [
            "3F8KZ2M9Q0CX",
            "3f8k-z2m9-q0cx",
            " 3f8kz2m9q0cx ",
            "3f8kz2m9q0cx/",
            "3f8kz2m9q0cx).",
            "3f8kz2m9q0cx#offer-1",
            "3f8kz2\u{ad}m9q0cx",
        ] {
            assert!(
                matches!(read(text), Name::Respelled(noid) if noid.as_str() == "3f8kz2m9q0cx"),
                "{text}"
            );
        }
        assert!(matches!(read("3f8kz2m9q0cx"), Name::Exact(_)));
        for text in [
            "3f8kz2m9q0cz",
            "3f8kz2m9qOcx",
            "3f8kz2m9q0c",
            "3f8kz2m9qé0cx",
        ] {
            assert!(matches!(read(text), Name::Mistyped(_)), "{text}");
        }
        for text in ["", "nothing", "a\0b", "3f8kz2m9q0cx3f8kz2m9q0cx"] {
            assert!(matches!(read(text), Name::Nothing), "{text}");
        }
    }
}
