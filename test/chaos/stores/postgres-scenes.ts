import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../../tools/services/process/within.ts";
import type { LossAt } from "../loss.ts";
import { saidBy } from "./logs.ts";
import { backUp, restore } from "./postgres-backup.ts";
import { cutOff, type PostgresPair, postgresPair, rowsOf } from "./postgres-pair.ts";
import type { Scene } from "./scene.ts";
import { semel } from "./semel.ts";
import type { StoreLane } from "./store-lane.ts";

/** Payments on a history that stays. */
const BEFORE_MS = 6_000;
/** Payments that will be lost. */
const LOST_MS = 6_000;
/** A gateway looks at its store every 3 s; one whose connection was lost waits for the next one up to 2 s. */
const HEARD_WITHIN_MS = 15_000;
/** `--lost-since` says when the backup began by a clock that is not the server's. */
const SINCE_MARGIN_MS = 1_000;

/** Every way in which a PostgreSQL comes back with less than it had acknowledged, and one in which it does not. */
export const POSTGRES_SCENES: readonly Scene<PostgresPair>[] = [
  {
    // The bank can be asked: what it has done and nobody remembers is found there.
    ...{ name: "promotion", kind: "ask", loses: true },
    open: (folder) => postgresPair("asynchronous", folder),
    act: async (lane, pair, loss) => {
      await promoteBehind(lane, pair, loss);
      await heardByAll(lane);
    },
  },
  {
    // The bank honours keys: what it has done and nobody remembers is answered by it again.
    ...{ name: "promotionDeclared", kind: "repeat", loses: true },
    open: (folder) => postgresPair("asynchronous", folder),
    act: async (lane, pair, loss) => {
      const since = Date.now();
      await promoteBehind(lane, pair, loss);
      const { adminPort, folder } = lane.gateways[0]!.place;
      const at = ["--admin", `http://127.0.0.1:${adminPort}`, "--token-file", `${folder}/token`];
      await declare(since, "a standby that was behind was promoted", at);
      await heardByAll(lane);
    },
  },
  {
    ...{ name: "restore", kind: "ask", loses: true },
    open: (folder) => postgresPair("none", folder),
    act: async (lane, { primary }, loss) => {
      await sleep(BEFORE_MS);
      await backUp(primary);
      await sleep(LOST_MS);
      const before = await rowsOf(primary);
      loss.happens();
      await restore(primary, "recovery");
      await noteLost(lane, before, primary);
      await heardByAll(lane);
    },
  },
  {
    ...{ name: "restoreDeclared", kind: "ask", loses: true },
    open: (folder) => postgresPair("none", folder),
    act: async (lane, { primary }, loss) => {
      await sleep(BEFORE_MS);
      const since = Date.now();
      await backUp(primary);
      await sleep(LOST_MS);
      const before = await rowsOf(primary);
      loss.happens();
      await lane.without(async () => {
        await restore(primary, "crash");
        await noteLost(lane, before, primary);
        await declare(since, "the disk was set back", ["-c", lane.gateways[0]!.place.configuration]);
      });
    },
  },
  {
    ...{ name: "synchronousFailover", kind: "ask", loses: false },
    open: (folder) => postgresPair("synchronous", folder),
    act: async (lane, { primary, standby }) => {
      await sleep(BEFORE_MS + LOST_MS);
      await primary.nodes[0]!.kill();
      await standby!.promote();
      await heardByAll(lane);
    },
  },
];

async function promoteBehind(lane: StoreLane, pair: PostgresPair, loss: LossAt): Promise<void> {
  const { primary, standby } = pair;
  await sleep(BEFORE_MS);
  await cutOff(pair);
  await sleep(LOST_MS);
  const before = await rowsOf(primary);
  loss.happens();
  await primary.nodes[0]!.kill();
  await standby!.promote();
  await noteLost(lane, before, standby!);
}

/** What is there now was written before: no gateway writes into a history that it has not been told of. */
async function noteLost(lane: StoreLane, before: number, server: PostgresPair["primary"]): Promise<void> {
  const lost = before - (await rowsOf(server));
  lane.notes.push(`${lost} rows of ${before} were lost`);
  if (lost <= 0) lane.remarks.push("nothing was lost");
}

async function declare(since: number, reason: string, where: readonly string[]): Promise<void> {
  const at = new Date(since - SINCE_MARGIN_MS).toISOString();
  await semel(["store", "fence", "--lost-since", at, "--reason", reason, ...where]);
}

/** By their own looks, and not because somebody asked. */
async function heardByAll(lane: StoreLane): Promise<void> {
  const startedAt = performance.now();
  const all = (): boolean => lane.gateways.every((gateway) => saidBy(gateway, "lossHeard").length > 0);
  if (await within(HEARD_WITHIN_MS, all)) {
    lane.notes.push(
      `every gateway had opened its quarantine after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
    );
  } else lane.remarks.push(`after ${HEARD_WITHIN_MS} ms a gateway has not heard of the loss`);
}
