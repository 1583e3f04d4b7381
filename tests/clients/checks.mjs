// How the checks of JavaScript's clients are run; each is a sentence of behaviour.

export function claim(holds, text) {
  if (!holds) throw new Error(text);
}

/** Fails unless this fails; gives what it failed with. */
export async function fails(action) {
  let result;
  try {
    result = await action();
  } catch (error) {
    return error;
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
