//! Where a query is run, found without running it.

mod statistics;

pub use statistics::{Property, Statistics};

use crate::model::Text;
use crate::query::Prepared;
use serde::{Deserialize, Serialize};

/// Where a query runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In this process, within a small slice of time.
    Here,
    /// In a process of its own, which can be killed and whose memory is capped.
    Worker,
}

/// What is known of a query before it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub place: Place,
    /// Why it cannot run here; empty when it can.
    pub reasons: Vec<Text>,
}

/// Finds out where a query runs. What is not known to be cheap runs in a worker.
pub fn plan(_prepared: &Prepared, _statistics: Option<&Statistics>) -> Plan {
    Plan {
        place: Place::Worker,
        reasons: Vec::new(),
    }
}
