import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Command, Word } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import type { Decision } from "../../packages/core/src/record/decision.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import type { Ladder, Policy } from "../../packages/core/src/record/policy.ts";
import type { KeyRecord, State } from "../../packages/core/src/record/record.ts";
import { dueAt } from "../../packages/core/src/record/transition.ts";
import { ANSWER, BY, fence, LADDERS, NOW, OTHERS, POLICY, record, request, STATES } from "./cases.ts";

/**
 * The kernel's table of decisions written out: every state, command, suspicion, word and ladder. The expectation is written by
 * hand in `expected`, not derived from the code under test.
 */
type Situation = Readonly<{ state: keyof typeof STATES; suspect: boolean; ladder: keyof typeof LADDERS }>;

const SITUATIONS: readonly Situation[] = (Object.keys(STATES) as (keyof typeof STATES)[]).flatMap((state) =>
  [false, true].flatMap((suspect) =>
    (Object.keys(LADDERS) as (keyof typeof LADDERS)[])
      // A completed record has nothing open; a key in doubt has.
      .filter(() => !(state === "completed" && suspect) && !(state === "inDoubt" && !suspect))
      .map((ladder): Situation => ({ state, suspect, ladder })),
  ),
);

/** What a decision comes to, in one line. */
function outcome(decision: Decision): string {
  if (decision.kind === "drop") return "drop";
  const written = decision.kind === "swap" ? ` -> ${describeState(decision.next)}` : "";
  const published = decision.kind === "swap" && decision.publish !== null ? ` !${decision.publish}` : "";
  return `${decision.verdict.kind}${written}${published}`;
}

function describeState({ state, open }: KeyRecord): string {
  const what = state.kind === "running" ? `${state.kind} ${state.purpose}` : state.kind;
  return open.length === 0 ? what : `${what} (${open.length} open)`;
}

function inSituation({ state, suspect, ladder }: Situation, more: Partial<KeyRecord> = {}): KeyRecord {
  const open = suspect ? OTHERS : [];
  return record({ state: STATES[state] as State, open, pins: pins(LADDERS[ladder]), ...more });
}

function pins(ladder: Ladder): KeyRecord["pins"] {
  return { upstream: "bank", ladder, deadlineMs: POLICY.deadlineMs };
}

function policyFor({ ladder }: Situation): Policy {
  return { ...POLICY, ladder: LADDERS[ladder] };
}

describe("claim", () => {
  const command: Command = { kind: "claim", attempt: fence(9), request: request("same"), sawRow: false, shadow: false };
  const expected = ({ state, suspect, ladder }: Situation): string => {
    if (state === "running") return "conflict";
    if (state === "completed") return "answer";
    if (!suspect) return "run -> running send";
    if (ladder === "repeat" || ladder === "both") return "run -> running send (1 open)";
    if (ladder === "ask") return "ask -> running ask (1 open)";
    return state === "inDoubt" ? "inDoubt" : "inDoubt -> inDoubt (1 open) !inDoubt";
  };
  for (const situation of SITUATIONS) {
    const { state, suspect, ladder } = situation;
    test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}: ${expected(situation)}`, () => {
      const decision = decide(inSituation(situation), command, NOW, policyFor(situation));
      assert.equal(outcome(decision), expected(situation));
    });
    test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}: another request under the key is a mismatch`, () => {
      const other = { ...command, request: request("other") };
      assert.equal(outcome(decide(inSituation(situation), other, NOW, policyFor(situation))), "mismatch");
    });
  }
  test("no row: runs, and pins F, upstream, ladder and deadline", () => {
    const decision = decide(null, command, NOW, POLICY);
    assert.equal(outcome(decision), "run -> running send");
    assert.ok(decision.kind === "swap");
    assert.equal(decision.next.firstSendAt, NOW);
    assert.deepEqual(decision.next.pins, pins(POLICY.ladder));
  });
  test("no row where one was seen: expired, never a first request", () => {
    assert.equal(outcome(decide(null, { ...command, sawRow: true, shadow: false }, NOW, POLICY)), "expired");
  });
  test("a fingerprint that cannot be computed here is no mismatch and no first request", () => {
    const blind = { ...command, request: { ...request("same"), fingerprint: () => null } };
    assert.equal(outcome(decide(record({}), blind, NOW, POLICY)), "cannotCompare");
  });
});

