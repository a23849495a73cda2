import { ANSWER_RULES } from "../../explore/rules-answer.ts";
import { LADDER_RULES } from "../../explore/rules-ladder.ts";
import { OPERATOR_RULES } from "../../explore/rules-operator.ts";
import { SWAP_RULES } from "../../explore/rules-swap.ts";
import type { Mutant } from "./mutant.ts";

const RECORD = "packages/core/src/record/";

/** Why no seed finds it. The explorer, which takes every order of events of a small world, finds each of them. */
const VERDICTS: Readonly<Record<string, string>> = {
  vanished_row:
    "no request here outlives a horizon, which configurations may not allow either; found with one of a tick",
  "repeat_margin.skew": "every other margin must be used up to its last millisecond first; found where each is a tick",
  "repeat_margin.sendWithin": "as the one before: not within 36,000 seeds; found where each margin is a tick",
  word_now:
    "one seed in some ten thousand: a refusal from in front comes after its lease, and between the two a payment is not heard of",
  accept_lost_only: "no route here accepts lost history",
};

/** Found, and late. */
const FROM: Readonly<Record<string, number>> = { stricter_rung: 23_000 };

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
      patches: [...(given ?? []), ...patches].map(({ file, from, to }) => ({
        file: `${RECORD}${file}`,
        from,
        to: inMilliseconds(to),
      })),
      ...(verdict === undefined ? {} : { verdict }),
      ...(FROM[name] === undefined ? {} : { from: FROM[name] }),
    };
  },
);
