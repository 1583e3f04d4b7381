// Land and borders for the maps that the server draws: in detail where the programmes that we
// publish are, and coarse for the rest of the world. Written as whole numbers: for each ring or
// line the first point, then the steps from point to point, longitude before latitude, in parts
// of a degree.

import { feature, mesh } from "topojson-client";

/** Boxes in detail: west, south, east, north, in degrees. */
const FRAMES = [
  [-12, 36, 18, 58], // Western Europe
  [-64, 1, -50, 19], // Antilles and Guiana
  [42, -26, 60, -9], // Indian Ocean
  [155, -25, 180, -11], // New Caledonia, Wallis and Futuna
  [-156, -29, -133, -7], // French Polynesia
  [-61, 43, -52, 53], // Saint-Pierre and Miquelon
];
const WORLD = [-180, -85, 180, 85];

/** @param {object} fine the world of countries-10m @param {object} coarse that of countries-50m */
export function land(fine, coarse) {
  const frames = FRAMES.map((box) => frame(fine, box, 200));
  return JSON.stringify({ frames: [...frames, frame(coarse, WORLD, 20)] });
}

function frame(world, box, perDegree) {
  const polygons = feature(world, world.objects.land).features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  );
  const rings = polygons.flat().map((ring) => clippedRing(ring, box));
  const borders = mesh(world, world.objects.countries, (a, b) => a !== b).coordinates;
  return {
    box,
    perDegree,
    land: rings.map((ring) => steps(ring, perDegree)).filter((ring) => ring.length > 6),
    borders: borders
      .flatMap((line) => clippedLine(line, box))
      .map((line) => steps(line, perDegree))
      .filter((line) => line.length > 2),
  };
}

/** Sutherland and Hodgman: one edge of the box after the other. */
function clippedRing(ring, [west, south, east, north]) {
  const edges = [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ];
  let points = ring.slice(0, -1);
  for (const [axis, limit, sign] of edges) {
    const isInside = (point) => (point[axis] - limit) * sign >= 0;
    const kept = [];
    points.forEach((point, index) => {
      const before = points.at(index - 1);
      if (isInside(point) !== isInside(before)) kept.push(crossing(before, point, axis, limit));
      if (isInside(point)) kept.push(point);
    });
    points = kept;
  }
  return points;
}

function crossing(a, b, axis, limit) {
  const share = (limit - a[axis]) / (b[axis] - a[axis]);
  const point = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
  point[axis] = limit;
  return point;
}

/** The parts of a line that are in a box, with one point outside at their ends. */
function clippedLine(line, [west, south, east, north]) {
  const isInside = ([x, y]) => x >= west && x <= east && y >= south && y <= north;
  const parts = [];
  let part = [];
  line.forEach((point, index) => {
    const isNear = isInside(point) || [line[index - 1], line[index + 1]].some((next) => next && isInside(next));
    if (isNear) {
      part.push(point);
    } else if (part.length > 0) {
      parts.push(part);
      part = [];
    }
  });
  return part.length > 0 ? [...parts, part] : parts;
}

function steps(points, perDegree) {
  const numbers = [];
  let [x, y] = [0, 0];
  for (const [longitude, latitude] of points) {
    const [nextX, nextY] = [Math.round(longitude * perDegree), Math.round(latitude * perDegree)];
    if (numbers.length > 0 && nextX === x && nextY === y) continue;
    numbers.push(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  }
  return numbers;
}
