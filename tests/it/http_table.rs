//! What HTTP promises, for every address: kind of resource × method × `Accept` × condition ×
//! content coding. No route escapes it.
//!
//! *To add a route*: one line in [`ROWS`], the pattern as in `ROUTES`, an address of it, and the
//! kind that it is of: [`PAGE`], [`DOCUMENT`], [`DATA`] … A kind says which formats there are and
//! which tag; everything else follows. What an address needs to have is made in [`site`], its name
//! is put into the address by [`filled`].

use crate::released;
use crate::site::{Answer, PROGRAMME, Site};
use crate::support::{NOW, at};
use affiche::app::quality::Follower;
use affiche::app::statistics::void;
use affiche::app::{history, identifiers, ldes, links, search, sitemap};
use affiche::html::ASSETS;
use affiche::http::router::{ROUTES, Route};
use affiche::ingest::hands;
use affiche::publish::FORMATS;
use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use flate2::read::GzDecoder;
use oxrdf::NamedNode;
use std::io::Read as _;

/// A name after `?format=` and a media type.
type Format = (&'static str, &'static str);

const HTML: Format = ("html", "text/html");
const JSON: Format = ("json", "application/json");
const CSV: Format = ("csv", "text/csv");
const TURTLE: Format = ("ttl", "text/turtle");
const JSON_LD: Format = ("jsonld", "application/ld+json");
const NTRIPLES: Format = ("nt", "application/n-triples");
const RDF_XML: Format = ("rdf", "application/rdf+xml");
const TEXT: Format = ("text", "text/plain");
const ATOM: Format = ("atom", "application/atom+xml");
const LINKSET: Format = ("json", "application/linkset+json");
const LINKSET_TEXT: Format = ("text", "application/linkset");
const LINK_FORMAT: Format = ("link", "application/link-format");
const OPENSEARCH: Format = ("xml", "application/opensearchdescription+xml");
const SUGGESTIONS: Format = ("suggestions", "application/x-suggestions+json");
const GZIP: Format = ("gz", "application/gzip");
const ZSTD: Format = ("zst", "application/zstd");
const RECORDS: Format = ("log", "application/vnd.affiche.log");
const XML: Format = ("xml", "application/xml");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// The same tag, the same bytes.
    Strong,
    /// The same content in another order.
    Weak,
    /// It is not to be kept.
    None,
}

/// What is the same for all resources of a kind.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// The status of a GET.
    status: u16,
    /// The first is for who takes anything.
    formats: &'static [Format],
    /// Also in all formats of documents, and of those in the ones with graphs.
    is_rdf: bool,
    has_graphs: bool,
    /// Whether `Accept` decides; else there is what the address says, whatever is accepted.
    is_negotiated: bool,
    tag: Tag,
    /// Whether it is told when it last changed.
    is_dated: bool,
    /// Whether it is a file whose bytes are what its sum is of.
    is_as_it_is: bool,
    /// Part of the address to which it leads, or with which a problem's type ends.
    leads_to: &'static str,
}

const ANY: Kind = Kind {
    status: 200,
    formats: &[HTML],
    is_rdf: false,
    has_graphs: false,
    is_negotiated: true,
    tag: Tag::Strong,
    is_dated: false,
    is_as_it_is: false,
    leads_to: "",
};

const PAGE: Kind = ANY;
/// A description of an entity.
const DOCUMENT: Kind = Kind {
    is_rdf: true,
    has_graphs: true,
    is_dated: true,
    ..ANY
};
/// A description of a term or a file of the model.
const MODEL: Kind = Kind {
    is_rdf: true,
    ..ANY
};
/// Figures.
const TABLE: Kind = Kind {
    formats: &[HTML, JSON, CSV],
    ..ANY
};
/// A list of entities.
const ENTITIES: Kind = Kind {
    formats: &[HTML, JSON, CSV],
    is_rdf: true,
    ..ANY
};
/// A list that is a page and JSON.
const LIST: Kind = Kind {
    formats: &[HTML, JSON],
    ..ANY
};
const DATA: Kind = Kind {
    formats: &[JSON],
    ..ANY
};
/// The event stream, whose members are graphs.
const STREAM: Kind = Kind {
    formats: &[
        ("trig", "application/trig"),
        ("nq", "application/n-quads"),
        JSON_LD,
    ],
    ..ANY
};
/// What an operator asks, or who may write: true for this moment.
const STATUS: Kind = Kind {
    formats: &[JSON],
    is_negotiated: false,
    tag: Tag::None,
    ..ANY
};
const RESULTS: Kind = Kind {
    formats: &[
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
    ],
    tag: Tag::Weak,
    ..ANY
};
const TOMBSTONE: Kind = Kind {
    status: 410,
    is_rdf: true,
    tag: Tag::None,
    ..ANY
};

/// A file, in the format that its address says.
const fn file(formats: &'static [Format]) -> Kind {
    Kind {
        formats,
        is_negotiated: false,
        ..ANY
    }
}

const fn dated(kind: Kind) -> Kind {
    Kind {
        is_dated: true,
        ..kind
    }
}

const fn problem(status: u16, slug: &'static str) -> Kind {
    Kind {
        status,
        formats: &[("json", "application/problem+json"), HTML],
        tag: Tag::None,
        leads_to: slug,
        ..ANY
    }
}

const fn redirect(status: u16, leads_to: &'static str) -> Kind {
    Kind {
        status,
        formats: &[],
        tag: Tag::None,
        is_negotiated: false,
        leads_to,
        ..ANY
    }
}

/// A route of the router, an address of it, and what is there.
type Row = (&'static str, &'static str, Kind);

