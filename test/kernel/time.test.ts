import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import { after } from "../../packages/core/src/record/instant.ts";
import type { State } from "../../packages/core/src/record/record.ts";
import { ANSWER, BY, NOW, OTHERS, POLICY, record, STATES } from "./cases.ts";

const DAY_MS = 86_400_000;

test("a record's time does not go back: what a clock writes that was turned back is dated as what was there", () => {
  const running = record({ state: STATES.running as State, changedAt: NOW });
  const command: Command = {
    kind: "answer",
    attempt: BY.running,
    words: { notSuspect: "final", suspect: "final" },
    outcome: { sense: "success", status: 201, source: "upstream", digest: "d" },
    answer: ANSWER,
    held: running,
  };
  const decision = decide(running, command, after(NOW, -DAY_MS), POLICY);
  assert.ok(decision.kind === "swap");
  assert.equal(decision.next.changedAt, NOW);
  const { state } = decision.next;
  assert.equal(state.kind === "completed" && state.retainUntil, after(NOW, POLICY.retainMs));
});

test("an operator who looked later than now has a wrong clock, and closes nothing", () => {
  const suspect = record({ open: OTHERS, changedAt: NOW });
  const look = (lookedAt: number): Command => ({
    kind: "resolve",
    resolution: { kind: "noEffect", lookedAt: after(NOW, lookedAt) },
    note: "seen in the ledger",
    identity: null,
  });
  const future = decide(suspect, look(DAY_MS), NOW, POLICY);
  assert.deepEqual(future.kind === "stay" && future.verdict.kind === "refused" && future.verdict.why, "unsettled");
  // Once all is quiet, a look of just now counts.
  const quiet = after(NOW, 10 * 60_000);
  assert.equal(decide(suspect, look(10 * 60_000), quiet, POLICY).kind, "swap");
});
