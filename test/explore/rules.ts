import type { Rule } from "./rule.ts";
import { ANSWER_RULES } from "./rules-answer.ts";
import { LADDER_RULES } from "./rules-ladder.ts";
import { OPERATOR_RULES } from "./rules-operator.ts";
import { SHADOW_RULES } from "./rules-shadow.ts";
import { SWAP_RULES } from "./rules-swap.ts";

export const RULES: readonly Rule[] = [
  ...SWAP_RULES,
  ...ANSWER_RULES,
  ...LADDER_RULES,
  ...OPERATOR_RULES,
  ...SHADOW_RULES,
];
