"""Validates cases with another SHACL engine: `engine.py pyshacl` or `engine.py pyrudof`.

Reads one JSON object per line, `{"shapes": Turtle, "data": N-Triples}`, and answers each with one,
`{"report": N-Triples}` or `{"error": text}`.
"""

import json
import sys


def pyshacl():
    import logging

    import pyshacl
    import rdflib

    logging.disable(logging.CRITICAL)

    def validate(shapes, data):
        # Else "01"^^xsd:integer is another term after reading than it was before. pySHACL sets
        # it back each time.
        rdflib.NORMALIZE_LITERALS = False
        shapes = rdflib.Graph().parse(data=shapes, format="turtle")
        data = rdflib.Graph().parse(data=data, format="nt")
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none")
        if not isinstance(report, rdflib.Graph):
            raise ValueError(text)
        return report.serialize(format="nt")

    return validate


def pyrudof():
    import pyrudof

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())

    def validate(shapes, data):
        rudof.reset_all()
        rudof.read_data(data, pyrudof.RDFFormat.NTriples)
        rudof.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
        rudof.validate_shacl()
        return rudof.serialize_shacl_validation_results(
            pyrudof.ResultShaclValidationFormat.NTriples
        )

    return validate


def main():
    validate = {"pyshacl": pyshacl, "pyrudof": pyrudof}[sys.argv[1]]()
    for line in sys.stdin:
        case = json.loads(line)
        try:
            answer = {"report": validate(case["shapes"], case["data"])}
        except BaseException as error:  # pyo3 panics are no Exception
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
