import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, withRoute } from "../../../../test/config/sample.ts";
import { durationText, sizeText } from "./quantity.ts";

test("times are ms, s, m, h and d, sizes bytes in powers of two", () => {
  const retainOf = (text: string): number | undefined => parse(withRoute(`retain: ${text}`)).routes[0]?.policy.retainMs;
  const times = ["1500ms", "30s", "15m", "24h", "30d"].map(retainOf);
  assert.deepEqual(times, [1_500, 30_000, 900_000, 86_400_000, 2_592_000_000]);
  const sizeOf = (text: string) => parse(withRoute(`limits: { answer: ${text} }`)).routes[0]?.limits.answerBytes;
  assert.deepEqual(["2048B", "64KiB", "1MiB"].map(sizeOf), [2_048, 65_536, 1_048_576]);
});

test("a time is shown as it is written", () => {
  for (const [ms, text] of [
    [0, "0s"],
    [250, "250ms"],
    [1_500, "1500ms"],
    [90_000, "90s"],
    [900_000, "15m"],
    [86_400_000, "24h"],
    [172_800_000, "2d"],
  ] as const) {
    assert.equal(durationText(ms), text);
  }
  assert.deepEqual([1_000, 65_536, 1_048_576].map(sizeText), ["1000B", "64KiB", "1MiB"]);
});
