"""SPARQLWrapper 2, the client of most Python scripts."""

import http.client
import warnings
from urllib.error import HTTPError

import SPARQLWrapper as library
from SPARQLWrapper import SPARQLExceptions, SPARQLWrapper

from checks import CONSTRUCT, ENDLESS, MANY, MANY_ROWS, NAMES, PLACES, TERMS, WRONG, check, fails

CHECKS = []
FORMATS = [library.JSON, library.XML, library.CSV, library.TSV]
# JSON-LD and RDF/XML are read by rdflib.
GRAPHS = [library.TURTLE, library.N3, library.XML, library.RDFXML, library.JSONLD]
WAYS = [
    (library.GET, library.URLENCODED),
    (library.POST, library.URLENCODED),
    (library.POST, library.POSTDIRECTLY),
]


def asked(endpoint, query, form=library.JSON, way=WAYS[0]):
    client = SPARQLWrapper(endpoint.address)
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(way[0])
    client.setRequestMethod(way[1])
    return client


def converted(client):
    with warnings.catch_warnings():
        # It warns when what comes is not what it asked for.
        warnings.simplefilter("error", RuntimeWarning)
        return client.queryAndConvert()


@check(CHECKS, "SPARQLWrapper reads a table in JSON, asked for in each of the three ways")
def tables(servers):
    for way in WAYS:
        answer = converted(asked(servers.whole, NAMES, way=way))
        assert answer["head"]["vars"] == ["event", "name"]
        rows = answer["results"]["bindings"]
        assert len(rows) > 20 and all(row["event"]["type"] == "uri" for row in rows)


@check(CHECKS, "SPARQLWrapper reads every kind of term")
def terms(servers):
    for way in WAYS:
        (row,) = converted(asked(servers.whole, TERMS, way=way))["results"]["bindings"]
        assert row["iri"]["value"] == "http://exemple.fr/théâtre"
        assert row["plain"] == {"type": "literal", "value": "日本 🎭"}
        assert row["french"]["value"] == "Le Malade imaginaire, à l’Œuvre"
        assert row["french"]["xml:lang"] == "fr"
        assert row["integer"]["datatype"].endswith("#integer")
        assert float(row["decimal"]["value"]) == 19.5
        assert row["date"]["value"] == "2027-03-14"
        assert row["truth"]["value"] == "true"
        assert row["blank"]["type"] == "bnode"
        assert row["markup"]["value"] == '<b>&amp; "quotes",\ttab,\nline</b>'
        assert "nothing" not in row


@check(CHECKS, "SPARQLWrapper reads XML, CSV and TSV")
def other_tables(servers):
    document = converted(asked(servers.whole, TERMS, library.XML))
    assert len(document.getElementsByTagName("result")) == 1
    assert "Le Malade imaginaire, à l’Œuvre" in document.toxml()
    assert "日本 🎭".encode() in converted(asked(servers.whole, TERMS, library.CSV))
    assert '"Le Malade imaginaire, à l’Œuvre"@fr'.encode() in converted(
        asked(servers.whole, TERMS, library.TSV)
    )


@check(CHECKS, "SPARQLWrapper reads true and false")
def truth(servers):
    for query, expected in [("ASK { ?s ?p ?o }", True), ("ASK { ?s ?s ?s }", False)]:
        assert converted(asked(servers.whole, query))["boolean"] is expected
        document = converted(asked(servers.whole, query, library.XML))
        (element,) = document.getElementsByTagName("boolean")
        assert element.firstChild.data == str(expected).lower()


@check(CHECKS, "SPARQLWrapper reads a graph in each format that it knows")
def graphs(servers):
    expected = len(converted(asked(servers.whole, PLACES))["results"]["bindings"])
    for form in GRAPHS:
        for way in WAYS:
            answer = converted(asked(servers.whole, CONSTRUCT, form, way))
            if isinstance(answer, bytes):
                import rdflib

                answer = rdflib.Graph().parse(data=answer, format="turtle")
            assert len(answer) == expected, f"{form}: {len(answer)} triples"


@check(CHECKS, "SPARQLWrapper describes an entity")
def description(servers):
    rows = converted(asked(servers.whole, NAMES))["results"]["bindings"]
    query = f"DESCRIBE <{rows[0]['event']['value']}>"
    graph = converted(asked(servers.whole, query, library.RDFXML))
    assert any(str(o) == rows[0]["name"]["value"] for o in graph.objects())


@check(CHECKS, "SPARQLWrapper with no format set reads a table and a graph")
def defaults(servers):
    table = SPARQLWrapper(servers.whole.address)
    table.setQuery(NAMES)
    assert len(table.query().convert().getElementsByTagName("result")) > 20
    graph = SPARQLWrapper(servers.whole.address)
    graph.setQuery(CONSTRUCT)
    assert len(graph.query().convert()) > 0


@check(CHECKS, "SPARQLWrapper chooses the graphs of a request")
def chosen_graphs(servers):
    sources = converted(
        asked(servers.whole, "SELECT DISTINCT ?g { GRAPH ?g { ?s a ?class } } ORDER BY ?g")
    )["results"]["bindings"]
    graphs = [row["g"]["value"] for row in sources if "/graph/source/" in row["g"]["value"]]
    assert len(graphs) >= 2
    for way in WAYS:
        everywhere = asked(servers.whole, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", way=way)
        for graph in graphs[:2]:
            everywhere.addNamedGraph(graph)
        rows = converted(everywhere)["results"]["bindings"]
        assert sorted(row["g"]["value"] for row in rows) == sorted(graphs[:2])
        inside = asked(servers.whole, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", way=way)
        inside.addDefaultGraph(graphs[0])
        (row,) = converted(inside)["results"]["bindings"]
        named = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graphs[0]}> {{ ?s ?p ?o }} }}"
        (expected,) = converted(asked(servers.whole, named))["results"]["bindings"]
        assert row["n"]["value"] == expected["n"]["value"] != "0"


@check(CHECKS, "SPARQLWrapper gets every row of a large result")
def large(servers):
    rows = converted(asked(servers.whole, MANY))["results"]["bindings"]
    assert len(rows) == MANY_ROWS
    assert len({row["text"]["value"] for row in rows}) == MANY_ROWS


@check(CHECKS, "SPARQLWrapper sees the generation of an answer")
def generation(servers):
    headers = asked(servers.whole, NAMES).query().info()
    assert int(headers["affiche-generation"]) > 0
    again = asked(servers.whole, NAMES).query().info()
    assert headers["etag"] and again["etag"] == headers["etag"]


@check(CHECKS, "SPARQLWrapper calls a syntax error a bad query, and tells where it is")
def wrong(servers):
    for way in WAYS:
        error = fails(asked(servers.whole, WRONG, way=way).query, SPARQLExceptions.QueryBadFormed)
        assert "line" in str(error), error


@check(CHECKS, "SPARQLWrapper raises when the time is over")
def late(servers):
    error = fails(asked(servers.hurried, ENDLESS).query, HTTPError, SPARQLExceptions.SPARQLWrapperException)
    assert "limits.query_timeout" in str(error) or error.code == 504, error


@check(CHECKS, "SPARQLWrapper never takes a part for the whole")
def cut(servers):
    for form in FORMATS:
        client = asked(servers.narrow, MANY, form)
        fails(lambda: client.query().convert(), http.client.HTTPException, OSError)
