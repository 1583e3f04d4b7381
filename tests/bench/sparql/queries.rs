//! What is asked: lookups that are new each time, a mix that repeats, and aggregates.

/// A query with places to be filled: `$event`, `$production` and `$place` become IRIs, `$n` a
/// number, so that no two requests ask the same.
pub struct Asked {
    pub what: &'static str,
    pub query: &'static str,
}

/// Point lookups and small joins. Every request is about another entity, or at least has another
/// number in it that excludes nothing.
pub const LOOKUPS: &[Asked] = &[
    Asked {
        what: "names of an entity",
        query: "SELECT ?name { $event schema:name ?name }",
    },
    Asked {
        what: "all that is said of an entity",
        query: "SELECT ?p ?o { $event ?p ?o }",
    },
    Asked {
        what: "the same as triples",
        query: "CONSTRUCT { $event ?p ?o } { $event ?p ?o }",
    },
    Asked {
        what: "whether it takes place",
        query: "ASK { $event schema:eventStatus schema:EventScheduled }",
    },
    Asked {
        what: "join of two patterns",
        query: "SELECT ?place ?name { $event schema:location ?place . ?place schema:name ?name }",
    },
    Asked {
        what: "join of six patterns",
        query: "SELECT ?work ?town ?price { $event schema:workPerformed ?w ; schema:location ?l ; schema:offers ?o . ?w schema:name ?work . ?l schema:address/schema:addressLocality ?town . ?o schema:price ?price }",
    },
    Asked {
        what: "two OPTIONAL",
        query: "SELECT ?start ?end ?door { $event schema:startDate ?start OPTIONAL { $event schema:endDate ?end } OPTIONAL { $event schema:doorTime ?door } }",
    },
    Asked {
        what: "FILTER over the performances of a production",
        query: "SELECT ?event ?start { ?event schema:workPerformed $production ; schema:startDate ?start FILTER(?start >= \"2027-01-10T00:00:00+01:00\"^^xsd:dateTime) } LIMIT $n",
    },
    Asked {
        what: "the same in order, five of them",
        query: "SELECT ?event ?start { ?event schema:workPerformed $production ; schema:startDate ?start FILTER(STR(?event) != \"$n\") } ORDER BY ?start ?event LIMIT 5",
    },
];

/// What dashboards and pages ask again and again.
pub const REPEATED: &[&str] = &[
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(?e) AS ?n) { ?e a schema:PerformingArtsEvent }",
    "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class",
    "SELECT ?p (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?month (COUNT(?e) AS ?n) { ?e schema:startDate ?start BIND(MONTH(?start) AS ?month) } GROUP BY ?month",
    "SELECT ?place (COUNT(?e) AS ?n) { ?e schema:location ?place } GROUP BY ?place",
    "SELECT ?town (COUNT(?e) AS ?n) { ?e schema:location/schema:address/schema:addressLocality ?town } GROUP BY ?town",
    "SELECT ?work (COUNT(?e) AS ?n) { ?e schema:workPerformed ?work } GROUP BY ?work",
    "SELECT (MIN(?start) AS ?first) (MAX(?start) AS ?last) { ?e schema:startDate ?start }",
    "SELECT (COUNT(DISTINCT ?place) AS ?n) { ?e schema:location ?place }",
    "SELECT ?price (COUNT(?o) AS ?n) { ?o schema:price ?price } GROUP BY ?price",
    "SELECT ?concept ?label { ?concept skos:inScheme ?scheme ; skos:prefLabel ?label }",
    "SELECT ?narrow ?broad { ?narrow skos:broader ?broad }",
    "SELECT ?place ?name ?town { ?place a schema:Place ; schema:name ?name ; schema:address/schema:addressLocality ?town }",
    "SELECT ?place ?name { ?place a schema:Place ; schema:name ?name FILTER(CONTAINS(STR(?name), \"12\")) }",
    "SELECT ?p ?o { $event ?p ?o }",
    "SELECT ?event ?start { ?event schema:workPerformed $production ; schema:startDate ?start }",
    "SELECT ?start ?town { $event schema:startDate ?start ; schema:location/schema:address/schema:addressLocality ?town }",
    "SELECT ?event { ?event schema:location $place }",
    "ASK { ?e schema:startDate ?start FILTER(?start > \"2030-01-01T00:00:00Z\"^^xsd:dateTime) }",
];

/// Aggregates over all performances, each time with another condition that excludes nothing.
pub const AGGREGATES: &[Asked] = &[
    Asked {
        what: "performances by month",
        query: "SELECT ?month (COUNT(?e) AS ?n) { ?e schema:startDate ?start BIND(MONTH(?start) AS ?month) FILTER(?month < $n) } GROUP BY ?month",
    },
    Asked {
        what: "performances by town",
        query: "SELECT ?town (COUNT(?e) AS ?n) { ?e schema:location/schema:address/schema:addressLocality ?town } GROUP BY ?town HAVING(COUNT(?e) < $n0000)",
    },
    Asked {
        what: "mean price by place",
        query: "SELECT ?place (AVG(?price) AS ?mean) { ?e schema:location ?place ; schema:offers/schema:price ?price FILTER(?price < $n) } GROUP BY ?place",
    },
];

const PREFIXES: &str = "PREFIX schema: <http://schema.org/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> ";

/// Entities of the data, by which queries are filled.
#[derive(Default)]
pub struct Entities {
    pub events: Vec<String>,
    pub productions: Vec<String>,
    pub places: Vec<String>,
}

impl Entities {
    /// The query for the request of this number.
    pub fn fill(&self, query: &str, number: usize) -> String {
        let one = |all: &[String]| format!("<{}>", all[number % all.len()]);
        let filled = query
            .replace("$event", &one(&self.events))
            .replace("$production", &one(&self.productions))
            .replace("$place", &one(&self.places))
            .replace("$n", &(1000 + number).to_string());
        format!("{PREFIXES}{filled}")
    }
}
