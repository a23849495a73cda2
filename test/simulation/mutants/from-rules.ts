import { ANSWER_RULES } from "../../explore/rules-answer.ts";
import { LADDER_RULES } from "../../explore/rules-ladder.ts";
import { OPERATOR_RULES } from "../../explore/rules-operator.ts";
import { SWAP_RULES } from "../../explore/rules-swap.ts";
import type { Mutant } from "./mutant.ts";

const RECORD = "packages/core/src/record/";

/** Why no seed is asked for. The explorer, which takes every order of events, finds each of these in a small world. */
const VERDICTS: Readonly<Record<string, string>> = {};

/** Every rule of the protocol, taken out as the explorer takes it out. */
/** The explorer counts in ticks, a run in milliseconds. */
const inMilliseconds = (to: string): string => to.replace("attempt.sendBy + 100;", "attempt.sendBy + 100_000;");

export const RULE_MUTANTS: readonly Mutant[] = [...SWAP_RULES, ...ANSWER_RULES, ...LADDER_RULES, ...OPERATOR_RULES].map(
  ({ name, promise, given, patches }) => {
    const verdict = VERDICTS[name];
    return {
      name: `rule:${name}`,
      origin: "a rule of the protocol",
      does: `not so: ${promise}`,
      patches: [...(given ?? []), ...patches].map(({ file, from, to }) => ({ file: `${RECORD}${file}`, from, to: inMilliseconds(to) })),
      ...(verdict === undefined ? {} : { verdict }),
    };
  },
);
