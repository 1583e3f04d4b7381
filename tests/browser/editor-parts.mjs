// The parts of the editor that can be judged without a page.

import { spawnSync } from "node:child_process";
import { snippets } from "../../web/src/snippets.js";
import { compareTerms, Names, numberOf, readTriples, timeOf } from "../../web/src/terms.js";
import { ticks } from "../../web/src/views/scale.js";
import { readWkt } from "../../web/src/views/map.js";
import { classesIn, declared, expected, subjectAt } from "../../web/src/vocabulary.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const literal = (value, datatype) => ({ type: "literal", value, datatype: datatype && XSD + datatype });

export function partChecks({ check, claim }) {
  const same = (actual, wanted, about) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
    claim(a === b, `${about}: ${a}, not ${b}`);
  };

  check("the editor knows what may follow in a query", async () => {
    for (const [before, wanted] of [
      ["", "keyword"],
      ["PREFIX ", "prefix"],
      ["SELECT * WHERE { ", "subject"],
      ["SELECT * { ?s ", "property"],
      ["SELECT * { ?s a ", "class"],
      ["SELECT * { ?s rdf:type ", "class"],
      ["SELECT * { ?s schema:name ", "object"],
      ["SELECT * { ?s schema:name ?n ; ", "property"],
      ["SELECT * { ?s schema:name ?n . ", "subject"],
      ["SELECT * { ?s schema:location/", "property"],
      ["SELECT * { ?s schema:location/schema:address ", "object"],
      ["SELECT * { ?s schema:price 12.5 ; ", "property"],
      ["SELECT * { ?s schema:name \"a . b { ; \" ; ", "property"],
      ["SELECT * { ?s schema:geo [ ", "property"],
      ["SELECT * { ?s ?p ?o # a { comment\n ; ", "property"],
      ["SELECT * { ?s ?p ?o FILTER (", "expression"],
      ["SELECT * { ?s ?p ?o FILTER (?o > 1) ?s ", "property"],
      ["SELECT * { <http://a.example/x.y> ", "property"],
    ]) {
      same(expected(before), wanted, before);
    }
    const query = "SELECT * { ?s schema:name ?n ; schema:geo [ a schema:GeoCoordinates ] ; a schema:Place , ?x . FILTER (?n > 2.5) ?s ";
    same(subjectAt(query), "?s", "the subject of a new triple");
    same(subjectAt("SELECT * { ?s schema:name ?n ; "), "?s", "the subject after a semicolon");
    same(subjectAt("SELECT * { ?s schema:geo [ "), null, "the subject without a name");
    same(classesIn(query).get("?s"), ["schema:Place"], "the class of a subject");
    same(declared("PREFIX a: <b#>\nprefix : <c> SELECT"), [["a", "b#"], ["", "c"]], "prefixes");
  });

  check("triples are read whole or not at all", async () => {
    const rows = readTriples('<a:b> <c:d> "x \\"y\\" \\u00e9\\n. "@fr .\n_:b0 <c:d> "1"^^<x:int> .\n\n');
    same(rows[0][2], { type: "literal", value: 'x "y" é\n. ', "xml:lang": "fr" }, "a literal");
    same(rows[1][0], { type: "bnode", value: "b0" }, "a blank node");
    same(rows[1][2].datatype, "x:int", "a datatype");
    for (const broken of ["<a:b> <c:d>", "<a:b> <c:d> <e:f>", '<a:b> <c:d> "x', "<a:b> <c:d> <e:f> <g:h> ."]) {
      let isRefused = false;
      try {
        readTriples(broken);
      } catch {
        isRefused = true;
      }
      claim(isRefused, `it reads ${broken}`);
    }
  });

  check("geometries are read with the axes in their order", async () => {
    same(readWkt("POINT(1.5 46)").lines, [[[1.5, 46]]], "longitude first");
    same(readWkt("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT (46 1.5)").lines, [[[1.5, 46]]], "latitude first");
    same(readWkt("POLYGON((0 0, 1 0, 1 1, 0 0),(0.2 0.2, 0.3 0.2, 0.3 0.3, 0.2 0.2))").lines.length, 2, "rings");
    for (const other of ["POINT(200 10)", "POINT EMPTY", "CIRCLE(1 2)", "<http://x.example/other> POINT(1 2)", "POINT(a b)"]) {
      same(readWkt(other), null, other);
    }
  });

  check("numbers and dates are known by their type", async () => {
    same(numberOf(literal("12.5", "decimal")), 12.5, "a decimal");
    same(numberOf(literal("12.5")), null, "a text");
    same(timeOf(literal("2027-03-02T20:30:00+01:00", "dateTime")), Date.UTC(2027, 2, 2, 20, 30), "the day of the place");
    same(timeOf(literal("2027-03", "gYearMonth")), Date.UTC(2027, 2, 1), "a month");
    same(timeOf(literal("2027")), null, "four digits");
    same(timeOf(literal("1998-05-06")), Date.UTC(1998, 4, 6), "a date as text");
    const names = new Names("https://data.example.org", "");
    const sorted = [literal("b"), literal("10", "integer"), undefined, literal("9", "integer"), literal("A")];
    sorted.sort((a, b) => compareTerms(names, a, b));
    // `sort` puts what is undefined last, whatever it is told.
    same(sorted.filter(Boolean).map((term) => term.value), ["9", "10", "A", "b"], "an order");
    same(names.href("https://data.example.org/id/x"), "/id/x", "a page of ours");
    same(names.href("https://data.example.org//evil.example/"), "https://data.example.org//evil.example/", "two slashes");
    same(names.href("javascript:alert(1)"), undefined, "a script");
    same(ticks(0, 21, 5), [0, 5, 10, 15, 20, 25], "an axis");
  });

  check("a snippet holds the query as it was written", async () => {
    const query = `SELECT * { ?s ?p "it's \\"so\\" \\\\ )-" , """ \${x} $(y) \`z\` """ }`;
    const [curl, python] = snippets("https://data.example.org/sparql", query, "table").map(([, code]) => code);
    const shell = spawnSync("sh", ["-c", `curl() { for a in "$@"; do case "$a" in query=*) printf %s "$a";; esac; done; }\n${curl}`]);
    same(String(shell.stdout), `query=${query}`, "curl");
    const source = python.match(/query = ("""[\s\S]*?""")\nanswer/)[1];
    const found = spawnSync("python3", ["-c", `print(${source}, end="")`]);
    // Where there is no Python, its snippet is not judged.
    if (found.error === undefined) same(String(found.stdout), query, "Python");
    const raw = snippets("https://data.example.org/sparql", `a )" b )-" c`, "table").at(-1)[1];
    claim(raw.includes(`r"--(a )" b )-" c)--"`), raw);
  });
}
