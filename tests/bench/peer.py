"""The peer of `door.rs`: the oxigraph wheel on the same file.

Prints three numbers: seconds to bulk-load the files into a store on disk, the median
milliseconds to describe one of 200 performances and write it as Turtle, and the most memory
that loading took, in megabytes.
"""

import resource
import statistics
import sys
import tempfile
import time

try:
    import pyoxigraph
except ImportError:
    sys.exit("pyoxigraph is not installed")

with tempfile.TemporaryDirectory() as folder:
    store = pyoxigraph.Store(folder)
    started = time.perf_counter()
    for path in sys.argv[1:]:
        store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.flush()
    load_s = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000

    count = int(
        next(
            iter(
                store.query(
                    "SELECT (COUNT(*) AS ?n) { ?s a <http://schema.org/PerformingArtsEvent>"
                    " FILTER(STRSTARTS(STR(?s), 'https://house0.example/')) }"
                )
            )
        )[0].value
    )
    times = []
    for index in range(200):
        iri = f"https://house0.example/performance/{index * 7 % count}"
        query = f"CONSTRUCT {{ ?s ?p ?o }} {{ {{ BIND(<{iri}> AS ?s) ?s ?p ?o }} UNION {{ <{iri}> ?q ?s . ?s ?p ?o FILTER(isBlank(?s)) }} }}"
        started = time.perf_counter()
        triples = list(store.query(query))
        pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE)
        times.append((time.perf_counter() - started) * 1000)
        assert len(triples) >= 10, len(triples)
    print(load_s, statistics.median(times), peak_mb)
