"""rapper, rdflib, extruct, signposting and the Nu HTML checker, over every kind of page."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import extruct
import rdflib
from checks import Endpoint, Servers, Skip, check, run_all
from signposting import find_signposting_http, find_signposting_linkset
from site_map import formats, get, pages

CHECKS = []
VNU = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"
# What raptor calls the formats that it reads.
RAPPER = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}
WITH_GRAPHS = {"application/trig", "application/n-quads"}
SCHEMA = "https://schema.org/"


@cache
def all_pages(base):
    return pages(base)


def documents(base):
    """A page of each kind of entity."""
    pattern = re.compile(re.escape(base) + r"/doc/[^/.?]+")
    found = [page for page in all_pages(base) if pattern.fullmatch(page.address)]
    assert len(found) >= 5, [page.address for page in found]
    return found


def rapper(media_type, address, body):
    """The number of statements that rapper reads."""
    if not shutil.which("rapper"):
        raise Skip("rapper is not there")
    command = ["rapper", "--quiet", "--input", RAPPER[media_type], "--output", "nquads", "-", address]
    process = subprocess.run(command, input=body, capture_output=True, timeout=120)
    told = process.stderr.decode()
    assert process.returncode == 0 and not told, (address, process.returncode, told[:300])
    return len(process.stdout.splitlines())


@check(CHECKS, "rapper reads every RDF format of everything, and finds as much in each")
def every_format(servers):
    read = set()
    for page in all_pages(servers.whole.base):
        counts = {}
        for media_type, address in formats(page.address):
            if media_type not in RAPPER:
                continue
            status, headers, body = get(address)
            assert status == 200, (address, status)
            assert headers.get_content_type() == media_type, (address, headers["Content-Type"])
            counts[media_type] = rapper(media_type, address, body)
            assert counts[media_type] > 0, address
            read.add((page.kind[0], media_type))
        same = {count for media_type, count in counts.items() if media_type not in WITH_GRAPHS}
        assert len(same) <= 1, (page.address, counts)
    # Which spelling of an address is met first depends on the page that links to it.
    routes = {route.rstrip("/") for route, _ in read}
    wanted = {"/ns", "/vocab", "/doc/{noid}"}
    assert wanted <= routes, (wanted - routes, routes)
    assert {"text/turtle", "application/n-triples"} <= {kind for _, kind in read}, read


@check(CHECKS, "rdflib finds in JSON-LD what it finds in Turtle, without asking for a context")
def json_ld(servers):
    for page in documents(servers.whole.base):
        found = dict(formats(page.address))
        _, _, turtle = get(found["text/turtle"])
        _, _, data = get(found["application/ld+json"])
        expected = rdflib.Graph().parse(data=turtle, format="turtle", publicID=page.address)
        graph = rdflib.Graph().parse(data=data, format="json-ld", base=page.address)
        assert len(graph) == len(expected) > 0, (page.address, len(graph), len(expected))


@check(CHECKS, "extruct finds the thing itself in its page, as schema.org describes it")
def embedded(servers):
    found = set()
    for page in documents(servers.whole.base):
        for lang in ("fr", "en"):
            _, _, body = get(f"{page.address}?lang={lang}", "text/html")
            data = extruct.extract(body.decode(), base_url=page.address, syntaxes=["json-ld"])
            blocks = data["json-ld"]
            # A character of a play, say, is nothing that schema.org knows.
            if not page.kind[2]:
                continue
            assert blocks, page.address
            things = [thing for block in blocks for thing in block.get("@graph", [block])]
            identity = page.address.replace("/doc/", "/id/")
            about = [thing for thing in things if thing.get("@id") == identity]
            assert about, (page.address, [thing.get("@id") for thing in things])
            assert about[0].get("name"), (page.address, about[0])
            types = about[0]["@type"]
            found.update([types] if isinstance(types, str) else types)
    assert {"Event", "Place", "Person", "Organization"} <= found, found


@check(CHECKS, "signposting finds the typed links of a document: in headers, page and link set")
def signposts(servers):
    for page in documents(servers.whole.base):
        identity = page.address.replace("/doc/", "/id/")
        in_header = find_signposting_http(page.address)
        rels = {str(signpost.rel) for signpost in in_header.signposts}
        assert {"cite-as", "describedby", "type", "linkset"} <= rels, (page.address, rels)
        cited = [str(one.target) for one in in_header.signposts if one.rel == "cite-as"]
        assert cited == [identity], cited
        described = [one for one in in_header.signposts if one.rel == "describedby"]
        types = {str(one.type) for one in described}
        assert {"text/turtle", "application/ld+json"} <= types, types
        for signpost in described:
            status, headers, _ = get(str(signpost.target))
            found = status, headers.get_content_type()
            assert found == (200, str(signpost.type)), (str(signpost.target), *found)
        linksets = [one for one in in_header.signposts if one.rel == "linkset"]
        assert len(linksets) == 2, linksets
        for linkset in linksets:
            if str(linkset.type) == "application/linkset":
                told = find_signposting_linkset(str(linkset.target), str(linkset.type))
                rels = {str(signpost.rel) for signpost in told.signposts}
            else:
                # It reads no attribute that RFC 9264 §4.2.4.3 has as a list.
                _, headers, body = get(str(linkset.target), str(linkset.type))
                assert headers.get_content_type() == str(linkset.type), headers["Content-Type"]
                rels = set(json.loads(body)["linkset"][0])
            expected = {"cite-as", "describedby", "type"}
            assert expected <= rels, (str(linkset.target), str(linkset.type), rels)


@check(CHECKS, "signposting finds the document from the IRI of the thing")
def signposts_of_things(servers):
    for page in documents(servers.whole.base):
        identity = page.address.replace("/doc/", "/id/")
        found = find_signposting_http(identity)
        rels = {str(signpost.rel) for signpost in found.signposts}
        assert "describedby" in rels, (identity, rels)


@check(CHECKS, "the Nu HTML checker finds no error on any kind of page, in either language")
def markup(servers):
    if not (shutil.which("java") and VNU.exists()):
        raise Skip("it needs java (default-jre-headless) and npm")
    with tempfile.TemporaryDirectory(prefix="affiche-pages-") as folder:
        files = {}
        for page in all_pages(servers.whole.base):
            for lang in ("fr", "en"):
                sign = "&" if "?" in page.address else "?"
                address = f"{page.address}{sign}lang={lang}"
                _, headers, body = get(address, "text/html")
                assert headers["Content-Language"] == lang, (address, headers["Content-Language"])
                file = Path(folder) / f"{len(files)}.html"
                file.write_bytes(body)
                files[str(file)] = address
        command = ["java", "-Xss4m", "-jar", str(VNU), "--errors-only", "--exit-zero-always"]
        command += ["--format", "json", "--stdout", *files]
        process = subprocess.run(command, capture_output=True, timeout=300)
        messages = json.loads(process.stdout)["messages"]
        faults = {}
        for message in messages:
            file = message["url"].removeprefix("file:")
            faults.setdefault(message["message"], []).append(
                (files.get(file, file), message.get("extract", "")[:160])
            )
        print(f"    {len(files)} pages of {len({p.kind[0] for p in all_pages(servers.whole.base)})} routes")
        assert not faults, "\n".join(f"{what}: {where[0]}" for what, where in faults.items())


@check(CHECKS, "curl gets 304 for what it has, in each content coding")
def conditions(servers):
    for page in all_pages(servers.whole.base)[:40]:
        for coding in ("identity", "gzip", "br", "zstd"):
            _, headers, _ = get(page.address, "text/html", Accept_Encoding=coding)
            tag = headers["ETag"]
            if not tag or headers["Cache-Control"] == "no-store":
                continue
            again = get(page.address, "text/html", Accept_Encoding=coding, If_None_Match=tag)
            status, headers, body = again
            assert (status, headers["ETag"], body) == (304, tag, b""), (page.address, coding, status)
            assert headers["Content-Length"] is None, (page.address, headers["Content-Length"])


if __name__ == "__main__":
    # `python documents.py http://127.0.0.1:8080` looks at a server that runs.
    whole = Endpoint(sys.argv[1].rstrip("/"))
    print("%d passed, %d failed" % run_all(CHECKS, Servers(whole, whole, whole)))
