import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../../tools/services/process/within.ts";
import { cassandraRing, type Ring } from "./cassandra-ring.ts";
import { type Fault, type Ground, type Stage, TAKEOVER_MS } from "./ground.ts";

/** So that whoever was claimed by what is gone is taken over from while it is gone. */
const HELD_MS = TAKEOVER_MS + 1_000;
/** A client finds out within 4 s that one node answers nothing; after that the others serve. */
const NOTICED_MS = 5_000;
/** A node reads its log again and joins; with every core busy it takes its time. */
const WHOLE_WITHIN_MS = 120_000;

/** Three nodes; of each row there are three copies, and two of them decide. */
export async function cassandraGround(_seed: number, folder: string): Promise<Ground> {
  const ring = await cassandraRing(folder);
  const told = { notes: [] as string[], complaints: [] as string[] };
  if (ring.network === null) told.notes.push("NOT RUN: partition: this machine gives us no networks (Linux, root)");
  return {
    lines: () => ring.line,
    ...{ environment: {}, wires: [], begin: () => {} },
    faults: faultsOf(ring, told),
    // Four or five faults of 13 s, and two starts of a node between them.
    firstRoundMs: 180_000,
    calm: () => whole(ring),
    notes: () => told.notes,
    complaints: () => told.complaints,
    [Symbol.asyncDispose]: () => ring[Symbol.asyncDispose](),
  };
}

type Told = Readonly<{ notes: string[]; complaints: string[] }>;

function faultsOf(ring: Ring, told: Told): Record<string, Fault> {
  const { nodes, network } = ring;
  const any = (random: () => number): number => Math.floor(nodes.length * random());
  /** With a majority there the service goes on. */
  const goesOn = async (what: string, stage: Stage): Promise<void> => {
    await sleep(NOTICED_MS);
    const from = performance.now();
    await sleep(HELD_MS - NOTICED_MS);
    if (!stage.isPaying()) return;
    const answered = stage.answeredSince(from);
    told.notes.push(`${what}: ${answered} payments were answered in ${(HELD_MS - NOTICED_MS) / 1_000} s of it`);
    if (answered === 0) told.complaints.push(`${what}: no payment was answered, and a majority was there`);
  };
  return {
    nodeKill: async (stage) => {
      const node = nodes[any(stage.random)]!;
      await node.kill();
      await goesOn("one node killed", stage);
      await node.start();
      await whole(ring);
    },
    nodePause: async (stage) => {
      const node = nodes[any(stage.random)]!;
      node.pause();
      await goesOn("one node stopped", stage);
      node.resume();
      await whole(ring);
    },
    ...(network === null
      ? {}
      : {
          partition: async (stage: Stage) => {
            const at = any(stage.random);
            network.cut(at);
            await goesOn("one node cut off from the others, and not from the gateways", stage);
            if (await ring.isWhole()) told.complaints.push("partition: the nodes still reach each other");
            network.mend(at);
            await whole(ring);
          },
        }),
    majorityPause: async ({ random, isPaying, answeredSince }) => {
      const spared = any(random);
      const two = nodes.filter((_, at) => at !== spared);
      for (const node of two) node.pause();
      await sleep(NOTICED_MS);
      const from = performance.now();
      await sleep(HELD_MS - NOTICED_MS);
      if (isPaying()) told.notes.push(`two nodes stopped: ${answeredSince(from)} payments were answered`);
      for (const node of two) node.resume();
      await whole(ring);
    },
  };
}

async function whole({ isWhole }: Ring): Promise<void> {
  if (!(await within(WHOLE_WITHIN_MS, isWhole))) throw new Error("Cassandra did not become whole again");
}
