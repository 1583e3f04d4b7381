"""Validates a graph (Turtle on the standard input) by the shapes of DCAT-AP in a folder.

Prints one line for each violation: file, focus node, path, component. Needs rdflib and pyshacl.
"""

import sys
from pathlib import Path

import rdflib
from pyshacl import validate

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
data = rdflib.Graph().parse(data=sys.stdin.buffer.read(), format="turtle")
for path in sorted(Path(sys.argv[1]).rglob("shacl/*.ttl")):
    shapes = rdflib.Graph().parse(path)
    # The vocabularies that they import are on the net; what they would say is in the data.
    shapes.remove((None, rdflib.OWL.imports, None))
    # Two of the files name property shapes that they do not have.
    for shape, _, named in list(shapes.triples((None, SH.property, None))):
        if shapes.value(named, SH.path) is None:
            shapes.remove((shape, SH.property, named))
    _, report, _ = validate(data, shacl_graph=shapes, inference="none")
    for result in report.objects(None, SH.result):
        if report.value(result, SH.resultSeverity) == SH.Violation:
            about = [report.value(result, SH[name]) for name in
                     ("focusNode", "resultPath", "sourceConstraintComponent")]
            print(path.name, *about)
