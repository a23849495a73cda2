import { type Instant, type RecordStore, StoreError } from "../record/index.ts";
import type { Clock, Notify } from "./ports.ts";
import { inTime } from "./silence.ts";

/** Clocks that differ by more than this say that one of them has jumped. NTP keeps hosts within 100 ms. */
const CLOCKS_APART_MS_MAX = 60_000;
/** Rows dropped in a minute at most, 5,000 a second: no store ages faster, and a jump that went unseen costs no more. */
const DROPS_PER_MINUTE_MAX = 300_000;
const MINUTE_MS = 60_000;
/** The store's clock is asked for this often: it is a round trip. */
const STORE_CLOCK_MS = 1_000;

/**
 * Whether rows past their horizon may be dropped now. A clock that jumped forward would drop every row, and every retry
 * would run again: so a drop needs the store's clock, the wall clock and the monotonic one to agree.
 */
export class Purge {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #notify: Notify;
  readonly #begun: Readonly<{ wall: Instant; monotonicMs: number }>;
  #agreedAtMs = Number.NEGATIVE_INFINITY;
  #minute = { since: Number.NEGATIVE_INFINITY, drops: 0 };

  constructor(store: RecordStore, clock: Clock, notify: Notify) {
    this.#store = store;
    this.#clock = clock;
    this.#notify = notify;
    this.#begun = { wall: clock.now(), monotonicMs: clock.monotonicMs() };
  }

  async mayDrop(): Promise<boolean> {
    const nowMs = this.#clock.monotonicMs();
    // Our own two clocks cost nothing to compare: a jump ends the licence at once.
    if (Math.abs(this.#jumpMs()) > CLOCKS_APART_MS_MAX || nowMs - this.#agreedAtMs > STORE_CLOCK_MS) {
      if (!(await this.#clocksAgree())) return false;
      this.#agreedAtMs = nowMs;
    }
    if (nowMs - this.#minute.since > MINUTE_MS) this.#minute = { since: nowMs, drops: 0 };
    this.#minute.drops += 1;
    return this.#minute.drops <= DROPS_PER_MINUTE_MAX;
  }

  async #clocksAgree(): Promise<boolean> {
    const now = this.#clock.now();
    const jumpMs = this.#jumpMs();
    let apartMs: number;
    try {
      apartMs = (await inTime(this.#store.now(), this.#clock)) - now;
    } catch (error) {
      if (error instanceof StoreError) return false;
      throw error;
    }
    if (Math.abs(jumpMs) <= CLOCKS_APART_MS_MAX && Math.abs(apartMs) <= CLOCKS_APART_MS_MAX) return true;
    this.#notify({ notice: "purgeStopped", jumpMs: Math.round(jumpMs), apartMs: Math.round(apartMs) });
    return false;
  }

  #jumpMs(): number {
    const { wall, monotonicMs } = this.#begun;
    return this.#clock.now() - wall - (this.#clock.monotonicMs() - monotonicMs);
  }
}
