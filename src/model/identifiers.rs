//! Identifiers of other data sets: the one form under which they are compared, and the spellings in
//! which people write them.
//!
//! A scheme whose identifiers are IRIs is a row in [`SCHEMES`], one whose identifiers stand in a
//! `schema:PropertyValue` a row in [`VALUE_SCHEMES`].

/// The schemes whose identifiers are IRIs, by name, with what the canonical form begins with (data
/// model, "Who is the same as whom"). Geonames and INSEE name towns, url and social links name
/// pages: they only suggest.
pub const SCHEMES: &[(&str, &str)] = &[
    ("wikidata", "http://www.wikidata.org/entity/Q"),
    ("isni", "https://isni.org/isni/"),
    ("viaf", "http://viaf.org/viaf/"),
    ("idref", "http://www.idref.fr/"),
    ("bnf", "http://data.bnf.fr/ark:/12148/cb"),
    ("artsdata", "http://kg.artsdata.ca/resource/K"),
    ("orcid", "https://orcid.org/"),
    ("musicbrainz", "https://musicbrainz.org/"),
    (
        "archives-du-spectacle",
        "https://lesarchivesduspectacle.net/",
    ),
];

/// The schemes whose identifiers are values of a `schema:PropertyValue`, by its
/// `schema:propertyID`.
pub const VALUE_SCHEMES: &[&str] = &[
    "siret",
    "siren",
    "rna",
    "ridet",
    "tahiti",
    "licence-spectacle-1",
    "licence-spectacle-2",
    "licence-spectacle-3",
    "basilic",
    "festival-mc",
    "acceslibre",
    "openagenda-uid",
    "passculture-offre",
    "archives-du-spectacle",
    "identifiant-rof",
    "frbnf",
    "sibil",
];

/// Nobody's identifier is longer, in bytes.
pub const LONGEST: usize = 2048;

/// What an IRI or a text says as an identifier of a listed scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum External {
    /// The canonical IRI.
    Is(String),
    /// The scheme is known, but the check character is wrong: mistyped.
    Mistyped,
}

