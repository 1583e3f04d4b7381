"""curl and roqet, as they are typed into a terminal; and what the editors of others send."""

import gzip
import json
import shutil
import subprocess
import time
from urllib.parse import urlencode
from xml.etree import ElementTree

from checks import (
    CONSTRUCT,
    ENDLESS,
    MANY,
    MANY_ROWS,
    NAMES,
    PLACES,
    TERMS,
    WRONG,
    Skip,
    check,
)

CHECKS = []
# curl's own words for a transfer that ended before its end, be it before its head.
CUT = {18, 52, 56, 92}
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
JSON = "application/sparql-results+json"


def curl(*arguments, ends_with=(0,)):
    """Status, headers and body of a transfer."""
    if not shutil.which("curl"):
        raise Skip("curl is not there")
    command = ["curl", "--silent", "--show-error", "--include", *arguments]
    process = subprocess.run(command, capture_output=True, timeout=120)
    found = process.returncode, process.stderr, process.stdout[:300]
    assert process.returncode in ends_with, (*found, arguments)
    if process.returncode:
        return None
    head, _, body = process.stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), value.strip())
    return int(status.split()[1]), headers, body


def get(endpoint, query, *arguments, parameters=(), **expected):
    data = urlencode([("query", query), *parameters])
    return curl(*arguments, "--get", "--data", data, endpoint.address, **expected)


