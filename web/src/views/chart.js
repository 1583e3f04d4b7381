// Numbers as bars or lines.

import { choice, draw, make, redrawOnResize } from "../dom.js";
import { numberIn, timeOf } from "../terms.js";
import { numericColumns } from "./columns.js";
import { sameAsTable } from "./table.js";
import { cut, ticks } from "./scale.js";

const MOST_BARS = 60;
const MOST_POINTS = 2000;
const MOST_SERIES = 6;
const ROW = 28;

export function chart(data, context) {
  const { words, names } = context;
  const { say } = words;
  const numeric = numericColumns(data);
  if (numeric.length === 0) return [make("p", { class: "said" }, say("chartNeeds"))];
  const others = data.columns.map((_, index) => index);
  const hasTime = (index) => data.rows.some((row) => row[index]) && data.rows.every((row) => !row[index] || timeOf(row[index]) !== null);
  const isName = (index) => !numeric.includes(index) && !data.rows.some((row) => row[index]?.type === "uri");
  const category = others.find(isName) ?? others.find((index) => !numeric.includes(index)) ?? numeric.find((index) => index !== numeric[0]) ?? numeric[0];
  const state = {
    category,
    value: numeric.find((index) => index !== category) ?? numeric[0],
    series: -1,
    shape: hasTime(category) || numeric.includes(category) ? "line" : "bars",
  };
  const figure = make("figure", { class: "drawing" });
  const options = (indices) => indices.map((index) => [String(index), data.columns[index]]);
  const set = (key) => (value) => {
    state[key] = key === "shape" ? value : Number(value);
    show();
  };
  const tools = make(
    "div",
    { class: "toolbar" },
    choice(say("shape"), [["bars", say("bars")], ["line", say("line")]], state.shape, set("shape")),
    choice(say("categories"), options(others), String(state.category), set("category")),
    choice(say("values"), options(numeric), String(state.value), set("value")),
    data.columns.length > 2 ? choice(say("series"), [["-1", say("none")], ...options(others)], "-1", set("series")) : null,
  );

  function show() {
    const points = [];
    let skipped = 0;
    for (const row of data.rows) {
      const y = numberIn(row[state.value]);
      if (y === null || !row[state.category]) {
        skipped += 1;
        continue;
      }
      points.push({
        x: row[state.category],
        name: names.text(row[state.category]),
        y,
        series: state.series < 0 ? "" : names.text(row[state.series]),
      });
    }
    const series = [...new Set(points.map((point) => point.series))].slice(0, MOST_SERIES);
    const most = state.shape === "bars" ? MOST_BARS : MOST_POINTS;
    const drawn = points.filter((point) => series.includes(point.series)).slice(0, most);
    const caption = say("chartOf", { values: data.columns[state.value], categories: data.columns[state.category] });
    const width = Math.max(320, Math.round(figure.clientWidth || figure.parentElement?.clientWidth || 960));
    const svg = drawn.length === 0 ? null : (state.shape === "bars" ? bars : line)(drawn, series, width, words);
    svg?.setAttribute("aria-label", caption);
    const heads = [data.columns[state.category], ...(state.series < 0 ? [] : [data.columns[state.series]]), data.columns[state.value]];
    figure.replaceChildren(
      make("figcaption", {}, caption),
      ...(series.length > 1 ? [legend(series)] : []),
      ...(svg ? [svg] : []),
      ...(drawn.length < points.length ? [make("p", { class: "said" }, say("chartCut", { shown: drawn.length, all: points.length }))] : []),
      ...(skipped > 0 ? [make("p", { class: "said" }, say("skipped", { n: skipped }))] : []),
      sameAsTable(heads, points.map((point) => (state.series < 0 ? [point.name, point.y] : [point.name, point.series, point.y])), words),
    );
  }

  redrawOnResize(figure, show);
  return [tools, figure];
}

function legend(series) {
  return make(
    "ul",
    { class: "legend" },
    series.map((name, index) =>
      make("li", {}, draw("svg", { class: "swatch", viewBox: "0 0 32 10", "aria-hidden": "true" }, draw("rect", { class: `key style-${index}`, width: 32, height: 10 })), ` ${name}`),
    ),
  );
}

