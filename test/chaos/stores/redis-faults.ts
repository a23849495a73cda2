import { setTimeout as sleep } from "node:timers/promises";
import { Counts } from "./counts.ts";
import { type Fault, GATEWAYS, type Stage, TAKEOVER_MS } from "./ground.ts";
import { exchange, failOver, flush, overwrite, type RedisPlace, squeeze, withRedis } from "./redis-acts.ts";
import type { ReplayTimes } from "./replay-times.ts";
import type { StoreWires } from "./wires.ts";

/** A cache that is lost must cost time and nothing else, for as long as it lasts. */
const LOST_MS = 6_000;
const WIRES_MS = 6_000;
/** A poisoned value lies there for so long, and is asked for. */
const POISONED_MS = 5_000;
const DROPPED = "semel_cache_dropped_total";

type RedisFaults = Readonly<{ faults: Record<string, Fault>; struck: Counts }>;

/** What befalls a cache, and how many values it befell. */
export function redisFaults(place: RedisPlace, wires: StoreWires, times: ReplayTimes): RedisFaults {
  const struck = new Counts();
  const faults: Record<string, Fault> = {
    poison: async (stage) => {
      struck.add("values overwritten", await withRedis(place.primary, overwrite));
      struck.add("values found out by gateways", await foundOut(stage));
    },
    exchange: async (stage) => {
      struck.add("values exchanged", await withRedis(place.primary, exchange));
      struck.add("values found out by gateways", await foundOut(stage));
    },
    evict: async () => {
      struck.add("values evicted", await withRedis(place.primary, squeeze));
    },
    flushAll: async () => {
      struck.add("values flushed", await withRedis(place.primary, flush));
    },
    serverKill: async () => {
      await times.measure("before", LOST_MS);
      const [node] = place.primary.nodes;
      await node!.kill();
      await times.measure("during", LOST_MS);
      await node!.start();
    },
    serverPause: async ({ random }) => {
      await times.measure("before", LOST_MS);
      const [node] = place.primary.nodes;
      node!.pause();
      await times.measure("during", TAKEOVER_MS + 1_000 * random());
      node!.resume();
    },
    staleReplica: async () => {
      struck.add("values that a replica missed", await failOver(place));
    },
    brokenWires: async ({ random }) => {
      wires.plan(Math.floor(GATEWAYS * random()));
      await sleep(WIRES_MS);
    },
  };
  return { faults, struck };
}

/** What stands there now is asked for a while: how much of it a gateway has thrown away. One that is killed meanwhile forgets. */
async function foundOut({ metric }: Stage): Promise<number> {
  const before = await metric(DROPPED);
  await sleep(POISONED_MS);
  return Math.max(0, (await metric(DROPPED)) - before);
}
