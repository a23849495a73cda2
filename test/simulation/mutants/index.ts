import { RULE_MUTANTS } from "./from-rules.ts";
import { HAZARD_MUTANTS } from "./hazards.ts";
import type { Mutant } from "./mutant.ts";
import { PEER_MUTANTS } from "./peers.ts";

export const MUTANTS: readonly Mutant[] = [...PEER_MUTANTS, ...HAZARD_MUTANTS, ...RULE_MUTANTS];
