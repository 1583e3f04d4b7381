//! How far a long submission is: the one who works writes, whoever waits reads.

use crate::model::Lang;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// The stages of a submission, in the order in which they run. Those from publishing to
/// registering come again when something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    Reading,
    Normalising,
    Identifying,
    Publishing,
    Validating,
    Registering,
    /// Its record is being written: whether it is accepted is known only after this.
    Logging,
    /// It is accepted, and on its way into the store.
    Storing,
    /// All is public; which profiles a very large change meets is found out afterwards.
    Judging,
    Done,
}

/// What is said of a stage.
struct Row {
    stage: Stage,
    /// As machines are told.
    name: &'static str,
    /// Its share in percent of the time of a large first load (`docs/performance.md`).
    share: f64,
    fr: &'static str,
    en: &'static str,
}

const fn row(
    stage: Stage,
    name: &'static str,
    share: f64,
    fr: &'static str,
    en: &'static str,
) -> Row {
    Row {
        stage,
        name,
        share,
        fr,
        en,
    }
}

static STAGES: [Row; 10] = [
    row(Stage::Reading, "reading", 4.0, "lecture", "reading"),
    row(
        Stage::Normalising,
        "normalising",
        9.0,
        "mise en forme",
        "normalising",
    ),
    row(
        Stage::Identifying,
        "identifying",
        12.0,
        "identification",
        "identifying",
    ),
    row(Stage::Publishing, "publishing", 15.0, "fusion", "fusing"),
    row(
        Stage::Validating,
        "validating",
        12.0,
        "validation",
        "validating",
    ),
    row(
        Stage::Registering,
        "registering",
        15.0,
        "inscription au registre",
        "registering",
    ),
    row(
        Stage::Logging,
        "logging",
        3.0,
        "écriture du journal",
        "writing the log",
    ),
    row(
        Stage::Storing,
        "storing",
        20.0,
        "mise en ligne",
        "making it public",
    ),
    row(
        Stage::Judging,
        "judging",
        10.0,
        "examen des profils",
        "judging by the profiles",
    ),
    row(Stage::Done, "done", 0.0, "terminé", "done"),
];

impl Stage {
    fn row(self) -> &'static Row {
        STAGES
            .iter()
            .find(|row| row.stage == self)
            .unwrap_or(&STAGES[0])
    }

    /// The stable name, for machines.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub fn label(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => self.row().fr,
            Lang::En => self.row().en,
        }
    }

    /// Whether an interruption in this stage leaves no trace.
    pub fn is_before_the_log(self) -> bool {
        self < Stage::Logging
    }
}

/// How far a submission is; cheap to write, and read from any thread.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    triples: AtomicU64,
    is_stopped: AtomicBool,
}

impl Progress {
    /// A stage begins, of so many steps.
    pub fn begin(&self, stage: Stage, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total as u64, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Release);
    }

    /// So many further steps of the stage are done.
    pub fn advance(&self, steps: usize) {
        self.done.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// How many triples were read; 0 before they are.
    pub fn triples(&self) -> u64 {
        self.triples.load(Ordering::Relaxed)
    }

    pub fn set_triples(&self, triples: usize) {
        self.triples.store(triples as u64, Ordering::Relaxed);
    }

    /// Asks for it to stop. It does at its next step, if its record is not yet being written.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    pub fn stage(&self) -> Stage {
        STAGES
            .get(usize::from(self.stage.load(Ordering::Acquire)))
            .map_or(Stage::Done, |row| row.stage)
    }

    /// Steps done and all steps of the stage; what a step is differs from stage to stage, and 0
    /// steps in all means that it is not known.
    pub fn steps(&self) -> (u64, u64) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed).min(total), total)
    }

    /// The share of the whole that is done, from 0 to 1: an estimate, from what the stages of a
    /// first load were measured to take.
    pub fn estimate(&self) -> f64 {
        let stage = self.stage();
        let before: f64 = STAGES
            .iter()
            .filter(|row| row.stage < stage)
            .map(|row| row.share)
            .sum();
        let (done, total) = self.steps();
        let within = if total == 0 {
            0.0
        } else {
            done as f64 / total as f64
        };
        (before + stage.row().share * within) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_grows_from_nothing_to_all_stage_by_stage() {
        let progress = Progress::default();
        let mut last = progress.estimate();
        assert_eq!(last, 0.0);
        for (index, row) in STAGES.iter().enumerate() {
            assert_eq!(row.stage as usize, index, "the table is in order");
            progress.begin(row.stage, 2);
            assert_eq!(progress.stage(), row.stage);
            assert!(progress.estimate() >= last);
            progress.advance(2);
            assert!(progress.estimate() >= last);
            last = progress.estimate();
        }
        assert!((last - 1.0).abs() < 1e-9, "the shares are of one whole");
    }
}
