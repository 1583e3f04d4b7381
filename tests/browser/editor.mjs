// The page at /sparql with its script: what an editor is for, and what it must never do.

import { createServer, request } from "node:http";

const PLACES = `PREFIX schema: <http://schema.org/>
SELECT ?name ?latitude ?longitude WHERE {
  ?place schema:name ?name ; schema:geo ?geo .
  ?geo schema:latitude ?latitude ; schema:longitude ?longitude .
}`;
const BY_PLACE = `PREFIX schema: <http://schema.org/>
SELECT ?place (COUNT(*) AS ?performances) WHERE {
  ?performance a schema:PerformingArtsEvent ; schema:location/schema:name ?place
}
GROUP BY ?place ORDER BY DESC(?performances)`;
const DATES = `PREFIX schema: <http://schema.org/>
SELECT ?start ?name WHERE {
  ?performance a schema:PerformingArtsEvent ; schema:name ?name ; schema:startDate ?start
}`;

export function editorChecks({ check, claim, WAIT_MS, NARROW }) {
  const select = "Control+A";

  /** Opens the page and watches it; `end` fails on all that went wrong since. */
  async function open(page, address) {
    const faults = [];
    const { origin } = new URL(address);
    page.on("request", (asked) => {
      if (new URL(asked.url()).origin !== origin) faults.push(`it asked ${asked.url()}`);
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      // An answer that is an error when one is asked for is no complaint.
      const isAnswer = /status of (400|503)|ERR_INCOMPLETE|ERR_CONTENT_LENGTH/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isAnswer) faults.push(message.text());
    });
    await page.goto(address, { waitUntil: "networkidle", timeout: WAIT_MS });
    await page.locator(".cm-content").waitFor({ timeout: WAIT_MS });
    return () => claim(faults.length === 0, faults.join("; "));
  }

  async function write(page, query) {
    await page.locator(".cm-content").click();
    await page.keyboard.press(select);
    await page.keyboard.insertText(query);
  }

  const written = (page) => page.locator("#query").evaluate((field) => field.value);

  async function run(page, query) {
    await write(page, query);
    await page.keyboard.press("Control+Enter");
    await page.locator(".results:not([aria-busy])").waitFor({ timeout: WAIT_MS });
  }

  const count = (page, selector) => page.locator(selector).count();
  const view = (page, number) => page.locator("[role=tab]").nth(number).click();
  const alert = async (page) => {
    await page.locator(".results [role=alert]").waitFor({ timeout: WAIT_MS });
    return page.locator(".results [role=alert]").innerText();
  };

  check("the editor runs a query and shows its rows", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, PLACES);
    await page.locator(".rows tbody tr").first().waitFor({ timeout: WAIT_MS });
    claim((await count(page, ".rows tbody tr")) >= 3, "there are too few rows");
    const first = () => page.locator(".rows tbody tr td").first().innerText();
    await page.locator(".rows thead button").first().click();
    const up = await first();
    await page.locator(".rows thead button").first().click();
    claim((await first()) !== up, "sorting changes nothing");
    await run(page, "ASK { ?s ?p ?o }");
    claim((await page.locator(".verdict").innerText()) === "Oui", "a truth is not told");
    await run(page, "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 7");
    claim((await count(page, ".rows tbody tr")) === 7, "a graph is not shown as triples");
    claim((await page.locator(".downloads a").allInnerTexts()).includes("ttl"), "Turtle is missing");
    end();
  });

  check("results are shown as a chart, a map and a timeline, and each as a table too", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    for (const [query, tab, mark] of [
      [BY_PLACE, 1, "rect.mark"],
      [PLACES, 2, "circle.place"],
      [DATES, 3, ".mark"],
    ]) {
      await run(page, query);
      await view(page, tab);
      await page.locator(`.drawing ${mark}`).first().waitFor({ timeout: WAIT_MS });
      const marks = await count(page, `.drawing ${mark}`);
      claim(marks >= 3, `view ${tab} has ${marks} marks`);
      claim((await page.locator(".drawing svg").first().getAttribute("aria-label")) !== "", "it has no name");
      await page.locator(".drawing details summary").click();
      const rows = await count(page, ".drawing details tbody tr");
      claim(rows >= marks, `view ${tab} has ${marks} marks and ${rows} rows`);
    }
    end();
  });

  check("a map is drawn without asking anybody else for it", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, PLACES);
    await view(page, 2);
    await page.locator(".outline[d]").waitFor({ state: "attached", timeout: WAIT_MS });
    claim((await page.locator(".outline").getAttribute("d")).length > 10_000, "there are no coasts");
    await page.locator("circle.place").last().click();
    claim(/\S/.test(await page.locator(".map-card").innerText()), "a place says nothing");
    const before = await page.locator(".map-frame svg[role=img]").getAttribute("viewBox");
    await page.locator(".map-frame svg[role=img]").focus();
    await page.keyboard.press("+");
    claim((await page.locator(".map-frame svg[role=img]").getAttribute("viewBox")) !== before, "the keyboard does not zoom");
    end();
  });

  check("a query with a fault says where it is and marks the line", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, "SELECT *\nWHERE {\n  ?s ?p\n}");
    claim(/ligne|ligne 4|4/i.test(await alert(page)), "the line is not told");
    await page.locator(".cm-lintRange-error").waitFor({ timeout: WAIT_MS });
    const marked = await page.evaluate(() => {
      const root = document.querySelector(".editor-host").shadowRoot;
      const line = root.querySelector(".cm-lintRange-error").closest(".cm-line");
      return [...root.querySelectorAll(".cm-line")].indexOf(line) + 1;
    });
    claim(marked === 4, `line ${marked} is marked`);
    claim((await count(page, ".rows")) === 0, "there are rows all the same");
    end();
  });

  check("completion offers what the data has, and declares the prefix", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await write(page, "SELECT * WHERE { ?place ");
    await page.keyboard.type("adresse");
    const options = page.locator(".cm-tooltip-autocomplete li");
    await options.first().waitFor({ timeout: WAIT_MS });
    const offered = await options.allInnerTexts();
    claim(offered.some((text) => text.startsWith("schema:address")), `it offers ${offered}`);
    // Proposals that appear under one's fingers are not taken at once.
    await page.waitForTimeout(150);
    await page.keyboard.press("Enter");
    await page.locator(".cm-tooltip-autocomplete").waitFor({ state: "detached", timeout: WAIT_MS });
    const text = await written(page);
    claim(text.startsWith("PREFIX schema: <http://schema.org/>\nSELECT"), `the prefix is missing: ${text}`);
    claim(/\?place schema:address/.test(text), `it wrote ${text}`);
    await write(page, "SELECT * WHERE { ?x a ");
    await page.keyboard.type("lieu");
    await options.first().waitFor({ timeout: WAIT_MS });
    claim((await options.allInnerTexts()).some((each) => each.startsWith("schema:Place")), "no class is offered");
    end();
  });

  check("a shared address opens the same query with its answer", async ({ page, browser, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, PLACES);
    const rows = await count(page, ".rows tbody tr");
    const address = page.url();
    claim(new URL(address).searchParams.get("query") === PLACES, `the address is ${address}`);
    end();
    const context = await browser.newContext({ locale: "en-GB" });
    try {
      const other = await context.newPage();
      const endOther = await open(other, address);
      await other.locator(".rows tbody tr").first().waitFor({ timeout: WAIT_MS });
      claim((await written(other)) === PLACES, "it is another query");
      claim((await count(other, ".rows tbody tr")) === rows, "it is another answer");
      endOther();
    } finally {
      await context.close();
    }
  });

  check("a query under way can be stopped, and the one before is one step back", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, PLACES);
    let letGo;
    const held = new Promise((resolve) => (letGo = resolve));
    await page.route("**/sparql", async (route) => {
      await held;
      await route.abort();
    });
    await write(page, DATES);
    await page.keyboard.press("Control+Enter");
    await page.locator(".actions button", { hasText: "Arrêter" }).click();
    await page.locator(".results .figures", { hasText: "Arrêté" }).waitFor({ timeout: WAIT_MS });
    claim((await count(page, ".rows")) === 0, "something is shown all the same");
    letGo();
    await page.unroute("**/sparql");
    await page.goBack();
    await page.locator(".rows tbody tr").first().waitFor({ timeout: WAIT_MS });
    claim((await written(page)) === PLACES, "it is another query");
    end();
  });

  check("an answer that breaks off is never shown as a result", async ({ page, base }) => {
    // A server in between that ends the connection in the middle of an answer to a query.
    const cutter = createServer((asked, answer) => {
      const { host, ...headers } = asked.headers;
      const onward = request(new URL(asked.url, base), { method: asked.method, headers: { ...headers, "accept-encoding": "identity" } }, (response) => {
        const { "content-length": _, ...others } = response.headers;
        answer.writeHead(response.statusCode, others);
        if (asked.method === "POST") {
          response.once("data", (chunk) => {
            const half = chunk.subarray(0, Math.floor(chunk.length / 2));
            answer.write(half, () => setTimeout(() => answer.destroy(), 100));
          });
        } else response.pipe(answer);
      });
      asked.pipe(onward);
    });
    await new Promise((resolve) => cutter.listen(0, "127.0.0.1", resolve));
    try {
      const end = await open(page, `http://127.0.0.1:${cutter.address().port}/sparql`);
      await run(page, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 50");
      claim(/incomplète/i.test(await alert(page)), "nothing says that it is incomplete");
      claim((await count(page, ".rows")) === 0, "a part of it is shown");
      end();
    } finally {
      cutter.closeAllConnections();
      cutter.close();
    }
  });

  check("a refusal of the server is told in words, with when to try again", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await page.route("**/sparql", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        headers: { "retry-after": "7" },
        body: JSON.stringify({ title: "Trop de demandes", detail: "La limite `limits.query_slots` est 2." }),
      }),
    );
    await run(page, PLACES);
    const said = await alert(page);
    claim(/Trop de demandes/.test(said) && /limits\.query_slots/.test(said) && /7 s/.test(said), said);
    end();
  });

  check("an answer can be downloaded, used in a program and cited", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    await run(page, PLACES);
    const links = await page.locator(".downloads a").evaluateAll((all) => all.map((a) => [a.textContent, a.href]));
    claim(links.length >= 4, `there are ${links.length} downloads`);
    for (const [format, href] of links) {
      const answer = await fetch(href, { headers: { accept: "text/html" } });
      claim(answer.ok && !answer.headers.get("content-type").includes("html"), `${format} is ${answer.status}`);
    }
    await page.locator(".code summary").click();
    for (const name of ["curl", "requests", "SPARQLWrapper", "httr2"]) {
      await page.locator(".code button", { hasText: name }).click();
      const code = await page.locator(".code pre").innerText();
      claim(code.includes("/sparql") && code.includes("schema:latitude"), `${name}: ${code}`);
    }
    await page.locator(".citation summary").click();
    const cited = await page.locator(".citation").innerText();
    claim(/génération \d+/.test(cited) && /UTC/.test(cited) && /Non rejouable/.test(cited), cited);
    end();
  });

  check("the examples are found by a word and fill the editor", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    const all = await count(page, ".examples details");
    await page.locator(".examples input").fill("lieux coordonnees");
    const found = page.locator(".examples details:visible");
    claim((await found.count()) >= 1 && (await found.count()) < all, "the search finds all or nothing");
    await found.first().locator("summary").click();
    await found.first().locator("a").click();
    await page.locator(".rows tbody tr").first().waitFor({ timeout: WAIT_MS });
    claim(/latitude/.test(await written(page)), "the editor has another query");
    end();
  });

  check("the keyboard enters the editor, runs and leaves it", async ({ page, base }) => {
    const end = await open(page, `${base}sparql`);
    const inEditor = () => page.evaluate(() => document.activeElement.className === "editor-host");
    let stops = 0;
    while (!(await inEditor()) && stops < 30) {
      await page.keyboard.press("Tab");
      stops += 1;
    }
    claim(stops < 30, "Tab does not come to the editor");
    await page.keyboard.press("Tab");
    claim(!(await inEditor()), "Tab does not leave the editor");
    end();
  });

  check("the editor and its answers fit on a narrow screen", async ({ page, base }) => {
    await page.setViewportSize(NARROW);
    const end = await open(page, `${base}sparql`);
    for (const [query, tab] of [[PLACES, 0], [BY_PLACE, 1], [PLACES, 2], [DATES, 3]]) {
      await run(page, query);
      await view(page, tab);
      await page.waitForTimeout(100);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      claim(width <= NARROW.width, `view ${tab} is ${width} px wide`);
    }
    end();
  });
}
