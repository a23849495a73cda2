import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkClause, seededRandom, storeClauses } from "@semel/core/contract";
import { FAULTS } from "./faults.ts";
import { hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import { patched, ROOT } from "./mutants/tree.ts";
import { whatIsMissing } from "./progress.ts";
import { runSeeds } from "./seeds.ts";
import { simulatedStore } from "./simulated-store.ts";

/** Some seconds of what `npm run simulate` does for minutes: enough for every fault and every answer to be there. */
const SEEDS = 1_200;

test("no seed breaks an invariant, every fault strikes, and a second run is the same as the first", async () => {
  const sum = await runSeeds(1, SEEDS, Number.POSITIVE_INFINITY);
  const broken = sum.bad.map(({ seed, violations }) => `npm run simulate -- --seed ${seed}: ${violations[0]?.what}`);
  assert.deepEqual(broken, []);
  assert.equal(sum.seeds, SEEDS);
  assert.ok(sum.again >= SEEDS / 100 - 1);
  assert.deepEqual(whatIsMissing(sum), []);
});

test("a run in which nothing happened is no proof", () => {
  const nothing = { seeds: 1_000, again: 10, operations: 0, effects: 0, lateCopies: 0, words: {}, faults: {}, bad: [] };
  const missing = whatIsMissing(nothing);
  assert.ok(missing.includes("no payment ever took effect"));
  for (const fault of FAULTS) assert.ok(missing.includes(`the fault ${fault} never struck`));
});

describe("the simulation finds", () => {
  // Quick ones of each kind: a port, the flow, the engine, a rule. All of them: npm run simulate -- --mutants.
  const quick = ["write-without-fence", "cross-account", "answered-before-durable", "rule:final_only"];
  const chosen = MUTANTS.filter(({ name }) => quick.includes(name));
  assert.equal(chosen.length, quick.length);
  for (const mutant of chosen) {
    test(`the mutant ${mutant.name}`, async () => {
      const [hunted] = await hunt([mutant], () => {});
      assert.notEqual(hunted?.seed, null);
    });
  }
});

test("every mutant's patches apply to the source as it is", () => {
  for (const { name, patches } of MUTANTS) {
    const files = new Map<string, string>();
    for (const patch of patches) {
      const source = files.get(patch.file) ?? readFileSync(join(ROOT, patch.file), "utf8");
      files.set(patch.file, patched(name, source, patch));
    }
  }
});

test("no two mutants have the same name, and there are at least thirty", () => {
  assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
  assert.ok(MUTANTS.filter(({ verdict }) => verdict === undefined).length >= 30);
});

test("where no fault strikes, the simulated store keeps the clauses of every store", async () => {
  const kinds = new Map<string, string>();
  for (const clause of storeClauses) {
    const { store, stop } = simulatedStore();
    const open = async () => ({ store, outbox: null, browser: null });
    const { kind } = await checkClause(clause, { open, reopen: null, remove: async () => stop() }, seededRandom(1));
    kinds.set(clause.id, kind);
  }
  const wrong = [...kinds].filter(([, kind]) => kind !== "kept" && kind !== "notOffered");
  assert.deepEqual(wrong, []);
  assert.ok([...kinds.values()].filter((kind) => kind === "kept").length >= 20, "most clauses are about rows");
});
