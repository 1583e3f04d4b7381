"""rdflib's SPARQLStore: an endpoint that looks like a graph."""

import http.client

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from checks import CONSTRUCT, ENDLESS, MANY, MANY_ROWS, NAMES, PLACES, TERMS, WRONG, check, fails

CHECKS = []
SCHEMA = rdflib.Namespace("http://schema.org/")
METHODS = ["GET", "POST", "POST_FORM"]


def graph(endpoint, method="GET", identifier=None, **settings):
    store = SPARQLStore(endpoint.address, method=method, **settings)
    return rdflib.Graph(store, identifier=identifier)


@check(CHECKS, "rdflib reads a table, asked for in each of the three ways")
def tables(servers):
    for method in METHODS:
        rows = list(graph(servers.whole, method).query(NAMES))
        assert len(rows) > 20, method
        assert all(isinstance(row.event, URIRef) for row in rows)


@check(CHECKS, "rdflib reads every kind of term, in each format of results")
def terms(servers):
    for form in ["xml", "json", "tsv", "csv"]:
        (row,) = graph(servers.whole, returnFormat=form).query(TERMS)
        assert str(row.iri) == "http://exemple.fr/théâtre", form
        assert str(row.plain) == "日本 🎭", form
        assert row.nothing is None or str(row.nothing) == "", form
        if form == "csv":
            continue
        assert row.french == rdflib.Literal("Le Malade imaginaire, à l’Œuvre", lang="fr"), form
        assert row.integer.toPython() == 42 and float(row.decimal) == 19.5, form
        assert row.date.toPython().isoformat() == "2027-03-14", form
        assert isinstance(row.blank, rdflib.BNode), form
        assert str(row.markup) == '<b>&amp; "quotes",\ttab,\nline</b>', form


@check(CHECKS, "rdflib reads true and false")
def truth(servers):
    for method in METHODS:
        assert graph(servers.whole, method).query("ASK { ?s ?p ?o }").askAnswer is True
        assert graph(servers.whole, method).query("ASK { ?s ?s ?s }").askAnswer is False


@check(CHECKS, "rdflib reads a graph that is constructed or described")
def graphs(servers):
    expected = len(list(graph(servers.whole).query(PLACES)))
    for method in METHODS:
        made = graph(servers.whole, method).query(CONSTRUCT).graph
        assert len(made) == expected, method
        place = next(iter(made.subjects()))
        described = graph(servers.whole, method).query(f"DESCRIBE <{place}>").graph
        assert (place, RDF.type, SCHEMA.Place) in described, method


@check(CHECKS, "rdflib finds triples, counts them, and asks whether one is there")
def triples(servers):
    store = graph(servers.whole)
    places = list(store.triples((None, RDF.type, SCHEMA.Place)))
    assert places and all(place[2] == SCHEMA.Place for place in places)
    assert places[0] in store
    assert (places[0][0], RDF.type, SCHEMA.Nowhere) not in store
    assert store.value(places[0][0], SCHEMA.name) is not None
    ((count,),) = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert len(store) == count.toPython() > 1000


@check(CHECKS, "rdflib reads one graph of several")
def chosen_graph(servers):
    name = URIRef(f"{servers.whole.base}/graph/source/system")
    for method in METHODS:
        store = graph(servers.whole, method, identifier=name)
        ((count,),) = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        ((expected,),) = graph(servers.whole, method).query(query)
        assert count == expected and count.toPython() > 0, method


@check(CHECKS, "rdflib gets every row of a large result")
def large(servers):
    assert len({row.text for row in graph(servers.whole).query(MANY)}) == MANY_ROWS


@check(CHECKS, "rdflib raises on a syntax error and when the time is over")
def wrong(servers):
    fails(lambda: list(graph(servers.whole).query(WRONG)), ValueError)
    fails(lambda: list(graph(servers.hurried).query(ENDLESS)), ValueError)


@check(CHECKS, "rdflib never takes a part for the whole")
def cut(servers):
    for form in ["xml", "json", "tsv", "csv"]:
        store = graph(servers.narrow, returnFormat=form)
        fails(lambda store=store: list(store.query(MANY)), http.client.HTTPException, OSError)
