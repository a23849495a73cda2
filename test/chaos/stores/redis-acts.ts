import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@redis/client";
import type { Server } from "../../../tools/services/servers/server.ts";

/** `primary`: whom the gateways reach. */
export type RedisPlace = { primary: Server; replica: Server };

const EVERYTHING = "semel:*";
/** A replica that is behind has missed what came in so long. */
const BEHIND_MS = 6_000;
/** Values are thrown out at every write, and some writes refused. */
const SQUEEZED_MS = 5_000;
/** As long as some sealed answers, and like none. */
const GARBAGE_BYTES = 600;
/** In the sealed part of any value. */
const INSIDE = 40;
const AWAY = "semel-chaos-away";

type Redis = ReturnType<typeof clientOf>;

export async function withRedis<T>(server: Server, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = clientOf(server);
  redis.on("error", () => {});
  await redis.connect();
  try {
    return await use(redis);
  } finally {
    redis.destroy();
  }
}

function clientOf({ url }: Pick<Server, "url">) {
  return createClient({ url });
}

export async function flush(redis: Redis): Promise<number> {
  const count = await redis.dbSize();
  await redis.flushAll();
  return count;
}

/** A third each: other bytes throughout, cut short, some bytes changed. */
export async function overwrite(redis: Redis): Promise<number> {
  const keys = await redis.keys(EVERYTHING);
  for (const [at, key] of keys.entries()) {
    if (at % 3 === 0) await redis.set(key, randomBytes(GARBAGE_BYTES), { KEEPTTL: true });
    else if (at % 3 === 1) await redis.set(key, "", { KEEPTTL: true });
    else await redis.setRange(key, INSIDE, randomBytes(4));
  }
  return keys.length;
}

/** Each value goes to a neighbour: sealed by us, and for another key. */
export async function exchange(redis: Redis): Promise<number> {
  const keys = await redis.keys(EVERYTHING);
  let count = 0;
  for (let at = 0; at + 1 < keys.length; at += 2) {
    const [one, other] = [keys[at]!, keys[at + 1]!];
    await redis.rename(one, AWAY);
    await redis.rename(other, one);
    await redis.rename(AWAY, other);
    count += 2;
  }
  return count;
}

/** Less memory than it uses. */
export async function squeeze(redis: Redis): Promise<number> {
  const evicted = async (): Promise<number> => Number(/evicted_keys:(\d+)/.exec(await redis.info("stats"))?.[1]);
  const before = await evicted();
  const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
  await redis.configSet({ maxmemory: String(used - 1), "maxmemory-policy": "allkeys-random" });
  await sleep(SQUEEZED_MS);
  await redis.configSet({ maxmemory: "0" });
  return (await evicted()) - before;
}

/** The replica stops where it is, the primary is lost some time later, and the replica takes its place. Told: what it missed. */
export async function failOver(place: RedisPlace): Promise<number> {
  const { primary, replica } = place;
  await withRedis(replica, (redis) => redis.sendCommand(["REPLICAOF", "NO", "ONE"]));
  await sleep(BEHIND_MS);
  const missed = (await sizeOf(primary)) - (await sizeOf(replica));
  place.primary = replica;
  place.replica = primary;
  await primary.nodes[0]!.kill();
  await primary.nodes[0]!.start();
  const { hostname, port } = new URL(replica.url);
  await withRedis(primary, (redis) => redis.sendCommand(["REPLICAOF", hostname, port]));
  return missed;
}

async function sizeOf(server: Server): Promise<number> {
  return await withRedis(server, (redis) => redis.dbSize());
}