function bars(points, series, width, words) {
  const left = Math.min(Math.round(width * 0.36), 260);
  const right = 70;
  const low = Math.min(0, ...points.map((point) => point.y));
  const high = Math.max(0, ...points.map((point) => point.y));
  const marks = ticks(low, high, Math.max(2, Math.floor((width - left) / 110)));
  const [first, last] = [marks[0], marks.at(-1)];
  const x = (value) => left + ((value - first) / (last - first)) * (width - left - right);
  const height = points.length * ROW + 34;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  for (const mark of marks) {
    svg.append(
      draw("line", { class: mark === 0 ? "axis" : "grid", x1: x(mark), x2: x(mark), y1: 0, y2: height - 26 }),
      draw("text", { class: "tick", x: x(mark), y: height - 8, "text-anchor": "middle" }, words.number(mark)),
    );
  }
  points.forEach((point, index) => {
    const y = index * ROW;
    const shown = words.number(point.y, { maximumFractionDigits: 4 });
    const name = point.series === "" ? point.name : `${point.name} · ${point.series}`;
    svg.append(
      draw(
        "g",
        {},
        draw("title", {}, `${name}: ${shown}`),
        draw("text", { class: "name", x: left - 10, y: y + 18, "text-anchor": "end" }, cut(name, Math.floor(left / 8.2))),
        draw("rect", { class: `mark style-${series.indexOf(point.series)}`, x: Math.min(x(0), x(point.y)), y: y + 4, width: Math.max(1, Math.abs(x(point.y) - x(0))), height: ROW - 9, rx: 2 }),
        draw("text", { class: "tick", x: Math.max(x(0), x(point.y)) + 6, y: y + 18 }, shown),
      ),
    );
  });
  return svg;
}

function line(points, series, width, words) {
  const height = Math.min(420, Math.max(240, width * 0.45));
  const [top, right, bottom] = [10, 20, 44];
  const isTime = points.every((point) => timeOf(point.x) !== null);
  const isNumber = !isTime && points.every((point) => numberIn(point.x) !== null);
  const categories = [...new Set(points.map((point) => point.name))];
  const place = (point) => (isTime ? timeOf(point.x) : isNumber ? numberIn(point.x) : categories.indexOf(point.name));
  const xs = points.map(place);
  let [from, to] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  if (from === to) [from, to] = [from - 1, to + 1];
  const ys = points.map((point) => point.y);
  const marks = ticks(Math.min(0, ys.reduce((a, b) => Math.min(a, b))), ys.reduce((a, b) => Math.max(a, b)), 5);
  const left = 14 + 8 * Math.max(...marks.map((mark) => words.number(mark).length));
  const x = (value) => left + ((value - from) / (to - from)) * (width - left - right);
  const y = (value) => top + (1 - (value - marks[0]) / (marks.at(-1) - marks[0])) * (height - top - bottom);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  for (const mark of marks) {
    svg.append(
      draw("line", { class: mark === 0 ? "axis" : "grid", x1: left, x2: width - right, y1: y(mark), y2: y(mark) }),
      draw("text", { class: "tick", x: left - 8, y: y(mark) + 4, "text-anchor": "end" }, words.number(mark)),
    );
  }
  const byPlace = new Map(points.map((point) => [place(point), point.name]));
  const stops = [...byPlace.keys()].sort((a, b) => a - b);
  const longest = stops.reduce((most, stop) => Math.max(most, Math.min(byPlace.get(stop).length, 18)), 1);
  const every = Math.max(1, Math.ceil(stops.length / Math.max(2, Math.floor((width - left) / (longest * 8 + 16)))));
  stops.filter((_, index) => index % every === 0).forEach((stop) => {
    svg.append(draw("text", { class: "tick", x: x(stop), y: height - bottom + 24, "text-anchor": stop === from ? "start" : stop === to ? "end" : "middle" }, cut(byPlace.get(stop), 18)));
  });
  series.forEach((name, index) => {
    const own = points.filter((point) => point.series === name).sort((a, b) => place(a) - place(b));
    svg.append(draw("polyline", { class: `curve style-${index}`, points: own.map((point) => `${x(place(point)).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ") }));
    if (own.length > 200) return;
    for (const point of own) {
      svg.append(
        draw("circle", { class: `mark style-${index}`, cx: x(place(point)), cy: y(point.y), r: 4 },
          draw("title", {}, `${[point.name, name].filter(Boolean).join(" · ")}: ${words.number(point.y, { maximumFractionDigits: 4 })}`)),
      );
    }
  });
  return svg;
}
