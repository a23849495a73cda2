import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkClause, seededRandom, storeClauses } from "@semel/core/contract";
import { Authority } from "./authority.ts";
import { Chance } from "./chance.ts";
import { Connection } from "./connection.ts";
import { FAULTS, Faults } from "./faults.ts";
import { Machine, Process } from "./machine.ts";
import { hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import { patched, ROOT } from "./mutants/tree.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { whatIsMissing } from "./progress.ts";
import { runSeeds } from "./seeds.ts";
import { settleSoon } from "./settle.ts";
import { Timeline } from "./timeline.ts";

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

/** A connection whose time is driven by the real event loop. It has no outbox and no pages: nothing here reads them. */
function simulatedStore() {
  const timeline = new Timeline(new Chance(1, "order"));
  const plan: Plan = { ...drawPlan(new Chance(1, "plan")), docBytesMax: 2 * 1024 * 1024 };
  const process = new Process("p1", new Machine("m1", timeline), timeline);
  const authority = new Authority(timeline, plan.docBytesMax);
  const common = {
    process,
    plan,
    timeline,
    chance: new Chance(1, "store"),
    faults: new Faults(plan.rates, () => true),
    isNewer: false,
  };
  const store = new Connection({ ...common, authority });
  let stopped = false;
  const drive = async (): Promise<void> => {
    while (!stopped) await timeline.runSlowly(timeline.now + 1_000, settleSoon);
  };
  void drive();
  return {
    store,
    stop: () => {
      stopped = true;
    },
  };
}
