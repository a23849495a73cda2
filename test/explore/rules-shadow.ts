import type { Rule } from "./rule.ts";
import { NONE, REPEATS, scenario } from "./scenarios.ts";

/** Rules about requests that went out in shadow mode, whatever their record said, and that enforcing must know of. */
export const SHADOW_RULES: readonly Rule[] = [
  {
    name: "shadow_release",
    promise: "in shadow mode a claim that is known too late was sent all the same",
    patches: [
      {
        file: "run.ts",
        from: 'run.origin.kind === "claim" && run.origin.shadow ? "ambiguous" : "unsent"',
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
        from: 'if (command.shadow && record.state.kind === "running") return openBeside(record, command, now, policy);',
        to: "",
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
    patches: [{ file: "claim.ts", from: "if (request.unchanged === null) return record;", to: "return record;" }],
    needs: scenario({
      name: "shadow_key",
      roles: ["shadow", "shadow", "request"],
      policies: [REPEATS],
      budget: {},
      until: 4,
      landings: ["lost"],
    }),
  },
];