/// The canonical IRI of an external identifier given as an IRI in any of its usual forms.
/// `None` when it is of no listed scheme.
pub fn of_iri(iri: &str) -> Option<External> {
    let rest = iri
        .strip_prefix("https://")
        .or_else(|| iri.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    // Nothing of these schemes has a query or a fragment of its own (`#about`, `#foaf:Person`).
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    let canonical = match host {
        "wikidata.org" | "m.wikidata.org" => {
            let name = path
                .strip_prefix("wiki/")
                .or_else(|| path.strip_prefix("entity/"))?;
            let name = name.strip_prefix("Special:EntityData/").unwrap_or(name);
            let name = name.split('.').next().unwrap_or(name);
            return of_value("wikidata", name);
        }
        "isni.org" | "isni-url.oclc.nl" => {
            let name = path
                .strip_prefix("isni/")
                .or_else(|| path.strip_prefix("page/"))
                .unwrap_or(path);
            return of_value("isni", &percent_spaces(name));
        }
        "orcid.org" => return of_value("orcid", path),
        "viaf.org" => {
            let name = path.strip_prefix("viaf/")?;
            return of_value("viaf", name.split('/').next().unwrap_or(name));
        }
        "idref.fr" => {
            let name = path.strip_suffix("/id").unwrap_or(path);
            let name = name.strip_suffix(".rdf").unwrap_or(name);
            return of_value("idref", name);
        }
        "data.bnf.fr" | "catalogue.bnf.fr" | "ark.bnf.fr" => {
            let at = path.find("ark:/12148/")?;
            return of_value("bnf", path.get(at..)?);
        }
        "kg.artsdata.ca" => {
            let name = path.strip_prefix("resource/")?;
            is_artsdata(name).then(|| format!("http://kg.artsdata.ca/resource/{name}"))?
        }
        "musicbrainz.org" => {
            let (kind, id) = path.split_once('/')?;
            let id = id.split('/').next()?.to_ascii_lowercase();
            let known = matches!(
                kind,
                "artist" | "work" | "place" | "event" | "series" | "recording" | "release-group"
            );
            (known && is_uuid(&id)).then(|| format!("https://musicbrainz.org/{kind}/{id}"))?
        }
        "lesarchivesduspectacle.net" => {
            format!("https://lesarchivesduspectacle.net/{}", some(path)?)
        }
        _ => return None,
    };
    Some(External::Is(canonical))
}

/// The canonical IRI of an identifier given as a scheme and a value, as in a
/// `schema:PropertyValue`. `None` when the scheme has no IRI form here or the value does not fit.
pub fn of_value(scheme: &str, value: &str) -> Option<External> {
    let value = value.trim();
    if value.starts_with("http://") || value.starts_with("https://") {
        return of_iri(value);
    }
    let compact = compact(value);
    let canonical = match scheme_name(scheme)? {
        "wikidata" => {
            let name = value.to_ascii_uppercase();
            let number = name.strip_prefix('Q')?;
            is_number(number).then(|| format!("http://www.wikidata.org/entity/{name}"))?
        }
        "isni" => {
            let compact = compact.to_ascii_uppercase();
            let digits = compact.strip_prefix("ISNI").unwrap_or(&compact);
            let digits = digits.trim_start_matches(':');
            if !is_sixteen(digits) {
                return Some(External::Mistyped);
            }
            if !iso_7064_is_right(digits) {
                return Some(External::Mistyped);
            }
            format!("https://isni.org/isni/{digits}")
        }
        "orcid" => {
            let digits = compact.to_ascii_uppercase();
            if !is_sixteen(&digits) || !iso_7064_is_right(&digits) {
                return Some(External::Mistyped);
            }
            let groups: Vec<&str> = (0..4)
                .filter_map(|group| digits.get(group * 4..group * 4 + 4))
                .collect();
            format!("https://orcid.org/{}", groups.join("-"))
        }
        "viaf" => is_number(value).then(|| format!("http://viaf.org/viaf/{value}"))?,
        "idref" => {
            let ppn = compact.to_ascii_uppercase();
            let body = ppn.strip_suffix('X').unwrap_or(&ppn);
            let fits = is_number(body) && (8..=10).contains(&ppn.len());
            fits.then(|| format!("http://www.idref.fr/{ppn}/id"))?
        }
        "bnf" => {
            let name = value
                .find("ark:/12148/")
                .and_then(|at| value.get(at + "ark:/12148/".len()..))
                .unwrap_or(value);
            let name = name.split(['/', '#', '?']).next().unwrap_or(name);
            let fits = name.starts_with("cb")
                && name.len() > 4
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            fits.then(|| format!("http://data.bnf.fr/ark:/12148/{name}"))?
        }
        "artsdata" => {
            is_artsdata(value).then(|| format!("http://kg.artsdata.ca/resource/{value}"))?
        }
        _ => return None,
    };
    Some(External::Is(canonical))
}

/// The scheme by which an IRI, in its canonical form, identifies across sources. One that was
/// mistyped, as its check character says, does not.
pub fn scheme_of(iri: &str) -> Option<&'static str> {
    SCHEMES
        .iter()
        .find(|(_, begin)| iri.len() > begin.len() && iri.starts_with(begin))
        .map(|(name, _)| *name)
        .filter(|_| is_well_typed(iri))
}

/// One way to read a text as an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// An IRI of a scheme, canonical.
    Iri { scheme: &'static str, iri: String },
    /// A value of a scheme without IRIs, or of one of several that look alike.
    Value {
        schemes: &'static [&'static str],
        value: String,
    },
    /// Of this scheme, but its check character is wrong.
    Mistyped { scheme: &'static str },
}

impl Reading {
    /// The name of the scheme; the first one where several look alike.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Iri { scheme, .. } | Self::Mistyped { scheme } => scheme,
            Self::Value { schemes, .. } => schemes.first().copied().unwrap_or_default(),
        }
    }
}

/// All the ways to read a text as an external identifier, the likeliest first: an IRI in any of its
/// usual forms, `scheme:value`, or a value that looks like those of a scheme. Empty when it looks
/// like nothing that is known here.
pub fn readings(text: &str) -> Vec<Reading> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return Vec::new();
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return of_iri(text)
            .and_then(|external| {
                let host = text.split('/').nth(2).unwrap_or_default();
                let host = host.strip_prefix("www.").unwrap_or(host);
                read(external, scheme_of_host(host).unwrap_or_default())
            })
            .into_iter()
            .collect();
    }
    if let Some(reading) = with_scheme(text) {
        return vec![reading];
    }
    bare(text)
}

fn read(external: External, scheme: &'static str) -> Option<Reading> {
    match external {
        External::Is(iri) => scheme_of(&iri).map(|scheme| Reading::Iri { scheme, iri }),
        External::Mistyped => Some(Reading::Mistyped { scheme }),
    }
}

