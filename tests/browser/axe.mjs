// Every type of page held to axe-core's rules (WCAG 2.2 A and AA, and its best practices), in both
// languages and both colour schemes.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const SOURCE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds against the page that is open, one line each. */
export async function violations(page) {
  // Evaluated from outside: the page's own policy lets no script in.
  await page.evaluate(SOURCE);
  const found = await page.evaluate(() =>
    // eslint-disable-next-line no-undef
    axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
      ),
    ),
  );
  return found.map((line) => line.replace(/\s+/g, " "));
}
