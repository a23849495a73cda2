import type { Cache, Instant } from "../record/index.ts";

/** One fresh, empty cache, made for one clause. */
export type CacheFixture = Readonly<{
  /** Called once. It has to be patient: a clause is about what a cache says, not about how fast the machine is. */
  open(): Promise<Cache>;
  /** By the clock of whoever puts. */
  now(): Instant;
  sleep(ms: number): Promise<void>;
  /** The largest value that it keeps. */
  valueBytesMax: number;
  /** The cache was closed before. */
  remove(): Promise<void>;
}>;

/** One promise. `check` rejects with a ContractError where it is broken. */
export type CacheClause = Readonly<{
  id: string;
  title: string;
  check(fixture: CacheFixture, random: () => number): Promise<void>;
}>;

/** A clause that opens the cache, and closes it again. */
export function cacheClause(id: string, title: string, body: CacheBody): CacheClause {
  return {
    id,
    title,
    async check(fixture, random) {
      const cache = await fixture.open();
      try {
        await body(cache, fixture, random);
      } finally {
        await cache.close();
      }
    },
  };
}
export type CacheBody = (cache: Cache, fixture: CacheFixture, random: () => number) => Promise<void>;