/// The schemes with check characters, by host.
fn scheme_of_host(host: &str) -> Option<&'static str> {
    match host {
        "isni.org" | "isni-url.oclc.nl" => Some("isni"),
        "orcid.org" => Some("orcid"),
        _ => None,
    }
}

/// `isni:0000 0001 2103 2683`, `ISNI 0000 …`, `siret:…`, `ark:/12148/cb…`.
fn with_scheme(text: &str) -> Option<Reading> {
    let end = text.find([':', ' ', '\u{a0}'])?;
    let (name, rest) = text.split_at(end);
    let value = rest.trim_start_matches([':', ' ', '\u{a0}']).trim();
    let name = match name.to_ascii_lowercase() {
        name if name == "wd" => "wikidata".to_owned(),
        name => name,
    };
    if value.is_empty() {
        return None;
    }
    // `schemes` below is a slice of the table, so that no list is made for each.
    if let Some(place) = VALUE_SCHEMES.iter().position(|scheme| *scheme == name) {
        let schemes = VALUE_SCHEMES.get(place..=place)?;
        let expected = match name.as_str() {
            "siret" => Some(14),
            "siren" => Some(9),
            _ => None,
        };
        let value = match expected {
            Some(_) => compact(value),
            None => value.to_owned(),
        };
        let is_wrong = expected.is_some_and(|length| check_siret(&value, length) != Siret::Right);
        return Some(if is_wrong {
            Reading::Mistyped {
                scheme: schemes.first()?,
            }
        } else {
            Reading::Value { schemes, value }
        });
    }
    if name == "ark" {
        // Another authority's ARK is none of these.
        return (value.starts_with("/12148/") || value.starts_with("12148/"))
            .then(|| of_value("bnf", &format!("ark:/{}", value.trim_start_matches('/'))))
            .flatten()
            .and_then(|external| read(external, "bnf"));
    }
    if name == "musicbrainz" {
        return of_iri(&format!("https://musicbrainz.org/{value}"))
            .and_then(|external| read(external, "musicbrainz"));
    }
    let (scheme, _) = SCHEMES.iter().find(|(scheme, _)| *scheme == name)?;
    read(of_value(scheme, value)?, scheme)
}

/// A value alone, by what it looks like.
fn bare(text: &str) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut value_of = |scheme: &'static str, value: &str| {
        readings.extend(of_value(scheme, value).and_then(|external| read(external, scheme)));
    };
    let digits = compact(text).to_ascii_uppercase();
    let looks_grouped = text.bytes().filter(|byte| *byte == b'-').count() == 3;
    if text.starts_with(['Q', 'q']) {
        value_of("wikidata", text);
    } else if text.starts_with('K') {
        value_of("artsdata", text);
    } else if text.starts_with("cb") {
        value_of("bnf", text);
    } else if is_sixteen(&digits) {
        // An ORCID iD is an ISNI of a block of its own; written in four groups it is meant so.
        let order = match looks_grouped {
            true => ["orcid", "isni"],
            false => ["isni", "orcid"],
        };
        // Sixteen digits with a wrong check digit may be anything.
        if iso_7064_is_right(&digits) {
            for scheme in order {
                value_of(scheme, &digits);
            }
        } else if looks_grouped {
            return vec![Reading::Mistyped { scheme: "orcid" }];
        }
    } else if (8..=10).contains(&digits.len()) && digits == text.to_ascii_uppercase() {
        value_of("idref", text);
    }
    let mut look_alike = |schemes: &'static [&'static str], value: String| {
        readings.push(Reading::Value { schemes, value });
    };
    if check_siret(&digits, 14) == Siret::Right {
        look_alike(&["siret"], digits);
    } else if check_siret(&digits, 9) == Siret::Right {
        look_alike(&["siren"], digits);
    } else if digits.len() == 10 && digits.strip_prefix('W').is_some_and(is_number) {
        look_alike(&["rna"], digits);
    } else if text.starts_with("PLATESV") || is_old_licence(text) {
        look_alike(LICENCES, text.to_owned());
    }
    readings
}

const LICENCES: &[&str] = &[
    "licence-spectacle-1",
    "licence-spectacle-2",
    "licence-spectacle-3",
];

/// `1-1234567`.
fn is_old_licence(text: &str) -> bool {
    text.split_once('-').is_some_and(|(category, number)| {
        matches!(category, "1" | "2" | "3") && number.len() >= 6 && is_number(number)
    })
}

