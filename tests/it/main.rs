//! What users are promised, tested from outside, by capability.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod architecture;
mod bad_input;
mod demo;
mod docs;
mod door;
mod log;
mod properties;
mod real_data;
mod support;