const ROWS: &[Row] = &[
    ("/", "/", PAGE),
    ("/about", "/about", PAGE),
    ("/agenda", "/agenda", ENTITIES),
    ("/agenda", "/agenda?page=99", problem(404, "not-found")),
    ("/places", "/places", ENTITIES),
    ("/search", "/search?q=bac", ENTITIES),
    (
        "/search/complete",
        "/search/complete?q=bac",
        Kind {
            formats: &[JSON, SUGGESTIONS],
            ..ANY
        },
    ),
    ("/opensearch.xml", "/opensearch.xml", file(&[OPENSEARCH])),
    ("/browse/", "/browse/", TABLE),
    ("/browse", "/browse", TABLE),
    ("/browse/{kind}", "/browse/performance", ENTITIES),
    (
        "/browse/{kind}",
        "/browse/nothing",
        problem(404, "not-found"),
    ),
    ("/doc/{noid}/links", "/doc/{salle}/links", ENTITIES),
    ("/doc/{noid}/history", "/doc/{un}/history", LIST),
    (
        "/doc/{noid}/history",
        "/doc/{mistyped}/history",
        problem(404, "mistyped"),
    ),
    (
        "/doc/{noid}/timemap",
        "/doc/{un}/timemap",
        Kind {
            formats: &[LINK_FORMAT, JSON],
            ..ANY
        },
    ),
    ("/resolve", "/resolve", PAGE),
    ("/resolve", "/resolve?id={un}&format=json", file(&[JSON])),
    ("/follow", "/follow", PAGE),
    ("/follow", "/follow?iri={un}", file(&[ATOM])),
    ("/follow/{list}", "/follow/none", problem(404, "not-found")),
    (
        "/changes/entities",
        "/changes/entities",
        Kind {
            formats: &[JSON, ("jsonl", "application/jsonl")],
            is_rdf: true,
            has_graphs: true,
            ..ANY
        },
    ),
    (
        "/changes/entities",
        "/changes/entities?since=yesterday",
        problem(400, "bad-request"),
    ),
    (
        "/changes/entities",
        "/changes/entities?since=00000000000000000000000000000000.1",
        problem(410, "start-again"),
    ),
    ("/changes.atom", "/changes.atom", file(&[ATOM])),
    (
        "/changes.atom",
        "/changes.atom?archive=99",
        problem(404, "not-found"),
    ),
    (
        "/changes/diff",
        "/changes/diff?from=1&to=3",
        Kind {
            formats: &[("rdfp", "application/rdf-patch")],
            ..ANY
        },
    ),
    (
        "/changes/diff",
        "/changes/diff?from=2020-01-01&to=3",
        problem(404, "not-found"),
    ),
    (
        "/changes/diff",
        "/changes/diff?from=1&to=99999",
        problem(410, "start-again"),
    ),
    ("/ldes", "/ldes", STREAM),
    ("/ldes/{log}", "/ldes/{identity}", STREAM),
    (
        "/ldes/{log}",
        "/ldes/00000000000000000000000000000000",
        problem(410, "start-again"),
    ),
    ("/ldes/{log}", "/ldes/none", problem(404, "not-found")),
    (
        "/ldes/{log}/{epoch}/{node}",
        "/ldes/{identity}/{epoch}/1",
        STREAM,
    ),
    (
        "/ldes/{log}/{epoch}/{node}",
        "/ldes/{identity}/{epoch}/99",
        problem(404, "not-found"),
    ),
    (
        "/ldes/{log}/{epoch}/{node}",
        "/ldes/{identity}/00000000/1",
        problem(410, "start-again"),
    ),
    ("/api", "/api", PAGE),
    ("/openapi.json", "/openapi.json", file(&[JSON])),
    ("/about/persistence", "/about/persistence", PAGE),
    ("/id/{noid}/", "/id/{un}/", redirect(303, "../../doc/{un}")),
    ("/doc/{noid}/", "/doc/{un}/", redirect(301, "../{un}")),
    (
        "/doc/{noid}/linkset",
        "/doc/{un}/linkset",
        Kind {
            formats: &[LINKSET, LINKSET_TEXT],
            ..ANY
        },
    ),
    (
        "/ark:/{naan}/{noid}",
        "/ark:/12345/{un}",
        problem(404, "not-found"),
    ),
    (
        "/ark:{naan}/{noid}",
        "/ark:12345/{un}",
        problem(404, "not-found"),
    ),
    (
        "/ark:/{naan}/{noid}/",
        "/ark:/12345/{un}/",
        problem(404, "not-found"),
    ),
    (
        "/ark:{naan}/{noid}/",
        "/ark:12345/{un}/",
        problem(404, "not-found"),
    ),
    ("/profiles", "/profiles", MODEL),
    ("/profiles/", "/profiles/", MODEL),
    ("/profiles/{name}", "/profiles/schema", MODEL),
    (
        "/profiles/{name}",
        "/profiles/none",
        problem(404, "not-found"),
    ),
    ("/id/{noid}", "/id/{un}", redirect(303, "../doc/{un}")),
    ("/id/{noid}", "/id/{split}", redirect(303, "../doc/{split}")),
    ("/id/{noid}", "/id/{merged}", redirect(301, "../id/{salle}")),
    ("/id/{noid}", "/id/{withdrawn}", TOMBSTONE),
    ("/id/{noid}", "/id/{mistyped}", problem(404, "mistyped")),
    ("/id/{noid}", "/id/000000000000", problem(404, "not-found")),
    ("/doc/{noid}", "/doc/{un}", DOCUMENT),
    ("/doc/{noid}", "/doc/{un}.html", dated(file(&[HTML]))),
    ("/doc/{noid}", "/doc/{un}.ttl", dated(file(&[TURTLE]))),
    ("/doc/{noid}", "/doc/{un}.jsonld", dated(file(&[JSON_LD]))),
    ("/doc/{noid}", "/doc/{un}.nt", dated(file(&[NTRIPLES]))),
    ("/doc/{noid}", "/doc/{split}", MODEL),
    (
        "/doc/{noid}",
        "/doc/{merged}",
        redirect(301, "../doc/{salle}"),
    ),
    ("/doc/{noid}", "/doc/{withdrawn}", TOMBSTONE),
    ("/doc/{noid}", "/doc/{mistyped}", problem(404, "mistyped")),
    ("/doc/{noid}", "/doc/{un}.docx", problem(404, "not-found")),
    ("/ns", "/ns", MODEL),
    ("/ns.ttl", "/ns.ttl", file(&[TURTLE])),
    ("/ns.jsonld", "/ns.jsonld", file(&[JSON_LD])),
    ("/ns.nt", "/ns.nt", file(&[NTRIPLES])),
    ("/ns.rdf", "/ns.rdf", file(&[RDF_XML])),
    ("/ns.html", "/ns.html", file(&[HTML])),
    ("/vocab/", "/vocab/", MODEL),
    ("/vocab", "/vocab", MODEL),
    ("/vocab/{scheme}", "/vocab/acces", MODEL),
    ("/vocab/{scheme}", "/vocab/acces.ttl", file(&[TURTLE])),
    ("/vocab/{scheme}", "/vocab/none", problem(404, "not-found")),
    ("/vocab/{scheme}/{concept}", "/vocab/acces/scolaires", MODEL),
    ("/alignments/{target}", "/alignments/{alignment}", MODEL),
    ("/shapes/{profile}", "/shapes/minimum", MODEL),
    ("/context.jsonld", "/context.jsonld", file(&[JSON_LD])),
    ("/sparql", "/sparql?query={select}", RESULTS),
    (
        "/sparql",
        "/sparql",
        Kind {
            formats: &[TURTLE, HTML],
            ..ANY
        },
    ),
    (
        "/sparql/explain",
        "/sparql/explain?query={select}",
        Kind {
            formats: &[JSON, HTML],
            ..ANY
        },
    ),
    ("/queries/", "/queries/", LIST),
    ("/queries", "/queries", LIST),
    ("/queries/{name}", "/queries/{query}.ttl", file(&[TURTLE])),
    (
        "/queries/{name}",
        "/queries/{query}?format=csv",
        Kind {
            tag: Tag::Weak,
            ..file(&[CSV])
        },
    ),
    (
        "/queries/{name}",
        "/queries/none",
        problem(404, "not-found"),
    ),
    (
        "/sparql/vocabulary.json",
        "/sparql/vocabulary.json",
        file(&[JSON]),
    ),
    ("/catalogue", "/catalogue", MODEL),
    ("/catalogue.ttl", "/catalogue.ttl", file(&[TURTLE])),
    ("/catalogue.jsonld", "/catalogue.jsonld", file(&[JSON_LD])),
    ("/catalogue.nt", "/catalogue.nt", file(&[NTRIPLES])),
    ("/catalogue.rdf", "/catalogue.rdf", file(&[RDF_XML])),
    ("/dumps/", "/dumps/", LIST),
    ("/dumps", "/dumps", LIST),
    (
        "/dumps/{file}",
        "/dumps/affiche.nq.gz",
        dated(file(&[GZIP])),
    ),
    ("/dumps/{file}", "/dumps/SHA256SUMS", dated(file(&[TEXT]))),
    (
        "/releases/",
        "/releases/",
        Kind {
            formats: &[HTML, JSON, ATOM],
            ..ANY
        },
    ),
    (
        "/releases",
        "/releases",
        Kind {
            formats: &[HTML, JSON, ATOM],
            ..ANY
        },
    ),
    (
        "/releases/{date}",
        "/releases/2026-11-22",
        redirect(301, "2026-11-22/"),
    ),
    (
        "/releases/{date}",
        "/releases/latest",
        redirect(307, "2026-11-22/"),
    ),
    (
        "/releases/{date}/",
        "/releases/2026-11-22/",
        Kind {
            is_rdf: true,
            ..LIST
        },
    ),
    (
        "/releases/{date}/",
        "/releases/latest/",
        redirect(307, "../2026-11-22/"),
    ),
    (
        "/releases/{date}/",
        "/releases/1999-01-01/",
        problem(404, "unknown-release"),
    ),
    (
        "/releases/{date}/",
        "/releases/2026-11-21/",
        Kind {
            status: 410,
            is_rdf: true,
            tag: Tag::None,
            ..LIST
        },
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/affiche.nq.gz",
        dated(file(&[GZIP])),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/affiche.nq.zst",
        dated(file(&[ZSTD])),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/performances.csv",
        Kind {
            is_as_it_is: true,
            ..dated(file(&[CSV]))
        },
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/manifest.json",
        dated(file(&[JSON])),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/SHA256SUMS",
        dated(file(&[TEXT])),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/dcat.ttl",
        file(&[TURTLE]),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-22/nothing",
        problem(404, "not-found"),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/2026-11-21/affiche.nq.gz",
        problem(410, "release-withdrawn"),
    ),
    (
        "/releases/{date}/{file}",
        "/releases/latest/affiche.nq.gz",
        redirect(307, "../2026-11-22/affiche.nq.gz"),
    ),
    (
        "/releases/{date}/sparql",
        "/releases/2026-11-22/sparql?query={select}",
        RESULTS,
    ),
    (
        "/releases/{date}/sparql",
        "/releases/2026-11-22/sparql",
        Kind {
            formats: &[TURTLE, HTML],
            ..ANY
        },
    ),
    (
        "/releases/{date}/sparql",
        "/releases/latest/sparql",
        redirect(307, "../2026-11-22/sparql"),
    ),
    (
        "/.well-known/minisign.pub",
        "/.well-known/minisign.pub",
        file(&[TEXT]),
    ),
    ("/changes/", "/changes/", LIST),
    ("/changes", "/changes", LIST),
    ("/changes/head", "/changes/head", file(&[JSON])),
    (
        "/changes/head.minisig",
        "/changes/head.minisig",
        file(&[TEXT]),
    ),
    ("/changes/records", "/changes/records", file(&[RECORDS])),
    (
        "/changes/records",
        "/changes/records?after=none",
        problem(400, "bad-request"),
    ),
    (
        "/changes/records",
        "/changes/records?after=00000000000000000000000000000000.1",
        problem(410, "start-again"),
    ),
    (
        "/changes/{file}",
        "/changes/7.redaction",
        problem(404, "not-found"),
    ),
    (
        "/changes/state/{file}",
        "/changes/state/1.nq.zst",
        problem(404, "not-found"),
    ),
    ("/validate", "/validate", PAGE),
    ("/statistics", "/statistics", TABLE),
    (
        "/.well-known/void",
        "/.well-known/void?format=ttl",
        file(&[TURTLE]),
    ),
    (
        "/.well-known/void",
        "/.well-known/void",
        Kind {
            is_negotiated: true,
            ..redirect(303, "../statistics")
        },
    ),
    ("/quality", "/quality", TABLE),
    ("/quality.csv", "/quality.csv", file(&[CSV])),
    ("/quality.json", "/quality.json", file(&[JSON])),
    ("/quality/{source}", "/quality/theatre", TABLE),
    (
        "/quality/{source}",
        "/quality/nobody",
        problem(404, "unknown-source"),
    ),
    ("/rehearsals", "/rehearsals", DATA),
    (
        "/rehearsals/{name}",
        "/rehearsals/aggregator",
        Kind {
            formats: &[JSON, TURTLE, NTRIPLES, JSON_LD],
            ..ANY
        },
    ),
    (
        "/sources/{source}/data",
        "/sources/theatre/data",
        problem(401, "unauthorized"),
    ),
    (
        "/sources/{source}/submissions/{id}",
        "/sources/theatre/submissions/none",
        problem(401, "unauthorized"),
    ),
    ("/merges", "/merges", problem(405, "method-not-allowed")),
    (
        "/merges/{noid}",
        "/merges/{un}",
        problem(405, "method-not-allowed"),
    ),
    ("/problems/", "/problems/", DATA),
    ("/problems/{slug}", "/problems/not-found", LIST),
    ("/health", "/health", STATUS),
    (
        "/metrics",
        "/metrics",
        Kind {
            formats: &[TEXT],
            ..STATUS
        },
    ),
    ("/robots.txt", "/robots.txt", file(&[TEXT])),
    ("/sitemap.xml", "/sitemap.xml", file(&[XML])),
    ("/sitemaps/{file}", "/sitemaps/1.xml.gz", file(&[GZIP])),
    (
        "/sitemaps/{file}",
        "/sitemaps/2.xml.gz",
        problem(404, "not-found"),
    ),
    (
        "/assets/{path}",
        "/assets/{asset}",
        file(&[("css", "text/css")]),
    ),
];

