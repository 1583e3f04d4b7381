//! The whole URL space, and what every request passes through.

use crate::app::App;
use crate::http::api::{
    changes as about_changes, feeds, operations as about, releases as about_releases,
};
use crate::http::problem::{METHOD_NOT_ALLOWED, NOT_FOUND, Problem};
use crate::http::{
    Server, Shared, agenda, api, browse, catalogue, changes, conditions, dumps, entities, follow,
    history, home, ldes, links, merges, middleware, operations, places, problems, quality, queries,
    rehearsals, releases, representation, resolve, search, sitemap, sparql, statistics, validate,
    vocabulary, writes,
};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, post, put};
use std::sync::Arc;
use tower::ServiceBuilder;

/// One address.
pub struct Route {
    pub path: &'static str,
    pub methods: &'static [Method],
}

/// One method of an address.
pub struct Method {
    /// In small letters.
    pub name: &'static str,
    handler: fn() -> MethodRouter<Shared>,
    pub about: &'static about::Operation,
}

macro_rules! routes {
    ($($path:literal $($method:ident $handler:path, $about:path);+;)*) => {
        /// All addresses. `/openapi.json` and `/api` describe them from this table.
        pub static ROUTES: &[Route] = &[$(Route {
            path: $path,
            methods: &[$(Method {
                name: stringify!($method),
                handler: || $method($handler),
                about: &$about,
            }),+],
        }),*];
    };
}

