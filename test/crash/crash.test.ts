import assert from "node:assert/strict";
import { test } from "node:test";
import { type Case, judge } from "./case.ts";
import { readFlags, UsageError } from "./flags.ts";
import { onGround } from "./ground.ts";
import { runMatrix } from "./matrix.ts";
import { SCRIPTS } from "./script.ts";
import { BLOWS, type Blow } from "./strike.ts";

const LOST = SCRIPTS.find(({ name }) => name === "answer lost")!;

test("every call of a payment whose answer is lost, struck in every way, breaks nothing", async () => {
  // All scripts, and on SQLite: npm run crash.
  const matrix = await onGround("memory", (ground) => runMatrix(ground, 100, 1, [LOST]));
  assert.deepEqual(
    { violations: matrix.violations, unexplained: matrix.unexplained },
    { violations: 0, unexplained: 0 },
  );
  assert.ok(matrix.cases > 300);
  for (const blow of BLOWS) assert.ok((matrix.struck[blow] ?? 0) > 20, `${blow} struck ${matrix.struck[blow]} times`);
});

test("the second attempt is struck as well as the first", async () => {
  const calls = await onGround("memory", async (ground) => (await judge(caseOf([]), ground)).calls);
  assert.ok(calls.filter((call) => call.includes("first swap")).length >= 2, calls.join(", "));
});

test("on a real SQLite file a process dies after its payment, and the key is asked about and not sent again", async () => {
  await onGround("sqlite", async (ground) => {
    const { violations, struck, calls } = await judge(caseOf([[1, "crash after"]]), ground);
    assert.deepEqual(violations, []);
    assert.deepEqual(struck, ["crash after"]);
    assert.equal(calls.filter((call) => call.includes("payment")).length, 1);
  });
});

test("a store that says it has written, and has not, is found out", async () => {
  const { violations } = await onGround("memory", (ground) => judge(caseOf([]), { ...ground, forgets: true }));
  assert.ok(violations.some(({ invariant }) => invariant === "I1" || invariant === "I7" || invariant === "I3"));
});

test("flags that are not known, and numbers that are none, are refused", () => {
  assert.throws(() => readFlags(["--stores"]), UsageError);
  assert.throws(() => readFlags(["--store", "oracle"]), UsageError);
  assert.throws(() => readFlags(["--doubles", "many"]), UsageError);
  assert.deepEqual(readFlags(["--store", "memory", "--doubles", "3"]).grounds, ["memory"]);
});

function caseOf(blows: readonly (readonly [number, Blow])[]): Case {
  return { script: LOST, ladder: "ask", blows: new Map(blows) };
}
