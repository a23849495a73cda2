import type { RecordStore } from "@semel/core/record";
import { Authority } from "../simulation/authority.ts";
import { client, type Intent, PATIENT } from "../simulation/client.ts";
import { clientsOf } from "../simulation/clientele.ts";
import type { Violation } from "../simulation/oracle.ts";
import { settleSoon } from "../simulation/settle.ts";
import { judgeSettled } from "../simulation/settled.ts";
import { type Note, World } from "../simulation/world.ts";
import { FAULTS_UNTIL_MS, LADDERS, planOf, type Script } from "./script.ts";
import { type Blow, Strike } from "./strike.ts";

/** One way through a script: which calls are struck, and how. */
export type Case = Readonly<{
  script: Script;
  ladder: keyof typeof LADDERS;
  blows: ReadonlyMap<number, Blow>;
}>;

export type Judged = Readonly<{
  /** The calls of ports that were made, in their order. */
  calls: readonly string[];
  struck: readonly Blow[];
  violations: readonly Violation[];
  notes: readonly Note[];
}>;

/** Where cases are run: on the reference, by several processes, or on a store that has one owner. */
export type Ground = Readonly<{
  rows: RecordStore | null;
  nodes: number;
  /** A planted lie: the store says that it has written, and has not. */
  forgets?: boolean;
}>;

/** A second client asks for the same when the first has long been answered. */
const REPLAY_MS = 12_000;
const QUIET_MS = 6_000;
/** Longer than an hour: what a clock that was ahead has promised is over by then. */
const AGES_MS = 3_700_000;
let count = 0;

/** Runs one case to its end, and judges it by the ledger. */
export async function judge(
  { script, ladder, blows }: Case,
  { rows, nodes, forgets = false }: Ground,
  traced = false,
): Promise<Judged> {
  const strike = new Strike(blows, script.fates, forgets);
  const world = new World(1, {
    traced,
    plan: planOf(LADDERS[ladder], nodes),
    around: strike.around,
    authority: (timeline, plan) => new Authority(timeline, plan.docBytesMax, rows),
  });
  count += 1;
  const intent: Intent = { account: "a", key: `k${count}`, body: "pay", spelling: "bare" };
  strike.cluster = world.cluster;
  const story = world.oracle.storyOf(intent);
  strike.onLost = (process) => story.heard.delete(process);
  strike.onSent = (process) => story.senders.add(process);
  world.oracle.clockAheadMsMax = 2 * AGES_MS;
  const clients = clientsOf(world);
  world.cluster.begin();
  client(intent, PATIENT, clients);
  world.timeline.after(REPLAY_MS, "somebody asks again", () => client(intent, PATIENT, clients));
  await run(world, FAULTS_UNTIL_MS);
  await heal(world);
  client(intent, PATIENT, clients);
  do await run(world, world.timeline.now + QUIET_MS);
  while (!(world.oracle.isQuiet && world.cluster.isAwake) && world.timeline.now < END_MS);
  judgeSettled(world.oracle);
  return { calls: strike.calls, struck: strike.struck, violations: world.oracle.violations, notes: world.notes };
}

const END_MS = FAULTS_UNTIL_MS + AGES_MS + 90_000;

/** Clocks are right again. Who promised something by a wrong one is outlived, and a new process finds what is left. */
async function heal({ cluster, timeline }: World): Promise<void> {
  const wrong = cluster.nodes.filter(({ machine }) => Math.abs(machine.aheadMs) > AGES_MS / 2);
  if (wrong.length === 0) return;
  for (const node of cluster.nodes) {
    node.machine.aheadMs = 0;
    cluster.crash(node, "so that its clock can be set", AGES_MS);
  }
  await timeline.runSlowly(timeline.now + AGES_MS + 1, settleSoon);
}

async function run({ timeline, authority }: World, until: number): Promise<void> {
  await timeline.runSlowly(until, async () => {
    do await settleSoon();
    while (authority.pending > 0);
  });
}
