// The page at /sparql, made from the form that works without this script.

import { ask, Fault } from "./client.js";
import { copy, make } from "./dom.js";
import { Editor } from "./editor-view.js";
import { Results } from "./results.js";
import { Names } from "./terms.js";
import { Vocabulary } from "./vocabulary.js";
import { wordsIn } from "./words.js";

const DRAFT = "affiche-query";

/** The addresses of this site, which stand on the script's own element. */
const addresses = document.currentScript.dataset;

function start(page) {
  const words = wordsIn(document.documentElement.lang);
  const { say } = words;
  const form = page.querySelector("form");
  const field = form.querySelector("textarea");
  const { base, root, vocabulary: vocabularyAddress, outlines, licences } = addresses;
  const endpoint = form.getAttribute("action");
  const context = {
    words,
    names: new Names(base, root),
    endpoint,
    // What is cited is where the data is published, wherever the program is tried.
    publicEndpoint: `${base}${endpoint.slice(root.length)}`,
    outlines,
    // Until the server says which formats there are.
    formats: { solutions: ["json", "xml", "csv", "tsv"], graphs: ["ttl", "nt"] },
  };
  const vocabulary = new Vocabulary(words);
  const hasAnswer = page.querySelector(".results") !== null;
  const section = page.querySelector(".results") ?? make("section", { class: "results" });
  const wasAsked = new URLSearchParams(location.search).has("query");
  if (!section.isConnected) form.after(section);
  const results = new Results(section, context);
  section.hidden = true;

  const host = make("div", { class: "editor-host" });
  const explain = make("a", { class: "button" }, say("explain"));
  const said = make("span", { class: "said", role: "status" });
  const run = make("button", { type: "submit" }, form.querySelector("button[type=submit]").textContent);
  const stop = make("button", { type: "button", class: "quiet", hidden: true, onclick: () => running?.abort() }, say("stop"));
  const share = make("button", { type: "button", class: "quiet", onclick: shareQuery }, say("share"));
  field.before(host);
  form.append(
    make("div", { class: "actions" }, run, stop, explain, share, said),
    make("p", { class: "keys" }, say("keys")),
  );
  page.after(make("p", { class: "keys" }, make("a", { href: licences }, say("licences"))));
  page.classList.add("scripted");
  // The label's field is hidden now; a click on it still leads to where one writes.
  form.querySelector("label").addEventListener("click", () => editor.focus());

  let running = null;
  const draft = wasAsked ? null : keep.read();
  const editor = new Editor(host, {
    text: draft ?? field.value.trim(),
    words,
    vocabulary,
    describedBy: say("keys"),
    onRun: runQuery,
    onChange: changed,
  });

  const addressOf = (query) => `${endpoint}?${new URLSearchParams({ query })}`;

  function changed(query) {
    field.value = query;
    keep.write(query);
    said.textContent = "";
    explain.href = `${form.dataset.explain}?${new URLSearchParams({ query, lang: words.lang })}`;
  }

  /** The address of the page becomes that of the query, so that it can be shared and gone back to. */
  function setAddress(query) {
    if (new URLSearchParams(location.search).get("query") !== query) history.pushState(null, "", addressOf(query));
    for (const link of document.querySelectorAll(".languages a")) {
      const url = new URL(link.href);
      url.searchParams.set("query", query);
      link.href = url.href;
    }
  }

  async function runQuery() {
    const query = editor.text;
    if (query.trim() === "") return editor.focus();
    running?.abort();
    const control = new AbortController();
    running = control;
    stop.hidden = false;
    editor.unmark();
    setAddress(query);
    results.running();
    try {
      const answer = await ask(endpoint, query, words.lang, control.signal);
      if (running === control) results.show(answer, query);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (running === control) failed(fault, query);
    } finally {
      if (running === control) {
        running = null;
        stop.hidden = true;
        bringUp(results.section);
      }
    }
  }

  function failed(fault, query) {
    const { line, column } = fault.about ?? {};
    const isPlaced = Number.isInteger(line);
    results.fail(fault, query, () => editor.goTo(line, column ?? 1));
    // Only while the text is the one that was sent does the place mean something.
    if (isPlaced && editor.text === query) editor.mark(line, column ?? 1, fault.about.detail ?? say("here"));
  }

  async function shareQuery() {
    const query = editor.text;
    setAddress(query);
    const address = new URL(addressOf(query), location.href).href;
    said.textContent = say((await copy(address)) ? "shared" : "shareByHand");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    runQuery();
  });
  addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search).get("query");
    if (query === null) return location.reload();
    editor.text = query;
    runQuery();
  });

  examples(page, words, (query) => {
    editor.text = query;
    editor.focus();
    runQuery();
  });
  changed(editor.text);
  fetch(vocabularyAddress)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
    .then((document) => {
      vocabulary.learn(document);
      context.names.learn(document.prefixes);
      context.formats = document.formats;
    })
    .catch(() => (said.textContent = say("vocabularyFailed")))
    // With the prefixes at hand, what was asked by the address is shown as anything asked later.
    .then(() => (wasAsked && hasAnswer ? runQuery() : null));
}

/** Shows the beginning of an element that is below what is in view. */
function bringUp(element) {
  if (element.getBoundingClientRect().top < innerHeight * 0.6) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
}

/** The text that was being written, for as long as the tab is open. */
const keep = {
  read() {
    try {
      return sessionStorage.getItem(DRAFT);
    } catch {
      return null;
    }
  },
  write(query) {
    try {
      sessionStorage.setItem(DRAFT, query);
    } catch {
      // No storage: then it is not kept.
    }
  },
};

/** A field to search the examples with; their links fill the editor. */
function examples(page, words, onChoose) {
  const section = page.querySelector(".examples");
  if (section === null) return;
  const items = [...section.querySelectorAll("details")];
  const fold = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const titles = items.map((item) => fold(item.querySelector("summary").textContent));
  const texts = items.map((item) => fold(`${item.textContent} ${item.dataset.keywords ?? ""}`));
  const said = make("p", { class: "said", role: "status" });
  const field = make("input", {
    type: "search",
    "aria-label": words.say("search"),
    placeholder: words.say("search"),
    oninput: () => {
      const wanted = fold(field.value).split(/\s+/).filter(Boolean);
      const holds = (text) => wanted.every((word) => text.includes(word));
      items.forEach((item, index) => (item.hidden = !holds(texts[index])));
      // Those whose title says it stand first.
      const [first, then] = [[], []];
      items.forEach((item, index) => (holds(titles[index]) ? first : then).push(item));
      items[0]?.parentElement.append(...first, ...then);
      said.textContent = words.say("found", { n: items.filter((item) => !item.hidden).length });
    },
  });
  said.textContent = words.say("found", { n: items.length });
  section.querySelector("h2").after(field, said);
  for (const item of items) {
    const link = item.querySelector("a");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      onChoose(item.querySelector("code").textContent);
    });
  }
}

const page = document.querySelector(".query-page");
if (page !== null) start(page);
