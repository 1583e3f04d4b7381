"""The peer of `releases.rs`: the oxigraph wheel dumps the same quads.

Takes a file of N-Quads and a folder, loads the file into a store on disk, and dumps it into the
folder. Prints a line for each dump: its file, the seconds it took, and those on the processor.
"""

import os
import sys
import tempfile
import time

try:
    import pyoxigraph
except ImportError:
    sys.exit("pyoxigraph is not installed")

Format = pyoxigraph.RdfFormat
PUBLIC = {
    "public.nt": Format.N_TRIPLES,
    "public.ttl": Format.TURTLE,
    "public.rdf": Format.RDF_XML,
    "public.jsonld": Format.JSON_LD,
}
CLAIMS = {"claims.nq": Format.N_QUADS, "claims.trig": Format.TRIG}

source, target = sys.argv[1:]
with tempfile.TemporaryDirectory(dir=target) as folder:
    store = pyoxigraph.Store(folder)
    store.bulk_load(path=source, format=Format.N_QUADS)
    store.optimize()
    for name, format in {**PUBLIC, **CLAIMS}.items():
        path = os.path.join(target, name)
        graph = pyoxigraph.DefaultGraph() if name in PUBLIC else None
        started, processor = time.perf_counter(), time.process_time()
        if graph is None:
            store.dump(output=path, format=format)
        else:
            store.dump(output=path, format=format, from_graph=graph)
        print(name, time.perf_counter() - started, time.process_time() - processor)
