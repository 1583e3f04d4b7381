// Maps over the tiles of a server that the operator names.

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, serve } from "./demo.mjs";

/** One grey pixel, which a browser stretches to a tile. */
const TILE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPMzMz8DwAFhQKAjM1mJgAAAABJRU5ErkJggg==",
  "base64",
);

/** Answers every address with a tile, and remembers which were asked for. */
async function tileServer() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { "content-type": "image/png" }).end(TILE);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, address: `http://127.0.0.1:${server.address().port}` };
}

export function tileChecks(check, { claim, open }) {
  check("a map is drawn over the tiles of the server that is named, and links as before", async ({ page, base }) => {
    const bundled = (await (await fetch(`${base}sparql`, { headers: { accept: "text/html" } })).text()).includes("/assets/editor.");
    if (!bundled) return;
    const folder = await mkdtemp(join(tmpdir(), "affiche-tiles-"));
    const tiles = await tileServer();
    const running = await serve(join(folder, "data"), {
      AFFICHE_TILES: `${tiles.address}/{z}/{x}/{y}.png`,
      AFFICHE_TILES_ATTRIBUTION: "© those who drew it",
    });
    try {
      await open(page, `${running.address}places`);
      // What has just begun may still count.
      for (let tries = 0; tries < 40 && (await page.locator("figure.map").count()) === 0; tries += 1) {
        await page.waitForTimeout(250);
        await page.reload();
      }
      await page.locator("figure.map .tiled canvas").first().waitFor();
      claim(tiles.asked.length > 0, "no tile was asked for");
      claim(tiles.asked.every((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path)), `asked for ${tiles.asked[0]}`);
      claim((await page.locator("figure.map svg:visible").count()) === 0, "the outline stands there as well");
      const words = await page.locator("figure.map").first().innerText();
      claim(words.includes("© those who drew it"), `the map says ${words}`);
      for (const button of await page.locator("figure.map button").all()) {
        claim((await button.getAttribute("aria-label"))?.trim(), "a button has no name");
      }
    } finally {
      await end(running.server);
      await new Promise((resolve) => tiles.server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    }
  });

  check("without a server of tiles, a map is an outline and asks nobody", async ({ page, base }) => {
    const elsewhere = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(base)) elsewhere.push(request.url());
    });
    await open(page, `${base}places`);
    claim((await page.locator("figure.map svg:visible").count()) > 0, "there is no outline");
    claim(elsewhere.length === 0, `asked ${elsewhere[0]}`);
  });
}