/// Everything that an address of the table needs.
struct World {
    site: Site,
    names: Vec<(&'static str, String)>,
}

const SHAPES: &str = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
<urn:s> a sh:NodeShape ; sh:targetClass schema:Event ; sh:property [ sh:path schema:offers ; sh:minCount 1 ] .";

/// Two more places of the theatre: one to be merged with its first, and one to be split, since the
/// office means another.
const DOUBLE: &str = r#"
t:double a schema:Place ; schema:name "Salle du Bac (bis)"@fr ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] .
"#;
const COMMON: &str = r#"
t:commune a schema:Place ; schema:name "Salle commune"@fr ;
    schema:sameAs <http://www.wikidata.org/entity/Q42> ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] .
"#;

fn site() -> World {
    let site = Site::new();
    let (app, now) = (&site.app, at(NOW));
    let withdrawn = site.noid("deux");
    site.submit("theatre", &format!("{PROGRAMME}{DOUBLE}{COMMON}"));
    site.submit("office", COMMON);
    let iri = |noid: &str| format!("{}/id/{noid}", app.store.base());
    let [un, salle, double, common] = ["un", "salle", "double", "commune"].map(|it| site.noid(it));
    let merge = hands::Merge {
        one: &iri(&salle),
        other: &iri(&double),
        ..hands::Merge::default()
    };
    hands::merge(&app.store, &app.door, &merge, now).expect("they can be merged");
    let split = hands::Split {
        entity: &iri(&common),
        into: &["new=theatre", "new2=office"].map(|share| share.parse().expect("a share")),
        because: None,
        is_dry_run: false,
    };
    hands::split(
        &app.store,
        &app.door,
        &split,
        now,
        &mut affiche::store::fill_random,
    )
    .expect("it can be split");
    let (merged, salle) = {
        let snapshot = app.store.snapshot().expect("a snapshot");
        let survives = |noid: &str| {
            let iri = NamedNode::new(iri(noid)).expect("an IRI");
            snapshot
                .view()
                .survivor(&iri)
                .expect("it can be read")
                .as_str()
                == iri.as_str()
        };
        if survives(&salle) {
            (double, salle)
        } else {
            (salle, double)
        }
    };
    let put = app.quality.rehearsals.put(
        &app.door,
        16,
        "aggregator",
        SHAPES.as_bytes(),
        "turtle",
        NOW,
    );
    put.expect("the shapes are sound");
    site.count();
    let described = app.statistics.current().expect("it is counted");
    void::publish(app, &described, now).expect("it can be written");
    site.count();
    Follower::new(app, &|| false)
        .run_up(now)
        .expect("it can be judged");
    let never: &dyn Fn() -> bool = &|| false;
    links::Follower::new(app, never)
        .step()
        .expect("they can be read");
    sitemap::Follower::new(app, never)
        .step()
        .expect("they can be read");
    search::Follower::new(app, never)
        .step()
        .expect("they can be read");
    identifiers::Follower::new(app, never)
        .step()
        .expect("they can be read");
    history::Follower::new(app, never)
        .step()
        .expect("it can be read");
    ldes::Follower::new(app, never)
        .step()
        .expect("it can be read");
    let identity = app.store.identity().to_owned();
    let epoch = app.ldes.epoch(&app.store);
    released::release(app, "2026-11-21");
    released::release(app, "2026-11-22");
    released::withdraw(app, "2026-11-21");
    let last = if un.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &un[..un.len() - 1]);
    let alignment = app
        .door
        .alignments()
        .next()
        .expect("an alignment")
        .to_owned();
    let query = app.door.queries().keys().next().expect("a query").clone();
    let asset = ASSETS
        .iter()
        .find(|asset| asset.media_type.starts_with("text/css"));
    let asset = asset.expect("a style sheet").path.clone();
    let select = form_urlencoded::byte_serialize(b"SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 40");
    let names = vec![
        ("un", un),
        ("salle", salle),
        ("merged", merged),
        ("split", common),
        ("withdrawn", withdrawn),
        ("mistyped", mistyped),
        ("alignment", alignment),
        ("query", query),
        ("asset", asset),
        ("select", select.collect()),
        ("identity", identity),
        ("epoch", epoch),
    ];
    World { site, names }
}

