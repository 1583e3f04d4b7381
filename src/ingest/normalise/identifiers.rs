//! External identifiers in the one form under which they are compared.

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
    let compact: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'))
        .collect();
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
pub(super) enum Siret {
    Right,
    /// Not fourteen (SIRET) or nine (SIREN) digits.
    Length,
    /// The check digit does not fit.
    Check,
}

/// Checks a SIRET (14 digits) or SIREN (9).
pub(super) fn check_siret(value: &str, length: usize) -> Siret {
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

    proptest::proptest! {
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
