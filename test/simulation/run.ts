import type { Violation } from "./oracle.ts";
import { plague } from "./plague.ts";
import { settleNow, settleSoon } from "./settle.ts";
import { World } from "./world.ts";

export type Outcome = Readonly<{
  seed: number;
  hash: number;
  events: number;
  operations: number;
  effects: number;
  violations: readonly Violation[];
  /** What clients were told, by the flow's own words. */
  words: ReadonlyMap<string, number>;
  faults: ReadonlyMap<string, number>;
  notes: World["notes"];
}>;

const QUIET_MS = 6_000;

/** Runs one seed from its first event to its judgement. To be called from outside of promise jobs: see settle.ts. */
export function runSeed(seed: number, traced = false): Outcome {
  const world = new World(seed, traced);
  world.begin();
  plague(world);
  const { timeline, plan, oracle } = world;
  timeline.run(plan.faultsUntil, settleNow);
  // It is over when nothing is left to wait for and the last clients have had their time, or when there was time enough.
  do timeline.run(Math.min(timeline.now + QUIET_MS, plan.until), settleNow);
  while (timeline.now < plan.until && !(oracle.isQuiet && world.isAwake));
  return judge(seed, world);
}

/** The same by turns of the real event loop: another way to the same events. */
export async function runSeedSlowly(seed: number): Promise<Outcome> {
  const world = new World(seed);
  world.begin();
  plague(world);
  const { timeline, plan, oracle } = world;
  await timeline.runSlowly(plan.faultsUntil, settleSoon);
  do await timeline.runSlowly(Math.min(timeline.now + QUIET_MS, plan.until), settleSoon);
  while (timeline.now < plan.until && !(oracle.isQuiet && world.isAwake));
  return judge(seed, world);
}

function judge(seed: number, world: World): Outcome {
  world.oracle.settled();
  return {
    seed,
    hash: world.timeline.hash,
    events: world.timeline.count,
    operations: world.operations,
    effects: world.bank.effects.length,
    violations: world.oracle.violations,
    words: world.words,
    faults: world.tally.counts,
    notes: world.notes,
  };
}
