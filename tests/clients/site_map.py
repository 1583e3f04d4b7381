"""What there is to look at: each kind of page of the site, found by following its links."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urljoin, urlsplit
from urllib.request import Request, urlopen

# How many of each kind are looked at, and how many pages are read to find them.
OF_EACH = 2
READ = 400
# Their addresses stand in no page, or only there where the crawl has its end.
STARTS = ["/", "/about", "/api", "/validate", "/sparql/explain", "/quality", "/problems/not-found"]


def get(address, accept="*/*", **headers):
    """Status, headers and body, whatever the status; the headers tell where it was in the end."""
    sent = {"Accept": accept} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        answer = urlopen(Request(address, headers=sent), timeout=60)
    except HTTPError as error:
        answer = error
    with answer:
        answer.headers["X-Address"] = answer.geturl()
        return answer.status, answer.headers, answer.read()


@dataclass
class Page:
    address: str
    # The route that it is of, and what it is about.
    kind: tuple
    links: list = field(default_factory=list)


class Links(HTMLParser):
    """The addresses of a page's links, and the types in the data that it carries."""

    def __init__(self, text):
        super().__init__()
        self.found, self.types, self._is_data = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and attributes.get("href"):
            self.found.append(attributes["href"])
        self._is_data = tag == "script" and attributes.get("type") == "application/ld+json"

    def handle_data(self, data):
        if self._is_data:
            self.types = type_of(json.loads(data))
            self._is_data = False


def type_of(data):
    """The types of what JSON-LD is about."""
    if isinstance(data, dict) and "@graph" in data:
        data = data["@graph"]
    first = data[0] if isinstance(data, list) and data else data
    types = first.get("@type", []) if isinstance(first, dict) else []
    return [types] if isinstance(types, str) else types


def routes(base):
    """Each route as a pattern, the longest first, from the server's own description."""
    _, _, body = get(f"{base}/openapi.json")
    paths = json.loads(body)["paths"]
    patterns = []
    for path in sorted(paths, key=len, reverse=True):
        pattern = "".join(
            "[^/]+" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]*\})", path)
        )
        patterns.append((path, re.compile(pattern)))
    return patterns


def pages(base):
    """Some pages of each kind."""
    known = routes(base)
    waiting = [base + start for start in STARTS]
    seen, kinds, read = set(waiting), {}, 0
    while waiting and read < READ:
        address = waiting.pop(0)
        parts = urlsplit(address)
        route = next((path for path, pattern in known if pattern.fullmatch(parts.path)), None)
        names = tuple(sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
        of_route = sum(len(some) for kind, some in kinds.items() if kind[:2] == (route, names))
        # Entities are of many kinds; of anything else a few are enough.
        if route is None or of_route >= (60 if "/doc/" in route or "/id/" in route else OF_EACH):
            continue
        read += 1
        status, headers, body = get(address, "text/html")
        # What is counted after a quiet minute is not there yet.
        if status >= 500 and not headers["Retry-After"]:
            raise AssertionError(f"{address}: {status}")
        if status == 503 or headers.get_content_type() != "text/html":
            continue
        address = headers["X-Address"]
        parts = urlsplit(address)
        route = next((path for path, pattern in known if pattern.fullmatch(parts.path)), route)
        links = Links(body.decode())
        kind = (route, names, tuple(sorted(links.types)) if "/doc/" in route else ())
        some = kinds.setdefault(kind, [])
        if len(some) < OF_EACH and all(page.address != address for page in some):
            some.append(Page(address, kind, links.found))
        for link in links.found:
            link = urljoin(address, link).split("#")[0]
            if link.startswith(f"{base}/") and link not in seen and "lang=" not in link:
                seen.add(link)
                waiting.append(link)
    return [page for some in kinds.values() for page in some]


def formats(address):
    """Media type and address of each format, as the refusal of another lists them."""
    status, _, body = get(address, "application/x-none")
    if status != 406:
        return []
    listed = json.loads(body).get("formats", [])
    return [(one["type"], urljoin(address, one["url"])) for one in listed if "url" in one]
