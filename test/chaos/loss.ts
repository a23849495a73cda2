/** What the store under the gateways may forget that it had acknowledged. Moments are on the clock of this process. */
export type Loss = Readonly<{
  /**
   * `none`: it keeps everything, and its history is one. `quarantine`: it keeps everything, and nobody can know. While a
   * quarantine opens, an unknown key is `pending` and nothing is stored of it: another body under it meets no first one.
   */
  kind: "none" | "quarantine" | "loss";
  /** Whether an answer first told at this moment may be forgotten by now. */
  covers: (at: number) => boolean;
}>;

export const NO_LOSS: Loss = { kind: "none", covers: () => false };
export const QUARANTINE: Loss = { kind: "quarantine", covers: () => false };

/**
 * A gateway hears of a loss with its next look (3 s), or claims nothing (10 s): until then it may replay from its memory what
 * its store has lost, and a client hears it for the first time.
 */
const HEARD_WITHIN_MS = 10_000;

/** A loss that has not happened yet. */
export class LossAt implements Loss {
  readonly kind = "loss";
  #at: number | null = null;

  /** From now on what was told before may be forgotten. */
  happens(): void {
    this.#at = performance.now();
  }

  covers(at: number): boolean {
    return this.#at !== null && at <= this.#at + HEARD_WITHIN_MS;
  }
}
