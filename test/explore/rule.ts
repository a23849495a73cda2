import type { Scenario } from "./world.ts";

/** A rule of the protocol, and how to take it out of the shipped source. The text must be there, once. */
export type Rule = Readonly<{
  name: string;
  promise: string;
  patches: readonly Patch[];
  /** What holds in both worlds, with the rule and without: a limit that a small world would never reach. */
  given?: readonly Patch[];
  /** A small world in which the rule is needed. The rule's absence must break a promise there, and its presence none. */
  needs: Scenario;
}>;

export type Patch = Readonly<{ file: string; from: string; to: string }>;
