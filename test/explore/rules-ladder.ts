import type { Policy } from "../../packages/core/src/record/policy.ts";
import type { Rule } from "./rule.ts";
import { ACCEPTS, ASKS, LOSS, NEITHER, policy, REPEAT, REPEATS, scenario, THREE } from "./scenarios.ts";

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

/** Rules about climbing the recovery ladder. */
export const LADDER_RULES: readonly Rule[] = [
  {
    name: "pinned",
    promise: "a takeover sends the key that its first claim pinned",
    patches: [
      {
        file: "claim.ts",
        from: "if (mayRepeat(ladder, now) && !full) return run(record, command, now, policy);",
        to: "if (mayRepeat(ladder, now) && !full) return run(pinned(record, command, policy), command, now, policy);",
      },
      { file: "claim.ts", from: "if (isSuspect(record, null)) return record;", to: "" },
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
    needs: LOSS("quarantine_rows", NEITHER, { roles: THREE, landings: ["lost"] }),
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
  {
    name: "accept_lost_only",
    promise: "what a route accepts is a lost history, never an attempt that its record knows",
    patches: [{ file: "claim.ts", from: "record.open.every((attempt) => attempt.id === LOST_ATTEMPT)", to: "true" }],
    needs: scenario({
      name: "accept_lost_only",
      policies: [policy(NEITHER, 0, ACCEPTS)],
      budget: {},
      until: 4,
      landings: ["lost"],
    }),
  },
];
