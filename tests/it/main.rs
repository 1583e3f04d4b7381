//! What users are promised, tested from outside, by capability.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod architecture;
mod backup;
mod bad_input;
mod binary;
mod cases;
mod commands;
mod crash;
mod demo;
mod docs;
mod door;
mod door_hazards;
mod embargo;
mod full_disk;
mod hands;
mod hostile_bytes;
mod hostile_http;
mod http_data;
mod http_entities;
mod http_pages;
mod http_sparql;
mod importers;
mod kills;
mod log;
mod modes;
mod program;
mod properties;
mod real_data;
mod redact;
mod site;
mod support;
mod together;
mod vocabulary;
