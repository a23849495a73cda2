import { setTimeout as sleep } from "node:timers/promises";
import { insist, type Manner, type Street } from "./customer.ts";
import { KeyHistory } from "./history.ts";

/** How customers behave: the rest is plain. */
const MANNERS: readonly (readonly [share: number, manner: Manner])[] = [
  [0.08, "hangsUp"],
  [0.06, "twice"],
  [0.06, "otherBody"],
  [0.2, "asksAgain"],
];

/**
 * What goes wrong in the bank itself, by try. Never an effect with an answer that means "nothing was done" by the table
 * of answers: such a bank lies, and nobody can be right about it.
 */
const BANK_FAULTS: readonly (readonly [share: number, fault: string])[] = [
  [0.03, "drop-after"],
  [0.02, "drop-before"],
  [0.02, "half"],
  [0.02, "slow-after=1500"],
  [0.02, "slow=80"],
  [0.02, "status=402"],
  [0.02, "status=503"],
  [0.02, "status-after=502"],
];

export const mannerOf = (random: () => number): Manner => pick(MANNERS, random()) ?? "plain";
export const bankFaultOf = (random: () => number): string | null => pick(BANK_FAULTS, random());

/** An open loop: customers come at a fixed rate, whatever becomes of those before them. */
export class Load {
  readonly histories: KeyHistory[] = [];
  readonly #customers = new Set<Promise<void>>();
  readonly #lane: string;
  readonly #street: Street;

  constructor(lane: string, street: Street) {
    this.#lane = lane;
    this.#street = street;
  }

  /** Resolves when the last customer has come; `settled` tells when the last one has gone. */
  async run(perSecond: number, forMs: number, seed: number): Promise<void> {
    const startedAt = performance.now();
    const apartMs = 1_000 / perSecond;
    for (let at = 0; at * apartMs < forMs; at += 1) {
      const waitMs = startedAt + at * apartMs - performance.now();
      // Who is late comes at once: an open loop catches up.
      if (waitMs > 0) await sleep(waitMs);
      if (this.#street.isOver()) return;
      const history = new KeyHistory(this.#lane, `${this.#lane}-${seed}-${at + 1}`, this.#street.loss);
      this.histories.push(history);
      const customer = insist(history, this.#street.manner(), this.#street).finally(() =>
        this.#customers.delete(customer),
      );
      this.#customers.add(customer);
    }
  }

  async settled(): Promise<void> {
    while (this.#customers.size > 0) await Promise.all(this.#customers);
  }
}

function pick<T>(shares: readonly (readonly [share: number, value: T])[], dice: number): T | null {
  let reached = 0;
  for (const [share, value] of shares) {
    reached += share;
    if (dice < reached) return value;
  }
  return null;
}
