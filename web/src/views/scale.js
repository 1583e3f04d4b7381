// Axes: round steps for numbers and for time.

/** From a lowest to a highest number, the ticks of an axis. */
export function ticks(low, high, most) {
  if (low === high) {
    low = Math.min(0, low);
    high = high === 0 ? 1 : Math.max(0, high);
  }
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => each >= rough);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The beginnings of units of time. */
export const UNITS = {
  day: {
    start: (time) => Math.floor(time / 864e5) * 864e5,
    next: (time) => time + 864e5,
    options: { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" },
  },
  month: {
    start: (time) => atMonth(time, 0),
    next: (time) => atMonth(time, 1),
    options: { year: "numeric", month: "short", timeZone: "UTC" },
  },
  year: {
    start: (time) => atYear(time, 0),
    next: (time) => atYear(time, 1),
    options: { year: "numeric", timeZone: "UTC" },
  },
};

function atMonth(time, more) {
  const date = new Date(time);
  date.setUTCMonth(date.getUTCMonth() + more, 1);
  return date.setUTCHours(0, 0, 0, 0);
}

function atYear(time, more) {
  const date = new Date(time);
  date.setUTCFullYear(date.getUTCFullYear() + more, 0, 1);
  return date.setUTCHours(0, 0, 0, 0);
}

/** A text cut so that it fits beside a drawing. */
export const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
