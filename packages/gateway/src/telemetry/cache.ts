import { Counter, Gauge, type Registry } from "prom-client";
import type { CacheCounts } from "../flow/index.ts";

/** What the metrics of a cache are read from, each time that they are scraped. */
export type CacheSource = Readonly<{ counts: Readonly<CacheCounts>; state(): "closed" | "open" }>;

export function cacheMetrics(registry: Registry, cache: CacheSource): void {
  const { counts } = cache;
  counter(
    registry,
    "semel_cache_requests_total",
    "Requests that asked the cache, by what came of it",
    "result",
    () => ({
      hit: counts.hits,
      miss: counts.misses,
    }),
  );
  counter(
    registry,
    "semel_cache_failures_total",
    "Commands to the cache that brought no answer, by why",
    "why",
    () => ({
      timeout: counts.timeouts,
      error: counts.errors,
    }),
  );
  counter(
    registry,
    "semel_cache_dropped_total",
    "Values in the cache that were of no use, and were dropped",
    "why",
    () => ({
      bad: counts.bad,
    }),
  );
  new Gauge({
    name: "semel_cache_open",
    help: "1: the cache failed lately, and is not asked for a while",
    registers: [registry],
    collect() {
      this.set(cache.state() === "open" ? 1 : 0);
    },
  });
}

/** Counted where it happens, told when it is scraped. */
function counter(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  counted: () => Readonly<Record<string, number>>,
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries(counted())) this.inc({ [label]: value }, count);
    },
  });
}
