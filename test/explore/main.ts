import { parseArgs } from "node:util";
import * as kernel from "../../packages/core/src/record/run.ts";
import { kernelWithout } from "./patched.ts";
import { WHOLE } from "./promises.ts";
import { RULES } from "./rules.ts";
import { search } from "./search.ts";

/** Above the largest scenario by a factor of two: a search that reaches it was cut off, and counts as a failure. */
const STATES_MAX = 4_000_000;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string" } } });
const say = (line: string): void => {
  if (!values.json) console.log(line);
};
const chosen = (name: string): boolean => values.only === undefined || name.includes(values.only);

let states = 0;
let violations = 0;
say("The protocol as shipped: every order of events, no promise broken");
for (const scenario of WHOLE.filter(({ name }) => chosen(name))) {
  const found = search(scenario, kernel, STATES_MAX);
  states += found.states;
  const holds = found.complete && found.counterexample === null;
  if (!holds) violations += 1;
  say(`  ${holds ? "holds" : "BROKEN"}  ${scenario.name}: ${found.states.toLocaleString("en")} states`);
  if (!found.complete) say(`    stopped at ${STATES_MAX.toLocaleString("en")} states`);
  for (const line of traceOf(found.counterexample)) say(line);
}

say("\nEach rule taken out of the source: a promise must break");
const removed: { rule: string; found: boolean }[] = [];
for (const rule of RULES.filter(({ name }) => chosen(name))) {
  const without = search(rule.needs, await kernelWithout(rule), STATES_MAX);
  const withIt = search(rule.needs, kernel, STATES_MAX);
  states += without.states + withIt.states;
  if (withIt.counterexample !== null || !withIt.complete) violations += 1;
  const found = without.counterexample !== null;
  removed.push({ rule: rule.name, found });
  say(`\n  ${found ? "needed" : "NOT SHOWN TO BE NEEDED"}  ${rule.name}: ${rule.promise}`);
  for (const line of traceOf(without.counterexample)) say(line);
  for (const line of traceOf(withIt.counterexample)) say(`WITH THE RULE ${line}`);
}

if (values.json) console.log(JSON.stringify({ states, violations, removed }));
say(`\n${states.toLocaleString("en")} states, ${violations} violations`);
if (violations > 0 || removed.some(({ found }) => !found)) process.exitCode = 1;

function traceOf(counterexample: Readonly<{ violation: string; trace: readonly string[] }> | null): string[] {
  if (counterexample === null) return [];
  const steps = counterexample.trace.map((label, at) => `    ${String(at + 1).padStart(2)}. ${label}`);
  return [...steps, `     => ${counterexample.violation}`];
}