@check(CHECKS, "curl gets JSON without asking for it, and each format that it asks for")
def formats(servers):
    for accept, media_type in [
        ("*/*", JSON),
        ("", JSON),
        ("application/json", "application/json"),
        (JSON, JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/html;q=0.1, */*;q=0.8", JSON),
    ]:
        # An empty value keeps curl from sending its own `*/*`.
        header = f"accept: {accept}" if accept else "accept:"
        status, headers, body = get(servers.whole, NAMES, "--header", header)
        assert status == 200, (accept, status, body[:300])
        assert headers["content-type"].split(";")[0] == media_type, (accept, headers)
        assert int(headers["affiche-generation"]) > 0
        assert "accept" in headers["vary"].lower()
        assert body
    for accept in ["*/*", "", "application/sparql-results+json, text/turtle;q=0.9, */*;q=0.1"]:
        header = f"accept: {accept}" if accept else "accept:"
        status, headers, _ = get(servers.whole, CONSTRUCT, "--header", header)
        assert status == 200 and "turtle" in headers["content-type"], (accept, headers)
    for accept in [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "application/trig",
        "application/n-quads",
    ]:
        status, headers, body = get(servers.whole, CONSTRUCT, "--header", f"accept: {accept}")
        assert status == 200 and body, (accept, status)
        assert headers["content-type"].split(";")[0] == accept, (accept, headers)
    assert get(servers.whole, NAMES, "--header", "accept: image/png")[0] == 406


@check(CHECKS, "curl names a format in the address")
def named_formats(servers):
    for name, media_type in [
        ("json", JSON),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
    ]:
        status, headers, _ = get(servers.whole, NAMES, parameters=[("format", name)])
        assert status == 200, (name, status)
        assert headers["content-type"].split(";")[0] == media_type, (name, headers)


@check(CHECKS, "curl sends a query in each of the three ways")
def ways(servers):
    expected = json.loads(get(servers.whole, NAMES)[2])
    form = curl("--data-urlencode", f"query={NAMES}", servers.whole.address)
    header = "content-type: application/sparql-query"
    direct = curl("--header", header, "--data-binary", NAMES, servers.whole.address)
    for status, _headers, body in (form, direct):
        assert status == 200
        found = json.loads(body)["results"]["bindings"]
        assert len(found) == len(expected["results"]["bindings"])


@check(CHECKS, "curl gets an answer compressed where it asks for that")
def compressed(servers):
    _, headers, plain = get(servers.whole, NAMES, "--header", "accept: text/csv")
    assert "content-encoding" not in headers
    for coding in ["gzip", "br", "zstd"]:
        arguments = ("--header", "accept: text/csv", "--header", f"accept-encoding: {coding}")
        status, headers, body = get(servers.whole, NAMES, *arguments)
        assert status == 200 and headers["content-encoding"] == coding, headers
        assert len(body) < len(plain)
        if coding == "gzip":
            lines = gzip.decompress(body).decode().splitlines()
            assert sorted(lines) == sorted(plain.decode().splitlines())


@check(CHECKS, "curl asks again only for what is new")
def known(servers):
    _, headers, _ = get(servers.whole, NAMES)
    tag = headers["etag"]
    status, again, body = get(servers.whole, NAMES, "--header", f"if-none-match: {tag}")
    assert status == 304 and not body, status
    assert again["affiche-generation"] == headers["affiche-generation"]
    _, fresh, _ = get(servers.whole, "SELECT (NOW() AS ?now) {}")
    assert "etag" not in fresh


@check(CHECKS, "curl sees the head alone, and what may be asked")
def head_and_options(servers):
    data = urlencode({"query": NAMES})
    status, headers, body = curl("--head", f"{servers.whole.address}?{data}")
    assert status == 200 and not body
    assert headers["content-type"].split(";")[0] == JSON
    status, headers, _ = curl("--request", "OPTIONS", servers.whole.address)
    assert status in (200, 204), status


@check(CHECKS, "curl gets a description of the service")
def description(servers):
    status, headers, body = curl("--header", "accept: text/turtle", servers.whole.address)
    assert status == 200 and "turtle" in headers["content-type"], (status, body[:300])
    assert b"http://www.w3.org/ns/sparql-service-description#" in body


@check(CHECKS, "curl gets every row of a large result, in each format")
def large(servers):
    for accept in ["text/csv", "text/tab-separated-values"]:
        _, _, body = get(servers.whole, MANY, "--header", f"accept: {accept}")
        assert len(body.decode().splitlines()) == MANY_ROWS + 1
    _, _, body = get(servers.whole, MANY)
    assert len(json.loads(body)["results"]["bindings"]) == MANY_ROWS


@check(CHECKS, "curl is told what is wrong with a query, and where")
def wrong(servers):
    status, headers, body = get(servers.whole, WRONG)
    problem = json.loads(body)
    assert status == 400 and headers["content-type"].startswith("application/problem+json")
    assert problem["line"] == 1 and problem["column"] > 1, problem
    status, _, body = get(servers.hurried, ENDLESS)
    assert status in (503, 504), status
    assert json.loads(body)["limit"] == "limits.query_timeout"
    status, _, body = curl("--data-urlencode", "update=DROP ALL", servers.whole.address)
    assert status in (400, 403, 405) and b"update-refused" in body
    service = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    status, _, body = get(servers.whole, service)
    assert 400 <= status < 500, status


@check(CHECKS, "curl ends with an error when an answer is cut, compressed or not")
def cut(servers):
    for accept in [JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"]:
        for coding in ["identity", "gzip", "br", "zstd"]:
            arguments = ("--header", f"accept: {accept}", "--header", f"accept-encoding: {coding}")
            get(servers.narrow, MANY, *arguments, ends_with=CUT)


@check(CHECKS, "curl shares without credentials: any origin, and none by name")
def any_origin(servers):
    origin = "origin: https://elsewhere.example"
    _, headers, _ = get(servers.whole, NAMES, "--header", origin)
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    exposed = headers["access-control-expose-headers"].lower()
    for name in ("affiche-generation", "etag"):
        assert name in exposed, exposed
    # A problem can be read as well, or the page could not say what is wrong.
    status, headers, _ = get(servers.whole, WRONG, "--header", origin)
    assert status == 400 and headers["access-control-allow-origin"] == "*"


@check(CHECKS, "Yasgui's requests are answered")
def yasgui(servers):
    # As `@zazuko/yasgui` 4 and SIB's editor, which is built on it, send them.
    accept = f"accept: {JSON},*/*;q=0.9"
    graph_accept = "accept: application/n-triples,text/turtle,*/*;q=0.9"
    origin = "origin: https://yasgui.example"
    status, headers, body = curl(
        *("--header", accept, "--header", origin),
        *("--data-urlencode", f"query={NAMES}"),
        servers.whole.address,
    )
    assert status == 200 and headers["content-type"].split(";")[0] == JSON
    assert json.loads(body)["results"]["bindings"]
    status, headers, _ = curl(
        *("--header", graph_accept, "--header", origin),
        *("--data-urlencode", f"query={CONSTRUCT}"),
        servers.whole.address,
    )
    assert status == 200 and headers["content-type"].startswith("application/n-triples")


# What SIB's editor asks an endpoint for when it opens it, as its source has them.
SIB_EXAMPLES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
    ?sq a sh:SPARQLExecutable ;
        rdfs:comment ?comment ;
        sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq
"""
SIB_PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix
"""
SIB_VOID = """
PREFIX up: <http://purl.uniprot.org/core/>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype
WHERE {
    {
        ?cp void:class ?subjectClass ;
            void:propertyPartition ?pp .
        ?pp void:property ?prop .
        OPTIONAL {
            {
                ?pp  void:classPartition [ void:class ?objectClass ] .
            } UNION {
                ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] .
            }
        }
    } UNION {
        ?linkset void:subjectsTarget [ void:class ?subjectClass ] ;
            void:linkPredicate ?prop ;
            void:objectsTarget [ void:class ?objectClass ] .
    }
}
"""


@check(CHECKS, "SIB's editor finds example queries, prefixes and classes")
def sib_editor(servers):
    for what, query in [
        ("examples", SIB_EXAMPLES),
        ("prefixes", SIB_PREFIXES),
        ("classes and properties", SIB_VOID),
    ]:
        data = urlencode({"format": "json", "ac": 1, "query": query})
        # The description of the data is made when nothing has changed for a minute.
        deadline = time.monotonic() + 150
        while True:
            status, _, body = curl("--header", f"accept: {JSON}", f"{servers.whole.address}?{data}")
            assert status == 200, (what, status, body[:300])
            if json.loads(body)["results"]["bindings"]:
                break
            assert time.monotonic() < deadline, f"there are no {what}"
            time.sleep(1)


def roqet(*arguments):
    if not shutil.which("roqet"):
        raise Skip("roqet is not there (Debian: rasqal-utils)")
    return subprocess.run(["roqet", *arguments], capture_output=True, text=True, timeout=120)


@check(CHECKS, "roqet reads a table")
def roqet_table(servers):
    process = roqet("-q", "-r", "xml", "-p", servers.whole.address, "-e", TERMS)
    assert process.returncode == 0, process.stderr
    row = {
        binding.get("name"): binding[0]
        for binding in ElementTree.fromstring(process.stdout).iter(f"{RESULTS}binding")
    }
    assert row["plain"].text == "日本 🎭", process.stdout
    assert row["french"].text == "Le Malade imaginaire, à l’Œuvre", process.stdout
    assert row["french"].get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert row["integer"].get("datatype").endswith("#integer")
    assert row["blank"].tag == f"{RESULTS}bnode"
    process = roqet("-q", "-r", "csv", "-p", servers.whole.address, "-e", PLACES)
    expected = len(json.loads(get(servers.whole, PLACES)[2])["results"]["bindings"])
    assert process.returncode == 0 and len(process.stdout.splitlines()) == expected + 1


@check(CHECKS, "roqet takes the answer to an ASK without a complaint")
def roqet_truth(servers):
    # It prints nothing for one that comes from an endpoint, whichever that is.
    process = roqet("-p", servers.whole.address, "-e", "ASK { ?s ?p ?o }")
    assert process.returncode == 0 and "rror" not in process.stderr, process.stderr


@check(CHECKS, "roqet fails on a syntax error and never takes a part for the whole")
def roqet_errors(servers):
    assert roqet("-q", "-p", servers.whole.address, "-e", "SELECT * { ?s ?p }").returncode != 0
    # It must be one that roqet's own parser takes and the server cannot complete.
    process = roqet("-q", "-r", "csv", "-p", servers.narrow.address, "-e", MANY)
    assert process.returncode != 0, process.stdout[-300:]
