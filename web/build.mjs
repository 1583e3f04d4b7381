// Bundles what pages load into dist/, which is built into the program: the editor (editor.js,
// editor.css), outlines.json (coasts and borders for its map), map.js (maps over tiles), near.js
// (what is on near the visitor), land.json (for the maps that the server draws) and licences.txt. A
// file is only written when it changes, so that the program is not compiled again for nothing.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { mesh } from "topojson-client";
import { land } from "./land.mjs";
import { english, french } from "./src/words.js";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "dist");

/** Both languages say the same things. */
function checkWords() {
  const only = (a, b) => Object.keys(a).filter((key) => !(key in b));
  const missing = [...only(french, english), ...only(english, french)];
  if (missing.length > 0) throw new Error(`words in one language only: ${missing.join(", ")}`);
}

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["src/editor.js", "src/editor.css", "src/map.js", "src/near.js", "src/search.js"],
    outdir: "dist",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    // What every browser of the last years understands.
    target: ["es2020", "chrome100", "firefox100", "safari15"],
    legalComments: "none",
    logLevel: "warning",
  });
  const files = new Map();
  for (const file of result.outputFiles) files.set(file.path.split("/").at(-1), file.contents);
  return { files, packages: packagesOf(Object.keys(result.metafile.inputs)) };
}

/** The folders of the packages of which something is bundled. */
function packagesOf(inputs) {
  const found = new Set();
  for (const input of inputs) {
    const match = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) found.add(match[1]);
  }
  return [...found].sort();
}

async function licences(packages) {
  const parts = [
    "The scripts of the pages contain the following libraries and data. Each stands under its own\n" +
      "licence, which is given in full. The rest of the pages is part of Affiche.\n",
  ];
  for (const folder of packages) {
    const about = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const names = (await readdir(join(here, folder))).sort();
    const name = names.find((each) => /^licen[cs]e/i.test(each));
    if (name === undefined) throw new Error(`${about.name} has no file with its licence`);
    const text = (await readFile(join(here, folder, name), "utf8")).trim();
    parts.push(`${"=".repeat(78)}\n${about.name} ${about.version} (${about.license})\n\n${text}\n`);
  }
  return parts.join("\n");
}

/**
 * Coasts and borders as lines of whole numbers: for each line the first point, then the steps
 * from point to point, longitude before latitude, in fiftieths of a degree.
 */
function outlines(world) {
  const perDegree = 50;
  const lines = [];
  for (const line of mesh(world, world.objects.countries).coordinates.flatMap(partsOf)) {
    const steps = [];
    let [x, y] = [0, 0];
    for (const [longitude, latitude] of line) {
      const [nextX, nextY] = [Math.round(longitude * perDegree), Math.round(latitude * perDegree)];
      if (steps.length > 0 && nextX === x && nextY === y) continue;
      steps.push(nextX - x, nextY - y);
      [x, y] = [nextX, nextY];
    }
    if (steps.length > 4) lines.push(steps);
  }
  return JSON.stringify({ perDegree, lines });
}

/** Cuts a line where it jumps across the antimeridian, or runs along the edge of the world. */
function partsOf(line) {
  const parts = [[]];
  line.forEach((point, index) => {
    const before = line[index - 1];
    const isAtEdge = ([longitude]) => Math.abs(longitude) > 179.9;
    if (before && (Math.abs(point[0] - before[0]) > 180 || (isAtEdge(point) && isAtEdge(before)))) parts.push([]);
    parts.at(-1).push(point);
  });
  return parts;
}

/** A world of the package of maps. */
async function atlas(name) {
  return JSON.parse(await readFile(join(here, "node_modules/world-atlas", name), "utf8"));
}

async function writeIfChanged(name, contents) {
  const path = join(target, name);
  const bytes = Buffer.from(contents);
  const before = await readFile(path).catch(() => null);
  if (before === null || !before.equals(bytes)) await writeFile(path, bytes);
}

checkWords();
await mkdir(target, { recursive: true });
const { files, packages } = await bundle();
const coarse = await atlas("countries-50m.json");
files.set("outlines.json", outlines(coarse));
files.set("land.json", land(await atlas("countries-10m.json"), coarse));
files.set("licences.txt", await licences([...packages, "node_modules/world-atlas"]));
for (const [name, contents] of files) await writeIfChanged(name, contents);
for (const name of await readdir(target)) {
  if (!files.has(name) && !name.startsWith(".")) await rm(join(target, name));
}
