// Makes the pictures of the main pages in docs/screenshots/ anew, from the demo:
//
//   AFFICHE=…/affiche CHROMIUM=/usr/bin/chromium node screenshots.mjs

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { end, serve } from "./demo.mjs";
import { entities } from "./site.mjs";

const target = join(dirname(fileURLToPath(import.meta.url)), "../../docs/screenshots");
const WIDE = { width: 1200, height: 1500 };
const NARROW = { width: 390, height: 844 };

const folder = await mkdtemp(join(tmpdir(), "affiche-screenshots-"));
const { server, address } = await serve(join(folder, "data"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const known = await entities(address);
const production = known.production;
const shots = [
  ["home", "", "fr", "light", WIDE],
  ["agenda", "agenda", "fr", "light", WIDE],
  ["places", "places", "fr", "light", WIDE],
  ["production", production, "fr", "light", WIDE],
  ["production-dark", production, "en", "dark", WIDE],
  ["production-narrow", production, "fr", "light", NARROW],
  ["person", known.person, "fr", "light", WIDE],
  ["place", known.place, "en", "light", WIDE],
  ["history", `${production}/history`, "fr", "light", WIDE],
  ["search", "search?q=theatre", "fr", "light", WIDE],
  ["sparql", "sparql", "fr", "light", WIDE],
];
try {
  await mkdir(target, { recursive: true });
  for (const [name, path, lang, colorScheme, viewport] of shots) {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    const url = new URL(path, address);
    url.searchParams.set("lang", lang);
    await page.goto(url.href, { waitUntil: "networkidle" });
    await page.screenshot({ path: join(target, `${name}.jpg`), type: "jpeg", quality: 70 });
    await context.close();
  }
} finally {
  await browser.close();
  await end(server);
  await rm(folder, { recursive: true, force: true });
}
