// What readers see, in a real browser. Each check is a sentence of behaviour; a page is watched
// for errors in its console (a violation of the Content-Security-Policy is one) while it loads.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { end, serve } from "./demo.mjs";
import { partChecks } from "./editor-parts.mjs";
import { editorChecks } from "./editor.mjs";
import { entities, siteChecks } from "./site.mjs";
import { tileChecks } from "./tiles.mjs";

const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 900 };
const WAIT_MS = 20_000;

function claim(holds, text) {
  if (!holds) throw new Error(text);
}

const checks = [];
const check = (name, run) => checks.push({ name, run });

/** Opens an address and fails on everything that the browser complains about. */
async function open(page, address, wantedStatus = 200) {
  const complaints = [];
  const onConsole = (message) => {
    // The page itself is allowed to be an error when one is asked for.
    const isWanted = wantedStatus !== 200 && /status of \d{3}/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !isWanted) complaints.push(message.text());
  };
  const onError = (error) => complaints.push(String(error));
  const onFailure = (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  page.on("console", onConsole).on("pageerror", onError).on("requestfailed", onFailure);
  const response = await page.goto(address, { waitUntil: "networkidle", timeout: WAIT_MS });
  page.off("console", onConsole).off("pageerror", onError).off("requestfailed", onFailure);
  claim(response.status() === wantedStatus, `${address} answers ${response.status()}`);
  claim(complaints.length === 0, `${address}: ${complaints.join("; ")}`);
  claim((await page.title()).trim() !== "", `${address} has no title`);
  claim((await page.locator("h1").count()) === 1, `${address} has not exactly one h1`);
}

/** The address of a performance, as others link to it. */
async function performance(page, base) {
  return (await entities(base)).performance.replace("/doc/", "/id/");
}

const PAGES = [
  "",
  "vocab/",
  "vocab/disciplines",
  "vocab/disciplines/theatre",
  "vocab/fonctions",
  "ns",
  "shapes/minimum",
  "sparql",
  "dumps/",
  "about",
  "problems/withdrawn",
];

const withLanguage = (address, lang) => {
  const url = new URL(address);
  url.searchParams.set("lang", lang);
  return url.href;
};

for (const lang of ["fr", "en"]) {
  check(`every page opens without a complaint, in ${lang}`, async ({ page, base }) => {
    for (const path of PAGES) {
      await open(page, withLanguage(base + path, lang));
      const shown = await page.locator("html").getAttribute("lang");
      claim(shown === lang, `/${path} is in ${shown}`);
    }
  });

  check(`a performance has its page, in ${lang}`, async ({ page, base }) => {
    const thing = await performance(page, base);
    await open(page, withLanguage(thing.replace("/id/", "/doc/"), lang));
    claim(/\/doc\/[0-9a-z]{12}/.test(page.url()), `it is at ${page.url()}`);
    const words = await page.locator("main").innerText();
    const expected = lang === "fr" ? /Lieu/i : /Venue|Place/i;
    claim(expected.test(words), `the page does not say where: ${words.slice(0, 300)}`);
    claim((await page.locator("html").getAttribute("lang")) === lang, "it is in another language");
  });
}

check("a performance carries schema.org data for search engines", async ({ page, base }) => {
  await open(page, await performance(page, base));
  const text = await page.locator('script[type="application/ld+json"]').first().textContent();
  const data = JSON.parse(text);
  const types = [data["@type"] ?? data["@graph"]?.map((node) => node["@type"])].flat(2);
  claim(types.some((type) => /Event/.test(type)), `it is ${types}`);
  claim(text.includes("startDate"), "it does not say when");
});

check("what does not exist says so on a page", async ({ page, base }) => {
  await open(page, `${base}no-such-page`, 404);
  await open(page, `${base}id/zzzzzzzzzzzz`, 404);
});

check("nothing scrolls sideways on a narrow screen", async ({ page, base }) => {
  await page.setViewportSize(NARROW);
  const addresses = PAGES.map((path) => base + path);
  addresses.push(await performance(page, base));
  const query = "SELECT * WHERE { ?s ?p ?o } LIMIT 20";
  addresses.push(`${base}sparql?query=${encodeURIComponent(query)}`);
  const faults = [];
  for (const address of addresses) {
    await open(page, address);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > NARROW.width) faults.push(`${address} is ${width} px wide`);
  }
  claim(faults.length === 0, faults.join("; "));
});

