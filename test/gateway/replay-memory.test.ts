import assert from "node:assert/strict";
import { test } from "node:test";
import { after, type RecordKey } from "@semel/core/record";
import type { State } from "../../packages/core/src/record/record.ts";
import { ReplayMemory } from "../../packages/gateway/src/flow/replay-memory.ts";
import { ANSWER, NOW, record, STATES } from "../kernel/cases.ts";

const RUN = "r".repeat(43) as RecordKey;
const OUTGOING = { status: 201, headers: [], body: new Uint8Array([1]), rest: null };

function remembering(): ReplayMemory {
  const memory = new ReplayMemory();
  const completed = record({ state: STATES.completed as State, answer: ANSWER });
  memory.put(RUN, { name: "n", sent: "k", content: "c" }, completed, OUTGOING, NOW);
  return memory;
}

test("an answer is remembered for a minute", () => {
  const memory = remembering();
  assert.notEqual(
    memory.get("n", "k", () => "c", after(NOW, 60_000)),
    null,
  );
  assert.equal(
    memory.get("n", "k", () => "c", after(NOW, 60_001)),
    null,
  );
});

test("by a clock that was turned back nothing is remembered: it would be kept for longer than that", () => {
  const memory = remembering();
  assert.equal(
    memory.get("n", "k", () => "c", after(NOW, -1)),
    null,
  );
  assert.equal(memory.size, 0);
});
