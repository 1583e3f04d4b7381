//! `affiche worker`, which only the program itself runs: one job, in a process that can be
//! killed.

use super::Ending;
use crate::app::queries;
use crate::app::validation::job;
use crate::app::worker::{Job, serve};
use anyhow::Context as _;

/// What workers do.
static JOBS: &[Job] = &[job::JOB, queries::JOB];

pub fn run() -> anyhow::Result<Ending> {
    serve(JOBS).context("this command is for the program itself, which starts it for jobs")?;
    Ok(Ending::Done)
}
