// What the editor can propose: variables of the query, keywords, prefixes, and the classes and
// properties of the data with their labels and counts.

const KEYWORDS = [
  "SELECT", "SELECT DISTINCT", "CONSTRUCT", "ASK", "DESCRIBE", "WHERE", "PREFIX", "FROM",
  "FROM NAMED", "GRAPH", "OPTIONAL", "UNION", "MINUS", "FILTER", "FILTER NOT EXISTS",
  "FILTER EXISTS", "BIND", "VALUES", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET",
];
const FUNCTIONS = [
  "COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "STR", "LANG", "LANGMATCHES",
  "DATATYPE", "BOUND", "IRI", "IF", "COALESCE", "CONCAT", "STRLEN", "SUBSTR", "UCASE", "LCASE",
  "CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "REPLACE", "REGEX", "ABS", "ROUND",
  "CEIL", "FLOOR", "NOW", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "isIRI", "isLiteral",
  "isNumeric", "isBlank", "STRDT", "STRLANG", "sameTerm",
];
const MOST = 60;

const fold = (text) =>
  text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

/** The prefixes that a query declares, as `[prefix, namespace]`. */
export function declared(query) {
  const found = query.matchAll(/(?:^|[\s>])PREFIX\s+([^\s:<>]*):\s*<([^<>]*)>/gi);
  return [...found].map(([, prefix, namespace]) => [prefix, namespace]);
}

/** Tokens of SPARQL, as far as it takes to know what is expected next. */
const TOKEN = /#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\s]*>|[?$]\w+|@[A-Za-z-]+|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[\p{L}_][\p{L}\p{N}_.-]*:[\p{L}\p{N}_%.:-]*|:[\p{L}\p{N}_%-]+|[\p{L}_][\p{L}\p{N}_]*|\^\^|&&|\|\||[<>!]=|\S/gu;

/** Words after which a part of a pattern begins. */
const BEGINS = /^(where|filter|bind|optional|union|minus|values)$/i;

/**
 * What may stand at the end of this text: `subject`, `property`, `class`, `object`, `prefix`
 * (a declaration) or `expression`.
 */
export function expected(before) {
  const tokens = tokensOf(before);
  if (/^prefix$/i.test(tokens.at(-1) ?? "")) return "prefix";
  // From the last thing that begins a new triple, or a part of one.
  let depth = 0;
  const since = [];
  for (const token of tokens.reverse()) {
    if (token === ")") depth += 1;
    else if (token === "(") {
      if (depth === 0) return "expression";
      depth -= 1;
    } else if (depth === 0) {
      if (["{", "}", ".", ";", "["].includes(token) || BEGINS.test(token)) {
        return place(since.reverse(), token);
      }
      since.push(token);
    }
  }
  return "keyword";
}

/** The subject of what is being written at the end of this text, such as `?place`, or null. */
export function subjectAt(before) {
  const tokens = tokensOf(before).reverse();
  let depth = 0;
  let subject = null;
  for (const token of tokens) {
    if ([")", "]"].includes(token)) depth += 1;
    else if (["(", "["].includes(token)) {
      if (depth === 0) return null;
      depth -= 1;
    } else if (depth === 0) {
      if (["{", "}", "."].includes(token) || BEGINS.test(token)) return subject;
      // The name of a function is no subject.
      if (!/^[A-Za-z_]+$/.test(token)) subject = token;
    }
  }
  return null;
}

/** The names of the classes that a query says its subjects are of, by subject. */
export function classesIn(query) {
  const found = new Map();
  let subject = null;
  let isFirst = true;
  let isVerb = false;
  // The subjects around what stands in square brackets, which have no name.
  const outer = [];
  tokensOf(query).forEach((token, index, all) => {
    if (["{", "}", ".", "(", ")"].includes(token)) [isFirst, isVerb] = [true, false];
    else if (token === ";") isVerb = true;
    else if (token === "[") {
      outer.push(subject);
      [subject, isFirst, isVerb] = [null, false, true];
    } else if (token === "]") [subject, isFirst, isVerb] = [outer.pop() ?? null, false, false];
    else if (isFirst) [subject, isFirst, isVerb] = [token, false, true];
    else if (isVerb) {
      isVerb = false;
      if (isType(token) && index + 1 < all.length) found.set(subject, [...(found.get(subject) ?? []), all[index + 1]]);
    }
  });
  return found;
}

