// Places on a map of our own: coasts and borders as lines, nothing from a tile server.

import { choice, draw, make } from "../dom.js";
import { WKT, numberIn } from "../terms.js";
import { namingColumn } from "./timeline.js";
import { sameAsTable, shown } from "./table.js";

const WIDTH = 1000;
const MOST_NORTH = 84;

/** Web Mercator on a square of 1000, longitude first. */
function project(longitude, latitude) {
  const bounded = Math.max(-MOST_NORTH, Math.min(MOST_NORTH, latitude));
  const radians = (bounded * Math.PI) / 180;
  return [
    ((longitude + 180) / 360) * WIDTH,
    (0.5 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / (2 * Math.PI)) * WIDTH,
  ];
}

const isOnEarth = (longitude, latitude) => Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;

/** The coordinates of a WKT geometry: `{ kind, lines }`, or null. */
export function readWkt(text) {
  const found = text.match(/^\s*(?:<([^>]*)>)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*(\(.*\))\s*$/is);
  if (!found) return null;
  // GeoSPARQL §8.5: without a reference system, or in CRS84, longitude stands first; EPSG:4326
  // has latitude first. Others are not drawn.
  const [, system, , kind, body] = found;
  const isSwapped = system !== undefined && /EPSG\/.*\/4326$/.test(system);
  if (system !== undefined && !isSwapped && !/CRS84$/.test(system)) return null;
  const lines = (body.match(/[^()]+/g) ?? [])
    .map((part) => part.split(",").map((pair) => pair.trim().split(/\s+/).map(Number)).filter((pair) => pair.length >= 2))
    .filter((line) => line.length > 0)
    .map((line) => line.map(([a, b]) => (isSwapped ? [b, a] : [a, b])));
  const all = lines.flat();
  if (all.length === 0 || !all.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && isOnEarth(x, y))) return null;
  return { kind: kind.toUpperCase(), lines };
}

