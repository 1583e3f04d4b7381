//! Bringing up to date which profiles entities meet, after a change of too many of them.

use crate::app::App;
use crate::ingest::conformance::{FollowError, follow};
use crate::model::{Generation, Progress};
use crate::store::StoreError;
use jiff::Timestamp;
use std::sync::Mutex;
use std::sync::PoisonError;

/// How far behind the profiles were when somebody last looked.
#[derive(Debug, Default)]
pub struct Profiles {
    behind: Mutex<Option<Generation>>,
}

impl Profiles {
    /// The generation of which the profiles are that entities are said to meet, without a look
    /// into the store: as it was when [`bring_up_to_date`] last looked, so perhaps a moment ago.
    pub fn generation(&self, latest: Generation) -> Generation {
        self.behind().unwrap_or(latest)
    }

    fn behind(&self) -> Option<Generation> {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, behind: Option<Generation>) {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = behind;
    }
}

/// Brings the profiles up to date if they are behind; gives the generation that did. What a page
/// says of them names the generation that [`crate::store::View::profiles_at`] gives.
///
/// # Errors
/// When the storage fails or it is asked to stop. What is not done stays marked.
pub fn bring_up_to_date(app: &App, progress: &Progress) -> Result<Option<Generation>, FollowError> {
    app.profiles.set(behind(app)?);
    let followed = follow(&app.store, &app.door, &Timestamp::now, progress)?;
    app.profiles.set(None);
    Ok(followed)
}

fn behind(app: &App) -> Result<Option<Generation>, StoreError> {
    app.store.snapshot()?.view().profiles_behind()
}