const tokensOf = (text) => [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => token[0] !== "#");

const isType = (verb) => verb === "a" || /^(rdf:type|<.*#type>)$/.test(verb);

function place(since, start) {
  const last = since.at(-1);
  if (["/", "|", "^", "!"].includes(last)) return "property";
  const ahead = [";", "["].includes(start) ? 0 : 1;
  // A path is one verb, however many steps it has.
  const verbs = since.slice(ahead).join(" ").split(/ ?[/|^] ?/).length - 1;
  const count = since.length - (verbs > 0 ? 2 * verbs : 0);
  if (count < ahead) return "subject";
  if (count === ahead) return "property";
  const verb = since[ahead];
  return isType(verb) ? "class" : "object";
}

export class Vocabulary {
  constructor(words) {
    this.words = words;
    this.prefixes = {};
    this.classes = [];
    this.properties = [];
  }

  learn(document) {
    this.prefixes = document.prefixes ?? {};
    const entry = (kind) => (term) => ({
      iri: term.iri,
      kind,
      label: term.label?.[this.words.lang] ?? term.label?.fr ?? term.label?.en ?? "",
      about: term.about?.[this.words.lang] ?? term.about?.fr ?? term.about?.en ?? "",
      count: term.count ?? null,
      properties: term.properties ?? {},
      found: fold([term.iri.split(/[/#]/).at(-1), ...Object.values(term.label ?? {})].join(" ")),
    });
    this.classes = (document.classes ?? []).map(entry("class"));
    this.properties = (document.properties ?? []).map(entry("property"));
  }

  /** A source for CodeMirror's completion. */
  source = (context) => {
    const text = context.state.doc.toString();
    const iri = context.matchBefore(/<[^<>\s]*/);
    const variable = context.matchBefore(/[?$]\w*/);
    const word = context.matchBefore(/(?:[\p{L}_][\p{L}\p{N}_-]*)?:?[\p{L}\p{N}_-]*/u);
    const typed = iri ?? variable ?? word;
    if (!typed || (typed.from === typed.to && !context.explicit)) return null;
    const query = text.slice(typed.from, context.pos);
    const role = expected(text.slice(0, typed.from));
    const options = iri
      ? this.iris(query, role)
      : variable
        ? this.variables(text, query)
        : this.names(text, text.slice(0, typed.from), query, role);
    if (options.length === 0) return null;
    return { from: typed.from, options, filter: false };
  };

  iris(query, role) {
    const wanted = fold(query.slice(1));
    return this.terms(role)
      .filter(({ iri }) => fold(iri).includes(wanted))
      .slice(0, MOST)
      .map((term) => ({ ...this.shown(term), label: `<${term.iri}>` }));
  }

  variables(text, query) {
    const others = new Map();
    for (const [name] of text.matchAll(/[?$]\w+/g)) others.set(name, (others.get(name) ?? 0) + 1);
    // The one being typed is not a proposal.
    if (others.get(query) === 1) others.delete(query);
    return [...others.keys()]
      .filter((name) => name.toLowerCase().startsWith(query.toLowerCase()))
      .sort()
      .map((label) => ({ label, type: "variable" }));
  }

  names(text, before, query, role) {
    const here = new Map(declared(text).map(([prefix, namespace]) => [namespace, prefix]));
    if (role === "prefix") return this.declarations(query, here);
    const options = [];
    if (["property", "class", "object", "expression", "subject"].includes(role)) {
      const terms = role === "property" ? this.propertiesOf(text, before, here) : this.terms(role);
      options.push(...this.ranked(terms, query, here));
    }
    if (role !== "property" && role !== "class") {
      const wanted = query.toLowerCase();
      const list = role === "expression" ? FUNCTIONS : [...KEYWORDS, ...(wanted ? FUNCTIONS : [])];
      const keywords = list.filter((each) => each.toLowerCase().startsWith(wanted));
      options.unshift(...keywords.map((label) => ({ label, type: "keyword" })));
    }
    if (role === "property" && "a".startsWith(query)) {
      options.unshift({ label: "a", type: "keyword", detail: "rdf:type" });
    }
    return options.slice(0, MOST);
  }

  declarations(query, here) {
    return Object.entries(this.prefixes)
      .filter(([prefix, namespace]) => !here.has(namespace) && prefix.startsWith(query.replace(":", "")))
      .map(([prefix, namespace]) => ({
        label: `${prefix}: <${namespace}>`,
        type: "namespace",
      }));
  }

  terms(role) {
    if (role === "property") return this.properties;
    if (role === "class") return this.classes;
    return [...this.classes, ...this.properties];
  }

  /** The properties, with how often the classes of the subject have them where those are known. */
  propertiesOf(text, before, here) {
    const names = classesIn(text).get(subjectAt(before)) ?? [];
    const classes = this.classes.filter(({ iri }) => names.includes(`<${iri}>`) || names.includes(this.named(iri, here).name));
    if (classes.every(({ properties }) => Object.keys(properties).length === 0)) return this.properties;
    return this.properties.map((term) => {
      const own = classes.reduce((sum, { properties }) => sum + (properties[term.iri] ?? 0), 0);
      return { ...term, own, count: own || term.count };
    });
  }

  /** The name of an IRI in this query, and the prefix that would have to be declared for it. */
  named(iri, here) {
    const known = [...here, ...Object.entries(this.prefixes).map(([prefix, namespace]) => [namespace, prefix])];
    for (const [namespace, prefix] of known) {
      const local = iri.slice(namespace.length);
      if (iri.startsWith(namespace) && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(local)) {
        return { name: `${prefix}:${local}`, prefix, namespace };
      }
    }
    return { name: `<${iri}>` };
  }

  ranked(terms, query, here) {
    const wanted = fold(query);
    const [prefix, local] = wanted.includes(":") ? wanted.split(":") : [null, wanted];
    const found = [];
    for (const term of terms) {
      const { name, prefix: ours, namespace } = this.named(term.iri, here);
      const own = fold(name.split(":").at(-1));
      let rank;
      if (prefix !== null) {
        if (ours === undefined || fold(ours) !== prefix || !own.includes(local)) continue;
        rank = own.startsWith(local) ? 0 : 2;
      } else if (wanted === "") rank = 0;
      else if (own.startsWith(wanted) || fold(name).startsWith(wanted)) rank = 0;
      else if (` ${term.found}`.includes(` ${wanted}`)) rank = 1;
      else if (term.found.includes(wanted)) rank = 2;
      else continue;
      found.push({ rank, term, name, prefix: ours, namespace });
    }
    const own = ({ term }) => term.own ?? 0;
    found.sort((a, b) => a.rank - b.rank || own(b) - own(a) || (b.term.count ?? 0) - (a.term.count ?? 0) || a.name.localeCompare(b.name));
    return found.slice(0, MOST).map(({ term, name, prefix: ours, namespace }) => ({
      ...this.shown(term),
      label: name,
      apply: (view, _, from, to) => {
        const changes = [{ from, to, insert: name }];
        if (namespace !== undefined && !here.has(namespace)) {
          changes.push({ from: 0, insert: `PREFIX ${ours}: <${namespace}>\n` });
        }
        const set = view.state.changes(changes);
        view.dispatch({ changes: set, selection: { anchor: set.mapPos(to, 1) }, userEvent: "input.complete" });
      },
    }));
  }

  shown({ kind, label, about, count }) {
    const uses = count === null ? "" : this.words.say("uses", { n: count });
    return {
      type: kind,
      detail: [label, uses].filter(Boolean).join(" · "),
      info: about || undefined,
    };
  }
}
