// The answer to a query, or why there is none.

import { copy, freshId, make } from "./dom.js";
import { snippets } from "./snippets.js";
import { chart } from "./views/chart.js";
import { numericColumns, timeColumns } from "./views/columns.js";
import { map, placeColumns } from "./views/map.js";
import { table } from "./views/table.js";
import { timeline } from "./views/timeline.js";

/** Longer addresses are cut or refused by something on the way. */
const MOST_ADDRESS = 30_000;

const VIEWS = [
  { name: "table", show: table, suits: () => true },
  { name: "chart", show: chart, suits: (data) => numericColumns(data).length > 0 },
  { name: "map", show: map, suits: (data) => placeColumns(data) !== null },
  { name: "timeline", show: timeline, suits: (data) => timeColumns(data).length > 0 },
];

/** The page's place for answers. */
export class Results {
  constructor(section, context) {
    this.section = section;
    this.context = context;
    this.view = "table";
    this.state = make("p", { class: "figures", role: "status" });
    this.body = make("div");
    this.query = make("pre", { class: "print-query" });
    const id = "answer";
    section.setAttribute("aria-labelledby", id);
    section.replaceChildren(make("h2", { id, tabindex: "-1" }, context.words.say("answer")), this.query, this.state, this.body);
  }

  running() {
    const { say, number } = this.context.words;
    this.section.hidden = false;
    this.section.setAttribute("aria-busy", "true");
    this.body.replaceChildren();
    const started = Date.now();
    const tell = () => {
      const seconds = Math.floor((Date.now() - started) / 1000);
      this.state.textContent = say("running", { seconds: number(seconds) });
    };
    this.state.classList.add("running");
    tell();
    this.clock = setInterval(tell, 1000);
  }

  end() {
    clearInterval(this.clock);
    this.section.removeAttribute("aria-busy");
    this.state.classList.remove("running");
    this.state.textContent = "";
  }

  /** A whole answer. */
  show(answer, query) {
    this.end();
    const { words } = this.context;
    const { say, number } = words;
    this.query.textContent = query;
    const seconds = number(answer.seconds, { maximumFractionDigits: answer.seconds < 1 ? 2 : 1 });
    const generation = answer.generation === null ? "?" : number(answer.generation);
    const parts = [];
    if (answer.kind === "boolean") {
      this.state.textContent = say("figures", { count: "ASK", seconds, generation });
      parts.push(make("p", { class: "verdict" }, say(answer.value ? "yes" : "no")));
    } else {
      const isGraph = answer.kind === "graph";
      const count = say(isGraph ? "triples" : "rows", { n: answer.rows.length });
      this.state.textContent = say("figures", { count, seconds, generation });
      const columns = isGraph
        ? [say("subject"), say("property"), say("object")]
        : answer.variables.map((name) => `?${name}`);
      if (answer.rows.length === 0) parts.push(make("p", { class: "lead" }, say("nothing")));
      else parts.push(...this.views({ columns, rows: answer.rows }));
    }
    this.body.replaceChildren(...parts, this.take(answer, query));
  }

