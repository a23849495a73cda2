import { createClient } from "@redis/client";
import { type Server, startServer } from "../child.ts";
import { startGateway } from "../gateway.ts";
import { loadOn } from "../load-on.ts";
import { inFolder } from "../place.ts";
import { measureRounds, type Slot } from "../round.ts";
import { type Finding, finding, findingOf, type Goal, type NumberGoal } from "../row.ts";
import { type Database, withDatabase } from "../servers.ts";
import type { Settings } from "../settings.ts";
import type { Run } from "./run.ts";

/**
 * More than the some 28,000 payments that the gateway's own memory has room for: they are asked for in turn, and each has left memory
 * before it is asked for again.
 */
const KEYS_MAX = 50_000;
/** No gateway replays as many in a second: within a shorter slot no key is asked for twice. */
const REPLAYS_PER_SECOND_MAX = 20_000;
/** Libraries have no memory of their own, and each replay of any key is one of Redis. */
const PEER_KEYS = 1_000;
/** Of the replays that Redis answered. The rest is the one that was under way as the slot began or ended. */
/** Few: the cache drops what it cannot put within its budget, and every key is to be there. */
const PRIMERS = 8;

const NODE: Goal = {
  figure: "7 replay from Redis: requests/s, against node-idempotency on Redis (this or its CPU is to be met)",
  of: "perSecond",
  name: "gateway",
  than: "node-idempotency",
  better: "higher",
  must: 1.3,
  aim: null,
};
const NODE_CPU: Goal = {
  ...NODE,
  figure: "7 replay from Redis: CPU a request of the service, against node-idempotency on Redis",
  of: "cpuMicros",
  better: "lower",
  must: 0.77,
};
const SHARE: NumberGoal = {
  figure:
    "7 replay from Redis: share of the gateway's replays that Redis answered (the others: its own memory or the store)",
  than: 1,
  must: 0.95,
};
const shown = (than: string): Goal => ({
  ...NODE,
  figure: `7 replay from Redis: requests/s, against ${than} on Redis`,
  than,
  must: null,
});

/** `share`: of the requests, those that Redis had the answer of, in time or not. */
type CachedSlot = Slot & Readonly<{ share: number }>;

/** Row 7. Every slot is a new process and an empty Redis, filled by payments that are then sent again. */
export async function cachedRow(run: Run): Promise<Finding[]> {
  const upstream = await startServer("./upstream.ts");
  try {
    return await withDatabase(run.folder, "redis", async (redis) => {
      const names = ["node-idempotency", "gateway", "powertools", "express-idempotency"];
      const measure = (name: string): Promise<Slot> => cachedSlot(name, run, redis, upstream.port);
      const rounds = await measureRounds(names, run.settings.rounds, measure, run.heard);
      const shares = rounds.map((round) => (round.get("gateway") as readonly CachedSlot[]).map(({ share }) => share));
      const goals = [NODE, NODE_CPU, shown("powertools"), shown("express-idempotency")];
      return [...goals.map((goal) => finding(rounds, goal)), findingOf(shares, "gateway", SHARE)];
    });
  } finally {
    await upstream.stop();
  }
}

async function cachedSlot(name: string, run: Run, { url, pid }: Database, upstreamPort: number): Promise<CachedSlot> {
  const { settings, folder } = run;
  const { warmMs, slotMs, profile } = settings;
  const isGateway = name === "gateway";
  await ask(url, ["FLUSHALL"]);
  return await inFolder(folder, async (slotFolder) => {
    const server: Server = isGateway
      ? await startGateway(slotFolder, upstreamPort, profile, { cache: url })
      : await startServer("./peer.ts", [name, String(upstreamPort), url]);
    try {
      const keys = isGateway ? keysFor(settings) : PEER_KEYS;
      const hits = await hitsOf(url);
      const proof = isGateway ? "Idempotency-Status: replayed" : "201";
      const load = { server: pid, keys, before: 1, primers: PRIMERS, proof, warmMs, slotMs };
      const slot = await loadOn(server, load);
      const share = ((await hitsOf(url)) - hits) / slot.answered;
      run.heard(`  ${name}: Redis answered ${(share * 100).toFixed(0)} % of the replays`);
      return { ...slot, share };
    } finally {
      await server.stop();
    }
  });
}

function keysFor({ warmMs, slotMs }: Settings): number {
  return Math.min(KEYS_MAX, Math.ceil(((warmMs + slotMs) / 1_000) * REPLAYS_PER_SECOND_MAX));
}

async function hitsOf(url: string): Promise<number> {
  return Number(/keyspace_hits:(\d+)/.exec(await ask(url, ["INFO", "stats"]))?.[1]);
}

async function ask(url: string, command: readonly string[]): Promise<string> {
  const client = await createClient({ url }).connect();
  try {
    return String(await client.sendCommand([...command]));
  } finally {
    client.destroy();
  }
}
