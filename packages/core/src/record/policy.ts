import type { Instant } from "./instant.ts";

/** What an upstream can do for a key whose effect is unknown. Nothing left: in doubt. */
export type Ladder = Readonly<{
  /** It honours our key this long, counted from the first possible send. */
  repeat: Readonly<{ windowMs: number }> | null;
  /** It can be asked; its "no" is final this long after the last possible send. */
  ask: Readonly<{ settleAfterMs: number }> | null;
}>;

/**
 * A stretch of history that the authority may have lost (failover, restore): what was claimed in [since, until] may be
 * missing or an old version of itself. In force until `endsAt` = until + how long clients retry a key.
 */
export type Quarantine = Readonly<{ since: Instant; until: Instant; endsAt: Instant }>;

/** The numbers that an operator chose for one route. All durations in ms. */
export type Policy = Readonly<{
  upstream: string;
  ladder: Ladder;
  /** From before the claim is submitted to the first byte upstream. */
  sendWithinMs: number;
  /** From the first byte to the destruction of the socket. */
  deadlineMs: number;
  leaseMarginMs: number;
  /** The most that any two clocks may differ. */
  skewMs: number;
  /** How long an upstream that declares no settlement may still execute after our socket is gone. */
  undeclaredLagMs: number;
  /** From the first possible send to the report of doubt; null: by the best rung. */
  doubtAfterMs: number | null;
  retainMs: number;
  horizonMs: number;
  unknownHistory: "refuse" | "accept";
  quarantine: Quarantine | null;
}>;

/** A lease outlives the send and the deadline by a margin, in which the completion is written. */
export function leaseMs(policy: Policy, deadlineMs: number): number {
  return policy.sendWithinMs + deadlineMs + policy.leaseMarginMs;
}
