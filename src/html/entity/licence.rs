//! Which licences let others show what stands under them, and what they are called
//! (docs/decisions/0035-what-is-not-licensed-is-only-linked.md).

/// The beginnings of the addresses of open licences, without scheme and `www.`: those under which
/// anyone may show a copy. Licences that forbid commercial use or changes allow that too.
const OPEN: &[&str] = &[
    "creativecommons.org/publicdomain/",
    "creativecommons.org/licenses/",
    "etalab.gouv.fr/licence-ouverte",
    "etalab.gouv.fr/wp-content/",
    "data.gouv.fr/licences/",
    "github.com/etalab/licence-ouverte",
    "spdx.org/licenses/etalab-2.0",
    "spdx.org/licenses/CC",
    "opendatacommons.org/licenses/",
    "artlibre.org/licence/",
];

/// An address as people write it: without scheme, `www.` and the last slash.
fn short(iri: &str) -> &str {
    iri.trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.")
        .trim_end_matches('/')
}

/// Whether a licence lets anyone show a copy of what stands under it.
pub(super) fn is_open(iri: &str) -> bool {
    OPEN.iter().any(|open| short(iri).starts_with(open))
}

/// The usual short name of a licence, or its address without the scheme.
pub(crate) fn licence_name(iri: &str) -> String {
    let address = short(iri);
    if let Some(rest) = address.strip_prefix("creativecommons.org/publicdomain/zero/") {
        return format!("CC0 {rest}");
    }
    if address.starts_with("creativecommons.org/publicdomain/mark/") {
        return "Public Domain Mark".to_owned();
    }
    if let Some(rest) = address.strip_prefix("creativecommons.org/licenses/") {
        return format!("CC {}", rest.to_uppercase().replace('/', " "));
    }
    if address.contains("etalab") || address.contains("licence-ouverte") {
        return "Licence Ouverte / Open Licence".to_owned();
    }
    address.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_go_by_their_usual_names() {
        let name = licence_name("https://creativecommons.org/licenses/by-sa/4.0/");
        assert_eq!(name, "CC BY-SA 4.0");
        let name = licence_name("https://creativecommons.org/publicdomain/zero/1.0/");
        assert_eq!(name, "CC0 1.0");
    }

    #[test]
    fn only_known_licences_are_open() {
        assert!(is_open("http://creativecommons.org/licenses/by/4.0/"));
        assert!(is_open(
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
        ));
        assert!(!is_open(
            "https://example.org/creativecommons.org/licenses/by/4.0/"
        ));
        assert!(!is_open("tous droits réservés"));
    }
}
