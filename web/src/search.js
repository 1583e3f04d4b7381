// Proposes names while somebody types into a search box (the combobox pattern of WAI-ARIA 1.2, with
// the focus staying in the box). Without it the box is a plain form; with it, Enter still sends the
// form unless a proposal is chosen.

const script = document.currentScript;
const { root, lang, none, some } = script.dataset;

/** Milliseconds without a key before the server is asked. */
const PAUSE = 120;
/** How many answers are remembered. */
const REMEMBERED = 50;
const SHORTEST = 2;

/** Answers by what was asked, oldest first. */
const known = new Map();

async function ask(text, signal) {
  const asked = text.toLocaleLowerCase(lang);
  if (known.has(asked)) return known.get(asked);
  const address = `${root}/search/complete?${new URLSearchParams({ q: text, lang })}`;
  const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const { items } = await response.json();
  const usable = items.filter((item) => /^(id|vocab)\/[\w/%.~-]+$/.test(item.path));
  known.set(asked, usable);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value);
  return usable;
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function enhance(input) {
  const list = element("ul", { id: `${input.id}-list`, role: "listbox", class: "proposals", "aria-label": input.labels?.[0]?.textContent.trim() ?? "" });
  const said = element("span", { class: "unseen", role: "status" });
  list.hidden = true;
  input.form.append(list, said);
  for (const [key, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(key, value);
  }

  let shown = [];
  let chosen = -1;
  let timer = 0;
  let asking = new AbortController();

  function choose(place) {
    chosen = place;
    for (const [index, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(index === place));
      if (index === place) option.scrollIntoView({ block: "nearest" });
    }
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    said.textContent = "";
    choose(-1);
  }

  function open(item) {
    location.assign(`${root}/${item.path}`);
  }

  function show(items) {
    shown = items;
    list.replaceChildren(
      ...items.map((item, index) => {
        const option = element("li", { id: `${list.id}-${index}`, role: "option", "aria-selected": "false" });
        const about = item.foundBy ? `${item.foundBy} · ${item.about}` : item.about;
        const name = element("span", { class: "name" }, item.name);
        if (item.lang && item.lang !== lang) name.lang = item.lang;
        name.dir = "auto";
        option.append(name, " ", element("span", { class: "about" }, about));
        // The focus stays in the box.
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => open(item));
        return option;
      }),
    );
    choose(-1);
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = items.length === 0 ? none : `${some} ${items.length}`;
  }

  async function propose() {
    const text = input.value.trim();
    asking.abort();
    if (text.length < SHORTEST) {
      close();
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    try {
      const items = await ask(text, signal);
      if (!signal.aborted && document.activeElement === input) show(items);
    } catch {
      // Without proposals the form still works.
      if (!signal.aborted) close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(propose, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isOpen = !list.hidden;
    const last = shown.length - 1;
    if (event.key === "ArrowDown" && !isOpen) void propose();
    else if (event.key === "ArrowDown" && isOpen) choose(chosen === last ? -1 : chosen + 1);
    else if (event.key === "ArrowUp" && isOpen) choose(chosen < 0 ? last : chosen - 1);
    else if (event.key === "Escape" && isOpen) close();
    else if (event.key === "Enter" && isOpen && chosen >= 0) open(shown[chosen]);
    else return;
    event.preventDefault();
  });
}

for (const input of document.querySelectorAll('form[role="search"][data-proposes] input[type="search"]')) enhance(input);
