//! Taking what is new of the log that is copied.

use crate::app::App;
use crate::app::head::Signed;
use crate::app::replica::assemble::{Incoming, assemble, is_of};
use crate::app::replica::fetch::Source;
use crate::app::replica::{CopyError, Copying};
use crate::changes::log::Head;
use crate::model::Generation;
use crate::store::Taken;
use std::collections::BTreeSet;
use std::time::Duration;

/// After so many answers in a row that do not verify, nothing is served any more: one may have been
/// caught between two changes.
const MOST_FAULTS: u32 = 3;
/// The first pause after a failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is in step; ask again after a while.
    InStep,
    /// Another state waits for the folder to be opened again.
    Reopen,
}

/// Follows the server that an app is a copy of.
pub struct Follower<'a> {
    app: &'a App,
    source: Source,
    /// The tag of the head that it is at.
    known: Option<String>,
    faults: u32,
    failures: u32,
}

impl<'a> Follower<'a> {
    pub fn new(app: &'a App, source: Source) -> Self {
        Self {
            app,
            source,
            known: None,
            faults: 0,
            failures: 0,
        }
    }

    fn copying(&self) -> &'a Copying {
        &self.app.copying
    }

    /// Takes what is new. Gives how long to wait before the next step, and what it came to.
    pub fn step(&mut self, interval: Duration) -> (Duration, Step) {
        match self.try_step() {
            Ok(step) => {
                if self.copying().refusal().is_some() {
                    tracing::info!("what the server publishes verifies again");
                }
                (self.faults, self.failures) = (0, 0);
                if step == Step::Reopen {
                    self.copying().reopen();
                    return (interval, step);
                }
                self.copying().refuse(None);
                self.copying().tell(None);
                (interval, step)
            }
            Err(error) => {
                let text = error.to_string();
                tracing::warn!(error = text, "the copy is not brought up to date");
                if matches!(error, CopyError::Unverified(_)) {
                    self.faults += 1;
                    if self.faults >= MOST_FAULTS {
                        self.copying().refuse(Some(text.clone()));
                    }
                }
                self.copying().tell(Some(text));
                self.known = None;
                let pause = FIRST_PAUSE * 2_u32.saturating_pow(self.failures.min(8));
                self.failures += 1;
                let most = interval.max(FIRST_PAUSE);
                (pause.min(most), Step::InStep)
            }
        }
    }

    fn try_step(&mut self) -> Result<Step, CopyError> {
        let Some((signed, tag)) = self.source.head(self.known.as_deref())? else {
            return Ok(Step::InStep);
        };
        let step = self.take(&signed)?;
        self.known = (step == Step::InStep && !tag.is_empty()).then_some(tag);
        Ok(step)
    }

    fn take(&self, signed: &Signed) -> Result<Step, CopyError> {
        let (store, head) = (&self.app.store, &signed.head);
        if head.base != store.base().as_str() {
            return Err(CopyError::Unverified(format!(
                "it publishes `{}`, and this is a copy of `{}`",
                head.base,
                store.base()
            )));
        }
        let at = store.chain();
        if head.generation < at.generation && self.is_older(head)? {
            // Another copy behind the same address, which is not as far yet.
            return Ok(Step::InStep);
        }
        let is_at_head = head.generation == at.generation;
        let goes_on = is_of(store, head)
            && (!is_at_head || (head.header_sha256 == at.header_sha256 && head.log == at.identity));
        if !goes_on {
            tracing::warn!(
                log = head.log,
                generation = %head.generation,
                "the server's log goes on from another past; the copy starts again"
            );
            let why = "the server's log goes on from another past; the copy starts again";
            self.copying().refuse(Some(why.to_owned()));
            return self.start_again(signed, false);
        }
        let known = store.redactions();
        if head.redactions.iter().any(|it| !known.contains(&it.sha256)) {
            tracing::info!("a redaction is applied");
            return self.start_again(signed, true);
        }
        let begins: BTreeSet<Generation> = head.begins().collect();
        let incoming = Incoming::open(store.folder(), &self.source)?;
        let tell = |text: String| tracing::debug!(text, "the copy");
        let mut chain = at;
        while chain.generation < head.generation {
            let notices = store.redaction_notices();
            let spooled = incoming.next(head, &mut chain, notices, &tell)?;
            for (path, records) in &spooled {
                if store.take(path, records, &begins)? == Taken::NewIdentity {
                    return Ok(Step::Reopen);
                }
            }
            incoming.done(&spooled);
        }
        self.app
            .heads
            .show(signed.clone())
            .map_err(|error| CopyError::io(store.folder(), error))?;
        Ok(Step::InStep)
    }

    /// Whether a head is one that this copy was at before.
    fn is_older(&self, head: &Head) -> Result<bool, CopyError> {
        let store = &self.app.store;
        if head.log != store.identity() || head.generation <= store.origin() {
            return Ok(false);
        }
        Ok(store.header_of(head.generation)?.1 == head.header_sha256)
    }

    /// Makes the log anew aside; what the store has of it is used where it can be.
    fn start_again(&self, signed: &Signed, with_known: bool) -> Result<Step, CopyError> {
        let store = &self.app.store;
        let tell = |text: String| tracing::info!("{text}");
        let known = with_known.then_some(store);
        assemble(store.folder(), known, &self.source, signed, &tell)?;
        Ok(Step::Reopen)
    }
}
