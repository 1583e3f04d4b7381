//! What users are promised, tested from outside, by capability.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bad_input;
mod demo;
mod door;
mod door_hazards;
mod log;
mod properties;
mod real_data;
mod support;
