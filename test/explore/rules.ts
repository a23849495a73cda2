import type { Policy } from "../../packages/core/src/record/policy.ts";
import { ASK, LOSS, NEITHER, policy, REPEAT, scenario } from "./scenarios.ts";
import type { Scenario } from "./world.ts";

/** A rule of the protocol, and how to take it out of the shipped source. The text must be there, once. */
export type Rule = Readonly<{
  name: string;
  promise: string;
  patches: readonly Readonly<{ file: string; from: string; to: string }>[];
  /** A small world in which the rule is needed. The rule's absence must break a promise there, and its presence none. */
  needs: Scenario;
}>;

const NONE = policy(NEITHER, 0);
const REPEATS = policy(REPEAT(7), 0);
const ASKS = policy(ASK, 0);
const three = ["request", "request", "request"] as const;

/** Each of the four margins by itself. Strict comparisons leave two ticks of slack, so the margin in question gets three. */
function marginRule(name: string, term: string, change: Partial<Policy>): Rule {
  const skewMs = change.skewMs ?? 0;
  const upstreamLag = change.undeclaredLagMs ?? 1;
  return {
    name: `repeat_margin.${name}`,
    promise: `a repeat leaves room for ${name}`,
    patches: [
      {
        file: "ladder.ts",
        from: "const marginMs = policy.sendWithinMs + deadlineMs + lagMs + policy.skewMs;",
        to: `const marginMs = policy.sendWithinMs + deadlineMs + lagMs + policy.skewMs - ${term};`,
      },
    ],
    needs: scenario({
      name: `repeat_margin.${name}`,
      policies: [policy(REPEAT(12), skewMs, change)],
      offsets: [skewMs, 0],
      upstreamLag,
      budget: {},
      until: 13,
      landings: ["lost"],
    }),
  };
}

