// What the columns of an answer hold, and so what can be drawn of them.

import { numberIn, numberOf, timeOf } from "../terms.js";

/** Columns that hold numbers, those typed as such first. */
export function numericColumns({ columns, rows }) {
  const score = (index) => {
    const terms = rows.map((row) => row[index]).filter(Boolean);
    if (terms.length === 0 || terms.some((term) => numberIn(term) === null)) return 0;
    return terms.every((term) => numberOf(term) !== null) ? 2 : 1;
  };
  return columns
    .map((_, index) => [index, score(index)])
    .filter(([, score]) => score > 0)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([index]) => index);
}

/** Columns that hold dates. */
export function timeColumns({ columns, rows }) {
  return columns
    .map((_, index) => index)
    .filter((index) => {
      const terms = rows.map((row) => row[index]).filter(Boolean);
      return terms.length > 0 && terms.filter((term) => timeOf(term) !== null).length * 2 > terms.length;
    });
}

/** The column that names a row best: a text, else anything but the one left out. */
export function namingColumn({ columns, rows }, without) {
  const rest = columns.map((_, index) => index).filter((index) => !without.includes(index));
  const share = (index, test) => rows.filter((row) => row[index] && test(row[index])).length;
  const isText = (term) => term.type === "literal" && (!term.datatype || /#(string|langString)$/.test(term.datatype));
  return rest.find((index) => share(index, isText) * 2 > rows.length) ?? rest[0] ?? -1;
}
