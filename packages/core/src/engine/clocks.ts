import { type RecordStore, StoreError } from "../record/index.ts";
import type { Clock, Notify } from "./ports.ts";
import { inTime } from "./silence.ts";

/** The store is asked for its time this often, beside the work: it is a round trip. */
const ASK_EVERY_MS = 10_000;

/**
 * Whether this process's wall clock may be written down. What a clock that is far behind writes looks past its horizon to
 * everybody else, who drop it: its payments would be forgotten. By one that is far ahead, a lease or a settlement is over too soon.
 */
export class Clocks {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #notify: Notify;
  /** Wall minus monotonic clock when the store was last heard. */
  #offsetMs: number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking = false;
  /** By how much the wall clock and the store's differ at least, whenever within its round trip the store answered. */
  #apartMs: number;
  #told = false;

  /** `apartMs`: as it was found before anything is claimed. */
  constructor(store: RecordStore, clock: Clock, notify: Notify, apartMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#notify = notify;
    this.#offsetMs = clock.now() - clock.monotonicMs();
    this.#apartMs = apartMs;
  }

  /**
   * False where the clocks are known to differ by more than any two may. Never waits: between two answers of the store, the
   * monotonic clock tells whether the wall clock was turned.
   */
  agree(skewMs: number): boolean {
    const monotonicMs = this.#clock.monotonicMs();
    const turned = Math.abs(this.#clock.now() - monotonicMs - this.#offsetMs) > skewMs;
    if (!this.#asking && (turned || monotonicMs - this.#askedAtMs > ASK_EVERY_MS)) void this.#ask();
    if (this.#apartMs > skewMs) this.#tell();
    return !turned && this.#apartMs <= skewMs;
  }

  /** Asks the store for its time, unless it was asked lately. */
  refresh(): void {
    this.agree(Number.POSITIVE_INFINITY);
  }

  /** Once for each answer of the store. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#notify({ notice: "claimsStopped", apartMs: Math.round(this.#apartMs) });
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    this.#askedAtMs = this.#clock.monotonicMs();
    try {
      const stored = await inTime(this.#store.now(), this.#clock);
      const now = this.#clock.now();
      const monotonicMs = this.#clock.monotonicMs();
      const tripMs = monotonicMs - this.#askedAtMs;
      // The store looked at its clock at some moment of the trip: between `now - tripMs` and `now` by ours.
      this.#apartMs = Math.max(0, stored - now, now - tripMs - stored);
      this.#offsetMs = now - monotonicMs;
      this.#told = false;
    } catch (error) {
      // A store that does not say what time it is takes no claims either; where it does, nothing is known to be wrong.
      if (!(error instanceof StoreError)) throw error;
    } finally {
      this.#asking = false;
    }
  }
}
