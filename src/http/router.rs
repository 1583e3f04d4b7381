//! The whole URL space, and what every request passes through.

use crate::app::App;
use crate::http::problem::{METHOD_NOT_ALLOWED, NOT_FOUND, Problem};
use crate::http::{
    Server, Shared, dumps, entities, home, middleware, operations, problems, sparql, vocabulary,
};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use std::sync::Arc;
use tower::ServiceBuilder;

/// All addresses of the program.
pub fn router(app: Arc<App>) -> Router {
    let server: Shared = Arc::new(Server::new(app));
    // The first layer is the outermost: it sees the request first and the response last.
    let passes_through = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), middleware::observe))
        .layer(from_fn(middleware::secure))
        .layer(middleware::share_across_origins())
        .layer(middleware::compress())
        .layer(from_fn_with_state(server.clone(), problems::render))
        .layer(middleware::catch_panics(server.app.clone()));

    Router::new()
        // For people.
        .route("/", get(home::home))
        .route("/about", get(home::about))
        // Entities: the thing, then the document about it.
        .route("/id/{noid}", get(entities::identify))
        .route("/doc/{noid}", get(entities::document))
        // The model: ontology, vocabularies, shapes, JSON-LD context.
        .route("/ns", get(vocabulary::ontology))
        .route("/ns.ttl", get(vocabulary::ontology))
        .route("/ns.jsonld", get(vocabulary::ontology))
        .route("/ns.nt", get(vocabulary::ontology))
        .route("/ns.html", get(vocabulary::ontology))
        .route("/vocab/", get(vocabulary::schemes))
        .route("/vocab", get(vocabulary::schemes))
        .route("/vocab/{scheme}", get(vocabulary::scheme))
        .route("/vocab/{scheme}/{concept}", get(vocabulary::concept))
        .route("/alignments/{target}", get(vocabulary::alignment))
        .route("/shapes/{profile}", get(vocabulary::shapes))
        .route("/context.jsonld", get(vocabulary::context))
        // All the data.
        .route("/sparql", get(sparql::endpoint).post(sparql::endpoint))
        .route("/dumps/", get(dumps::index))
        .route("/dumps", get(dumps::index))
        .route("/dumps/{file}", get(dumps::file))
        // What an error means.
        .route("/problems/", get(problems::index))
        .route("/problems/{slug}", get(problems::about))
        // For operators and robots, and what pages load.
        .route("/health", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .route("/robots.txt", get(operations::robots))
        .route("/assets/{path}", get(operations::asset))
        .fallback(async || Problem::new(&NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::new(&METHOD_NOT_ALLOWED))
        .layer(passes_through)
        .with_state(server)
}
