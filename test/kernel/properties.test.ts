import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Command, Word } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import type { Fence } from "../../packages/core/src/record/fence.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import type { Policy } from "../../packages/core/src/record/policy.ts";
import type { KeyRecord } from "../../packages/core/src/record/record.ts";
import { asOf, isSuspect } from "../../packages/core/src/record/suspicion.ts";
import { ANSWER, fence, LADDERS, NOW, POLICY, record, request } from "./cases.ts";

/** One event in the life of a key: so much time passes, then this command is decided. */
type Event = Readonly<{ afterMs: number; command: Command }>;
type Step = Readonly<{
  before: KeyRecord | null;
  command: Command;
  now: Instant;
  after: KeyRecord | null;
  policy: Policy;
}>;

const words = fc.constantFrom<Word>("final", "noEffect", "ambiguous");
const attempts = fc.integer({ min: 1, max: 3 }).map(fence);
const sense = fc.constantFrom("success" as const, "failure" as const);

const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ id: attempts, digest: fc.constantFrom("same", "same", "same", "other") }).map(claim),
  },
  { weight: 3, arbitrary: fc.record({ id: attempts, notSuspect: words, suspect: words, sense }).map(answer) },
  attempts.chain((attempt) =>
    fc
      .constantFrom("unsent" as const, "ambiguous" as const)
      .map((how): Command => ({ kind: "end", attempt, how, note: "" })),
  ),
  fc.record({ attempt: attempts, askedMs: fc.integer({ min: 0, max: 200_000 }), yes: fc.boolean() }).map(asked),
  attempts.map((attempt): Command => ({ kind: "due", attempt, dueAt: NOW })),
  fc
    .record({ effect: fc.boolean(), lookedMs: fc.integer({ min: 0, max: 400_000 }) })
    .map(({ effect, lookedMs }): Command => {
      const outcome = { sense: "success", status: 200, source: "operator", digest: null } as const;
      const resolution = effect
        ? ({ kind: "effect", outcome, answer: null } as const)
        : ({ kind: "noEffect", lookedAt: after(NOW, lookedMs) } as const);
      return { kind: "resolve", resolution, note: "", identity: null };
    }),
);
const lives = fc.record({
  ladder: fc.constantFrom(...Object.values(LADDERS)),
  events: fc.array(fc.record({ afterMs: fc.constantFrom(0, 1, 1_000, 40_000, 200_000), command: commands }), {
    minLength: 8,
    maxLength: 25,
  }),
});

function claim({ id, digest }: { id: Fence; digest: string }): Command {
  return { kind: "claim", attempt: id, request: request(digest), sawRow: false, shadow: false };
}
function answer(of: { id: Fence; notSuspect: Word; suspect: Word; sense: "success" | "failure" }): Command {
  const outcome = { sense: of.sense, status: 201, source: "upstream", digest: of.id } as const;
  const { notSuspect, suspect } = of;
  return { kind: "answer", attempt: of.id, words: { notSuspect, suspect }, outcome, answer: ANSWER, held: record({}) };
}
function asked(of: { attempt: Fence; askedMs: number; yes: boolean }): Command {
  const outcome = { sense: "success", status: 201, source: "asked", digest: "asked" } as const;
  const said = of.yes ? ({ kind: "yes", outcome, answer: ANSWER } as const) : ({ kind: "no" } as const);
  return { kind: "asked", attempt: of.attempt, askedAt: after(NOW, of.askedMs), said };
}

/** Lives a key through its events, as one process after another would with every swap won. */
function live(life: { ladder: Policy["ladder"]; events: readonly Event[] }): Step[] {
  const policy: Policy = { ...POLICY, ladder: life.ladder };
  let current: KeyRecord | null = null;
  let now = NOW;
  return life.events.map(({ afterMs, command }) => {
    now = after(now, afterMs);
    const before: KeyRecord | null = current;
    const decision = decide(before, command, now, policy);
    if (decision.kind === "swap") current = decision.next;
    if (decision.kind === "drop") current = null;
    return { before, command, now, after: current, policy };
  });
}

const RUNS = 3_000;
const holds = (check: (step: Step) => void): void =>
  fc.assert(
    fc.property(lives, (life) => live(life).forEach(check)),
    { numRuns: RUNS },
  );

test("a completed record never changes its outcome, nor its answer but to lose it", () => {
  let completed = 0;
  holds(({ before, after }) => {
    if (before?.state.kind !== "completed" || after === null) return;
    completed += 1;
    assert.ok(after.state.kind === "completed");
    assert.deepEqual(after.state.outcome, before.state.outcome);
    assert.ok(after.answer === null || after.answer === before.answer);
  });
  assert.ok(completed > RUNS, "hardly any life got as far as a completed record");
});

test("F, the first possible send, never moves", () => {
  holds(({ before, after }) => {
    if (before !== null && after !== null) assert.equal(after.firstSendAt, before.firstSendAt);
  });
});

test("suspicion never fades without evidence", () => {
  let faded = 0;
  holds(({ before, command, now, after, policy }) => {
    if (before === null || after === null) return;
    const seen = asOf(before, now, policy);
    if (!isSuspect(seen, null) || isSuspect(after, null)) return;
    faded += 1;
    const evidence =
      command.kind === "answer" || command.kind === "asked" || command.kind === "resolve" || command.kind === "end";
    assert.ok(evidence, `${command.kind} is no evidence`);
    if (command.kind === "end") assert.equal(command.how, "unsent");
  });
  assert.ok(faded > 100, "hardly any suspicion was ever settled");
});

test("a request with another fingerprint never runs, never replays and never touches the record", () => {
  let mismatches = 0;
  fc.assert(
    fc.property(lives, (life) => {
      for (const { after: stored, now, policy } of live(life)) {
        if (stored === null || stored.fingerprint === null) continue;
        const other = stored.fingerprint.digest === "same" ? "other" : "same";
        const decision = decide(stored, claim({ id: fence(9), digest: other }), now, policy);
        assert.deepEqual(decision, { kind: "stay", verdict: { kind: "mismatch" } });
        mismatches += 1;
      }
    }),
    { numRuns: RUNS },
  );
  assert.ok(mismatches > RUNS, "hardly anything was compared");
});

test("a suspect key runs only on the rung that its first claim pinned", () => {
  holds(({ before, command, now, after, policy }) => {
    if (before === null || after === null || command.kind !== "claim" || after === before) return;
    const seen = asOf(before, now, policy);
    const runs = after.state.kind === "running" && after.state.purpose === "send";
    if (!runs || !isSuspect(seen, null)) return;
    assert.notEqual(seen.pins.ladder.repeat, null);
    assert.ok(now < seen.firstSendAt + (seen.pins.ladder.repeat?.windowMs ?? 0));
  });
});

test("a record is always either settled or looked at again", () => {
  fc.assert(
    fc.property(lives, (life) => {
      const policy: Policy = { ...POLICY, ladder: life.ladder };
      let current: KeyRecord | null = null;
      let now = NOW;
      for (const { afterMs, command } of life.events) {
        now = after(now, afterMs);
        const decision = decide(current, command, now, policy);
        if (decision.kind !== "swap") continue;
        current = decision.next;
        const reported = current.state.kind === "inDoubt";
        assert.ok(
          reported || decision.dueAt < NOW + 400 * 86_400_000,
          `${current.state.kind} is never looked at again`,
        );
      }
    }),
    { numRuns: RUNS },
  );
});
