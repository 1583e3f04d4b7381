"""What the checks of all clients share: the endpoint, what is asked, and how they are run."""

import traceback
from dataclasses import dataclass

PREFIXES = """
PREFIX schema: <http://schema.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
NAMES = PREFIXES + "SELECT ?event ?name { ?event a schema:PerformingArtsEvent ; schema:name ?name }"
# One row with every kind of term; `?nothing` is unbound.
TERMS = (
    PREFIXES
    + """
SELECT ?iri ?plain ?french ?integer ?decimal ?date ?truth ?blank ?markup ?nothing {
    VALUES (?iri ?plain ?french ?integer ?decimal ?date ?truth ?markup) {
        (<http://exemple.fr/théâtre> "日本 🎭" "Le Malade imaginaire, à l’Œuvre"@fr 42 19.50
         "2027-03-14"^^xsd:date true "<b>&amp; \\"quotes\\",\\ttab,\\nline</b>")
    }
    BIND(BNODE() AS ?blank)
}"""
)
MANY_ROWS = 100_000
_DIGITS = "{ VALUES ?%s { 0 1 2 3 4 5 6 7 8 9 } }"
# Ten rows for each digit of a number: some megabytes, and no limit is near.
MANY = (
    "SELECT ?a ?b ?c ?d ?e ?text { "
    + " ".join(_DIGITS % name for name in "abcde")
    + ' BIND(CONCAT("ligne ", STR(?a), STR(?b), STR(?c), STR(?d), STR(?e), " é") AS ?text) }'
)
WRONG = "SELECT * WHERE { ?s ?p }"
# Nothing comes of it before its time is over: it has one row.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CONSTRUCT = (
    PREFIXES
    + "CONSTRUCT { ?s schema:name ?name } { ?s a schema:Place ; schema:name ?name }"
)
PLACES = PREFIXES + "SELECT ?s ?name { ?s a schema:Place ; schema:name ?name }"


@dataclass
class Endpoint:
    """A server that runs."""

    server: str
    # Its data folder.
    data: str = ""

    @property
    def address(self):
        return f"{self.server}/sparql"

    @property
    def base(self):
        """Where the IRIs of its data begin: a new demo's lead to itself."""
        return self.server


@dataclass
class Servers:
    """The same data behind different limits."""

    # As it comes.
    whole: Endpoint
    # Answers are cut after some bytes.
    narrow: Endpoint
    # Time is over soon.
    hurried: Endpoint


class Skip(Exception):
    """The client is not there."""


def check(checks, sentence):
    """Takes a function into a list of checks under a sentence of behaviour."""

    def take(function):
        checks.append((sentence, function))
        return function

    return take


def run_all(checks, servers):
    """Runs checks against the servers and tells how each went: how many passed and failed."""
    passed = failed = 0
    for sentence, function in checks:
        try:
            function(servers)
        except Skip as reason:
            print(f"skipped: {sentence}: {reason}")
        except Exception as error:  # noqa: BLE001: every failure is a failed check
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[1]
            told = f"{type(error).__name__}: {str(error)[:600]}".replace("\n", "\n    ")
            print(f"failed: {sentence}\n    line {where.lineno}: {told}", flush=True)
        else:
            passed += 1
            print(f"ok: {sentence}", flush=True)
    return passed, failed


def fails(action, *kinds):
    """The error of one of these kinds that an action ends with."""
    try:
        result = action()
    except kinds as error:
        return error
    raise AssertionError(f"this was taken for a whole answer: {str(result)[:200]}")
