/** A defect that somebody's software has, or that a rule of ours keeps out, put into a copy of the source. */
export type Mutant = Readonly<{
  name: string;
  /** Whose bug it is: a peer's, a rule of the protocol, or a hazard by its number. */
  origin: string;
  /** What goes wrong. */
  does: string;
  /** The text must be there, once. Files by their path from the root. */
  patches: readonly Readonly<{ file: string; from: string; to: string }>[];
  /** Where the hunt begins, for one that is found late: shortly before the first seed that found it last. Default: 1. */
  from?: number;
  /** Why no seed need find it: where else it is found, or why it cannot do harm here. */
  verdict?: string;
}>;
