//! What users are promised, tested from outside, by capability.

mod demo;
mod door;
mod log;
mod properties;
mod real_data;
mod support;