export const RULES: readonly Rule[] = [
  {
    name: "fence_equality",
    promise: "a write succeeded if and only if the row carries its very fence",
    patches: [
      {
        file: "run.ts",
        from: "if (current !== null && current.fence === write.fence) return afterWin(run, world);",
        to: "if (current !== null && ownerOf(current.record) === ownerOf(run.seen?.record ?? write.next)) return afterWin(run, world);",
      },
      {
        file: "run.ts",
        from: "function afterRefusal(",
        to: 'function ownerOf(record: KeyRecord): string {\n  return record.state.kind === "running" ? record.state.attempt.id : record.state.kind;\n}\n\nfunction afterRefusal(',
      },
    ],
    needs: scenario({ name: "fence_equality", policies: [REPEATS], budget: { unsent: 1 }, until: 5, landings: ["ok"] }),
  },
  {
    name: "same_swap",
    promise: "a write of unknown fate is repeated as it is, never decided anew",
    patches: [
      {
        file: "run.ts",
        from: "return repeat({ ...run, mayBeWritten: true }, world);",
        to: "return decideOn(run, run.command, world);",
      },
      { file: "run.ts", from: "if (current !== null && bearsClaim(current.record, write.fence))", to: "if (false)" },
    ],
    needs: scenario({ name: "same_swap", policies: [NONE], budget: { lostAck: 1 }, until: 3 }),
  },
  {
    name: "claim_in_row",
    promise: "a claim that was written over before it was known to be won is still a claim",
    patches: [
      { file: "run.ts", from: "if (current !== null && bearsClaim(current.record, write.fence))", to: "if (false)" },
    ],
    needs: scenario({
      name: "claim_in_row",
      policies: [REPEATS],
      budget: { lostAck: 1 },
      until: 5,
      landings: ["ok"],
    }),
  },
  {
    name: "late_answer",
    promise: "a final answer of an open attempt completes the key, however late",
    patches: [{ file: "answer.ts", from: "return runs || isOpen(record, attempt);", to: "return runs;" }],
    needs: scenario({ name: "late_answer", policies: [NONE], budget: {}, until: 5 }),
  },
  {
    name: "word_now",
    promise: "what an answer means is decided against the row as it is now, not as it was claimed",
    patches: [
      {
        file: "answer.ts",
        from: "const word = isSuspect(record, command.attempt)",
        to: "const word = isSuspect(command.held, command.attempt)",
      },
    ],
    needs: scenario({ name: "word_now", policies: [REPEATS], budget: {}, until: 6 }),
  },
  {
    name: "vanished_row",
    promise: "who expected a row and finds none is told expired, never taken for a first request",
    patches: [{ file: "claim.ts", from: "if (command.sawRow) return", to: "if (false) return" }],
    needs: scenario({
      name: "vanished_row",
      roles: ["request", "request", "due"],
      policies: [policy(NEITHER, 0, { retainMs: 0, horizonMs: 1 })],
      budget: { unsent: 1 },
      landings: ["ok"],
      until: 4,
    }),
  },
  {
    name: "end_keeps_row",
    promise: "an attempt that ends leaves the row, so that fingerprint, F and doubt are not forgotten",
    patches: [
      {
        file: "answer.ts",
        from: "return swap({ record: next, did, attempt, note, publish: null }, now, policy, () =>",
        to: 'if (true) return { kind: "drop" };\n  return swap({ record: next, did, attempt, note, publish: null }, now, policy, () =>',
      },
    ],
    needs: scenario({ name: "end_keeps_row", policies: [REPEATS], budget: { unsent: 1 }, until: 6, roles: three }),
  },
  {
    name: "end_keeps_suspicion",
    promise: "the end of one attempt proves nothing about another",
    patches: [{ file: "answer.ts", from: "open: without(record.open, attempt)", to: "open: []" }],
    needs: scenario({
      name: "end_keeps_suspicion",
      policies: [REPEATS],
      budget: { unsent: 1 },
      until: 6,
      roles: three,
    }),
  },
  {
    name: "pinned",
    promise: "a takeover sends the key that its first claim pinned",
    patches: [
      {
        file: "claim.ts",
        from: "if (mayRepeat(ladder, now) && !full) return run(record, command, now, policy);",
        to: "if (mayRepeat(ladder, now) && !full) return run(pinned(record, command, policy), command, now, policy);",
      },
    ],
    needs: scenario({ name: "pinned", policies: [REPEATS, REPEATS], budget: { policyChange: 1 }, until: 5 }),
  },
  {
    name: "stricter_rung",
    promise: "a rung counts only where it was pinned and is still declared, by the stricter of both",
    patches: [{ file: "ladder.ts", from: "? null : Math.min(a, b)", to: "? null : Math.max(a, b)" }],
    needs: scenario({
      name: "stricter_rung",
      policies: [REPEATS, policy(REPEAT(9), 0)],
      budget: { policyChange: 1 },
      until: 8,
      landings: ["ok", "lost"],
    }),
  },
  {
    name: "send_by",
    promise: "nothing is sent after the claim's sendBy",
    patches: [{ file: "run.ts", from: "return now < attempt.sendBy;", to: "return now < attempt.sendBy + 100;" }],
    needs: scenario({ name: "send_by", policies: [ASKS], budget: {}, until: 6, landings: ["lost"] }),
  },
  {
    name: "repeat_margin",
    promise: "a repeated request lands before the upstream forgets its key",
    patches: [
      { file: "ladder.ts", from: "after(firstSendAt, windowMs - marginMs)", to: "after(firstSendAt, windowMs)" },
    ],
    needs: scenario({ name: "repeat_margin", policies: [REPEATS], budget: {}, until: 8, landings: ["ok", "lost"] }),
  },
  marginRule("sendWithin", "policy.sendWithinMs", { sendWithinMs: 3 }),
  marginRule("deadline", "deadlineMs", { deadlineMs: 3 }),
  marginRule("lag", "lagMs", { undeclaredLagMs: 3 }),
  marginRule("skew", "policy.skewMs", { skewMs: 3 }),
  {
    name: "settle_margin",
    promise: "a no counts only if it was asked for after everything sent had settled",
    patches: [{ file: "resolve.ts", from: "command.askedAt > ladder.settledAt", to: "command.askedAt > 0" }],
    needs: scenario({ name: "settle_margin", policies: [ASKS], budget: {}, until: 6, landings: ["ok", "lost"] }),
  },
  {
    name: "asked_at",
    promise: "what counts is when the question was put, not when its answer was heard",
    patches: [{ file: "resolve.ts", from: "command.askedAt > ladder.settledAt", to: "now > ladder.settledAt" }],
    needs: scenario({ name: "asked_at", policies: [ASKS], budget: {}, until: 6, landings: ["lost"] }),
  },
  {
    name: "final_only",
    promise: "only a final answer completes a key",
    patches: [{ file: "answer.ts", from: 'if (word !== "final") return', to: 'if (word === "noEffect") return' }],
    needs: scenario({ name: "final_only", policies: [NONE], budget: {}, until: 3 }),
  },
  {
    name: "suspect_outcomes",
    promise: "an answer from in front of the operation does not close a key that was perhaps sent before",
    patches: [
      {
        file: "answer.ts",
        from: "? command.words.suspect : command.words.notSuspect;",
        to: "? command.words.notSuspect : command.words.notSuspect;",
      },
    ],
    needs: scenario({ name: "suspect_outcomes", policies: [REPEATS], budget: {}, until: 6 }),
  },
  {
    name: "completed_immutable",
    promise: "a stored answer never changes",
    patches: [
      {
        file: "answer.ts",
        from: 'if (record.state.kind === "completed") return answerToCompleted(record, command, now, policy);\n  if (!isKnown(record, command.attempt)) return answerOfClosed(record, command, now, policy);',
        to: "",
      },
    ],
    needs: scenario({ name: "completed_immutable", policies: [REPEATS], budget: {}, until: 6 }),
  },
  {
    name: "claim_before_send",
    promise: "the claim is durable before the first byte goes upstream",
    patches: [
      {
        file: "run.ts",
        from: "return repeat({ ...run, mayBeWritten: true }, world);",
        to: 'return run.verdict?.kind === "run" ? afterWin(run, world) : repeat({ ...run, mayBeWritten: true }, world);',
      },
    ],
    needs: scenario({ name: "claim_before_send", policies: [NONE], budget: { lateWrite: 1 }, until: 3 }),
  },
  {
    name: "horizon",
    promise: "a suspect row is kept until it is settled",
    patches: [
      {
        file: "transition.ts",
        from: 'if (state.kind === "running" || isSuspect(record, null)) return NEVER;',
        to: 'if (state.kind === "running") return NEVER;',
      },
    ],
    needs: scenario({
      name: "horizon",
      roles: ["request", "request", "due"],
      policies: [policy(NEITHER, 0, { horizonMs: 1 })],
      budget: {},
      landings: ["ok", "lost"],
      until: 6,
    }),
  },
  {
    name: "quarantine",
    promise: "a key that the store may have forgotten is suspect",
    patches: [
      {
        file: "claim.ts",
        from: "if (quarantine === null || now > quarantine.endsAt) return run(",
        to: "if (true) return run(",
      },
      { file: "claim.ts", from: "const open = [lostAttempt(quarantine, policy)];", to: "const open: Attempt[] = [];" },
      { file: "claim.ts", from: "firstSendAt: quarantine.since, open", to: "open" },
    ],
    needs: LOSS("quarantine", NEITHER),
  },
  {
    name: "quarantine_rows",
    promise: "a row from before the loss may be an old version of itself",
    patches: [
      {
        file: "suspicion.ts",
        from: "return coveredByQuarantine(withLeaseOver(record, now, policy), now, policy);",
        to: "return withLeaseOver(record, now, policy);",
      },
    ],
    needs: LOSS("quarantine_rows", NEITHER, { roles: three, landings: ["lost"] }),
  },
  {
    name: "quarantine_send",
    promise: "a claim decided before a quarantine opened is not sent after",
    patches: [
      {
        file: "run.ts",
        from: "if (quarantine !== null && attempt.sendBy",
        to: "if (false && quarantine !== null && attempt.sendBy",
      },
    ],
    needs: LOSS("quarantine_send", NEITHER),
  },
];
