import assert from "node:assert/strict";
import { test } from "node:test";
import * as kernel from "../../packages/core/src/record/run.ts";
import { kernelWithout } from "./patched.ts";
import { QUICK } from "./promises.ts";
import { RULES } from "./rules.ts";
import { search } from "./search.ts";

/** Rules whose counterexample takes seconds to reach are left to `npm run explore`. */
const SLOW = /^(repeat_margin\.|end_keeps_|quarantine_rows|stricter_rung|looked_at)/;
const STATES_MAX = 400_000;

for (const scenario of QUICK) {
  test(`no order of events breaks a promise: ${scenario.name}`, () => {
    const found = search(scenario, kernel, STATES_MAX);
    assert.deepEqual(found.counterexample, null);
    assert.ok(found.complete, `the search stopped at ${found.states} states`);
    assert.ok(found.states > 1_000, `only ${found.states} states: hardly anything happened`);
    const took = [...found.taken.keys()].filter((label) => label.includes("TAKES EFFECT"));
    assert.notEqual(took.length, 0, "no payment took effect");
  });
}

for (const rule of RULES.filter(({ name }) => !SLOW.test(name))) {
  test(`without the rule ${rule.name} a promise breaks: ${rule.promise}`, async () => {
    const found = search(rule.needs, await kernelWithout(rule), STATES_MAX);
    assert.notEqual(found.counterexample, null);
  });
}

test("a rule whose patch no longer applies is an error, not a pass", async () => {
  const stale = { ...RULES[0]!, patches: [{ file: "run.ts", from: "no such text", to: "" }] };
  await assert.rejects(kernelWithout(stale), /applies 0 times/);
});
