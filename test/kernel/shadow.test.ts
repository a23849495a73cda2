import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Command } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import { OPEN_ATTEMPTS_MAX } from "../../packages/core/src/record/limits.ts";
import type { Attempt, KeyRecord, State } from "../../packages/core/src/record/record.ts";
import { asOf, isSuspect, UNLISTED_ATTEMPT } from "../../packages/core/src/record/suspicion.ts";
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

describe("A record that is full", () => {
  const RUNNING = STATES.running as State;
  const attempts = (count: number): Attempt[] =>
    Array.from({ length: count }, (_, n) => ({ id: fence(100 + n), sendBy: after(NOW, n), deadlineMs: 30_000 }));
  const latest = (open: readonly Attempt[]) => Math.max(...open.map(({ sendBy }) => sendBy));
  const at = (ms: number): Instant => after(NOW, ms);

  test("never has more attempts open than its bound, the running one with them", () => {
    for (const state of [RUNNING, STATES.idle, STATES.inDoubt as State]) {
      for (let count = OPEN_ATTEMPTS_MAX - 3; count < OPEN_ATTEMPTS_MAX; count += 1) {
        let next = record({ state, open: attempts(count) });
        for (let more = 0; more < 4; more += 1) next = written(next, { ...CLAIM, attempt: fence(200 + more) });
        const over = asOf(next, at(1_000_000), POLICY);
        assert.ok(over.open.length <= OPEN_ATTEMPTS_MAX, `${over.open.length} open`);
      }
    }
  });

  test("covers the last possible send of a request that has no attempt of its own", () => {
    const full = written(record({ state: RUNNING, open: attempts(OPEN_ATTEMPTS_MAX - 2) }));
    for (const ms of [0, 7_000, 3_000]) {
      const decision = decide(full, CLAIM, at(ms), POLICY);
      assert.ok(decision.kind === "swap");
      assert.equal(latest(decision.next.open), at(ms) + POLICY.sendWithinMs + POLICY.deadlineMs);
      assert.equal(decision.verdict.kind, "conflict");
      const again = decide(decision.next, CLAIM, NOW, POLICY);
      assert.ok(again.kind === "swap");
      assert.equal(latest(again.next.open), latest(decision.next.open));
    }
  });

  test("stays suspect when every attempt that it lists proves to have sent nothing", () => {
    let next = written(record({ state: RUNNING, open: attempts(OPEN_ATTEMPTS_MAX - 2) }));
    for (const { id } of [...next.open, STATES.running.attempt]) {
      const decision = decide(next, { kind: "end", attempt: id, how: "unsent", note: "" }, NOW, POLICY);
      if (decision.kind === "swap" && id !== UNLISTED_ATTEMPT) next = decision.next;
    }
    assert.deepEqual(
      next.open.map(({ id }) => id),
      [UNLISTED_ATTEMPT],
    );
    assert.ok(isSuspect(next, null));
  });

  test("gives the oldest attempt's place to what has none, where retries have taken them all", () => {
    const late: Attempt = { id: fence(99), sendBy: at(500_000), deadlineMs: 40_000 };
    const { open } = written(record({ open: [late, ...attempts(OPEN_ATTEMPTS_MAX - 1)] }));
    assert.equal(open.length, OPEN_ATTEMPTS_MAX);
    assert.deepEqual(open.at(-1), { ...late, id: UNLISTED_ATTEMPT });
  });
});

test("What goes out in shadow mode while a quarantine opens, or lasts, is written down", () => {
  const quarantine = { since: after(NOW, -60_000), until: NOW, endsAt: after(NOW, 600_000) };
  for (const ms of [1, 60_000]) {
    for (const before of [null, record({ changedAt: after(NOW, -60_000) })]) {
      const decision = decide(before, CLAIM, after(NOW, ms), { ...POLICY, quarantine });
      assert.ok(decision.kind === "swap" && decision.next.state.kind === "running");
      assert.deepEqual([decision.next.open.length, decision.next.firstSendAt], [1, quarantine.since]);
    }
  }
});
