import * as kernel from "../../packages/core/src/record/run.ts";
import { kernelWith, kernelWithout } from "./patched.ts";
import { WHOLE } from "./promises.ts";
import { RULES } from "./rules.ts";
import { search } from "./search.ts";

/** Above the largest scenario by a factor of two: a search that reaches it was cut off, and counts as a failure. */
const STATES_MAX = 4_000_000;

/** One search, or a rule's pair of searches, with what it found in words. */
export type Job = Readonly<{ kind: "promise" | "rule"; name: string }>;
export type Done = Readonly<{ states: number; violations: number; found: boolean | null; lines: readonly string[] }>;

export const JOBS: readonly Job[] = [
  ...WHOLE.map(({ name }): Job => ({ kind: "promise", name })),
  ...RULES.map(({ name }): Job => ({ kind: "rule", name })),
];

export async function carryOut(job: Job): Promise<Done> {
  return job.kind === "promise" ? keepsPromise(job.name) : await needsRule(job.name);
}

function keepsPromise(name: string): Done {
  const scenario = WHOLE.find((it) => it.name === name)!;
  const found = search(scenario, kernel, STATES_MAX);
  const holds = found.complete && found.counterexample === null;
  const cut = found.complete ? [] : [`    stopped at ${STATES_MAX.toLocaleString("en")} states`];
  const head = `  ${holds ? "holds" : "BROKEN"}  ${name}: ${found.states.toLocaleString("en")} states`;
  const lines = [head, ...cut, ...traceOf(found.counterexample)];
  return { states: found.states, violations: holds ? 0 : 1, found: null, lines };
}

async function needsRule(name: string): Promise<Done> {
  const rule = RULES.find((it) => it.name === name)!;
  const without = search(rule.needs, await kernelWithout(rule), STATES_MAX);
  const withIt = search(rule.needs, await kernelWith(rule), STATES_MAX);
  const found = without.counterexample !== null;
  const head = `\n  ${found ? "needed" : "NOT SHOWN TO BE NEEDED"}  ${name}: ${rule.promise}`;
  const kept = traceOf(withIt.counterexample).map((line) => `WITH THE RULE ${line}`);
  const lines = [head, ...traceOf(without.counterexample), ...kept];
  const violations = withIt.counterexample !== null || !withIt.complete ? 1 : 0;
  return { states: without.states + withIt.states, violations, found, lines };
}

function traceOf(counterexample: Readonly<{ violation: string; trace: readonly string[] }> | null): string[] {
  if (counterexample === null) return [];
  const steps = counterexample.trace.map((label, at) => `    ${String(at + 1).padStart(2)}. ${label}`);
  return [...steps, `     => ${counterexample.violation}`];
}
