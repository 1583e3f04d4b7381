// ldes-client 0.3, the client of Linked Data Event Streams, as it comes from its package: it
// replicates the stream once, and follows it while something is written.

import { execFile, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { claim, runAll } from "./checks.mjs";

const { SERVER, DATA, AFFICHE } = process.env;
const { Parser } = createRequire(fileURLToPath(import.meta.resolve("ldes-client")))("n3");
const CLI = fileURLToPath(new URL("../bin/cli.js", import.meta.resolve("ldes-client")));
const STREAM = `${SERVER}/ldes`;
const PATIENCE = 60_000;

/** What is published of entities, asked by SPARQL: sorted lines. */
async function published() {
  const query = `CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(STRSTARTS(STR(?s), "${SERVER}/id/")) }`;
  const answer = await fetch(`${SERVER}/sparql?query=${encodeURIComponent(query)}`, {
    headers: { accept: "application/n-triples" },
  });
  claim(answer.ok, `SPARQL: ${answer.status}`);
  return lines(new Parser().parse(await answer.text()));
}

const term = ({ termType, value, language, datatype }) =>
  termType === "Literal" ? JSON.stringify([value, language, datatype.value]) : value;
const lines = (quads) =>
  quads.map((quad) => [quad.subject, quad.predicate, quad.object].map(term).join(" ")).sort();

/** The members that the client gave out: of each entity the last version. */
class Replica {
  versions = new Map();
  members = new Map();

  take(quad) {
    const member = quad.graph.value || quad.subject.value;
    const known = this.members.get(member) ?? { said: [], about: {} };
    if (quad.graph.value) known.said.push(quad);
    else known.about[quad.predicate.value.replace(/^.*[/#]/, "")] = quad.object.value;
    this.members.set(member, known);
  }

  state() {
    const last = new Map();
    for (const { said, about } of this.members.values()) {
      const known = last.get(about.isVersionOf);
      const generation = Number(about.generation);
      if (!known || known.generation < generation) {
        last.set(about.isVersionOf, { generation, said });
      }
    }
    return lines([...last.values()].flatMap(({ said }) => said));
  }
}

function client(...options) {
  return spawn(process.execPath, [CLI, STREAM, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function submit(...names) {
  const text = names.map(
    (name, number) => `<https://ldes.example/${number}> a schema:Person ; schema:name "${name}" .`,
  );
  const child = execFile(
    AFFICHE,
    ["submit", "--data", DATA, "--source", "ldes", "--allow-withdrawals", "--format", "turtle", "-"],
    (error) => error && console.log(String(error)),
  );
  child.stdin.end(`@prefix schema: <http://schema.org/> .\n${text.join("\n")}\n`);
  const [code] = await new Promise((ended) => child.on("exit", (...how) => ended(how)));
  claim(code === 0, `affiche submit ended with ${code}`);
}

function same(found, expected) {
  const missing = expected.filter((line) => !found.includes(line));
  const other = found.filter((line) => !expected.includes(line));
  claim(missing.length + other.length === 0, `missing ${missing[0]}, too much ${other[0]}`);
  claim(found.length === expected.length, `${found.length} facts of ${expected.length}`);
}

const checks = [
  ["ldes-client replicates the stream once, and has what is published", async () => {
    const child = client();
    const replica = new Replica();
    for await (const line of createInterface({ input: child.stdout })) {
      for (const quad of new Parser().parse(line)) replica.take(quad);
    }
    claim(replica.members.size > 50, `${replica.members.size} members`);
    same(replica.state(), await published());
  }],

  ["ldes-client follows the stream while something is written and withdrawn", async () => {
    await promisify(execFile)(AFFICHE, ["source", "add", "ldes", "--data", DATA]);
    const child = client("--follow", "--poll-interval", "200");
    const replica = new Replica();
    createInterface({ input: child.stdout }).on("line", (line) => {
      for (const quad of new Parser().parse(line)) replica.take(quad);
    });
    try {
      for (const names of [["Anne", "Brune"], ["Anne", "Bruno", "Chloé"], ["Anna"]]) {
        await submit(...names);
        const end = Date.now() + PATIENCE;
        const expected = await published();
        while (JSON.stringify(replica.state()) !== JSON.stringify(expected)) {
          if (Date.now() > end) same(replica.state(), expected);
          await new Promise((go) => setTimeout(go, 100));
        }
      }
    } finally {
      child.kill();
    }
  }],
];

await runAll(checks);
process.exit();