routes! {
    // For people.
    "/" get home::home, about::HOME;
    "/agenda" get agenda::agenda, about::AGENDA;
    "/places" get places::places, about::PLACES;
    "/about" get home::about, about::ABOUT;
    "/about/persistence" get entities::persistence, about::PERSISTENCE;
    "/api" get api::read, about::API;
    "/openapi.json" get api::openapi, about::OPENAPI;
    // By name.
    "/search" get search::search, about::SEARCH;
    "/search/complete" get search::complete, about::COMPLETE;
    "/opensearch.xml" get search::description, about::OPENSEARCH;
    "/browse/" get browse::kinds, about::BROWSE;
    "/browse" get browse::kinds, about::BROWSE;
    "/browse/{kind}" get browse::kind, about::BROWSE_KIND;
    // Entities: the thing, then the document about it.
    "/id/{noid}" get entities::identify, about::IDENTIFY;
    "/id/{noid}/" get entities::identify, about::IDENTIFY;
    "/ark:/{naan}/{noid}" get entities::ark, about::ARK;
    "/ark:/{naan}/{noid}/" get entities::ark, about::ARK;
    "/ark:{naan}/{noid}" get entities::ark_without_slash, about::ARK_WITHOUT_SLASH;
    "/ark:{naan}/{noid}/" get entities::ark_without_slash, about::ARK_WITHOUT_SLASH;
    "/doc/{noid}" get entities::document, about::DOCUMENT_OF;
    "/doc/{noid}/links" get links::links, about::LINKS_OF;
    "/doc/{noid}/" get entities::document, about::DOCUMENT_OF;
    "/doc/{noid}/linkset" get entities::linkset, about::LINKSET;
    // The ways in which documents are written.
    "/profiles" get entities::profiles, about::DOCUMENT_PROFILES;
    "/profiles/" get entities::profiles, about::DOCUMENT_PROFILES;
    "/profiles/{name}" get entities::profile, about::DOCUMENT_PROFILE;
    "/doc/{noid}/history" get history::history, about::HISTORY;
    "/doc/{noid}/timemap" get history::time_map, about::TIME_MAP;
    // The model: ontology, vocabularies, shapes, JSON-LD context.
    "/ns" get vocabulary::ontology, about::ONTOLOGY;
    "/ns.ttl" get vocabulary::ontology, about::ONTOLOGY;
    "/ns.jsonld" get vocabulary::ontology, about::ONTOLOGY;
    "/ns.nt" get vocabulary::ontology, about::ONTOLOGY;
    "/ns.rdf" get vocabulary::ontology, about::ONTOLOGY;
    "/ns.html" get vocabulary::ontology, about::ONTOLOGY;
    "/vocab/" get vocabulary::schemes, about::SCHEMES;
    "/vocab" get vocabulary::schemes, about::SCHEMES;
    "/vocab/{scheme}" get vocabulary::scheme, about::SCHEME;
    "/vocab/{scheme}/{concept}" get vocabulary::concept, about::CONCEPT;
    "/alignments/{target}" get vocabulary::alignment, about::ALIGNMENT;
    "/shapes/{profile}" get vocabulary::shapes, about::SHAPES;
    "/context.jsonld" get vocabulary::context, about::CONTEXT;
    // All the data.
    "/sparql" get sparql::endpoint, about::QUERY_GET; post sparql::endpoint, about::QUERY_POST;
    "/sparql/explain" get sparql::explain, about::EXPLAIN_GET; post sparql::explain, about::EXPLAIN_POST;
    "/queries/" get queries::list, about::EXAMPLES;
    "/queries" get queries::list, about::EXAMPLES;
    "/queries/{name}" get queries::one, about::EXAMPLE;
    "/sparql/vocabulary.json" get sparql::vocabulary, about::QUERY_VOCABULARY;
    "/catalogue" get catalogue::catalogue, about::CATALOGUE;
    "/catalogue.ttl" get catalogue::catalogue, about::CATALOGUE;
    "/catalogue.jsonld" get catalogue::catalogue, about::CATALOGUE;
    "/catalogue.nt" get catalogue::catalogue, about::CATALOGUE;
    "/catalogue.rdf" get catalogue::catalogue, about::CATALOGUE;
    "/dumps/" get dumps::index, about::DUMPS;
    "/dumps" get dumps::index, about::DUMPS;
    "/dumps/{file}" get dumps::file, about::DUMP;
    // What was released.
    "/releases/" get releases::list, about_releases::LIST;
    "/releases" get releases::list, about_releases::LIST;
    "/releases/{date}" get releases::without_slash, about_releases::WITHOUT_SLASH;
    "/releases/{date}/" get releases::landing, about_releases::LANDING;
    "/releases/{date}/sparql"
        get sparql::of_release, about_releases::QUERY_GET;
        post sparql::of_release, about_releases::QUERY_POST;
    "/releases/{date}/{file}" get releases::file, about_releases::FILE;
    "/.well-known/minisign.pub" get releases::key, about_releases::KEY;
    // What changed: the log itself.
    "/changes/" get changes::index, about_changes::CHANGES;
    "/changes" get changes::index, about_changes::CHANGES;
    "/changes/head" get changes::head, about_changes::HEAD;
    "/changes/head.minisig" get changes::head_signature, about_changes::HEAD_SIGNATURE;
    "/changes/records" get changes::records, about_changes::RECORDS;
    "/changes/state/{file}" get changes::state, about_changes::STATE;
    "/changes/{file}" get changes::file, about_changes::LOG_FILE;
    // What anyone may have checked.
    "/validate" get validate::form, about::VALIDATE_FORM; post validate::validate, about::VALIDATE;
    // What those who link here ask.
    "/resolve" get resolve::one, about::RESOLVE_ONE; post resolve::many, about::RESOLVE;
    "/follow" get follow::few, about::FOLLOW_FEW; post follow::keep, about::FOLLOW;
    "/follow/{list}" get follow::list, about::FOLLOW_LIST;
    // What changed, for those who keep a copy.
    "/changes/entities" get changes::entities::entities, feeds::CHANGED_ENTITIES;
    "/changes.atom" get changes::atom::atom, feeds::CHANGES_FEED;
    "/changes/diff" get changes::diff::diff, feeds::DIFFERENCE;
    "/ldes" get ldes::stream, feeds::EVENT_STREAM;
    "/ldes/{log}" get ldes::root, feeds::EVENT_STREAM_ROOT;
    "/ldes/{log}/{epoch}/{node}" get ldes::node, feeds::EVENT_STREAM_NODE;
    // How much there is of what.
    "/statistics" get statistics::overview, about::STATISTICS;
    "/.well-known/void" get statistics::void, about::VOID;
    // Which profiles the data meets, and which other shapes it would meet.
    "/quality" get quality::overview, about::QUALITY;
    "/quality.csv" get quality::overview, about::QUALITY;
    "/quality.json" get quality::overview, about::QUALITY;
    "/quality/{source}" get quality::of_source, about::QUALITY_OF;
    "/rehearsals" get rehearsals::list, about::REHEARSALS;
    "/rehearsals/{name}"
        get rehearsals::one, about::REHEARSAL;
        put rehearsals::register, about::REHEARSE;
        delete rehearsals::remove, about::END_REHEARSAL;
    // What comes in.
    "/sources/{source}/data"
        get writes::status, about::SOURCE;
        put writes::replace, about::REPLACE;
        post writes::upsert, about::UPSERT;
        delete writes::withdraw, about::WITHDRAW;
    "/sources/{source}/submissions/{id}" get writes::progress, about::SUBMISSION;
    "/merges" post merges::merge, about::MERGE;
    "/merges/{noid}" delete merges::unmerge, about::UNMERGE;
    // What an error means.
    "/problems/" get problems::index, about::PROBLEMS;
    "/problems/{slug}" get problems::about, about::PROBLEM;
    // For operators and robots, and what pages load.
    "/health" get operations::health, about::HEALTH;
    "/metrics" get operations::metrics, about::METRICS;
    "/robots.txt" get operations::robots, about::ROBOTS;
    "/sitemap.xml" get sitemap::index, about::SITEMAP_INDEX;
    "/sitemaps/{file}" get sitemap::file, about::SITEMAP;
    "/assets/{path}" get operations::asset, about::ASSET;
}

/// All addresses of the program.
pub fn router(app: Arc<App>) -> Router {
    over(Arc::new(Server::new(app)))
}

/// The same, over a server whose work can be waited for.
pub(super) fn over(server: Shared) -> Router {
    // The first layer is the outermost: it sees the request first and the response last.
    let passes_through = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), middleware::observe))
        .layer(from_fn_with_state(server.clone(), middleware::secure))
        .layer(from_fn(middleware::share_across_origins))
        .layer(from_fn_with_state(server.clone(), representation::name))
        .layer(representation::compress())
        .layer(from_fn_with_state(server.clone(), problems::render))
        .layer(from_fn_with_state(server.clone(), conditions::judge))
        .layer(from_fn(middleware::tell_methods))
        .layer(from_fn_with_state(server.clone(), changes::guard_copy))
        .layer(middleware::catch_panics(server.app.clone()));

    let mut router = Router::new();
    for route in ROUTES {
        for method in route.methods {
            router = router.route(route.path, (method.handler)());
        }
    }
    router
        .fallback(async || Problem::new(&NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::new(&METHOD_NOT_ALLOWED))
        .layer(passes_through)
        .with_state(server)
}
