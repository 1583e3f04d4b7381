// The pages that people read: every type of page, in both languages and both colour schemes, on
// narrow screens, by keyboard alone, without JavaScript and on paper.

import { violations } from "./axe.mjs";

const PREFIXES = `PREFIX schema: <http://schema.org/> PREFIX ado: <http://kg.artsdata.ca/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>`;

/** One entity of each kind, by what is asked for it. */
const KINDS = {
  performance: "?s a schema:PerformingArtsEvent ; schema:offers [] ; schema:workPerformed []",
  cancelled: "?s a schema:PerformingArtsEvent ; schema:eventStatus schema:EventCancelled",
  rescheduled: "?s a schema:PerformingArtsEvent ; schema:eventStatus schema:EventRescheduled",
  production: "?s a ado:LivePerformanceWork ; schema:image [] ; schema:description []",
  tour: "?s a ado:LivePerformanceWork . ?a schema:workPerformed ?s ; schema:location ?p . ?b schema:workPerformed ?s ; schema:location ?q FILTER(?p != ?q)",
  work: "?s a schema:Play",
  person: "?s a schema:Person",
  organisation: "?s a schema:Organization ; schema:identifier []",
  place: "?s a schema:Place ; schema:address []",
  room: "?s a schema:Place ; schema:containedInPlace []",
  festival: "?s a schema:Festival",
  series: "?s a schema:EventSeries FILTER NOT EXISTS { ?s a schema:Festival }",
  character: "?s a ?class FILTER(STRENDS(STR(?class), 'ns#Personnage'))",
};

/** The pages that are there whatever the data. */
const FIXED = [
  "",
  "agenda",
  "places",
  "browse/",
  "browse/person",
  "search?q=port",
  "about",
  "about/persistence",
  "vocab",
  "vocab/disciplines",
  "vocab/disciplines/theatre",
  "ns",
  "shapes/minimum",
  "alignments/artsdata",
  "sparql",
  "queries/",
  "dumps/",
  "statistics",
  "quality",
  "validate",
  "api",
  "problems/withdrawn",
  "no-such-page",
];

const withLanguage = (address, lang) => {
  const url = new URL(address);
  url.searchParams.set("lang", lang);
  return url.href;
};

/** The address of the page of an entity of each kind that the data has. */
export async function entities(base) {
  const found = {};
  for (const [kind, pattern] of Object.entries(KINDS)) {
    const query = `${PREFIXES} SELECT ?s WHERE { ${pattern} } ORDER BY ?s LIMIT 1`;
    const address = `${base}sparql?query=${encodeURIComponent(query)}`;
    const answer = await fetch(address, { headers: { accept: "application/sparql-results+json" } });
    const iri = (await answer.json()).results.bindings[0]?.s.value;
    if (iri) found[kind] = `${base}doc/${iri.split("/").pop()}`;
  }
  return found;
}

/** The addresses of one page of every type that this server has. */
async function pages(base) {
  const own = await entities(base);
  const fixed = [];
  for (const path of FIXED) {
    const response = await fetch(base + path, { headers: { accept: "text/html" }, redirect: "manual" });
    if (response.status < 500 && (response.status !== 404 || path === "no-such-page")) fixed.push(base + path);
  }
  const { production } = own;
  return [...fixed, ...Object.values(own), `${production}/links`, `${production}/history`];
}

