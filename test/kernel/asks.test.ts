import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import type { KeyRecord, State } from "../../packages/core/src/record/record.ts";
import { BY, LADDERS, NOW, OTHERS, POLICY, record, STATES } from "./cases.ts";

const ASKING = { ...POLICY, ladder: LADDERS.ask };

/** What a question under the running claim, answered by nothing, leaves for the next one. */
function askedNothing(asks: KeyRecord["asks"], now: Instant): KeyRecord["asks"] {
  const state = { ...STATES.running, purpose: "ask" } as State;
  const asking = record({
    state,
    open: OTHERS,
    pins: { upstream: "bank", ladder: LADDERS.ask, deadlineMs: 30_000 },
    asks,
  });
  const said = { kind: "unknown", note: "reset" } as const;
  const command: Command = { kind: "asked", attempt: BY.running, askedAt: now, said };
  const decision = decide(asking, command, now, ASKING);
  assert.ok(decision.kind === "swap");
  return decision.next.asks;
}

test("a question that was due and learnt nothing makes the pause before the next one longer", () => {
  assert.deepEqual(askedNothing({ count: 3, nextAt: NOW }, NOW), { count: 4, nextAt: after(NOW, 16_000) });
});

test("clients that ask before it is due do not put the next question off", () => {
  const asks = { count: 3, nextAt: after(NOW, 5_000) };
  assert.deepEqual(askedNothing(asks, NOW), asks);
});
