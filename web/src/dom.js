// Elements made from their parts. Text is always text: nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const make = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

let last = 0;
/** An id that no other element of the page has. */
export const freshId = (stem) => `${stem}-${++last}`;

/** A choice with its label. */
export function choice(label, options, chosen, onChange) {
  const id = freshId("choice");
  const select = make(
    "select",
    { id, onchange: () => onChange(select.value) },
    options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)),
  );
  return make("span", { class: "choice-of" }, make("label", { for: id }, label), select);
}

/** Puts a text on the clipboard; says whether that was possible. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without a secure context there is no clipboard: the old way, by a selection.
    const area = make("textarea", { class: "off-screen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Draws once the element is on the page, and again when its width changes. */
export function redrawOnResize(element, show) {
  let width = -1;
  new ResizeObserver(() => {
    if (element.clientWidth === width || element.clientWidth === 0) return;
    width = element.clientWidth;
    show();
  }).observe(element);
}
