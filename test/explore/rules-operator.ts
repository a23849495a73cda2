import type { Rule } from "./rule.ts";
import { NEITHER, NONE, policy, scenario } from "./scenarios.ts";

const AMONG_RETRIES = ["request", "operator", "request"] as const;

/** Rules about an operator's "no effect", which is true when it is said. */
export const OPERATOR_RULES: readonly Rule[] = [
  {
    name: "operator_settles",
    promise: "no effect counts only if it was seen after everything sent had settled",
    patches: [{ file: "resolve.ts", from: "resolution.lookedAt <= quietAt", to: "false" }],
    needs: scenario({
      name: "operator_settles",
      roles: AMONG_RETRIES,
      policies: [NONE],
      budget: {},
      until: 4,
      landings: ["lost"],
    }),
  },
  {
    name: "looked_at",
    promise: "what counts is when it was seen, not when it is written: a retry may have been sent between the two",
    patches: [{ file: "resolve.ts", from: "resolution.lookedAt <= quietAt", to: "now <= quietAt" }],
    needs: scenario({
      name: "looked_at",
      roles: [...AMONG_RETRIES, "request"],
      policies: [policy(NEITHER, 0, { undeclaredLagMs: 0 })],
      upstreamLag: 0,
      budget: { unsent: 1 },
      until: 3,
      landings: ["lost"],
    }),
  },
  {
    name: "operator_running",
    promise: "nobody says what became of a request that is being sent",
    patches: [
      {
        file: "resolve.ts",
        from: 'return stay({ kind: "refused", why: "running", until',
        to: 'if (resolution.kind === "noEffect") return closeAll(record, note, now, policy);\n      return stay({ kind: "refused", why: "running", until',
      },
    ],
    needs: scenario({
      name: "operator_running",
      roles: AMONG_RETRIES,
      policies: [NONE],
      budget: {},
      until: 3,
      landings: ["lost"],
    }),
  },
];
