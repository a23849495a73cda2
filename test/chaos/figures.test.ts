import assert from "node:assert/strict";
import { test } from "node:test";
import type { Phase } from "./arrivals.ts";
import { rowOf } from "./in-doubt.ts";
import { conclude } from "./overload.ts";

const PHASE: Phase = {
  ...{
    perSecond: 300,
    sent: 3_000,
    answered: 3_000,
    refused: 0,
    failed: 0,
    failures: {},
    goodput: 300,
    p50Ms: 100,
    p95Ms: 120,
  },
  ...{ replays: 200, replayed: 200, replayP95Ms: 10 },
};

function misses(last: Partial<Phase>, rssMiB = 210, recoveryMs: number | null = 0): readonly string[] {
  const levels = [
    { times: 1, rssMiB: 200, ...PHASE },
    { times: 5, rssMiB, ...PHASE, ...last },
  ];
  return conclude({ bottleneck: "bank", saturation: 300, levels, calm: PHASE, recoveryMs }).misses;
}

test("goodput, replays, memory and recovery that hold are no miss, and each that does not is one", () => {
  assert.deepEqual(misses({}), []);
  assert.deepEqual(misses({ goodput: 241 }), []);
  assert.match(misses({ goodput: 239 }).join(), /goodput at 5x is 80 % of the peak/);
  assert.match(misses({ replayed: 199 }).join(), /1 of 200 replays were not served/);
  assert.match(misses({}, 300).join(), /grew 1.50 times/);
  assert.match(misses({}, 210, null).join(), /not recovered within 10 s/);
});

test("doubt per million is the exposed time of a strike by the time between strikes, whatever the rate", () => {
  const kill = { name: "kill", everyMs: 60_000, every: "minute" } as const;
  // 40 keys a second, 20 kills, 40 keys in doubt: those of 50 ms a kill. Of a minute that is one in 1,200.
  const row = rowOf("neither", kill, { requests: 2_400, strikes: 20, inDoubt: 40 });
  assert.equal(row.exposedMs, 50);
  assert.ok(Math.abs(row.perMillion - 833.33) < 0.01, String(row.perMillion));
  assert.equal(rowOf("ask", kill, { requests: 10, strikes: 0, inDoubt: 0 }).perMillion, 0);
});