describe("answer", () => {
  const WORDS: readonly Word[] = ["final", "noEffect", "ambiguous"];
  const answerBy = (attempt: keyof typeof BY, notSuspect: Word, suspect: Word): Command => ({
    kind: "answer",
    attempt: BY[attempt],
    words: { notSuspect, suspect },
    outcome: { sense: "success", status: 201, source: "upstream", digest: "a" },
    answer: ANSWER,
    held: record({}),
  });
  const columns = WORDS.flatMap((notSuspect) => WORDS.map((suspect) => [notSuspect, suspect] as const));
  const openOf = (suspect: boolean): string => (suspect ? " (1 open)" : "");

  const expected = (s: Situation, by: keyof typeof BY, notSuspect: Word, suspect: Word): string => {
    if (s.state === "completed") return "answer";
    const runs = s.state === "running" && by === "running";
    const isOpen = s.suspect && by === "open";
    if (!runs && !isOpen) return notSuspect === "final" ? incidentIn(s) : told(s);
    const others = runs ? s.suspect : s.state === "running";
    const word = others ? suspect : notSuspect;
    if (word === "final") return "answer -> completed !completed";
    if (word === "noEffect" && !others) return "noEffect -> idle";
    if (!runs) return told(s);
    const open = s.suspect ? 2 : 1;
    return s.ladder === "neither" ? `inDoubt -> inDoubt (${open} open) !inDoubt` : `pending -> idle (${open} open)`;
  };
  const told = ({ state, suspect, ladder }: Situation): string => {
    if (state === "running") return "conflict";
    if (state === "inDoubt") return "inDoubt";
    return suspect && ladder === "neither" ? "inDoubt" : "pending";
  };
  const incidentIn = (s: Situation): string => {
    const state = s.state === "running" ? "running send" : s.state;
    return `${told(s)} -> ${state}${openOf(s.suspect)} !incident`;
  };

  for (const situation of SITUATIONS) {
    const { state, suspect, ladder } = situation;
    for (const by of Object.keys(BY) as (keyof typeof BY)[]) {
      for (const [first, second] of columns) {
        const want = expected(situation, by, first, second);
        test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}, by the ${by} attempt, ${first}/${second}: ${want}`, () => {
          const decision = decide(inSituation(situation), answerBy(by, first, second), NOW, policyFor(situation));
          assert.equal(outcome(decision), want);
        });
      }
    }
  }
  test("no row: what is final even for a suspect key is completed, as an incident", () => {
    assert.equal(
      outcome(decide(null, answerBy("running", "final", "final"), NOW, POLICY)),
      "answer -> completed !incident",
    );
    assert.equal(outcome(decide(null, answerBy("running", "final", "ambiguous"), NOW, POLICY)), "pending");
  });
  test("a late answer that contradicts the stored one is an incident, and the stored one stays", () => {
    const command = answerBy("unknown", "final", "ambiguous");
    assert.ok(command.kind === "answer");
    const failure: Command = { ...command, outcome: { ...command.outcome, sense: "failure", status: 402 } };
    const stored = record({ state: STATES.completed as State });
    const decision = decide(stored, failure, NOW, POLICY);
    assert.equal(outcome(decision), "answer -> completed !incident");
    assert.ok(decision.kind === "swap");
    assert.deepEqual(decision.next.state, stored.state);
    assert.deepEqual(decision.next.answer, stored.answer);
  });
});

describe("end", () => {
  const expected = (s: Situation, by: keyof typeof BY, how: "unsent" | "ambiguous"): string => {
    const runs = s.state === "running" && by === "running";
    const isOpen = s.suspect && by === "open";
    if (s.state === "completed") return "answer";
    if (how === "unsent") {
      if (runs) return s.suspect ? "unavailable -> idle (1 open)" : "unavailable -> idle";
      if (!isOpen) return "unavailable";
      return s.state === "running" ? "unavailable -> running send" : "unavailable -> idle";
    }
    if (!runs) {
      if (s.state === "running") return "conflict";
      return s.state === "inDoubt" || (s.suspect && s.ladder === "neither") ? "inDoubt" : "pending";
    }
    const open = s.suspect ? 2 : 1;
    return s.ladder === "neither" ? `inDoubt -> inDoubt (${open} open) !inDoubt` : `pending -> idle (${open} open)`;
  };
  for (const situation of SITUATIONS) {
    for (const by of Object.keys(BY) as (keyof typeof BY)[]) {
      for (const how of ["unsent", "ambiguous"] as const) {
        const want = expected(situation, by, how);
        const { state, suspect, ladder } = situation;
        test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}, ${how} by the ${by} attempt: ${want}`, () => {
          const command: Command = { kind: "end", attempt: BY[by], how, note: "" };
          assert.equal(outcome(decide(inSituation(situation), command, NOW, policyFor(situation))), want);
        });
      }
    }
  }
  test("no row: nothing is written", () => {
    const command: Command = { kind: "end", attempt: BY.running, how: "ambiguous", note: "" };
    assert.equal(outcome(decide(null, command, NOW, POLICY)), "pending");
  });
});

