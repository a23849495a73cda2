import type { Rule } from "./rule.ts";
import { ASK, ASKS, NEITHER, NONE, policy, REPEATS, scenario } from "./scenarios.ts";

/** Rules about writes, sends and rows. */
export const SWAP_RULES: readonly Rule[] = [
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
    name: "vanished_row",
    promise: "who expected a row and finds none is told expired, never taken for a first request",
    patches: [{ file: "claim.ts", from: "if (command.sawRow) return", to: "if (false) return" }],
    needs: scenario({
      name: "vanished_row",
      roles: ["request", "request", "due"],
      policies: [policy(ASK, 0, { retainMs: 0, horizonMs: 1 })],
      budget: {},
      landings: ["ok"],
      until: 7,
    }),
  },
  {
    name: "send_by",
    promise: "nothing is sent after the claim's sendBy",
    patches: [{ file: "run.ts", from: "return now < attempt.sendBy;", to: "return now < attempt.sendBy + 100;" }],
    needs: scenario({ name: "send_by", policies: [ASKS], budget: {}, until: 6, landings: ["lost"] }),
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
];
