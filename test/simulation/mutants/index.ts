import { RULE_MUTANTS } from "./from-rules.ts";
import { HAZARD_MUTANTS } from "./hazards.ts";
import type { Mutant } from "./mutant.ts";
import { PEER_MUTANTS } from "./peers.ts";

/** Those that are hard to find come first, so that no core is left with one at the end. */
export const MUTANTS: readonly Mutant[] = [...RULE_MUTANTS, ...HAZARD_MUTANTS, ...PEER_MUTANTS];