describe("resolve", () => {
  const effect = { sense: "success", status: 201, source: "operator", digest: null } as const;
  const LATER = (NOW + 10 * 60_000) as Instant;
  const expected = (s: Situation, what: "effect" | "noEffect", settled: boolean): string => {
    if (s.state === "running") return "refused";
    if (what === "effect") return s.state === "completed" ? "answer" : "notRetained -> completed !resolved";
    if (s.state === "completed") return "answer -> completed !incident";
    if (s.suspect && !settled) return "refused";
    return "free -> idle !resolved";
  };
  for (const situation of SITUATIONS.filter(({ state }) => state !== "running")) {
    for (const what of ["effect", "noEffect"] as const) {
      for (const at of [NOW, LATER]) {
        const want = expected(situation, what, at === LATER);
        const { state, suspect, ladder } = situation;
        test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}, ${what} ${at === NOW ? "early" : "settled"}: ${want}`, () => {
          const resolution =
            what === "effect"
              ? ({ kind: "effect", outcome: effect, answer: null } as const)
              : ({ kind: "noEffect", lookedAt: at } as const);
          const command: Command = { kind: "resolve", resolution, note: "ticket 1", identity: null };
          assert.equal(outcome(decide(inSituation(situation), command, at, policyFor(situation))), want);
        });
      }
    }
  }
  test("running: refused until the lease is over", () => {
    const command: Command = {
      kind: "resolve",
      resolution: { kind: "noEffect", lookedAt: NOW },
      note: "",
      identity: null,
    };
    const decision = decide(record({ state: STATES.running as State }), command, NOW, POLICY);
    assert.equal(outcome(decision), "refused");
  });
  test("seen before something was sent, decided after it has settled: refused", () => {
    const situation = SITUATIONS.find(({ state, suspect }) => state === "inDoubt" && suspect)!;
    const resolution = { kind: "noEffect", lookedAt: after(NOW, -60_000) } as const;
    const command: Command = { kind: "resolve", resolution, note: "", identity: null };
    assert.equal(outcome(decide(inSituation(situation), command, LATER, policyFor(situation))), "refused");
  });
  test("no row: an effect is remembered as an incident, so that no retry ever runs the key", () => {
    const identity = { route: "pay", account: "a", profile: "ietf-07" };
    const resolution = { kind: "effect", outcome: effect, answer: null } as const;
    const decision = decide(null, { kind: "resolve", resolution, note: "", identity }, NOW, POLICY);
    assert.ok(decision.kind === "swap");
    assert.equal(decision.publish, "incident");
    const claim: Command = { kind: "claim", attempt: fence(9), request: request("any"), sawRow: false, shadow: false };
    assert.equal(outcome(decide(decision.next, claim, NOW, POLICY)), "erased");
  });
});

describe("due", () => {
  const command: Command = { kind: "due", attempt: fence(9), dueAt: NOW };
  const expected = ({ state, suspect, ladder }: Situation): string => {
    if (state === "running" || !suspect) return "done";
    if (ladder === "ask" || ladder === "both") return "ask -> running ask (1 open)";
    if (state === "inDoubt") return "done";
    return ladder === "neither" ? "inDoubt -> inDoubt (1 open) !inDoubt" : "done";
  };
  for (const situation of SITUATIONS) {
    const { state, suspect, ladder } = situation;
    test(`${state}${suspect ? ", suspect" : ""}, ladder ${ladder}: ${expected(situation)}`, () => {
      const stored = inSituation(situation);
      const policy = policyFor(situation);
      const told = { ...command, dueAt: dueAt(stored, NOW, policy) };
      assert.equal(outcome(decide(stored, told, NOW, policy)), expected(situation));
    });
  }
  test("no row: nothing to do", () => assert.equal(outcome(decide(null, command, NOW, POLICY)), "done"));
  test("past its retention an answer is dropped, past its horizon the row", () => {
    const completed = record({ state: STATES.completed as State, answer: ANSWER });
    const retainUntil = completed.state.kind === "completed" ? completed.state.retainUntil : NOW;
    const expiring = decide(completed, command, (retainUntil + 1) as Instant, POLICY);
    assert.ok(expiring.kind === "swap");
    assert.equal(expiring.next.answer, null);
    const horizon = (expiring.next.changedAt + POLICY.horizonMs) as Instant;
    const told = { ...command, dueAt: expiring.dueAt };
    assert.equal(outcome(decide(expiring.next, told, horizon, POLICY)), "done");
    assert.equal(outcome(decide(expiring.next, command, (horizon + 1) as Instant, POLICY)), "drop");
  });
  test("a row whose time has moved is told so, without a transition of its key", () => {
    const completed = record({ state: STATES.completed as State, answer: ANSWER });
    const decision = decide(completed, { ...command, dueAt: NOW }, NOW, POLICY);
    assert.ok(decision.kind === "swap");
    assert.deepEqual(decision.next, completed);
    assert.equal(decision.dueAt, dueAt(completed, NOW, POLICY));
  });
  test("a key that is overdue and was asked about before is reported before it is asked about again", () => {
    const pinned = { upstream: "bank", ladder: LADDERS.ask, deadlineMs: POLICY.deadlineMs };
    const overdue = record({ open: OTHERS, pins: pinned, asks: { count: 3, nextAt: NOW } });
    const late = (NOW + 86_400_000) as Instant;
    assert.equal(
      outcome(decide(overdue, command, late, { ...POLICY, ladder: LADDERS.ask })),
      "inDoubt -> inDoubt (1 open) !inDoubt",
    );
  });
  test("a suspect row is never dropped, however old", () => {
    const old = (NOW + 1_000 * POLICY.horizonMs) as Instant;
    for (const ladder of Object.values(LADDERS)) {
      const decision = decide(record({ open: OTHERS, pins: pins(ladder) }), command, old, { ...POLICY, ladder });
      assert.notEqual(decision.kind, "drop");
    }
  });
});
