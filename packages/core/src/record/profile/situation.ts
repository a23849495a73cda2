/** Why a client gets no answer of the upstream. */
export const SITUATIONS = [
  "missing",
  "malformed",
  "mismatch",
  /** Claimed elsewhere. */
  "conflict",
  /** Outcome unknown, recovery goes on. */
  "pending",
  "inDoubt",
  "expired",
  "notRetained",
  "erased",
  /** Store down, cannot compare, no slot: nothing was sent. */
  "unavailable",
  /** For the request that saw it: the upstream broke off, or answered what proves nothing. */
  "upstreamAmbiguous",
  /** For the request that saw it: the upstream did not answer in time. */
  "upstreamTimeout",
] as const;
export type Situation = (typeof SITUATIONS)[number];
