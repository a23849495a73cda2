import { askAgain, clientsOf, sendClients } from "./clientele.ts";
import type { Violation } from "./oracle.ts";
import { plague } from "./plague.ts";
import { LIVENESS_MS, type Plan } from "./plan.ts";
import { settleNow, settleSoon } from "./settle.ts";
import { judgeSettled } from "./settled.ts";
import { type Note, World } from "./world.ts";

export type Outcome = Readonly<{
  seed: number;
  plan: Plan;
  hash: number;
  effects: number;
  violations: readonly Violation[];
  /** What clients were told, by the flow's own words. */
  words: ReadonlyMap<string, number>;
  faults: ReadonlyMap<string, number>;
  /** Claims that nobody made, see oracle.ts. */
  lateCopies: number;
  notes: readonly Note[];
}>;

/** Between two looks at whether anything is left to wait for: a silent store (5 s), and the pause before a write is repeated (2 s). */
const QUIET_MS = 8_000;

/** Runs one seed from its first event to its judgement. To be called from outside of promise jobs: see settle.ts. */
export function runSeed(seed: number, traced = false): Outcome {
  const world = new World(seed, { traced });
  begin(world);
  const { timeline, plan } = world;
  timeline.run(plan.faultsUntil, settleNow);
  do timeline.run(timeline.now + QUIET_MS, settleNow);
  while (!isOver(world));
  return judge(world);
}

/** The same by turns of the real event loop: another way to the same events. */
export async function runSeedSlowly(seed: number): Promise<Outcome> {
  const world = new World(seed);
  begin(world);
  const { timeline, plan } = world;
  await timeline.runSlowly(plan.faultsUntil, settleSoon);
  do await timeline.runSlowly(timeline.now + QUIET_MS, settleSoon);
  while (!isOver(world));
  return judge(world);
}

/** Puts everything in its place. The timeline does the rest. */
function begin(world: World): void {
  const { cluster, timeline, plan, authority } = world;
  const clients = clientsOf(world);
  cluster.begin();
  sendClients(world, clients);
  plague(world);
  timeline.after(plan.faultsUntil, "faults end", () => {
    world.note("faults end");
    authority.outUntil = 0;
    cluster.endPartitions();
    timeline.after(cluster.setClocks(), "liveness begins", () => {
      cluster.endDeploy();
      askAgain(world, clients);
    });
  });
}

/** It is over when nothing is left to wait for and the last clients have had their time, or when there was time enough. */
function isOver({ timeline, plan, oracle, cluster }: World): boolean {
  const { clocksSetAt } = cluster;
  if (timeline.now < clocksSetAt + QUIET_MS) return false;
  return timeline.now >= Math.max(plan.until, clocksSetAt + LIVENESS_MS) || (oracle.isQuiet && cluster.isAwake);
}

function judge(world: World): Outcome {
  judgeSettled(world.oracle);
  return {
    seed: world.seed,
    plan: world.plan,
    hash: world.timeline.hash,
    effects: world.bank.effects.length,
    violations: world.oracle.violations,
    words: world.words,
    faults: world.faults.counts,
    lateCopies: world.oracle.lateCopies,
    notes: world.notes,
  };
}
