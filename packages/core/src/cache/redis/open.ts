import type { Cache } from "../../record/index.ts";
import { type Asked, BUDGET_MS, RedisCache } from "./cache.ts";

export type RedisCacheOptions = Readonly<{
  /** redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS. */
  url: string;
  /** How long one command may take before it is a miss. */
  budgetMs?: number;
  /** Told of every command that brought no answer. */
  failed?: Asked["failed"];
  /** Told when the cache is not asked any more, and when it is again. The reason holds no secret. */
  changed?: Asked["changed"];
}>;

/**
 * A cache on one Redis. Resolves once the first try to connect has come to its end, whatever that was: a Redis that is down is
 * no error, and is found when it comes up. Throws TypeError for an address that is none.
 */
export async function redisCache(options: RedisCacheOptions): Promise<Cache> {
  const { url, budgetMs = BUDGET_MS, failed = () => {}, changed = () => {} } = options;
  if (!/^rediss?:$/.test(new URL(url).protocol)) throw new TypeError("A Redis is at redis:// or rediss://");
  const cache = new RedisCache(url, { budgetMs, failed, changed });
  await cache.connect();
  return cache;
}
