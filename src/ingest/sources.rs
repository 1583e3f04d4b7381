//! Adding a source: a logged change like all others.

use crate::model::{Activity, Generation, Source, time};
use crate::store::{Store, StoreError, registry_of_source};
use jiff::Timestamp;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(
        "the source `{0}` is there already, with other settings; they cannot be changed in this version"
    )]
    Exists(String),
    #[error("`system` is the program's own source; choose another name")]
    System,
    #[error(
        "`{0}` is no time zone of the IANA list; write for example `Europe/Paris` or `Indian/Reunion`"
    )]
    UnknownZone(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a source. Adding the same one again changes nothing and gives `None`.
///
/// # Errors
/// When its name is taken by a source with other settings, or a setting makes no sense.
pub fn add(
    store: &Store,
    source: &Source,
    now: Timestamp,
) -> Result<Option<Generation>, SourceError> {
    if source.name.is_system() {
        return Err(SourceError::System);
    }
    if jiff::tz::TimeZone::get(&source.zone).is_err() {
        return Err(SourceError::UnknownZone(source.zone.clone()));
    }
    let mut write = store.write()?;
    match write.before().source(&source.name)? {
        Some(known) if known == *source => return Ok(None),
        Some(_) => return Err(SourceError::Exists(source.name.to_string())),
        None => {}
    }
    for quad in registry_of_source(store.base(), source) {
        write.insert(quad)?;
    }
    Ok(Some(write.commit(
        &time::utc(now),
        &source.name,
        Activity::Source,
    )?))
}
