// Places on a map of our own: coasts and borders as lines, nothing from a tile server.

import { choice, draw, freshId, make } from "../dom.js";
import { WKT, numberIn } from "../terms.js";
import { namingColumn } from "./columns.js";
import { cut } from "./scale.js";
import { sameAsTable, shown } from "./table.js";

const WIDTH = 1000;
const MOST_NORTH = 84;
/** More points than this cannot be told apart, and take long to draw. */
const MOST_PLACES = 5000;
/** With more places in view than this, names would only be in the way. */
const MOST_TITLED = 150;

/** Web Mercator on a square of 1000, longitude first. */
function project(longitude, latitude) {
  const bounded = Math.max(-MOST_NORTH, Math.min(MOST_NORTH, latitude));
  const radians = (bounded * Math.PI) / 180;
  return [
    ((longitude + 180) / 360) * WIDTH,
    (0.5 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / (2 * Math.PI)) * WIDTH,
  ];
}

/** The longitude and latitude of a point of the map. */
function unproject(x, y) {
  const latitude = (2 * Math.atan(Math.exp((0.5 - y / WIDTH) * 2 * Math.PI)) - Math.PI / 2) * (180 / Math.PI);
  return [(x / WIDTH) * 360 - 180, latitude];
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

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];

/** Meridians and parallels through what is in view, with their degrees at the edge. */
function graticule({ left, top, width, height }, unit, number) {
  const [west, north] = unproject(left, top);
  const [east, south] = unproject(left + width, top + height);
  const every = STEPS.find((step) => (east - west) / step <= 7) ?? 30;
  const lines = draw("path", { class: "graticule" });
  const words = [];
  const degrees = (value) => `${number(Math.round(Math.abs(value) * 100) / 100)}°`;
  let path = "";
  for (let at = Math.ceil(west / every); at * every <= Math.min(east, 180); at += 1) {
    const [x] = project(at * every, 0);
    path += `M${x} ${top}V${top + height}`;
    words.push(draw("text", { class: "degrees", x: x + 3 * unit, y: top + height - 5 * unit, "font-size": 11 * unit }, `${degrees(at * every)} ${at < 0 ? "W" : "E"}`));
  }
  for (let at = Math.ceil(Math.max(south, -MOST_NORTH) / every); at * every <= Math.min(north, MOST_NORTH); at += 1) {
    const [, y] = project(0, at * every);
    path += `M${left} ${y}H${left + width}`;
    words.push(draw("text", { class: "degrees", x: left + 4 * unit, y: y - 3 * unit, "font-size": 11 * unit }, `${degrees(at * every)} ${at < 0 ? "S" : "N"}`));
  }
  lines.setAttribute("d", path);
  return [lines, ...words];
}

