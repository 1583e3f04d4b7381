//! The HTTP interface: the only async module. Handlers are thin: they negotiate, cross to
//! blocking code once ([`blocking`]), and answer.
//!
//! The whole URL space is in [`router`]. A new address is a line there and a handler; a new
//! kind of failure is a row in [`problem`].

mod agenda;
mod answer;
pub mod api;
mod auth;
pub mod blocking;
mod body;
mod browse;
mod catalogue;
mod changes;
mod client;
mod conditions;
mod dumps;
mod entities;
mod files;
mod follow;
mod found;
mod history;
mod home;
mod ldes;
mod links;
mod lists;
mod merges;
mod middleware;
pub mod negotiate;
mod operations;
mod pages;
mod places;
pub mod problem;
mod problems;
mod quality;
mod queries;
mod queue;
mod reader;
mod rehearsals;
mod releases;
mod representation;
mod resolve;
pub mod router;
mod search;
mod serve;
mod sitemap;
mod sparql;
mod statistics;
mod table;
mod tags;
mod threads;
mod validate;
mod vocabulary;
mod writes;

pub use router::router;
pub use serve::serve;

use crate::app::App;
use crate::app::queries::cache::Cache;
use crate::store::CancellationToken;
use axum::http::HeaderValue;
use blocking::Lane;
use problem::Problem;
use queue::Queue;
use std::sync::Arc;

/// What handlers share.
pub struct Server {
    pub app: Arc<App>,
    /// What browsers may load and run for a page of ours.
    policy: HeaderValue,
    /// Pages and documents: quick reads.
    pages: Lane,
    /// SPARQL queries: reading them all, and answering the cheap ones.
    cheap: Lane,
    /// SPARQL queries that are for workers.
    queries: Lane,
    /// The answers to SPARQL queries that are kept.
    results: Cache,
    /// The SPARQL queries that are with workers, so that the same is not asked twice at once.
    flights: sparql::Flights,
    /// The making and sending of dumps, which takes as long as it takes.
    downloads: Lane,
    writes: writes::Writes,
    validations: validate::Validations,
    resolutions: resolve::Resolutions,
    /// What became of the example queries when they were last tried.
    trials: queries::Trials,
}

type Shared = Arc<Server>;

impl Server {
    fn new(app: Arc<App>) -> Self {
        let limits = &app.config.limits;
        let counted = Arc::clone(&app);
        let on_panic: Arc<dyn Fn() + Send + Sync> = Arc::new(move || counted.metrics.panic());
        Self {
            policy: middleware::content_security_policy(&app.config.outside),
            pages: Lane::new(
                limits.readers,
                limits.query_wait,
                limits.page_timeout,
                "limits.page_timeout",
                Arc::clone(&on_panic),
            ),
            cheap: Lane::new(
                limits.readers,
                limits.query_wait,
                limits.query_timeout,
                "limits.query_timeout",
                Arc::clone(&on_panic),
            ),
            queries: Lane::new(
                limits.workers(),
                limits.worker_wait,
                limits.query_timeout,
                "limits.query_timeout",
                Arc::clone(&on_panic),
            )
            .in_turns(
                Queue::new(
                    limits.workers(),
                    limits.queries_waiting_each,
                    limits.queries_waiting,
                ),
                limits.worker_wait,
                "limits.queries_waiting_each",
            ),
            results: Cache::new(limits.cache_bytes),
            flights: sparql::Flights::default(),
            downloads: Lane::new(
                limits.readers,
                limits.query_wait,
                limits.download_timeout,
                "limits.download_timeout",
                Arc::clone(&on_panic),
            ),
            writes: writes::Writes::new(limits, &on_panic),
            validations: validate::Validations::new(limits, &on_panic),
            resolutions: resolve::Resolutions::new(limits, &on_panic),
            trials: queries::Trials::default(),
            app,
        }
    }

    /// Makes a page or document in blocking code.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Server, &CancellationToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let server = Arc::clone(self);
        self.pages.run(move |token| work(&server, token)).await?
    }
}
