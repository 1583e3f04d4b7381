"""The peers of `shacl.rs`: `python3 shacl_peer.py pyrudof|pyshacl DATA.nt SHAPES.ttl`.

Prints four numbers: seconds to read the data, seconds to read the shapes and validate, how
many results there are, and the most memory that it took, in megabytes.
"""

import resource
import sys
import time

engine, data, shapes = sys.argv[1:]


def pyrudof():
    from pyrudof import RDFFormat, Rudof, RudofConfig, ShaclFormat

    session = Rudof(RudofConfig())
    session.read_data(data, RDFFormat.NTriples)
    yield
    session.read_shacl(shapes, ShaclFormat.Turtle)
    yield len(session.validate_shacl())


def pyshacl():
    import rdflib
    from pyshacl import validate

    graph = rdflib.Graph()
    graph.parse(data, format="nt")
    yield
    shapes_graph = rdflib.Graph()
    shapes_graph.parse(shapes, format="turtle")
    _, report, _ = validate(graph, shacl_graph=shapes_graph)
    validation_result = rdflib.URIRef("http://www.w3.org/ns/shacl#result")
    yield sum(1 for _ in report.subject_objects(validation_result))


started = time.perf_counter()
run = {"pyrudof": pyrudof, "pyshacl": pyshacl}[engine]()
next(run)
read = time.perf_counter()
results = next(run)
ended = time.perf_counter()
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(read - started, ended - read, results, peak_mb)
