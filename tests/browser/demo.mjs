// The demo, on a free port.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const START_MS = 120_000;

/** Starts it in a folder and gives its address; `settings` go into its environment. */
export async function serve(folder, settings = {}) {
  const server = spawn(
    process.env.AFFICHE,
    ["serve", "--demo", "--data", folder, "--bind", "127.0.0.1:0"],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...settings } },
  );
  const said = [];
  const address = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the demo did not start in time")), START_MS);
    createInterface({ input: server.stderr }).on("line", (line) => {
      said.push(line);
      const found = line.match(/ at (http:\/\/\S+\/) /);
      if (found) {
        clearTimeout(late);
        resolve(found[1]);
      }
    });
    server.on("exit", (code) => reject(new Error(`the demo ended (${code}):\n${said.join("\n")}`)));
  });
  return { server, address: await address };
}

/** Ends it, and waits until it has. */
export async function end(server) {
  server.removeAllListeners("exit");
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
}
