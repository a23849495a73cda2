import assert from "node:assert/strict";
import { test } from "node:test";
import type { LaneOutcome } from "./lane-outcome.ts";
import { complaintsOf, summaryOf } from "./outcome.ts";

const LANE: LaneOutcome = {
  ...{ name: "postgres", kind: "ask", requests: 100, keys: 50, effects: 48, inDoubt: 1, violations: 0, unexplained: 0 },
  faults: { gatewayKill: 3, serverKill: 2, storeReset: 9 },
  ...{ recovered: 0, notes: ["as usual"], complaints: [] },
};
const SCENE: LaneOutcome = {
  ...{ ...LANE, name: "postgres-promotion", requests: 10, keys: 5, effects: 5, inDoubt: 0, recovered: 4 },
  ...{ faults: { gatewayKill: 3 }, violations: 2, unexplained: 1, notes: [], complaints: ["2 violations"] },
};

test("a store's counts are those of its lane and of all that befell it once, which are told beside them", () => {
  const { minutes, stores, violations, unexplained } = summaryOf(2, [{ name: "postgres", lanes: [LANE, SCENE] }]);
  assert.deepEqual([minutes, violations, unexplained], [2, 2, 1]);
  const { scenes, notes, ...counts } = stores["postgres"]!;
  assert.deepEqual(counts, {
    ...{ requests: 110, keys: 55, kills: 8, effects: 53, inDoubt: 1, recovered: 4, violations: 2, unexplained: 1 },
    faults: { gatewayKill: 6, serverKill: 2, storeReset: 9 },
  });
  assert.deepEqual(notes, ["as usual"]);
  assert.deepEqual(Object.keys(scenes), ["postgres-promotion"]);
});

test("what a lane complains of is told with its name", () => {
  assert.deepEqual(complaintsOf({ name: "postgres", lanes: [LANE, SCENE] }), ["postgres-promotion: 2 violations"]);
});
