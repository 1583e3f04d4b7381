//! Affiche: a linked-data publishing server for the performing arts.
//!
//! Start with `docs/architecture.md`; the dependency direction between these modules is drawn
//! there and held by a test.

pub mod app;
pub mod config;
pub mod http;
pub mod metrics;
pub mod ingest;
pub mod model;
pub mod publish;
pub mod rdf;
pub mod shapes;
pub mod store;
