//! Affiche: a linked-data publishing server for the performing arts.
//!
//! Start with `docs/architecture.md`; the dependency direction between these modules is drawn
//! there and held by a test.

pub mod app;
pub mod changes;
pub mod cli;
pub mod commands;
pub mod config;
pub mod html;
pub mod http;
pub mod i18n;
pub mod ingest;
pub mod metrics;
pub mod model;
pub mod publish;
pub mod query;
pub mod rdf;
pub mod search;
pub mod shapes;
pub mod store;