export function siteChecks({ check, claim, WAIT_MS, NARROW, WIDE }) {
  const go = (page, address) => page.goto(address, { waitUntil: "load", timeout: WAIT_MS });

  /** Runs with a page of a context of its own. */
  async function inContext(browser, options, run) {
    const context = await browser.newContext({ viewport: WIDE, locale: "fr-FR", ...options });
    try {
      return await run(await context.newPage());
    } finally {
      await context.close();
    }
  }

  check("the demo has an entity of every kind", async ({ base }) => {
    const found = await entities(base);
    const missing = Object.keys(KINDS).filter((kind) => !found[kind]);
    claim(missing.length === 0, `there is no ${missing.join(", ")}`);
  });

  for (const colorScheme of ["light", "dark"]) {
    for (const lang of ["fr", "en"]) {
      check(`axe finds nothing on any page, in ${lang}, ${colorScheme}`, async ({ browser, base }) => {
        // Axe is put into the page, which the page's own policy forbids.
        await inContext(browser, { colorScheme, bypassCSP: true }, async (page) => {
          const faults = [];
          for (const address of await pages(base)) {
            await go(page, withLanguage(address, lang));
            for (const fault of await violations(page)) faults.push(`${address}: ${fault}`);
          }
          claim(faults.length === 0, faults.slice(0, 5).join("\n"));
        });
      });
    }
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? "with" : "without";
    check(`no page scrolls sideways on 360 pixels, ${how} JavaScript`, async ({ browser, base }) => {
      await inContext(browser, { viewport: NARROW, javaScriptEnabled }, async (page) => {
        const faults = [];
        for (const address of await pages(base)) {
          await go(page, address);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          if (width > NARROW.width) faults.push(`${address} is ${width} px wide`);
        }
        claim(faults.length === 0, faults.join("; "));
      });
    });

    check(`from a production one comes to its venue and back, ${how} JavaScript`, async ({ browser, base }) => {
      const { production } = await entities(base);
      await inContext(browser, { javaScriptEnabled }, async (page) => {
        await go(page, production);
        const title = await page.locator("h1").innerText();
        await page.locator("table.month-table td.has a").first().click();
        await page.locator("p.when").waitFor({ timeout: WAIT_MS });
        claim(/\/doc\/[0-9a-z]{12}$/.test(page.url()), `the date leads to ${page.url()}`);
        await page.locator("address .place a").first().click();
        await page.locator("#dates").waitFor({ timeout: WAIT_MS });
        claim((await page.locator("p.kicker").innerText()) === "Lieu", "the venue is no place");
        const named = page.locator(".agenda .what", { hasText: title });
        claim((await named.count()) > 0, `the venue does not announce ${title}`);
      });
    });
  }

  check("the menu opens and leads on by keyboard alone", async ({ page, base }) => {
    await go(page, `${base}about`);
    for (let stop = 0; stop < 12; stop += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.tagName === "SUMMARY")) break;
    }
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return { href: document.activeElement.getAttribute("href"), outline: style.outlineStyle };
    });
    claim(seen.href === "/sparql", `the first entry is ${seen.href}`);
    claim(seen.outline !== "none", "the focus cannot be seen");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}sparql`, { timeout: WAIT_MS });
  });

  check("every stop of the keyboard on a production can be seen", async ({ page, base }) => {
    const { production } = await entities(base);
    await go(page, production);
    const hidden = [];
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press("Tab");
      const fault = await page.evaluate(() => {
        const active = document.activeElement;
        const { outlineStyle } = getComputedStyle(active);
        const { width, height } = active.getBoundingClientRect();
        const isSeen = outlineStyle !== "none" || active.matches(".site-search input");
        return isSeen && width > 0 && height > 0 ? "" : active.outerHTML.slice(0, 80);
      });
      if (fault) hidden.push(fault);
    }
    claim(hidden.length === 0, hidden.join("; "));
  });

  check("on paper a page is what it says, without menus and forms", async ({ page, base }) => {
    const { production } = await entities(base);
    await go(page, production);
    await page.emulateMedia({ media: "print" });
    for (const gone of [".menu", ".site-search", ".languages"]) {
      claim(!(await page.locator(gone).first().isVisible()), `${gone} is printed`);
    }
    claim(await page.locator("h1").isVisible(), "the title is not printed");
    claim(await page.locator(".citation").isVisible(), "the citation is not printed");
  });

  check("a page says who is right and why where sources differ", async ({ page, base }) => {
    const query = `${PREFIXES} SELECT ?s WHERE { GRAPH ?g { ?s schema:offers ?x } GRAPH ?h { ?s schema:offers ?y } FILTER(STR(?g) < STR(?h)) } ORDER BY ?s LIMIT 1`;
    const answer = await fetch(`${base}sparql?query=${encodeURIComponent(query)}`, {
      headers: { accept: "application/sparql-results+json" },
    });
    const iri = (await answer.json()).results.bindings[0]?.s.value;
    claim(iri, "no performance of the demo has offers of two sources");
    await go(page, `${base}doc/${iri.split("/").pop()}`);
    const words = await page.locator(".reason").first().innerText();
    claim(/Publié d’après/.test(words), `it says: ${words}`);
  });
}