const isGeometry = (term) => term?.type === "literal" && (term.datatype === WKT || /^\s*(<[^>]*>\s*)?(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*\(/i.test(term.value));

/** Which columns say where: `{ geometry }` or `{ latitude, longitude }`, or null. */
export function placeColumns({ columns, rows }) {
  const filled = (index, test) => {
    const terms = rows.map((row) => row[index]).filter(Boolean);
    return terms.length > 0 && terms.filter(test).length * 2 > terms.length;
  };
  const named = (pattern) =>
    columns.findIndex((name, index) => pattern.test(name) && filled(index, (term) => numberIn(term) !== null));
  const latitude = named(/^\??(.*_)?(lat|latitude)$|lat(itude)?$/i);
  const longitude = named(/^\??(.*_)?(lon|lng|long|longitude)$|(lon|lng|long|longitude)$/i);
  if (latitude >= 0 && longitude >= 0) return { latitude, longitude, geometry: -1 };
  const geometry = columns.findIndex((_, index) => filled(index, isGeometry));
  return geometry < 0 ? null : { latitude: -1, longitude: -1, geometry };
}

let outlines = null;
/** Coasts and borders, loaded when a map is first shown. */
function loadOutlines(address) {
  outlines ??= fetch(address)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
    .then(({ perDegree, lines }) =>
      lines.map((steps) => {
        let [x, y] = [0, 0];
        let path = "";
        for (let at = 0; at < steps.length; at += 2) {
          x += steps[at];
          y += steps[at + 1];
          const [px, py] = project(x / perDegree, y / perDegree);
          path += `${at === 0 ? "M" : "L"}${px.toFixed(3)} ${py.toFixed(3)}`;
        }
        return path;
      }).join(""),
    )
    .catch((error) => {
      outlines = null;
      throw error;
    });
  return outlines;
}

function graticule(every) {
  let path = "";
  for (let longitude = -180; longitude <= 180; longitude += every) {
    const [x] = project(longitude, 0);
    path += `M${x} ${project(0, MOST_NORTH)[1]}V${project(0, -MOST_NORTH)[1]}`;
  }
  for (let latitude = -80; latitude <= 80; latitude += every) {
    path += `M0 ${project(0, latitude)[1]}H${WIDTH}`;
  }
  return path;
}

export function map(data, context) {
  const { words, names } = context;
  const { say } = words;
  const where = placeColumns(data);
  if (where === null) return [make("p", { class: "said" }, say("mapNeeds"))];
  const used = Object.values(where).filter((index) => index >= 0);
  const state = { ...where, label: namingColumn(data, used) };
  const figure = make("figure", { class: "drawing" });
  const options = data.columns.map((name, index) => [String(index), name]);
  const set = (key) => (value) => {
    state[key] = Number(value);
    show();
  };
  const tools = make(
    "div",
    { class: "toolbar" },
    state.geometry >= 0
      ? choice(say("geometry"), options, String(state.geometry), set("geometry"))
      : [
          choice(say("latitude"), options, String(state.latitude), set("latitude")),
          choice(say("longitude"), options, String(state.longitude), set("longitude")),
        ],
    choice(say("label"), options, String(state.label), set("label")),
  );

  function show() {
    const { places, shapes, listed, skipped } = located(data, state, names);
    const caption = say("mapOf", { n: places.length + shapes.length });
    const heads = [data.columns[state.label] ?? "", ...(state.geometry >= 0 ? [data.columns[state.geometry]] : [data.columns[state.latitude], data.columns[state.longitude]])];
    figure.replaceChildren(
      make("figcaption", {}, caption),
      frame(places, shapes, caption, data, context, state),
      make("p", { class: "said" }, `${say("mapHelp")} ${say("outlinesFrom")}`),
      ...(skipped > 0 ? [make("p", { class: "said" }, say("skipped", { n: skipped }))] : []),
      sameAsTable(heads, listed, words),
    );
  }

  show();
  return [tools, figure];
}

/** The rows by where they are: rows in one place are one point. */
function located(data, state, names) {
  const points = new Map();
  const shapes = [];
  const listed = [];
  let skipped = 0;
  const put = (longitude, latitude, row) => {
    const key = `${longitude} ${latitude}`;
    if (!points.has(key)) points.set(key, { at: project(longitude, latitude), rows: [] });
    points.get(key).rows.push(row);
  };
  for (const row of data.rows) {
    const label = state.label < 0 ? "" : names.text(row[state.label]);
    if (state.geometry >= 0) {
      const geometry = row[state.geometry] ? readWkt(row[state.geometry].value) : null;
      if (geometry === null) {
        skipped += 1;
        continue;
      }
      listed.push([label, row[state.geometry].value]);
      if (geometry.kind === "POINT") geometry.lines.flat().forEach(([x, y]) => put(x, y, row));
      else shapes.push({ ...geometry, row });
      continue;
    }
    const [latitude, longitude] = [numberIn(row[state.latitude]), numberIn(row[state.longitude])];
    if (latitude === null || longitude === null || !isOnEarth(longitude, latitude)) {
      skipped += 1;
      continue;
    }
    listed.push([label, latitude, longitude]);
    put(longitude, latitude, row);
  }
  return { places: [...points.values()], shapes, listed, skipped };
}

function frame(places, shapes, caption, data, context, state) {
  const { words, names } = context;
  const { say } = words;
  const said = make("div", { class: "map-card", hidden: true, role: "status" });
  const world = draw("path", { class: "outline" });
  const marks = draw("g");
  const svg = draw(
    "svg",
    { role: "img", "aria-label": caption, tabindex: "0", preserveAspectRatio: "xMidYMid slice" },
    draw("path", { class: "graticule", d: graticule(10) }),
    world,
    marks,
  );
  loadOutlines(context.outlines).then(
    (path) => world.setAttribute("d", path),
    () => figureNote(svg, say("outlinesFailed")),
  );

  for (const { kind, lines, row } of shapes) {
    const path = lines
      .map((line) => `M${line.map(([x, y]) => project(x, y).map((n) => n.toFixed(4)).join(" ")).join("L")}${kind === "POLYGON" ? "Z" : ""}`)
      .join("");
    const shape = draw("path", { class: kind === "POLYGON" ? "geometry" : "geometry open", d: path });
    shape.addEventListener("click", () => tell([row], shape));
    marks.append(shape);
  }
  const most = places.reduce((n, { rows }) => Math.max(n, rows.length), 1);
  const circles = places.map((place) => {
    const name = state.label < 0 ? "" : names.text(place.rows[0][state.label]);
    const circle = draw("circle", { class: "place", cx: place.at[0], cy: place.at[1] },
      draw("title", {}, place.rows.length > 1 ? `${name} (${words.number(place.rows.length)})` : name));
    circle.addEventListener("click", () => tell(place.rows, circle));
    // The area of a point says how many rows stand there.
    return { circle, size: 6.5 + 9 * Math.sqrt((place.rows.length - 1) / most) };
  });
  marks.append(...circles.map(({ circle }) => circle));

  function tell(rows, mark) {
    marks.querySelector(".chosen")?.classList.remove("chosen");
    mark.classList.add("chosen");
    said.hidden = false;
    said.replaceChildren(
      ...(rows.length > 1 ? [make("p", { class: "said" }, say("elsewhere", { n: rows.length }))] : []),
      ...rows.slice(0, 12).map((row) =>
        make("dl", {}, data.columns.map((name, index) => (row[index] ? make("div", {}, make("dt", {}, name), make("dd", {}, shown(row[index], names))) : null))),
      ),
      ...(rows.length > 12 ? [make("p", {}, "…")] : []),
    );
  }

  // What is in view: the middle and the width, in units of the projection.
  const points = [...places.map(({ at }) => at), ...shapes.flatMap(({ lines }) => lines.flat().map(([x, y]) => project(x, y)))];
  const all = whole(points);
  let view = { ...all };

  function look() {
    const box = svg.getBoundingClientRect();
    const ratio = box.width > 0 ? box.height / box.width : 0.55;
    view.width = Math.max(0.02, Math.min(WIDTH, view.width));
    const height = view.width * ratio;
    svg.setAttribute("viewBox", `${view.x - view.width / 2} ${view.y - height / 2} ${view.width} ${height}`);
    const unit = view.width / (box.width || WIDTH);
    for (const { circle, size } of circles) circle.setAttribute("r", size * unit);
  }

  function zoom(factor, towards = view) {
    const next = Math.max(0.02, Math.min(WIDTH, view.width * factor));
    const real = next / view.width;
    view = { x: towards.x + (view.x - towards.x) * real, y: towards.y + (view.y - towards.y) * real, width: next };
    look();
  }

  const move = (x, y) => {
    view = { ...view, x: Math.max(0, Math.min(WIDTH, view.x + x)), y: Math.max(0, Math.min(WIDTH, view.y + y)) };
    look();
  };
  const under = (event) => {
    const box = svg.getBoundingClientRect();
    const unit = view.width / box.width;
    return { x: view.x + (event.clientX - box.left - box.width / 2) * unit, y: view.y + (event.clientY - box.top - box.height / 2) * unit };
  };
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, under(event));
  }, { passive: false });
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, isMoved: false, id: event.pointerId };
  });
  svg.addEventListener("pointermove", (event) => {
    if (held === null) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.isMoved && Math.hypot(dx, dy) < 4) return;
    if (!held.isMoved) svg.setPointerCapture(held.id);
    held = { ...held, x: event.clientX, y: event.clientY, isMoved: true };
    const unit = view.width / svg.getBoundingClientRect().width;
    move(-dx * unit, -dy * unit);
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (held = null));
  svg.addEventListener("keydown", (event) => {
    const step = view.width / 8;
    const actions = {
      ArrowLeft: () => move(-step, 0),
      ArrowRight: () => move(step, 0),
      ArrowUp: () => move(0, -step),
      ArrowDown: () => move(0, step),
      "+": () => zoom(0.67),
      "=": () => zoom(0.67),
      "-": () => zoom(1.5),
      "0": () => reset(),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
  });
  const reset = () => {
    view = { ...all };
    fit();
  };
  /** Widens the view until all points are in it, whatever the shape of the frame. */
  function fit() {
    const box = svg.getBoundingClientRect();
    const ratio = box.width > 0 ? box.height / box.width : 0.55;
    view.width = Math.max(all.width, all.height / ratio);
    look();
  }
  new ResizeObserver(fit).observe(svg);
  const button = (text, label, act) => make("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
  return make(
    "div",
    { class: "map-frame" },
    svg,
    make("div", { class: "zoom" }, button("+", say("zoomIn"), () => zoom(0.6)), button("−", say("zoomOut"), () => zoom(1.6)), button("⤢", say("zoomAll"), reset)),
    said,
  );
}

function figureNote(svg, text) {
  svg.closest("figure")?.append(make("p", { class: "said" }, text));
}

/** The middle and the extent of all points, with some room around. */
function whole(points) {
  if (points.length === 0) return { x: WIDTH / 2, y: WIDTH / 2, width: WIDTH, height: WIDTH / 2 };
  const [left, top] = points.reduce(([x, y], [px, py]) => [Math.min(x, px), Math.min(y, py)]);
  const [right, bottom] = points.reduce(([x, y], [px, py]) => [Math.max(x, px), Math.max(y, py)]);
  const room = 1.25;
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    width: Math.max((right - left) * room, 2),
    height: Math.max((bottom - top) * room, 1),
  };
}
