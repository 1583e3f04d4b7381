// Dates on an axis: how many there are in each day, month or year, and which.

import { choice, draw, make, redrawOnResize } from "../dom.js";
import { timeOf } from "../terms.js";
import { namingColumn, timeColumns } from "./columns.js";
import { UNITS, cut, ticks } from "./scale.js";
import { sameAsTable } from "./table.js";

const DAY = 864e5;
/** Single dates are drawn up to this height of a pile. */
const MOST_PILED = 14;

export function timeline(data, { words, names }) {
  const { say, lang } = words;
  const dated = timeColumns(data);
  if (dated.length === 0) return [make("p", { class: "said" }, say("timelineNeeds"))];
  const state = { date: dated[0], label: namingColumn(data, dated) };
  const figure = make("figure", { class: "drawing" });
  const options = (indices) => indices.map((index) => [String(index), data.columns[index]]);
  const set = (key) => (value) => {
    state[key] = Number(value);
    show();
  };
  const tools = make(
    "div",
    { class: "toolbar" },
    choice(say("date"), options(dated), String(state.date), set("date")),
    choice(say("label"), options(data.columns.map((_, index) => index)), String(state.label), set("label")),
  );

  function show() {
    const found = data.rows
      .map((row) => ({ time: timeOf(row[state.date]), text: names.text(row[state.date]), label: state.label < 0 ? "" : names.text(row[state.label]) }))
      .filter(({ time }) => time !== null)
      .sort((a, b) => a.time - b.time);
    const skipped = data.rows.length - found.length;
    const [first, last] = [found[0].time, found.at(-1).time];
    const width = Math.max(320, Math.round(figure.clientWidth || 960));
    const days = (last - first) / DAY + 1;
    const unit = days * 6 < width ? "day" : days < 30 * (width / 6) ? "month" : "year";
    const write = (time, options) => new Intl.DateTimeFormat(lang, options).format(time);
    const caption = say("timelineOf", { n: found.length, from: write(first, UNITS.day.options), to: write(last, UNITS.day.options) });
    const svg = piles(found, unit, width, words, write);
    svg.setAttribute("aria-label", caption);
    figure.replaceChildren(
      make("figcaption", {}, `${caption} (${say({ day: "perDay", month: "perMonth", year: "perYear" }[unit])})`),
      svg,
      ...(skipped > 0 ? [make("p", { class: "said" }, say("skipped", { n: skipped }))] : []),
      sameAsTable([data.columns[state.date], state.label < 0 ? "" : data.columns[state.label]], found.map(({ text, label }) => [text, label]), words),
    );
  }

  redrawOnResize(figure, show);
  return [tools, figure];
}

function piles(found, unit, width, words, write) {
  const { start, next, options } = UNITS[unit];
  const bins = new Map();
  for (const each of found) {
    const key = start(each.time);
    if (!bins.has(key)) bins.set(key, []);
    bins.get(key).push(each);
  }
  const from = start(found[0].time);
  const to = next(start(found.at(-1).time));
  const highest = [...bins.values()].reduce((most, bin) => Math.max(most, bin.length), 0);
  const arePiled = highest <= MOST_PILED;
  const marks = arePiled ? [] : ticks(0, highest, 4);
  const [left, right, bottom, top] = [arePiled ? 12 : 14 + 8 * words.number(highest).length, 12, 34, 12];
  const step = (width - left - right) / ((to - from) / (unit === "day" ? DAY : unit === "month" ? DAY * 30.44 : DAY * 365.25));
  const size = Math.min(26, Math.max(5, step * 0.86));
  const height = top + bottom + (arePiled ? Math.max(highest * (size + 2), 60) : 220);
  const x = (time) => left + ((time - from) / (to - from)) * (width - left - right);
  const ground = height - bottom;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  for (const mark of marks) {
    const y = ground - (mark / marks.at(-1)) * (ground - top);
    svg.append(
      draw("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }),
      draw("text", { class: "tick", x: left - 6, y: y + 4, "text-anchor": "end" }, words.number(mark)),
    );
  }
  svg.append(draw("line", { class: "axis", x1: left, x2: width - right, y1: ground, y2: ground }));
  for (const [time, text] of axis(from, to, width - left - right, write)) {
    svg.append(
      draw("line", { class: "axis", x1: x(time), x2: x(time), y1: ground, y2: ground + 5 }),
      draw("text", { class: "tick", x: x(time), y: ground + 22, "text-anchor": x(time) > width - 60 ? "end" : x(time) < left + 30 ? "start" : "middle" }, text),
    );
  }
  for (const [time, bin] of [...bins].sort((a, b) => a[0] - b[0])) {
    const middle = (x(time) + x(next(time))) / 2;
    const when = write(time, options);
    if (arePiled) {
      bin.forEach(({ text, label }, index) => {
        svg.append(
          draw("circle", { class: "mark", cx: middle, cy: ground - 3 - (index + 0.5) * (size + 2), r: size / 2 },
            draw("title", {}, [text, label].filter(Boolean).join(" · "))),
        );
      });
    } else {
      const tall = (bin.length / marks.at(-1)) * (ground - top);
      const some = bin.slice(0, 8).map(({ label }) => label).filter(Boolean);
      svg.append(
        draw("rect", { class: "mark", x: middle - size / 2, y: ground - tall, width: size, height: tall },
          draw("title", {}, `${when}: ${words.number(bin.length)}\n${some.map((label) => cut(label, 60)).join("\n")}${bin.length > some.length ? "\n…" : ""}`)),
      );
    }
  }
  return svg;
}

/** Where the axis has words: days, months or years, as many as fit. */
function axis(from, to, width, write) {
  const most = Math.max(2, Math.floor(width / 110));
  const unit = (to - from) / DAY <= most * 2 ? "day" : (to - from) / (DAY * 30) <= most * 6 ? "month" : "year";
  const { start, next, options } = UNITS[unit];
  const all = [];
  for (let time = start(from); time < to; time = next(time)) if (time >= from) all.push(time);
  const every = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, index) => index % every === 0).map((time) => [time, write(time, options)]);
}
