import type { Rule } from "./rule.ts";
import { ASK, NONE, policy, REPEAT, REPEATS, scenario } from "./scenarios.ts";

/** Rules about requests that went out in shadow mode, whatever their record said, and that enforcing must know of. */
export const SHADOW_RULES: readonly Rule[] = [
  {
    name: "shadow_release",
    promise: "in shadow mode a claim that is known too late was sent all the same",
    patches: [
      {
        file: "run.ts",
        from: 'isShadow(run) ? "ambiguous" : "unsent"',
        to: '"unsent"',
      },
    ],
    needs: scenario({
      name: "shadow_release",
      roles: ["shadow", "request"],
      policies: [NONE],
      budget: { lostAck: 1 },
      until: 4,
      landings: ["lost"],
    }),
  },
  {
    name: "shadow_beside",
    promise: "a duplicate that is sent while the first request runs has an attempt of its own",
    patches: [
      {
        file: "claim.ts",
        from: "if (command.shadow) return writeDown(",
        to: 'if (command.shadow && record.state.kind !== "running") return writeDown(',
      },
    ],
    needs: scenario({
      name: "shadow_beside",
      roles: ["shadow", "shadow", "request"],
      policies: [NONE],
      budget: {},
      until: 3,
      landings: ["lost", "busy"],
    }),
  },
  {
    name: "shadow_key",
    promise: "what goes out in shadow mode is repeated only under the key that the upstream saw from every attempt",
    patches: [{ file: "claim.ts", from: "if (request.unchanged === undefined) return record;", to: "return record;" }],
    needs: scenario({
      name: "shadow_key",
      roles: ["shadow", "shadow", "request"],
      policies: [REPEATS],
      budget: {},
      until: 4,
      landings: ["lost"],
    }),
  },
  {
    name: "shadow_send_by",
    promise: "an attempt in shadow mode may begin as late as its request may leave",
    patches: [
      {
        file: "claim.ts",
        from: "command.shadow ? policy.sendWithinMs + deadlineMs : policy.sendWithinMs",
        to: "policy.sendWithinMs",
      },
    ],
    needs: scenario({
      name: "shadow_send_by",
      roles: ["shadow", "request"],
      policies: [policy(ASK, 0, { deadlineMs: 3 })],
      budget: {},
      until: 7,
      landings: ["lost"],
    }),
  },
  {
    name: "shadow_window",
    promise: "what may still leave in shadow mode must land before the upstream forgets a repeated key",
    patches: [{ file: "ladder.ts", from: "windowMs === null || mayLandAfter", to: "windowMs === null" }],
    needs: scenario({
      name: "shadow_window",
      roles: ["shadow", "request"],
      policies: [policy(REPEAT(8), 0, { deadlineMs: 4 })],
      budget: { lostAck: 1 },
      until: 9,
      landings: ["lost"],
    }),
  },
  {
    name: "shadow_late",
    promise: "in shadow mode a claim that is too late and loses was sent all the same: it is opened beside the other",
    patches: [{ file: "run.ts", from: '=== "claim" && !isShadow(run);', to: '=== "claim";' }],
    needs: scenario({
      name: "shadow_late",
      roles: ["shadow", "shadow", "request"],
      policies: [NONE],
      budget: { lateWrite: 1 },
      until: 1,
      landings: ["lost", "busy"],
    }),
  },
  {
    name: "shadow_unlisted",
    promise: "what has no place in a full record is covered by an entry that stands for many",
    given: [{ file: "limits.ts", from: "OPEN_ATTEMPTS_MAX: number = 64", to: "OPEN_ATTEMPTS_MAX: number = 2" }],
    patches: [
      {
        file: "claim.ts",
        from: "return coverUnlisted(known, command, now, policy)",
        to: "return stay(tell(record, now, policy))",
      },
    ],
    needs: scenario({
      name: "shadow_unlisted",
      roles: ["shadow", "shadow", "request"],
      policies: [NONE],
      budget: {},
      until: 3,
      landings: ["lost", "busy"],
    }),
  },
];
