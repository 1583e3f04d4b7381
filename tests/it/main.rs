//! What users are promised, tested from outside, by capability.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bad_input;
mod binary;
mod crash;
mod demo;
mod door;
mod full_disk;
mod hostile_http;
mod log;
mod program;
mod properties;
mod real_data;
mod support;
