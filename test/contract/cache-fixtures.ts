import { setTimeout as sleep } from "node:timers/promises";
import { memoryCache } from "@semel/core/cache/memory";
import { redisCache } from "@semel/core/cache/redis";
import { type CacheFixture, cacheClauses, checkClause, seededRandom } from "@semel/core/contract";
import type { Instant } from "@semel/core/record";
import { VALUE_BYTES_MAX as REDIS_VALUE_BYTES_MAX } from "../../packages/core/src/cache/redis/cache.ts";
import { urlOf } from "../../tools/services/running.ts";
import { freshRedis } from "./cache-redis-database.ts";
import type { Line } from "./report.ts";

/** Makes a fixture for one clause. */
export type OpenCacheFixture = () => CacheFixture | Promise<CacheFixture>;

/** Small, so that a value over the limit is cheap. */
const VALUE_BYTES_MAX = 64 * 1024;
/** Nothing here is about how fast this machine is. */
const PATIENCE_MS = 5_000;

const realTime = { now: () => Date.now() as Instant, sleep: (ms: number) => sleep(ms) } as const;

export const cacheFixtures: Readonly<Record<string, OpenCacheFixture>> = {
  "cache-memory": memoryFixture,
  "cache-redis": redisFixture,
};

/** Every clause of a cache in turn, each on a fixture of its own and with the same seed. */
export async function* runCacheContract(store: string, open: OpenCacheFixture, seed: number): AsyncGenerator<Line> {
  for (const clause of cacheClauses) {
    const verdict = await checkClause(clause, await open(), seededRandom(seed));
    yield { store, clause: clause.id, title: clause.title, verdict };
  }
}

function memoryFixture(): CacheFixture {
  const valueBytesMax = VALUE_BYTES_MAX;
  return { ...realTime, open: async () => memoryCache({ valueBytesMax }), valueBytesMax, remove: async () => {} };
}

async function redisFixture(): Promise<CacheFixture> {
  const server = await urlOf("redis");
  if (server === null) throw new Error("Redis does not run: npm run services -- up redis");
  const { url, remove } = await freshRedis(server);
  const open = () => redisCache({ url, budgetMs: PATIENCE_MS });
  return { ...realTime, open, valueBytesMax: REDIS_VALUE_BYTES_MAX, remove };
}