/** A bar of a round number of kilometres, true in the middle of the map. */
function scaleBar(y, unit, number) {
  const [, latitude] = unproject(0, y);
  const kilometresPerPixel = (40_075 / WIDTH) * Math.cos((latitude * Math.PI) / 180) * unit;
  const most = kilometresPerPixel * 120;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
  const pixels = length / kilometresPerPixel;
  return [
    draw("path", { class: "bar-line", d: `M4 16v5h${pixels.toFixed(1)}v-5` }),
    draw("text", { class: "tick", x: 8, y: 15 }, number(length, { style: "unit", unit: "kilometer" })),
  ];
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
    const { places: all, shapes, listed, skipped } = located(data, state, names);
    const places = all.slice(0, MOST_PLACES);
    const caption = say("mapOf", { n: all.length + shapes.length });
    const heads = [data.columns[state.label] ?? "", ...(state.geometry >= 0 ? [data.columns[state.geometry]] : [data.columns[state.latitude], data.columns[state.longitude]])];
    figure.replaceChildren(
      make("figcaption", {}, caption),
      frame(places, shapes, caption, data, context, state),
      make("p", { class: "said" }, `${say("mapHelp")} ${say("outlinesFrom")}`),
      ...(places.length < all.length ? [make("p", { class: "said" }, say("chartCut", { shown: places.length, all: all.length }))] : []),
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
  const lines = draw("g");
  const titles = draw("g");
  const worldId = freshId("world");
  world.id = worldId;
  const svg = draw("svg", { role: "img", "aria-label": caption, tabindex: "0" }, lines, world, marks, titles);
  const bar = draw("svg", { class: "scale", width: 140, height: 26, "aria-hidden": "true" });
  const here = draw("rect", { class: "here" });
  const around = draw("svg", { class: "around", width: 132, height: 96, "aria-hidden": "true" }, draw("use", { href: `#${worldId}` }), here);
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
    return { circle, name, at: place.at, size: 6.5 + 9 * Math.sqrt((place.rows.length - 1) / most) };
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
    if (box.width === 0) return;
    const height = view.width * (box.height / box.width);
    const unit = view.width / box.width;
    const [left, top] = [view.x - view.width / 2, view.y - height / 2];
    svg.setAttribute("viewBox", `${left} ${top} ${view.width} ${height}`);
    for (const { circle, size } of circles) circle.setAttribute("r", size * unit);
    lines.replaceChildren(...graticule({ left, top, width: view.width, height }, unit, words.number));
    titles.replaceChildren(...titlesOf(circles, { left, top, width: view.width, height }, unit));
    bar.replaceChildren(...scaleBar(view.y, unit, words.number));
    // Near by, coasts and borders are out of sight: a small map says where this is.
    const isNear = view.width < 30;
    around.toggleAttribute("hidden", !isNear);
    if (isNear) {
      const wide = Math.max(view.width * 3, 48);
      around.setAttribute("viewBox", `${view.x - wide / 2} ${view.y - (wide * 96) / 264} ${wide} ${(wide * 96) / 132}`);
      const least = (wide / 132) * 5;
      const [w, h] = [Math.max(view.width, least), Math.max(height, least)];
      for (const [name, value] of Object.entries({ x: view.x - w / 2, y: view.y - h / 2, width: w, height: h })) here.setAttribute(name, value);
    }
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
    if (box.width === 0) return;
    view.width = Math.min(WIDTH, Math.max(all.width, all.height / (box.height / box.width)));
    look();
  }
  new ResizeObserver(fit).observe(svg);
  const button = (text, label, act) => make("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
  return make(
    "div",
    { class: "map-frame" },
    svg,
    around,
    bar,
    make("div", { class: "zoom" }, button("+", say("zoomIn"), () => zoom(0.6)), button("−", say("zoomOut"), () => zoom(1.6)), button("⤢", say("zoomAll"), reset)),
    said,
  );
}

/** The names of places, as many as find room beside their points. */
function titlesOf(circles, { left, top, width, height }, unit) {
  const taken = circles.map(({ at, size }) => [at[0] - size * unit, at[1] - size * unit, at[0] + size * unit, at[1] + size * unit]);
  const isFree = ([x1, y1, x2, y2]) => taken.every(([a1, b1, a2, b2]) => x2 <= a1 || x1 >= a2 || y2 <= b1 || y1 >= b2);
  const titles = [];
  const inView = circles.filter(({ at, name }) => name && at[0] > left && at[0] < left + width && at[1] > top && at[1] < top + height);
  if (inView.length > MOST_TITLED) return titles;
  for (const { at, name, size } of inView) {
    const text = cut(name, 28);
    const [wide, tall] = [text.length * 6.9 * unit, 15 * unit];
    const [after, before] = [at[0] + (size + 4) * unit, at[0] - (size + 4) * unit];
    const y = at[1] + 4.5 * unit;
    const places = [
      { x: after, anchor: "start", box: [after, y - tall, after + wide, y + 3 * unit] },
      { x: before, anchor: "end", box: [before - wide, y - tall, before, y + 3 * unit] },
    ];
    const place = places.find(({ box }) => box[0] > left && box[2] < left + width && isFree(box));
    if (place === undefined) continue;
    taken.push(place.box);
    titles.push(draw("text", { class: "title", x: place.x, y, "text-anchor": place.anchor, "font-size": 12.5 * unit, "stroke-width": 3 * unit }, text));
  }
  return titles;
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
    width: Math.max((right - left) * room, 0.6),
    height: Math.max((bottom - top) * room, 0.3),
  };
}
