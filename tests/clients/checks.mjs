// How the checks of JavaScript's clients are run; each is a sentence of behaviour.

export function claim(holds, text) {
  if (!holds) throw new Error(text);
}

// Comunica lets the error of a broken transfer escape from a stream of its own, where nobody can
// catch it: a program that does not do this ends, which is no way to overlook it.
const escapes = new Set();
process.on("uncaughtException", (error) => {
  if (escapes.size === 0) console.log(`escaped: ${error}`);
  for (const escaped of escapes) escaped(error);
});

/** Fails unless this fails; gives what it failed with. */
export async function fails(action) {
  let result;
  let escaped;
  const escape = new Promise((_resolve, reject) => {
    escaped = reject;
    escapes.add(escaped);
  });
  try {
    result = await Promise.race([action(), escape]);
  } catch (error) {
    return error;
  } finally {
    escapes.delete(escaped);
  }
  throw new Error(`this was taken for a whole answer: ${String(result).slice(0, 200)}`);
}

/** Runs `[sentence, function]` pairs and ends the process; the last line is the sum. */
export async function runAll(checks) {
  let passed = 0;
  let failed = 0;
  for (const [sentence, run] of checks) {
    try {
      await run();
      passed += 1;
      console.log(`ok: ${sentence}`);
    } catch (error) {
      failed += 1;
      const told = String(error?.message ?? error).split("\n").slice(0, 8).join("\n    ");
      console.log(`failed: ${sentence}\n    ${told}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
