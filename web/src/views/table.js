// The answer as a table: sortable, filterable, a page at a time.

import { make } from "../dom.js";
import { compareTerms, numberOf, timeOf } from "../terms.js";

const PAGE_ROWS = 100;
/** A text that is longer scrolls in its cell. */
const LONG = 500;
/** The table below a drawing ends here; the view `table` has everything. */
const MOST_BELOW = 2000;

/** A term in a cell: links go to our pages, the kind of a literal stands beside it. */
export function shown(term, names, isTyped = false) {
  if (!term) return [];
  if (term.type === "uri") {
    const href = names.href(term.value);
    const text = names.text(term);
    if (href === undefined) return [text];
    const isOurs = term.value.startsWith(`${names.base}/`);
    return [make("a", { href, title: term.value, rel: isOurs ? undefined : "external nofollow" }, text)];
  }
  const text = term.type === "literal" && (term.value.includes("\n") || term.value.length > LONG)
    ? make("span", { class: "long" }, term.value)
    : names.text(term);
  const lang = term["xml:lang"];
  const note = isTyped ? null : names.note(term);
  return [
    lang ? make("span", { lang }, text) : text,
    note === null ? null : make("span", { class: "type" }, note),
  ];
}

/** How a column is set: numbers to the right, dates unbroken. */
function classOf(term) {
  if (numberOf(term) !== null) return "number";
  return timeOf(term) !== null ? "date" : undefined;
}

/** The kind of literal of a whole column, which then stands in its head alone; else null. */
function typeOf(rows, index, names) {
  const notes = new Set(rows.filter((row) => row[index]).map((row) => names.note(row[index])));
  return notes.size === 1 ? [...notes][0] : null;
}

const fold = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

export function table({ columns, rows }, { words, names }) {
  const { say } = words;
  let sorted = null;
  let wanted = "";
  let from = 0;
  const body = make("tbody");
  const range = make("span", { role: "status" });
  const back = make("button", { type: "button", class: "quiet small-button", onclick: () => turn(-1) }, say("previous"));
  const on = make("button", { type: "button", class: "quiet small-button", onclick: () => turn(1) }, say("next"));
  const types = columns.map((_, index) => typeOf(rows, index, names));
  const headings = columns.map((name, index) =>
    make(
      "th",
      { scope: "col", class: classOf(rows.find((row) => row[index])?.[index]) },
      make(
        "button",
        { type: "button", title: say("sortBy", { name }), onclick: () => sort(index) },
        name,
        types[index] === null ? null : make("span", { class: "type" }, types[index]),
      ),
    ),
  );
  const scroll = make(
    "div",
    { class: "rows", tabindex: "0", role: "region", "aria-label": say("answer") },
    make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, make("span", { class: "off-screen" }, "#")), headings)), body),
  );
  const numbered = rows.map((row, index) => [index + 1, row]);
  let listed = numbered;

  function list() {
    const needle = fold(wanted);
    listed = needle === ""
      ? [...numbered]
      : numbered.filter(([, row]) => row.some((term) => fold(names.text(term)).includes(needle)));
    if (sorted !== null) {
      const { index, isDown } = sorted;
      const sign = isDown ? -1 : 1;
      listed.sort(([n, a], [m, b]) => sign * compareTerms(names, a[index], b[index]) || n - m);
    }
    from = 0;
    show();
  }

  function sort(index) {
    // Up, down, as it came.
    if (sorted?.index !== index) sorted = { index, isDown: false };
    else sorted = sorted.isDown ? null : { index, isDown: true };
    headings.forEach((heading, each) => {
      if (sorted?.index === each) heading.setAttribute("aria-sort", sorted.isDown ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
    list();
  }

  function turn(step) {
    from += step * PAGE_ROWS;
    show();
    scroll.scrollTop = 0;
  }

  function show() {
    const part = listed.slice(from, from + PAGE_ROWS);
    body.replaceChildren(
      ...part.map(([number, row]) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, String(number)),
          columns.map((_, index) => make("td", { class: classOf(row[index]) }, shown(row[index], names, types[index] !== null))),
        ),
      ),
    );
    const isPaged = listed.length > PAGE_ROWS;
    back.hidden = on.hidden = !isPaged;
    back.disabled = from === 0;
    on.disabled = from + PAGE_ROWS >= listed.length;
    if (isPaged) {
      range.textContent = say("page", { from: from + 1, to: from + part.length, all: listed.length });
    } else {
      range.textContent = wanted === "" ? "" : say("filtered", { n: listed.length, all: rows.length });
    }
  }

  const filter = make("input", {
    type: "search",
    "aria-label": say("filter"),
    placeholder: say("filter"),
    oninput: () => {
      wanted = filter.value.trim();
      list();
    },
  });
  list();
  const tools = make(
    "div",
    { class: "toolbar" },
    make("span", { class: "grow" }, filter),
    make("span", { class: "pager" }, range, back, on),
  );
  tools.hidden = rows.length <= 8;
  return [tools, scroll];
}

/** A small table with the values of a drawing, for those who do not see it. */
export function sameAsTable(columns, rows, words) {
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody"),
  );
  const details = make(
    "details",
    {},
    make("summary", {}, words.say("asTable")),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.say("asTable") }, table),
  );
  // Made when it is opened: a drawing may have thousands of values.
  details.addEventListener("toggle", () => {
    if (!details.open || table.tBodies[0].rows.length > 0) return;
    table.tBodies[0].append(
      ...rows.slice(0, MOST_BELOW).map((row) =>
        make("tr", {}, row.map((value) => make("td", { class: typeof value === "number" ? "number" : undefined },
          typeof value === "number" ? words.number(value, { maximumFractionDigits: 6 }) : value ?? ""))),
      ),
    );
    if (rows.length > MOST_BELOW) {
      details.append(make("p", { class: "said" }, words.say("page", { from: 1, to: MOST_BELOW, all: rows.length })));
    }
  });
  return details;
}
