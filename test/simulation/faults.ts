import type { Chance } from "./chance.ts";

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

/** One run's faults: how likely each is where it may strike, until they end, and how often it did. */
export class Faults {
  readonly counts: Map<Fault, number> = new Map();
  readonly #rates: Readonly<Record<Fault, number>>;
  readonly #isOver: () => boolean;

  constructor(rates: Readonly<Record<Fault, number>>, isOver: () => boolean) {
    this.#rates = rates;
    this.#isOver = isOver;
  }

  strikes(fault: Fault, chance: Chance): boolean {
    if (this.#isOver() || !chance.happens(this.#rates[fault])) return false;
    this.hit(fault);
    return true;
  }

  hit(fault: Fault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }
}
