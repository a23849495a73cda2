import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Command } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import type { KeyRecord, State } from "../../packages/core/src/record/record.ts";
import { fence, NOW, POLICY, record, request, STATES } from "./cases.ts";

const CLAIM: Command = { kind: "claim", attempt: fence(9), request: request("same"), sawRow: false, shadow: true };

/** What is written for a request that goes out in shadow mode. */
function written(before: KeyRecord | null, command: Command = CLAIM): KeyRecord {
  const decision = decide(before, command, NOW, POLICY);
  assert.ok(decision.kind === "swap", `nothing is written: ${decision.kind}`);
  return decision.next;
}

describe("An attempt in shadow mode", () => {
  const { sendWithinMs, deadlineMs, leaseMarginMs } = POLICY;

  test("may begin a deadline later than others, and its lease outlives that", () => {
    const { state } = written(null);
    assert.ok(state.kind === "running");
    assert.equal(state.attempt.sendBy, NOW + sendWithinMs + deadlineMs);
    assert.equal(state.leaseUntil, state.attempt.sendBy + deadlineMs + leaseMarginMs);
  });

  test("may do so beside the one that runs, too", () => {
    const { open } = written(record({ state: STATES.running as State }));
    assert.equal(open.at(-1)?.sendBy, NOW + sendWithinMs + deadlineMs);
  });
});
