//! What users are promised, tested from outside, by capability.

mod door;
mod log;
mod support;
