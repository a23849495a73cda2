import { StoreError } from "../../record/index.ts";

/** Requests on the way at once, each on a connection of its own. At 5 ms each that is 12,800 a second, more than one process makes. */
export const REQUESTS_MAX: number = 64;
/** Some seconds' work: what comes on top would be refused by its own deadline anyway. */
const WAITING_MAX = 10_000;

/** Lets a bounded number of requests out, the others in the order in which they came. */
export class Gate {
  readonly #requestsMax: number;
  readonly #waitingMax: number;
  #away = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(requestsMax: number = REQUESTS_MAX, waitingMax: number = WAITING_MAX) {
    this.#requestsMax = requestsMax;
    this.#waitingMax = waitingMax;
  }

  /** `wanted` is asked when the request is about to leave; one that nobody wants any more is refused, and was never sent. */
  async pass<T>(send: () => Promise<T>, wanted?: () => boolean): Promise<T> {
    if (this.#away >= this.#requestsMax) await this.#turn();
    else this.#away += 1;
    try {
      if (wanted?.() === false) throw new StoreError("unavailable", "Nobody waits for this call any more");
      return await send();
    } finally {
      this.#handOn();
    }
  }

  /** Who waited takes over the place of the one that is back. */
  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax) {
      const message = `${this.#waiting.length} calls already wait for the store: the table does not keep up, slow down`;
      return Promise.reject(new StoreError("unavailable", message));
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #handOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#away -= 1;
    else next();
  }
}
