// Asks the endpoint. An answer is whole, or it is a fault: nothing in between leaves this file.

import { readTriples } from "./terms.js";

/** More than this does not fit into a page; downloads have no such limit. */
const MOST_BYTES = 32 * 1024 * 1024;

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, application/problem+json;q=0.1";

/** A fault is thrown as one of these; `kind` says what happened. */
export class Fault extends Error {
  constructor(kind, more = {}) {
    super(kind);
    Object.assign(this, { kind, ...more });
  }
}

/**
 * Runs a query. Gives `{ kind, generation, time, seconds, … }` where kind is `table` (with
 * `variables` and `rows`), `boolean` (with `value`) or `graph` (with `rows` of three terms).
 *
 * @throws {Fault} `stopped`, `unreachable`, `problem`, `broken`, `malformed` or `too-large`.
 */
export async function ask(endpoint, query, lang, signal) {
  const started = performance.now();
  let response;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: {
        accept: ACCEPT,
        "accept-language": lang,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ query }).toString(),
      signal,
    });
  } catch {
    throw new Fault(signal.aborted ? "stopped" : "unreachable");
  }
  const text = await read(response, signal);
  if (!response.ok) throw problem(response, text);
  const about = {
    generation: Number(response.headers.get("affiche-generation")) || null,
    time: new Date(response.headers.get("date") ?? Date.now()),
    seconds: (performance.now() - started) / 1000,
  };
  const type = (response.headers.get("content-type") ?? "").split(";")[0].trim();
  try {
    if (type === "application/n-triples") return { ...about, kind: "graph", rows: readTriples(text) };
    return { ...about, ...solutions(JSON.parse(text)) };
  } catch {
    throw new Fault("malformed");
  }
}

/** The whole body as text. */
async function read(response, signal) {
  const chunks = [];
  let bytes = 0;
  const decoder = new TextDecoder();
  try {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > MOST_BYTES) {
        await reader.cancel();
        throw new Fault("too-large", { bytes: MOST_BYTES });
      }
      chunks.push(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(signal.aborted ? "stopped" : "broken", { bytes });
  }
  return chunks.join("") + decoder.decode();
}

/** An RFC 9457 problem, or at least a status. */
function problem(response, text) {
  let about = {};
  try {
    const parsed = JSON.parse(text);
    if (parsed !== null && typeof parsed === "object") about = parsed;
  } catch {
    // A proxy in between may answer with something else.
  }
  return new Fault("problem", {
    status: response.status,
    about,
    retryAfter: Number(response.headers.get("retry-after")) || null,
    requestId: response.headers.get("x-request-id"),
  });
}

/** SPARQL 1.1 Query Results JSON Format. */
function solutions(document) {
  if (typeof document.boolean === "boolean") return { kind: "boolean", value: document.boolean };
  const variables = document.head.vars;
  const rows = document.results.bindings.map((binding) => variables.map((name) => binding[name]));
  return { kind: "table", variables, rows };
}