fn compact(value: &str) -> String {
    value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'))
        .collect()
}

/// Whether an IRI that reads like an external identifier of a scheme with a check character has
/// the right one; `true` for all other IRIs.
pub fn is_well_typed(iri: &str) -> bool {
    of_iri(iri) != Some(External::Mistyped)
}

/// The short name of a scheme that senders name in `propertyID`, by name or by IRI.
fn scheme_name(text: &str) -> Option<&'static str> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let name = text.rsplit(['/', '#', ':']).next().unwrap_or(&text);
    Some(match (name, text.as_str()) {
        ("isni" | "p213", _) => "isni",
        ("viaf" | "p214", _) => "viaf",
        ("idref" | "p269", _) => "idref",
        ("bnf" | "ark" | "ark-bnf" | "bnf-ark" | "p268", _) => "bnf",
        ("wikidata" | "qid", _) => "wikidata",
        ("orcid" | "p496", _) => "orcid",
        ("artsdata" | "p7627", _) => "artsdata",
        (_, text) if text.contains("isni.org") => "isni",
        (_, text) if text.contains("wikidata.org") && !text.contains("/p") => "wikidata",
        (_, text) if text.contains("viaf.org") => "viaf",
        (_, text) if text.contains("idref.fr") => "idref",
        (_, text) if text.contains("orcid.org") => "orcid",
        _ => return None,
    })
}

/// What is wrong with a French business number, if something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Siret {
    Right,
    /// Not fourteen (SIRET) or nine (SIREN) digits.
    Length,
    /// The check digit does not fit.
    Check,
}

