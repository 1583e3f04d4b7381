//! Names of entities in addresses.

use crate::http::problem::{MISTYPED, NOT_FOUND, Problem};
use crate::model::Noid;
use crate::model::noid::NoidError;

pub(super) use crate::model::spelling::{Name, read};

/// A name in its one spelling, for addresses that have no other.
///
/// # Errors
/// 404, which tells a mistyped name apart.
pub(in crate::http) fn parse(text: &str) -> Result<Noid, Problem> {
    Noid::parse(text).map_err(|error| match error {
        NoidError::CheckCharacter => Problem::new(&MISTYPED),
        NoidError::Length | NoidError::Alphabet => Problem::new(&NOT_FOUND),
    })
}
