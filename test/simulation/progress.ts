import { FAULTS } from "./faults.ts";
import type { Sum } from "./worker.ts";

/** From so many seeds on everything must have happened: what strikes least does so in one seed of fifty. */
const WHOLE_FROM = 1_000;
/** What clients are told, in the flow's own words. A kind of answer that nobody ever got was not tested. */
const WORDS = [
  "mine",
  "replayed",
  "recovered",
  "conflict",
  "pending",
  "inDoubt",
  "mismatch",
  "expired",
  "notRetained",
  "noEffect",
  "unavailable",
  "cannotCompare",
] as const;

/** What did not happen although it should have: a simulation that stands still finds nothing. */
export function whatIsMissing({ seeds, again, operations, effects, words, faults }: Sum): string[] {
  const missing: string[] = [];
  if (operations === 0) missing.push("no client was ever answered");
  if (effects === 0) missing.push("no payment ever took effect");
  if (seeds < WHOLE_FROM) return missing;
  if (again === 0) missing.push("no seed was run twice");
  for (const word of WORDS) if ((words[word] ?? 0) === 0) missing.push(`nobody was ever told ${word}`);
  for (const fault of FAULTS) if ((faults[fault] ?? 0) === 0) missing.push(`the fault ${fault} never struck`);
  return missing;
}
