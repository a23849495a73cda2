import { StoreError } from "../../record/index.ts";

/** As many as one node works on at once (native_transport_max_threads); more would only wait there, out of our sight. */
const AWAY_MAX = 128;
/** A few seconds' work of a small cluster. What comes on top would be refused by its own deadline anyway. */
const WAITING_MAX = 4_000;

/**
 * Lets a bounded number of calls out, the others in the order in which they came, and of one key one at a time: rounds of
 * Paxos on one key outbid each other, and forty at once end in timeouts instead of one winner.
 */
export class Gate {
  readonly #awayMax: number;
  readonly #waitingMax: number;
  #away = 0;
  #waiting = 0;
  readonly #line: (() => void)[] = [];
  readonly #turns = new Map<string, Promise<void>>();

  constructor(awayMax: number = AWAY_MAX, waitingMax: number = WAITING_MAX) {
    this.#awayMax = awayMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` when it is this call's turn. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseCrowd();
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** The same, after all earlier calls with this key. */
  async passInTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key);
    if (before !== undefined) {
      this.#refuseCrowd();
      this.#waiting += 1;
    }
    const { promise: turn, resolve: end } = Promise.withResolvers<void>();
    this.#turns.set(key, turn);
    try {
      if (before !== undefined) {
        await before;
        this.#waiting -= 1;
      }
      return await this.pass(work);
    } finally {
      end();
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  #refuseCrowd(): void {
    const waiting = this.#waiting + this.#line.length;
    if (waiting < this.#waitingMax) return;
    const message = `${waiting} calls already wait for the store: the cluster does not keep up, slow down`;
    throw new StoreError("unavailable", message);
  }

  async #enter(): Promise<void> {
    if (this.#away < this.#awayMax) {
      this.#away += 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#line.push(resolve);
    });
  }

  /** Who waited takes over the place of the one that is back. */
  #leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#away -= 1;
    else next();
  }
}
