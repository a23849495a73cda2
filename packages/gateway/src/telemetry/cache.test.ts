import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "prom-client";
import { cacheMetrics } from "./cache.ts";

test("the metrics of a cache are what was counted, however often they are scraped", async () => {
  const registry = new Registry();
  const counts = { hits: 3, misses: 2, bad: 1, timeouts: 5, errors: 4 };
  let state: "closed" | "open" = "closed";
  cacheMetrics(registry, { counts, state: () => state });
  await registry.metrics();
  counts.hits += 1;
  state = "open";
  const lines = (await registry.metrics()).split("\n").filter((line) => line.startsWith("semel_"));
  assert.deepEqual(lines, [
    'semel_cache_requests_total{result="hit"} 4',
    'semel_cache_requests_total{result="miss"} 2',
    'semel_cache_failures_total{why="timeout"} 5',
    'semel_cache_failures_total{why="error"} 4',
    'semel_cache_dropped_total{why="bad"} 1',
    "semel_cache_open 1",
  ]);
});
