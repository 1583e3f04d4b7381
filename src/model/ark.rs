//! ARKs: names of entities in the form that heritage institutions use (the ARK identifier scheme,
//! draft-kunze-ark).

use crate::model::Noid;
use std::fmt;
use std::str::FromStr;

/// The number of an institution that names things, given out by the ARK Alliance: five digits, or
/// other characters of the alphabet of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naan(String);

/// Why a text is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a NAAN is five or more digits or consonants, for example `12345`")]
pub struct NaanError;

impl FromStr for Naan {
    type Err = NaanError;

    fn from_str(text: &str) -> Result<Self, NaanError> {
        let is_allowed = |byte: u8| crate::model::noid::ALPHABET.contains(&byte);
        let is_naan = (5..=16).contains(&text.len()) && text.bytes().all(is_allowed);
        is_naan.then(|| Self(text.to_owned())).ok_or(NaanError)
    }
}

impl fmt::Display for Naan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Naan {
    /// The ARK of an entity: what follows `{base}/`.
    pub fn ark(&self, noid: &Noid) -> String {
        format!("ark:/{self}/{noid}")
    }

    /// Whether a number in an address is this one. Hyphens mean nothing in an ARK.
    pub fn is(&self, text: &str) -> bool {
        text.replace('-', "").eq_ignore_ascii_case(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_and_compared_without_hyphens() {
        let naan: Naan = "12345".parse().expect("a number");
        assert!(naan.is("123-45"));
        assert!(!naan.is("12346"));
        for text in ["", "1234", "12 45", "12345/", "ark:/12345", "12é45"] {
            assert_eq!(text.parse::<Naan>(), Err(NaanError), "{text}");
        }
    }
}
