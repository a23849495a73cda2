/** Everything that can go wrong in a run, each counted where it strikes. */
export const FAULTS = [
  "crash",
  "crashAtAwait",
  "crashInRecovery",
  "pause",
  "pauseAtAwait",
  "suspend",
  "leave",
  "clockStep",
  "clockJump",
  "storeUnavailable",
  "storeOutage",
  "partition",
  "storeSlow",
  "storeSilent",
  "lostAck",
  "lateWrite",
  "neverWritten",
  "staleHint",
  "connectRefused",
  "connectSlow",
  "resetBeforeEffect",
  "resetAfterEffect",
  "halfAnswer",
  "upstreamTimeout",
  "upstream5xx",
  "lateLanding",
  "duplicatedDelivery",
  "inFront",
  "slowQuestion",
  "largeAnswer",
  "clientAbort",
  "duplicateRequest",
  "reorderedRequest",
  "otherBody",
  "otherAccount",
  "historyLoss",
  "newerFormat",
  "secretRotation",
  "policyChange",
  "lateRetry",
  "operator",
] as const;
export type Fault = (typeof FAULTS)[number];

/** How often each fault struck. */
export class Tally {
  readonly counts: Map<Fault, number> = new Map();

  hit(fault: Fault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }
}