check("the SPARQL form works without JavaScript", async ({ browser, base }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "fr-FR" });
  try {
    const page = await context.newPage();
    await open(page, `${base}sparql`);
    await page.locator("#query").fill("SELECT ?s WHERE { ?s a <http://schema.org/Festival> } LIMIT 3");
    await page.locator("main form button[type=submit]").first().click();
    await page.locator("table tbody tr").first().waitFor({ timeout: WAIT_MS });
    claim((await page.locator("table thead th").first().innerText()) === "?s", "the variable has no column");
    await page.locator("#query").fill("SELECT ?s WHERE { ?s a ");
    await page.locator("main form button[type=submit]").first().click();
    await page.locator("[role=alert]").waitFor({ timeout: WAIT_MS });
    claim(
      (await page.locator("#query").inputValue()).startsWith("SELECT ?s WHERE"),
      "the query with the fault is gone",
    );
  } finally {
    await context.close();
  }
});

partChecks({ check, claim });
siteChecks({ check, claim, WAIT_MS, NARROW, WIDE });
tileChecks(check, { claim, open });
const checkEditor = (name, run) => checks.push({ name, run, needsEditor: true });
editorChecks({ check: checkEditor, claim, WAIT_MS, NARROW });

check("every example query gives an answer", async ({ page, base }) => {
  await open(page, `${base}sparql`);
  const links = await page.locator("main details a").evaluateAll((all) => all.map((a) => a.href));
  claim(links.length >= 5, `there are ${links.length} examples`);
  for (const link of links) {
    await open(page, link);
    claim((await page.locator("[role=alert]").count()) === 0, `${link} has a fault`);
    claim((await page.locator("#answer").count()) === 1, `${link} has no answer`);
  }
});

check("no link leads nowhere", async ({ page, base }) => {
  const asked = new Map();
  for (const address of [...PAGES.map((path) => base + path), await performance(page, base)]) {
    await open(page, address);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => new URL(a.getAttribute("href"), location.href).href));
    for (const link of links) {
      const url = new URL(link);
      url.hash = "";
      if (url.href.startsWith(base) && !asked.has(url.href)) asked.set(url.href, address);
    }
  }
  claim(asked.size > 50, `there are only ${asked.size} links`);
  const faults = [];
  for (const [link, from] of asked) {
    const status = (await fetch(link, { headers: { accept: "text/html, */*;q=0.5" } })).status;
    if (status >= 400) faults.push(`${link} on ${from}: ${status}`);
  }
  claim(faults.length === 0, faults.slice(0, 10).join("; "));
});

check("the keyboard reaches the content first", async ({ page, base }) => {
  await open(page, base);
  await page.keyboard.press("Tab");
  const target = await page.evaluate(() => document.activeElement?.getAttribute("href"));
  claim(target === "#main", `the first stop is ${target}`);
});

const folder = await mkdtemp(join(tmpdir(), "affiche-browser-"));
let passed = 0;
let failed = 0;
let server;
let browser;
try {
  const running = await serve(join(folder, "data"));
  server = running.server;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const form = await (await fetch(`${running.address}sparql`, { headers: { accept: "text/html" } })).text();
  const hasEditor = form.includes("/assets/editor.");
  if (!hasEditor) console.log("skipped: the checks of the query editor, which was not bundled");
  for (const { name, run } of checks.filter(({ needsEditor }) => hasEditor || !needsEditor)) {
    const context = await browser.newContext({ viewport: WIDE, locale: "fr-FR" });
    try {
      await run({ browser, page: await context.newPage(), base: running.address });
      passed += 1;
      console.log(`ok: ${name}`);
    } catch (error) {
      failed += 1;
      const told = error.message.split("\n").slice(0, 6).map((line) => line.slice(0, 600));
      console.log(`failed: ${name}\n    ${told.join("\n    ")}`);
    } finally {
      await context.close();
    }
  }
} catch (error) {
  failed += 1;
  console.log(`failed: ${error.message}`);
} finally {
  await browser?.close();
  if (server) await end(server);
  await rm(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