impl World {
    fn filled(&self, address: &str) -> String {
        let mut filled = address.to_owned();
        for (name, value) in &self.names {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        filled
    }
}

type Header<'h> = (&'h str, &'h str);

/// One row under test, which notes what is not as it should be.
struct Test<'w> {
    world: &'w World,
    address: String,
    route: &'static Route,
    kind: Kind,
    formats: Vec<Format>,
    faults: Vec<String>,
}

/// Headers that are another's each time.
const OF_THE_MOMENT: [&str; 2] = ["x-request-id", "date"];

fn has_names(answer: &Answer, header: &str, expected: &[&str]) -> bool {
    let list = answer.header(header).to_ascii_lowercase();
    // What only documents have: profiles and a past.
    let is_common = |name: &&str| !["", "accept-profile", "accept-datetime"].contains(name);
    let mut names: Vec<&str> = list.split(", ").filter(is_common).collect();
    let mut expected = expected.to_vec();
    names.sort_unstable();
    expected.sort_unstable();
    names == expected
}

impl<'w> Test<'w> {
    fn new(world: &'w World, (route, address, kind): Row) -> Self {
        let route = ROUTES.iter().find(|known| known.path == route);
        let mut formats = kind.formats.to_vec();
        if kind.is_rdf {
            let known = FORMATS
                .iter()
                .filter(|format| kind.has_graphs || !format.has_graphs);
            formats.extend(known.map(|format| (format.extension, format.media_type)));
        }
        Self {
            world,
            address: world.filled(address),
            route: route.unwrap_or_else(|| panic!("{address}: there is no such route")),
            kind,
            formats,
            faults: Vec::new(),
        }
    }

