// Terms of results: how they are shown, what they are worth, and N-Triples.

const XSD = "http://www.w3.org/2001/XMLSchema#";
export const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const NUMBERS = new Set(
  [
    "integer", "decimal", "double", "float", "int", "long", "short", "byte",
    "nonNegativeInteger", "positiveInteger", "negativeInteger", "nonPositiveInteger",
    "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
  ].map((name) => XSD + name),
);
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));

/** The number that a term stands for, or null. */
export function numberOf(term) {
  if (term?.type !== "literal" || !NUMBERS.has(term.datatype)) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

/** The number that a term reads as, typed or not. */
export function numberIn(term) {
  if (term?.type !== "literal" || !/^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(term.value.trim())) {
    return null;
  }
  return Number(term.value);
}

/**
 * The moment that a term stands for, as milliseconds, or null. What has no time zone is taken as
 * it stands, so that a day stays the same day for every reader.
 */
export function timeOf(term) {
  if (term?.type !== "literal") return null;
  const isDate = DATES.has(term.datatype);
  const isText = !term.datatype || term.datatype === `${XSD}string`;
  const found = term.value.match(
    /^(-?\d{4,6})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[-+]\d{2}:\d{2})?)?)?)?$/,
  );
  // A bare number of four digits is a number, not a year.
  if (!found || (!isDate && (!isText || found[3] === undefined))) return null;
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, (month || 1) - 1, day || 1);
  date.setUTCHours(hour, minute, second);
  const time = date.getTime();
  return Number.isFinite(time) ? time : null;
}

/** What is needed to show terms: the prefixes and the addresses of the site. */
export class Names {
  constructor(base, root) {
    this.base = base;
    this.root = root;
    this.prefixes = [];
  }

  learn(prefixes) {
    this.prefixes = Object.entries(prefixes).sort((a, b) => b[1].length - a[1].length);
  }

  /** An IRI as `prefix:name`, as a path of ours, or as it is. */
  shorten(iri) {
    for (const [prefix, namespace] of this.prefixes) {
      if (iri.startsWith(namespace) && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(iri.slice(namespace.length))) {
        return `${prefix}:${iri.slice(namespace.length)}`;
      }
    }
    return iri.startsWith(`${this.base}/`) ? iri.slice(this.base.length) : iri;
  }

  /** Where a link to an IRI goes: our own stay on this server; undefined for what is no link. */
  href(iri) {
    // Two slashes would lead to another host.
    if (iri.startsWith(`${this.base}/`) && !iri.startsWith(`${this.base}//`)) return this.root + iri.slice(this.base.length);
    return /^(https?|mailto):/i.test(iri) ? iri : undefined;
  }

  text(term) {
    if (!term) return "";
    if (term.type === "uri") return this.shorten(term.value);
    if (term.type === "bnode") return `_:${term.value}`;
    if (term.type === "triple") {
      const { subject, predicate, object } = term.value;
      return `<< ${this.text(subject)} ${this.text(predicate)} ${this.text(object)} >>`;
    }
    return term.value;
  }

  /** What kind of literal it is, where that is not a plain text. */
  note(term) {
    if (term?.type !== "literal") return null;
    if (term["xml:lang"]) return `@${term["xml:lang"]}`;
    if (!term.datatype || term.datatype === `${XSD}string`) return null;
    return this.shorten(term.datatype);
  }
}

const compareTexts = new Intl.Collator(undefined, { numeric: true }).compare;

/** Orders terms as people expect: nothing, numbers, dates, texts. */
export function compareTerms(names, a, b) {
  if (!a || !b) return Number(!!a) - Number(!!b);
  const numbers = [numberOf(a), numberOf(b)];
  if (numbers[0] !== null && numbers[1] !== null) return numbers[0] - numbers[1];
  const times = [timeOf(a), timeOf(b)];
  if (times[0] !== null && times[1] !== null) return times[0] - times[1];
  const rank = (i) => (numbers[i] !== null ? 0 : times[i] !== null ? 1 : 2);
  return rank(0) - rank(1) || compareTexts(names.text(a), names.text(b));
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };

const unescape = (text) =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
    one === undefined ? String.fromCodePoint(parseInt(four ?? eight, 16)) : (ESCAPES[one] ?? one),
  );

const TERM = /\s*(?:<([^<>"{}|^`\\\s]*(?:\\u[0-9A-Fa-f]{4}[^<>"{}|^`\\\s]*)*)>|_:([^\s<>".]+(?:\.[^\s<>".]+)*)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^<>\s]*)>)?)/y;

/**
 * The triples of an N-Triples document (RDF 1.1 N-Triples §2), as rows of three terms.
 * Throws on anything else: half a line is no answer.
 */
export function readTriples(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const row = [];
    let at = 0;
    for (let place = 0; place < 3; place += 1) {
      TERM.lastIndex = at;
      const found = TERM.exec(line);
      if (!found) throw new SyntaxError("not N-Triples");
      const [, iri, blank, literal, lang, datatype] = found;
      if (iri !== undefined) row.push({ type: "uri", value: unescape(iri) });
      else if (blank !== undefined) row.push({ type: "bnode", value: blank });
      else row.push({ type: "literal", value: unescape(literal), "xml:lang": lang, datatype });
      at = TERM.lastIndex;
    }
    if (!/^\s*\.\s*$/.test(line.slice(at))) throw new SyntaxError("not N-Triples");
    rows.push(row);
  }
  return rows;
}
