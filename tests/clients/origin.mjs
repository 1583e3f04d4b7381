// A page on another origin, in a real browser: what it may ask, and what it may read.

import { chromium } from "playwright-core";
import { createServer } from "node:http";
import { once } from "node:events";
import { claim, runAll } from "./checks.mjs";

const { ENDPOINT, NARROW, CHROMIUM } = process.env;
const NAMES = "SELECT ?s { ?s a <http://schema.org/PerformingArtsEvent> }";
const DIGITS = ["a", "b", "c", "d", "e"].map((name) => `{ VALUES ?${name} { 0 1 2 3 4 5 6 7 8 9 } }`);
const MANY = `SELECT * { ${DIGITS.join(" ")} }`;

const elsewhere = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html", "set-cookie": "elsewhere=1" });
  response.end("<!doctype html><title>Elsewhere</title>");
}).listen(0, "127.0.0.1");
await once(elsewhere, "listening");

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
// Another port is another origin.
await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);

/** What the page gets, or the error that its `fetch` ends with. */
function ask(address, options = {}) {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const response = await fetch(address, options);
        return {
          status: response.status,
          generation: response.headers.get("affiche-generation"),
          etag: response.headers.get("etag"),
          text: await response.text(),
        };
      } catch (error) {
        return { error: String(error) };
      }
    },
    [address, options],
  );
}

const withQuery = (endpoint, query) => `${endpoint}?query=${encodeURIComponent(query)}`;
const ways = {
  "an address": [withQuery(ENDPOINT, NAMES)],
  "a form": [
    ENDPOINT,
    {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `query=${encodeURIComponent(NAMES)}`,
    },
  ],
  // Of a type that no form has: the browser asks first whether it may.
  "a query as the body": [
    ENDPOINT,
    { method: "POST", headers: { "content-type": "application/sparql-query" }, body: NAMES },
  ],
  "a header of its own": [
    withQuery(ENDPOINT, NAMES),
    { headers: { accept: "text/csv", "x-requested-with": "a page" } },
  ],
};

const checks = [
  ...Object.entries(ways).map(([way, request]) => [
    `a page on another origin asks with ${way}, and reads generation and tag`,
    async () => {
      const answer = await ask(...request);
      claim(answer.status === 200, answer.error ?? `${answer.status}: ${answer.text}`);
      claim(answer.text.includes("/id/"), answer.text.slice(0, 200));
      claim(Number(answer.generation) > 0, `the generation is ${answer.generation}`);
      claim(answer.etag !== null, "it sees no ETag");
    },
  ]),

  ["a page on another origin asks again only for what is new", async () => {
    const { etag } = await ask(withQuery(ENDPOINT, NAMES));
    const again = await ask(withQuery(ENDPOINT, NAMES), {
      cache: "no-store",
      headers: { "if-none-match": etag },
    });
    claim(again.status === 304, again.error ?? `${again.status}`);
  }],

  ["a page on another origin reads what is wrong with its query", async () => {
    const answer = await ask(withQuery(ENDPOINT, "SELECT * { ?s ?p }"));
    claim(answer.status === 400, answer.error ?? `${answer.status}`);
    claim(JSON.parse(answer.text).line === 1, answer.text);
  }],

  ["a page on another origin gets nothing with its visitor's credentials", async () => {
    const answer = await ask(withQuery(ENDPOINT, NAMES), { credentials: "include" });
    claim(answer.error !== undefined, `it got ${answer.status}`);
  }],

  ["a page on another origin reads the whole of a large answer", async () => {
    const answer = await ask(withQuery(ENDPOINT, MANY), { headers: { accept: "text/csv" } });
    claim(answer.text?.trim().split("\n").length === 100_001, answer.error ?? "rows are missing");
  }],

  ["a page on another origin sees that an answer is cut", async () => {
    const answer = await ask(withQuery(NARROW, MANY), { headers: { accept: "text/csv" } });
    claim(answer.error !== undefined, `it got ${answer.status}: ${answer.text?.slice(0, 300)}`);
  }],
];

try {
  await runAll(checks);
} finally {
  await browser.close();
  elsewhere.close();
}