    async fn ask(&self, method: Method, headers: &[Header<'_>]) -> Answer {
        self.world
            .site
            .ask(method, &self.address, headers, Body::empty())
            .await
    }

    async fn get(&self, headers: &[Header<'_>]) -> Answer {
        self.ask(Method::GET, headers).await
    }

    async fn get_with(&self, parameter: &str, headers: &[Header<'_>]) -> Answer {
        let sign = if self.address.contains('?') { '&' } else { '?' };
        let address = format!("{}{sign}{parameter}", self.address);
        self.world.site.get(&address, headers).await
    }

    fn expect(&mut self, is_so: bool, what: impl std::fmt::Display) {
        if !is_so {
            self.faults.push(format!("{}: {what}", self.address));
        }
    }

    fn expect_status(&mut self, answer: &Answer, status: u16, what: &str) {
        let found = answer.status.as_u16();
        self.expect(
            found == status,
            format!("{what}: {found} instead of {status}"),
        );
    }

    fn is_problem(&self) -> bool {
        self.kind.status >= 400 && (self.kind.status != 410 || !self.kind.leads_to.is_empty())
    }

    /// Whether it is compressed already, or must not be.
    fn is_sent_as_it_is(&self, answer: &Answer) -> bool {
        is_file(answer.header("content-type"))
            || (self.kind.is_as_it_is && answer.status.is_success())
    }

    fn is_ours_to_share(&self) -> bool {
        !["/sources/", "/merges", "/rehearsals/"]
            .iter()
            .any(|start| self.address.starts_with(start))
    }

    /// What each answer to a reader has.
    fn expect_common(&mut self, answer: &Answer, what: &str) {
        let status = answer.status;
        self.expect(
            !answer.header("cache-control").is_empty(),
            format!("{what}: no Cache-Control"),
        );
        let origin = answer.header("access-control-allow-origin");
        let shared = if self.is_ours_to_share() { "*" } else { "" };
        self.expect(origin == shared, format!("{what}: shared with `{origin}`"));
        let lines = answer.headers.get_all("vary").iter().count();
        self.expect(lines <= 1, format!("{what}: {lines} lines of Vary"));
        let media_type = answer.header("content-type");
        let has_body = !status.is_redirection();
        self.expect(
            media_type.is_empty() != has_body,
            format!("{what}: content of type `{media_type}`"),
        );
        let is_page = media_type.starts_with("text/html");
        let lang = answer.header("content-language");
        self.expect(
            !is_page || !lang.is_empty(),
            format!("{what}: a page without a language"),
        );
    }

    /// Which headers can have mattered, when no parameter decided.
    fn varies(&self, answer: &Answer) -> Vec<&'static str> {
        let mut names = Vec::new();
        let is_error = answer.status.is_client_error();
        if self.kind.is_negotiated || is_error {
            names.push("accept");
        }
        if !answer.header("content-language").is_empty() {
            names.push("accept-language");
        }
        let media_type = answer.header("content-type");
        if !media_type.is_empty() && !self.is_sent_as_it_is(answer) {
            names.push("accept-encoding");
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            names.push("authorization");
        }
        names
    }

    fn expect_varying(&mut self, answer: &Answer, names: &[&str], what: &str) {
        let found = answer.header("vary");
        self.expect(
            has_names(answer, "vary", names),
            format!(
                "{what}: Vary is `{found}` instead of `{}`",
                names.join(", ")
            ),
        );
    }

    async fn reads(&mut self) {
        let first = self.get(&[]).await;
        self.expect_status(&first, self.kind.status, "GET");
        self.expect_common(&first, "GET");
        if self.kind.status != 401 {
            let varies = self.varies(&first);
            self.expect_varying(&first, &varies, "GET");
        }
        if (300..400).contains(&self.kind.status) {
            let location = self.world.filled(self.kind.leads_to);
            let found = first.header("location").to_owned();
            self.expect(found == location, format!("leads to `{found}`"));
            return;
        }
        let (_, default) = self.formats[0];
        self.expect_type(&first, default, "GET");
        if self.is_problem() {
            let slug = first.problem();
            self.expect(
                slug == self.kind.leads_to,
                format!("the problem is `{slug}`"),
            );
        }
    }

    fn expect_type(&mut self, answer: &Answer, media_type: &str, what: &str) {
        let found = answer.header("content-type").to_owned();
        let is_so = found.split(';').next() == Some(media_type);
        self.expect(
            is_so,
            format!("{what}: `{found}` instead of `{media_type}`"),
        );
    }

    /// `Accept`, `?format=`, `?lang=`, and what cannot be read.
    async fn negotiates(&mut self) {
        let (first, last) = (self.formats[0], self.formats[self.formats.len() - 1]);
        let weighted = format!("{};q=0.1, {};q=0.9, */*;q=0.05", first.1, last.1);
        let many = "a/b, ".repeat(2000);
        let mut accepts = vec![
            ("*/*", first.1),
            (";;;", first.1),
            ("", first.1),
            (many.as_str(), first.1),
        ];
        if self.kind.is_negotiated && !self.is_problem() {
            accepts.push((weighted.as_str(), last.1));
            accepts.extend(self.formats.iter().map(|format| (format.1, format.1)));
        }
        for (accept, media_type) in accepts {
            let what = format!("Accept: {}", &accept[..accept.len().min(60)]);
            let answer = self.get(&[("accept", accept)]).await;
            self.expect_status(&answer, self.kind.status, &what);
            self.expect_type(&answer, media_type, &what);
            self.expect_common(&answer, &what);
            let varies = self.varies(&answer);
            if self.kind.status != 401 {
                self.expect_varying(&answer, &varies, &what);
            }
        }
        // What cannot be meant is passed over, or refused as what it would mean; never a failure.
        for ill_formed in [
            &[("accept", "text/turtle;q=2")][..],
            &[("accept", "text/html"), ("accept", ";;;")],
            &[
                ("accept-language", ";;q=x,,"),
                ("accept-language", "\u{e9}"),
            ],
            &[
                ("accept-encoding", ";;;, gzip;q=2"),
                ("accept-encoding", "*;q=0"),
            ],
            &[("if-none-match", "\"")],
        ] {
            let answer = self.get(ill_formed).await;
            let status = answer.status.as_u16();
            let is_sensible = [self.kind.status, 406].contains(&status);
            self.expect(is_sensible, format!("{ill_formed:?}: {status}"));
            self.expect_common(&answer, "ill-formed");
        }
        if self.is_problem() {
            return;
        }
        let none = self.get(&[("accept", "image/png")]).await;
        if self.kind.status == 410 {
            // That it is gone matters more than how that is told.
            self.expect_status(&none, 410, "Accept: image/png");
        } else if self.kind.is_negotiated {
            self.expect_status(&none, 406, "Accept: image/png");
            self.expect_common(&none, "406");
            for (format, media_type) in self.formats.clone() {
                let link = format!("format={format}>; rel=\"alternate\"; type=\"{media_type}\"");
                let found = none.header("link").to_owned();
                self.expect(
                    found.contains(&link),
                    format!("406 has no link {link}: {found}"),
                );
                let parameter = format!("format={format}");
                let answer = self.get_with(&parameter, &[("accept", "image/png")]).await;
                self.expect_status(&answer, self.kind.status, &parameter);
                self.expect_type(&answer, media_type, &parameter);
                if answer.status.is_success() {
                    let varies = self.varies(&answer);
                    let varies: Vec<&str> =
                        varies.into_iter().filter(|it| *it != "accept").collect();
                    self.expect_varying(&answer, &varies, &parameter);
                }
            }
            let answer = self.get_with("format=docx", &[]).await;
            self.expect_status(&answer, 406, "?format=docx");
        } else {
            self.expect_status(&none, self.kind.status, "Accept: image/png");
        }
    }

    /// What is in a language says so, and is the same however the language was asked for.
    async fn speaks(&mut self) {
        let mut media_types: Vec<&str> = self.formats.iter().map(|format| format.1).collect();
        if self.is_problem() {
            // What is not there has no format; how it is told is another matter.
            media_types = vec!["*/*"];
        }
        for media_type in media_types {
            let mut texts = Vec::new();
            for lang in ["fr", "en"] {
                let headers = [("accept", media_type), ("accept-language", lang)];
                let by_header = self.get(&headers).await;
                let parameter = format!("lang={lang}");
                let headers = [("accept", media_type), ("accept-language", "de")];
                let by_parameter = self.get_with(&parameter, &headers).await;
                let what = format!("{media_type} in {lang}");
                self.expect_status(&by_parameter, self.kind.status, &what);
                let language = by_header.header("content-language").to_owned();
                if !language.is_empty() {
                    self.expect(language == lang, format!("{what}: it is in {language}"));
                    let language = by_parameter.header("content-language").to_owned();
                    self.expect(language == lang, format!("{what}: ?lang= gives {language}"));
                    if by_parameter.status.is_success() {
                        let varies = by_parameter.header("vary").to_owned();
                        let is_so = !varies.contains("Language");
                        self.expect(is_so, format!("{what}: ?lang= decided, but {varies}"));
                    }
                }
                texts.push((language, by_header.bytes));
            }
            let is_same = texts[0].1 == texts[1].1;
            let is_told = texts[0].0 != texts[1].0;
            self.expect(
                is_same || is_told || self.is_problem() || self.kind.tag == Tag::None,
                format!("{media_type}: two languages, and none is told"),
            );
        }
    }

    async fn is_conditional(&mut self) {
        let accept = ("accept", self.formats[0].1);
        let first = self.get(&[accept]).await;
        let tag = first.header("etag").to_owned();
        let is_tag = match self.kind.tag {
            Tag::Strong => tag.starts_with('"') && tag.len() > 2,
            Tag::Weak => tag.starts_with("W/\""),
            Tag::None => tag.is_empty(),
        };
        self.expect(is_tag, format!("the tag is `{tag}`"));
        let modified = first.header("last-modified").to_owned();
        self.expect(
            !self.kind.is_dated || !modified.is_empty(),
            "it is not told when it changed",
        );
        let again = self.get(&[accept]).await;
        self.expect(again.bytes == first.bytes, "the same tag has other bytes");
        let opaque = tag.trim_start_matches("W/");
        let weak = format!("W/{opaque}");
        let listed = format!("\"a,b\", {weak}, \"c\"");
        // The tag of the same state by another edition of the program.
        let old = match opaque.rsplit_once('-') {
            Some((state, _)) => format!("{state}-00000000\""),
            None => "\"00000000\"".to_owned(),
        };
        let strong = if self.kind.tag == Tag::Strong {
            200
        } else {
            412
        };
        let (none_match, matches) = ("if-none-match", "if-match");
        let (since, unless) = ("if-modified-since", "if-unmodified-since");
        let (past, future) = (
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT",
        );
        let mut cases = vec![
            (vec![(none_match, tag.as_str())], 304),
            (vec![(none_match, &weak)], 304),
            (vec![(none_match, &listed)], 304),
            (vec![(none_match, "\"x\""), (none_match, &tag)], 304),
            (vec![(none_match, "*")], 304),
            (vec![(none_match, "\"x\"")], 200),
            (vec![(none_match, &old)], 200),
            (vec![(none_match, "nonsense")], 200),
            (vec![(none_match, "\"x\""), (since, future)], 200),
            (vec![(since, past)], 200),
            (vec![(since, "nonsense")], 200),
            (vec![(since, future), (since, future)], 200),
            (vec![(matches, &tag)], strong),
            (vec![(matches, &weak)], 412),
            (vec![(matches, "\"x\"")], 412),
            (vec![(matches, "*")], 200),
            (vec![(matches, "\"x\""), (none_match, &tag)], 412),
        ];
        if !modified.is_empty() {
            cases.extend([
                (vec![(since, modified.as_str())], 304),
                (vec![(since, future)], 304),
                (vec![(unless, &modified)], 200),
                (vec![(unless, past)], 412),
            ]);
        }
        for (conditions, status) in cases {
            let mut headers = vec![accept];
            headers.extend(&conditions);
            for method in [Method::GET, Method::HEAD] {
                let answer = self.ask(method.clone(), &headers).await;
                let what = format!("{method} {conditions:?}");
                self.expect_status(&answer, status, &what);
                if answer.status == StatusCode::NOT_MODIFIED {
                    self.expect(answer.bytes.is_empty(), format!("{what}: it has a body"));
                    for name in ["etag", "vary", "cache-control", "content-location"] {
                        let (expected, found) = (first.header(name), answer.header(name));
                        self.expect(
                            found == expected,
                            format!("{what}: {name} is `{found}`, of a 200 `{expected}`"),
                        );
                    }
                    for name in ["content-type", "content-length", "content-encoding"] {
                        let found = answer.header(name).to_owned();
                        self.expect(
                            found.is_empty(),
                            format!("{what}: {name} of no content: {found}"),
                        );
                    }
                }
            }
        }
    }

    /// Each content coding has a tag of its own, which is known again.
    async fn is_compressed(&mut self) {
        let accept = ("accept", self.formats[0].1);
        let plain = self.get(&[accept, ("accept-encoding", "identity")]).await;
        let is_worth_it = plain.bytes.len() >= 1024 && !self.is_sent_as_it_is(&plain);
        let mut tags = vec![(plain.header("etag").to_owned(), "identity")];
        for coding in ["gzip", "br", "zstd"] {
            let headers = [accept, ("accept-encoding", coding)];
            let answer = self.get(&headers).await;
            let found = answer.header("content-encoding").to_owned();
            let expected = if is_worth_it { coding } else { "" };
            self.expect(
                found == expected,
                format!("{coding}: it is coded as `{found}`"),
            );
            if found == "gzip" {
                let mut unpacked = Vec::new();
                let read = GzDecoder::new(&answer.bytes[..]).read_to_end(&mut unpacked);
                self.expect(
                    read.is_ok() && unpacked == plain.bytes,
                    "gzip: something else",
                );
            }
            let varies = answer.header("vary") == plain.header("vary");
            self.expect(
                varies,
                format!("{coding}: Vary is `{}`", answer.header("vary")),
            );
            tags.push((answer.header("etag").to_owned(), coding));
            let head = self.ask(Method::HEAD, &headers).await;
            self.expect(
                head.header("content-encoding") == found && head.bytes.is_empty(),
                format!(
                    "{coding}: HEAD is coded as `{}`",
                    head.header("content-encoding")
                ),
            );
        }
        if !is_worth_it || self.kind.tag != Tag::Strong {
            return;
        }
        for (place, (tag, coding)) in tags.iter().enumerate() {
            let is_other = !tags[..place].iter().any(|(known, _)| known == tag);
            self.expect(
                is_other,
                format!("{coding}: another representation has {tag}"),
            );
            for (accepted, status) in [
                (*coding, 304),
                ("gzip, br;q=0.8, zstd;q=0.7", 304),
                ("*", 304),
                ("br, identity;q=0", if *coding == "br" { 304 } else { 200 }),
                (
                    "gzip, identity;q=0",
                    if *coding == "gzip" { 304 } else { 200 },
                ),
            ] {
                let headers = [
                    accept,
                    ("accept-encoding", accepted),
                    ("if-none-match", tag),
                ];
                let answer = self.get(&headers).await;
                let what = format!("{tag} known, {accepted} accepted");
                self.expect_status(&answer, status, &what);
                if status == 304 {
                    let found = answer.header("etag").to_owned();
                    self.expect(found == *tag, format!("{what}: the 304 is of {found}"));
                }
            }
        }
    }

    /// HEAD is GET without a body.
    async fn has_a_head(&mut self) {
        let accept = self.formats.first().map_or("*/*", |format| format.1);
        for headers in [
            &[][..],
            &[("accept", accept)],
            &[("accept", "image/png")],
            &[("accept", accept), ("accept-encoding", "zstd")],
        ] {
            let get = self.get(headers).await;
            let head = self.ask(Method::HEAD, headers).await;
            let what = format!("HEAD {headers:?}");
            self.expect_status(&head, get.status.as_u16(), &what);
            self.expect(head.bytes.is_empty(), format!("{what}: it has a body"));
            let stable = |headers: &HeaderMap| {
                let mut headers = headers.clone();
                for name in OF_THE_MOMENT {
                    headers.remove(name);
                }
                // RFC 9110 §9.3.2: what only the making of the content tells may be left out.
                if self.kind.tag == Tag::Weak {
                    for name in ["content-length", "affiche-rows", "affiche-complete"] {
                        headers.remove(name);
                    }
                }
                if self.address == "/metrics" {
                    headers.remove("content-length");
                }
                let mut lines: Vec<String> = headers.iter().map(|it| format!("{it:?}")).collect();
                lines.sort_unstable();
                lines
            };
            let (get, head) = (stable(&get.headers), stable(&head.headers));
            self.expect(get == head, format!("{what}:\n    {head:?}\n    {get:?}"));
        }
    }

    async fn knows_its_methods(&mut self) {
        let known = self
            .route
            .methods
            .iter()
            .map(|method| method.name.to_uppercase());
        let known: Vec<String> = known.collect();
        let mut allowed: Vec<String> = known.iter().map(|name| name.to_lowercase()).collect();
        allowed.push("options".to_owned());
        if known.contains(&"GET".to_owned()) {
            allowed.push("head".to_owned());
        }
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let options = self.ask(Method::OPTIONS, &[]).await;
        self.expect_status(&options, 204, "OPTIONS");
        let found = options.header("allow").to_owned();
        self.expect(
            has_names(&options, "allow", &allowed),
            format!("OPTIONS: Allow is {found}"),
        );
        let preflight = [
            ("origin", "https://elsewhere.example"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "accept"),
        ];
        let preflight = self.ask(Method::OPTIONS, &preflight).await;
        self.expect_status(&preflight, 204, "preflight");
        let (origin, shared) = (
            preflight.header("access-control-allow-origin").to_owned(),
            if self.is_ours_to_share() { "*" } else { "" },
        );
        self.expect(
            origin == shared,
            format!("preflight: shared with `{origin}`"),
        );
        for name in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "MADE-UP"] {
            let method: Method = name.parse().expect("a method");
            let answer = self.ask(method, &[]).await;
            if known.contains(&name.to_owned()) {
                let leads_on = self.kind.status == 307 && answer.status == 307;
                let is_refused = answer.status.is_client_error() && answer.status != 405;
                let is_understood = is_refused || leads_on;
                let status = answer.status;
                self.expect(is_understood, format!("{name} with nothing: {status}"));
                let kept = answer.header("cache-control").to_owned();
                self.expect(
                    kept == "no-store",
                    format!("{name}: Cache-Control is {kept}"),
                );
            } else {
                self.expect_status(&answer, 405, name);
                let found = answer.header("allow").to_owned();
                self.expect(
                    has_names(&answer, "allow", &allowed),
                    format!("{name}: Allow is {found}"),
                );
            }
        }
    }
}

#[tokio::test]
async fn every_address_keeps_to_http() {
    let world = site();
    let mut faults = Vec::new();
    for row in ROWS {
        let mut test = Test::new(&world, *row);
        let reads = test.route.methods.iter().any(|method| method.name == "get");
        test.knows_its_methods().await;
        if reads {
            test.reads().await;
            test.has_a_head().await;
        }
        // Where it is not what it should be, nothing else is to be learnt.
        // Another spelling of an address is the same to read, and reading the ontology takes long.
        let is_spelling = row.1.starts_with("/ns.");
        if reads && !test.formats.is_empty() && test.faults.is_empty() && !is_spelling {
            test.negotiates().await;
            test.speaks().await;
            if test.kind.status == 200 && test.kind.tag != Tag::None {
                test.is_conditional().await;
                test.is_compressed().await;
            }
        }
        faults.append(&mut test.faults);
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn no_route_escapes_the_table() {
    let missing: Vec<&str> = ROUTES
        .iter()
        .map(|route| route.path)
        .filter(|path| !ROWS.iter().any(|(route, _, _)| route == path))
        .collect();
    assert!(missing.is_empty(), "add a line to ROWS for {missing:?}");
}

/// Whether it goes out as it is.
fn is_file(media_type: &str) -> bool {
    [GZIP.1, ZSTD.1, RECORDS.1].contains(&media_type)
}
