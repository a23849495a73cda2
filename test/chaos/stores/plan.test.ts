import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@semel/demo-bank";
import type { Gateway } from "../gateway.ts";
import type { Fault } from "./ground.ts";
import { faultsFrom } from "./plan.ts";

const FAULTS: Readonly<Record<string, Fault>> = { serverKill: async () => {}, serverPause: async () => {} };
const NAMES = ["gatewayKill", "serverKill", "serverPause", "gatewayPause"];

function names(seed: number, count: number): string[] {
  const cards = faultsFrom(FAULTS, [{} as Gateway], seededRandom(seed));
  return Array.from({ length: count }, () => cards.next().value[0]);
}

test("a run begins with one fault of each kind, cheap ones first, and each round has all of them again", () => {
  const twelve = names(1, 12);
  assert.deepEqual(twelve.slice(0, 4), NAMES);
  for (const round of [twelve.slice(4, 8), twelve.slice(8)]) assert.deepEqual(round.toSorted(), NAMES.toSorted());
});

test("a seed gives the same faults every time, another seed another order", () => {
  assert.deepEqual(names(7, 40), names(7, 40));
  assert.notDeepEqual(names(7, 40), names(8, 40));
});