  /** The tabs (WAI-ARIA tabs pattern) and what they show. */
  views(data) {
    const { say } = this.context.words;
    const panel = make("div", { role: "tabpanel", id: freshId("view") });
    const usable = new Set(VIEWS.filter((view) => view.suits(data)).map((view) => view.name));
    const tabs = VIEWS.map((view) =>
      make(
        "button",
        {
          type: "button",
          role: "tab",
          id: freshId("tab"),
          class: usable.has(view.name) ? undefined : "unsuited",
          "aria-controls": panel.id,
          onclick: () => choose(view.name),
        },
        say(view.name),
      ),
    );
    const choose = (name, isAsked = true) => {
      const index = VIEWS.findIndex((view) => view.name === name);
      tabs.forEach((tab, each) => {
        tab.setAttribute("aria-selected", String(each === index));
        tab.tabIndex = each === index ? 0 : -1;
      });
      panel.setAttribute("aria-labelledby", tabs[index].id);
      panel.replaceChildren(...VIEWS[index].show(data, this.context).filter(Boolean));
      if (isAsked) this.view = name;
    };
    const list = make("div", { class: "tabs", role: "tablist", "aria-label": say("views") }, tabs);
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = tabs[(to + tabs.length) % tabs.length];
      tab.focus();
      tab.click();
    });
    // The view of the answer before is kept where it says something here.
    choose(usable.has(this.view) ? this.view : "table", false);
    return [list, panel];
  }

  /** Downloads, snippets and the citation. */
  take(answer, query) {
    const { words, endpoint } = this.context;
    const { say } = words;
    const isGraph = answer.kind === "graph";
    const address = (more) => `${endpoint}?${new URLSearchParams({ query, ...more })}`;
    const formats = isGraph ? this.context.formats.graphs : this.context.formats.solutions;
    const isLong = address({}).length > MOST_ADDRESS;
    const downloads = isLong
      ? make("p", { class: "said" }, say("tooLongToDownload"))
      : make(
          "ul",
          { class: "downloads" },
          make("li", {}, say("download")),
          formats.map((format) =>
            make("li", {}, make("a", { class: "button", href: address({ format }), download: `affiche-${answer.generation ?? "x"}.${format}` }, format)),
          ),
        );
    return make(
      "section",
      { class: "take", "aria-label": say("reuse") },
      downloads,
      this.code(query, answer.kind),
      this.citation(answer, query, isLong),
    );
  }

  code(query, kind) {
    const { words, endpoint } = this.context;
    const all = snippets(new URL(endpoint, location.href).href, query, kind);
    const code = make("code");
    const choose = (name) => {
      code.textContent = all.find(([each]) => each === name)[1];
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === name));
    };
    const buttons = all.map(([name]) =>
      make("button", { type: "button", class: "quiet small-button", onclick: () => choose(name) }, name),
    );
    choose(all[0][0]);
    return make(
      "details",
      { class: "code" },
      make("summary", {}, words.say("snippets")),
      make("p", { class: "actions" }, buttons),
      make("pre", { tabindex: "0" }, code),
      this.copyButton(() => code.textContent),
    );
  }

  /**
   * What to write under a figure. An answer of today's data cannot be had again; when releases
   * can be queried, the answer's release stands here instead of generation and time.
   */
  citation(answer, query, isLong) {
    const { words, publicEndpoint } = this.context;
    const { say, lang } = words;
    const time = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "long", timeZone: "UTC" }).format(answer.time);
    const text = say("cite", {
      endpoint: publicEndpoint,
      generation: answer.generation === null ? "?" : String(answer.generation),
      time,
      address: isLong ? "…" : `${publicEndpoint}?${new URLSearchParams({ query })}`,
    });
    return make(
      "details",
      { class: "citation" },
      make("summary", {}, say("citation")),
      make("blockquote", {}, text),
      make("p", { class: "small" }, say("notReplayable")),
      this.copyButton(() => `${text}\n${say("notReplayable")}`),
    );
  }

  copyButton(text) {
    const { say } = this.context.words;
    const said = make("span", { class: "said", role: "status" });
    const button = make("button", {
      type: "button",
      class: "quiet small-button",
      onclick: async () => {
        said.textContent = (await copy(text())) ? ` ${say("copied")}` : "";
      },
    }, say("copy"));
    return make("p", {}, button, said);
  }

  /** Says loudly that there is no answer, and why. */
  fail(fault, query, onSeeLine) {
    this.end();
    this.query.textContent = query;
    const { say, number } = this.context.words;
    const size = number((fault.bytes ?? 0) / 1e6, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
    if (fault.kind === "stopped") {
      this.state.textContent = say("stopped");
      return;
    }
    const texts = {
      broken: () => [say("incomplete"), [say("brokenAbout", { size })]],
      malformed: () => [say("incomplete"), [say("malformed")]],
      "too-large": () => [say("tooLarge"), [say("tooLargeAbout", { size })]],
      unreachable: () => [say("unreachable"), [say("unreachableAbout")]],
      problem: () => this.problem(fault),
    };
    const [title, lines] = texts[fault.kind]();
    const line = fault.about?.line;
    this.body.replaceChildren(
      make(
        "div",
        { class: "box bad", role: "alert" },
        make("h3", {}, title),
        lines.filter(Boolean).map((text) => make("p", {}, prose(text))),
        this.explanation(fault),
        Number.isInteger(line)
          ? make("button", { type: "button", class: "quiet small-button", onclick: onSeeLine }, say("seeLine", { line }))
          : null,
      ),
      ...(fault.kind === "too-large" ? [this.take({ kind: "table", generation: null, time: new Date() }, query)] : []),
    );
  }

  /** A link to the page that says what a problem means and what to do. */
  explanation({ about }) {
    const href = typeof about?.type === "string" ? this.context.names.href(about.type) : undefined;
    return href ? make("p", {}, make("a", { href }, this.context.words.say("meaning"))) : null;
  }

  problem({ status, about, retryAfter, requestId }) {
    const { say } = this.context.words;
    return [
      about.title ?? say("problem"),
      [
        about.detail ?? (about.title ? null : say("statusAbout", { status: String(status) })),
        retryAfter === null ? null : say("retryAfter", { seconds: retryAfter }),
        status >= 500 && requestId ? say("requestId", { id: requestId }) : null,
      ],
    ];
  }
}

/** What stands between backticks is code. */
function prose(text) {
  const pieces = text.split("`");
  if (pieces.length % 2 === 0) return [text];
  return pieces.map((piece, index) => (index % 2 === 1 ? make("code", {}, piece) : piece));
}
