import { type Instant, type RecordStore, StoreError } from "../record/index.ts";
import type { Clock, Notify } from "./ports.ts";
import { inTime } from "./silence.ts";

/** The store is asked for its time this often, beside the work: it is a round trip. */
const ASK_EVERY_MS = 10_000;

/**
 * Whether this process's wall clock may be written down, and what time it is where it may not. What a clock that is far behind
 * writes looks past its horizon to everybody else, who drop it: its payments would be forgotten. By one that is far ahead, a
 * lease or a settlement is over too soon, and what it writes looks newer than any loss of history.
 */
export class Clocks {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #notify: Notify;
  /** Wall minus monotonic clock when the store was last heard. */
  #wallOffsetMs: number;
  /** The same for the time that is believed: the store's, where the wall clock differs from it. */
  #offsetMs: number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking = false;
  /** By how much the wall clock and the store's differ at least, whenever within its round trip the store answered. */
  #apartMs: number;
  #told = false;

  /** `aheadMs`: how far the store's clock was ahead of the wall clock, before anything was claimed. */
  constructor(store: RecordStore, clock: Clock, notify: Notify, aheadMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#notify = notify;
    this.#wallOffsetMs = clock.now() - clock.monotonicMs();
    this.#offsetMs = this.#wallOffsetMs + aheadMs;
    this.#apartMs = Math.abs(aheadMs);
  }

  /**
   * False where the clocks are known to differ by more than any two may. Never waits: between two answers of the store, the
   * monotonic clock tells whether the wall clock was turned.
   */
  agree(skewMs: number): boolean {
    const turned = this.#isTurned(skewMs);
    const isLate = this.#clock.monotonicMs() - this.#askedAtMs > ASK_EVERY_MS;
    if (!this.#asking && (turned || isLate)) void this.#ask();
    if (this.#apartMs > skewMs) this.#tell();
    return !turned && this.#apartMs <= skewMs;
  }

  /** What is under way when a clock is turned is finished by the time that it was before, and by how much has passed since. */
  now(skewMs: number): Instant {
    const isWrong = this.#apartMs > skewMs || this.#isTurned(skewMs);
    return isWrong ? (Math.floor(this.#clock.monotonicMs() + this.#offsetMs) as Instant) : this.#clock.now();
  }

  /** Asks the store for its time, unless it was asked lately. */
  refresh(): void {
    this.agree(Number.POSITIVE_INFINITY);
  }

  #isTurned(skewMs: number): boolean {
    return Math.abs(this.#clock.now() - this.#clock.monotonicMs() - this.#wallOffsetMs) > skewMs;
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
      this.#wallOffsetMs = now - monotonicMs;
      this.#offsetMs = this.#apartMs > 0 ? stored + tripMs / 2 - monotonicMs : this.#wallOffsetMs;
      this.#told = false;
    } catch (error) {
      // A store that does not say what time it is takes no claims either; where it does, nothing is known to be wrong.
      if (!(error instanceof StoreError)) throw error;
    } finally {
      this.#asking = false;
    }
  }
}