/// Checks a SIRET (14 digits) or SIREN (9).
pub fn check_siret(value: &str, length: usize) -> Siret {
    if value.len() != length || !is_number(value) {
        return Siret::Length;
    }
    let digits = || value.bytes().map(|byte| u32::from(byte - b'0'));
    // The establishments of La Poste ran out of numbers: theirs sum to a multiple of five.
    if length == 14 && value.starts_with("356000000") && digits().sum::<u32>() % 5 == 0 {
        return Siret::Right;
    }
    let sum: u32 = digits()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit @ 5..) => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    if sum.is_multiple_of(10) {
        Siret::Right
    } else {
        Siret::Check
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_sixteen(text: &str) -> bool {
    text.len() == 16
        && text
            .bytes()
            .enumerate()
            .all(|(place, byte)| byte.is_ascii_digit() || (place == 15 && byte == b'X'))
}

/// ISO 7064 MOD 11-2, the check character of ISNI and ORCID.
fn iso_7064_is_right(text: &str) -> bool {
    let Some((body, check)) = text.split_at_checked(15) else {
        return false;
    };
    let total = body.bytes().fold(0_u32, |total, byte| {
        (total + u32::from(byte.saturating_sub(b'0'))) * 2 % 11
    });
    let expected = match (12 - total % 11) % 11 {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    check == expected
}

/// `K` and two numbers, as in `K12-345`.
fn is_artsdata(name: &str) -> bool {
    name.strip_prefix('K')
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(class, number)| is_number(class) && is_number(number))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn percent_spaces(text: &str) -> String {
    text.replace("%20", "").replace('+', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iris_become_canonical_whatever_their_form() {
        for (iri, canonical) in [
            (
                "https://www.wikidata.org/wiki/Q535",
                "http://www.wikidata.org/entity/Q535",
            ),
            (
                "http://wikidata.org/entity/Q535#x",
                "http://www.wikidata.org/entity/Q535",
            ),
            (
                "http://isni.org/isni/0000000121032683",
                "https://isni.org/isni/0000000121032683",
            ),
            (
                "https://www.isni.org/0000%200001%202103%202683",
                "https://isni.org/isni/0000000121032683",
            ),
            (
                "https://viaf.org/viaf/9847974/#Hugo",
                "http://viaf.org/viaf/9847974",
            ),
            (
                "https://www.idref.fr/026927608",
                "http://www.idref.fr/026927608/id",
            ),
            (
                "http://www.idref.fr/02686018X/id",
                "http://www.idref.fr/02686018X/id",
            ),
            (
                "https://data.bnf.fr/ark:/12148/cb11907966z#about",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "https://data.bnf.fr/fr/11907966/ark:/12148/cb11907966z",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "https://catalogue.bnf.fr/ark:/12148/cb11907966z",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "http://orcid.org/0000-0002-1825-0097",
                "https://orcid.org/0000-0002-1825-0097",
            ),
            (
                "http://musicbrainz.org/artist/24F1766E-9635-4D58-A4D4-9413F9F98A4C/works",
                "https://musicbrainz.org/artist/24f1766e-9635-4d58-a4d4-9413f9f98a4c",
            ),
            (
                "https://kg.artsdata.ca/resource/K11-139",
                "http://kg.artsdata.ca/resource/K11-139",
            ),
            (
                "http://www.lesarchivesduspectacle.net/p/123",
                "https://lesarchivesduspectacle.net/p/123",
            ),
        ] {
            assert_eq!(
                of_iri(iri),
                Some(External::Is(canonical.to_owned())),
                "{iri}"
            );
            assert_eq!(
                of_iri(canonical),
                Some(External::Is(canonical.to_owned())),
                "{iri}"
            );
        }
    }

    #[test]
    fn other_iris_are_left_alone() {
        for iri in [
            "https://www.instagram.com/theatre",
            "https://www.wikidata.org/wiki/Property:P31",
            "http://kg.artsdata.ca/resource/ArtsdataGenres",
            "https://fr.wikipedia.org/wiki/Moli%C3%A8re",
            "https://viaf.org/",
            "mailto:a@b.example",
            "https://data.bnf.fr/",
        ] {
            assert_eq!(of_iri(iri), None, "{iri}");
        }
    }

    #[test]
    fn a_wrong_check_character_is_noticed() {
        for iri in [
            "https://isni.org/isni/0000000121032684",
            "https://orcid.org/0000-0002-1825-0098",
            "https://isni.org/isni/123",
        ] {
            assert_eq!(of_iri(iri), Some(External::Mistyped), "{iri}");
            assert!(!is_well_typed(iri));
        }
        assert!(is_well_typed("https://orcid.org/0000-0002-1694-233X"));
    }

    #[test]
    fn values_with_a_scheme_become_iris() {
        for (scheme, value, canonical) in [
            (
                "ISNI",
                "0000 0001 2103 2683",
                "https://isni.org/isni/0000000121032683",
            ),
            (
                "https://isni.org/",
                "ISNI 0000000121032683",
                "https://isni.org/isni/0000000121032683",
            ),
            ("wikidata", "q535", "http://www.wikidata.org/entity/Q535"),
            ("VIAF", "9847974", "http://viaf.org/viaf/9847974"),
            ("idref", "026927608", "http://www.idref.fr/026927608/id"),
            (
                "bnf",
                "ark:/12148/cb11907966z",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "orcid",
                "0000000218250097",
                "https://orcid.org/0000-0002-1825-0097",
            ),
            (
                "isni",
                "http://www.isni.org/isni/0000000121032683",
                "https://isni.org/isni/0000000121032683",
            ),
        ] {
            assert_eq!(
                of_value(scheme, value),
                Some(External::Is(canonical.to_owned())),
                "{scheme} {value}"
            );
        }
        assert_eq!(of_value("siret", "73282932000074"), None);
        assert_eq!(of_value("idref", "bonjour"), None);
    }

    #[test]
    fn luhn_is_checked_and_la_poste_excepted() {
        assert_eq!(check_siret("73282932000074", 14), Siret::Right);
        assert_eq!(check_siret("73282932000075", 14), Siret::Check);
        assert_eq!(check_siret("732829320", 9), Siret::Right);
        assert_eq!(check_siret("35600000049837", 14), Siret::Right);
        assert_eq!(check_siret("35600000049838", 14), Siret::Check);
        assert_eq!(check_siret("7328293200007", 14), Siret::Length);
        assert_eq!(check_siret("7328293200007é", 14), Siret::Length);
    }

    #[test]
    fn people_write_identifiers_in_many_ways() {
        let iri = |scheme: &'static str, iri: &str| Reading::Iri {
            scheme,
            iri: iri.to_owned(),
        };
        let victor_hugo = iri("isni", "https://isni.org/isni/0000000121032683");
        for text in [
            "https://isni.org/isni/0000000121032683",
            "http://www.isni.org/0000000121032683",
            "isni:0000 0001 2103 2683",
            "ISNI 0000 0001 2103 2683",
            "0000000121032683",
            " 0000 0001 2103 2683 ",
        ] {
            assert_eq!(readings(text).first(), Some(&victor_hugo), "{text}");
        }
        for (text, scheme, canonical) in [
            ("Q535", "wikidata", "http://www.wikidata.org/entity/Q535"),
            ("wd:Q535", "wikidata", "http://www.wikidata.org/entity/Q535"),
            (
                "https://www.wikidata.org/wiki/Q535",
                "wikidata",
                "http://www.wikidata.org/entity/Q535",
            ),
            (
                "0000-0002-1825-0097",
                "orcid",
                "https://orcid.org/0000-0002-1825-0097",
            ),
            ("viaf:9847974", "viaf", "http://viaf.org/viaf/9847974"),
            ("02686018X", "idref", "http://www.idref.fr/02686018X/id"),
            (
                "ark:/12148/cb11907966z",
                "bnf",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "cb11907966z",
                "bnf",
                "http://data.bnf.fr/ark:/12148/cb11907966z",
            ),
            (
                "K11-139",
                "artsdata",
                "http://kg.artsdata.ca/resource/K11-139",
            ),
            (
                "http://musicbrainz.org/artist/24F1766E-9635-4D58-A4D4-9413F9F98A4C/works",
                "musicbrainz",
                "https://musicbrainz.org/artist/24f1766e-9635-4d58-a4d4-9413f9f98a4c",
            ),
            (
                "http://www.lesarchivesduspectacle.net/p/123",
                "archives-du-spectacle",
                "https://lesarchivesduspectacle.net/p/123",
            ),
        ] {
            assert_eq!(
                readings(text).first(),
                Some(&iri(scheme, canonical)),
                "{text}"
            );
        }
        for (text, scheme, value) in [
            ("siret:732 829 320 00074", "siret", "73282932000074"),
            ("73282932000074", "siret", "73282932000074"),
            ("732 829 320 00074", "siret", "73282932000074"),
            ("SIREN 732829320", "siren", "732829320"),
            ("W751234567", "rna", "W751234567"),
            (
                "PLATESV-R-2020-001234",
                "licence-spectacle-1",
                "PLATESV-R-2020-001234",
            ),
            ("1-1234567", "licence-spectacle-1", "1-1234567"),
            (
                "archives-du-spectacle:9990035",
                "archives-du-spectacle",
                "9990035",
            ),
        ] {
            let found = readings(text);
            let is_there = found.iter().any(|reading| {
                matches!(reading, Reading::Value { schemes, value: read } if schemes.first() == Some(&scheme) && read == value)
            });
            assert!(is_there, "{text}: {found:?}");
        }
        for (text, scheme) in [
            ("siret:73282932000075", "siret"),
            ("https://orcid.org/0000-0002-1825-0098", "orcid"),
            ("0000-0002-1825-0098", "orcid"),
            ("isni:123", "isni"),
        ] {
            assert_eq!(readings(text), [Reading::Mistyped { scheme }], "{text}");
        }
        for text in [
            "",
            ":",
            "siret:",
            "http://",
            "Théâtre du Confluent",
            "ark:/99999/x",
            "https://theatre.example/1",
            "73282932000075",
        ] {
            assert_eq!(readings(text), [], "{text}");
        }
        assert_eq!(readings(&"9".repeat(LONGEST + 1)), []);
    }

    #[test]
    fn every_canonical_iri_is_of_its_scheme() {
        for (name, begin) in SCHEMES {
            assert_eq!(scheme_of(begin), None, "{name} without an identifier");
        }
        assert_eq!(
            scheme_of("https://isni.org/isni/0000000121032683"),
            Some("isni")
        );
        assert_eq!(scheme_of("https://isni.org/isni/0000000121032684"), None);
        assert_eq!(scheme_of("https://www.instagram.com/theatre"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,60}|(siret|isni|ark|wd|Q|K|cb|W)[: ]?\\PC{0,20}") {
            for reading in readings(&text) {
                if let Reading::Iri { scheme, iri } = reading {
                    proptest::prop_assert_eq!(scheme_of(&iri), Some(scheme));
                }
            }
        }

        #[test]
        fn canonical_forms_are_fixed_points(text in "\\PC{0,40}|https?://(www\\.)?(isni|orcid|viaf|wikidata|idref|musicbrainz)\\.(org|fr)/[a-zQ0-9/ #-]{0,40}") {
            for external in [of_iri(&text), of_value("isni", &text), of_value("bnf", &text), of_value("orcid", &text)] {
                if let Some(External::Is(iri)) = external {
                    proptest::prop_assert_eq!(of_iri(&iri), Some(External::Is(iri)));
                }
            }
        }
    }
}
