import type { Instant } from "../../record/index.ts";

export type ClockSources = Readonly<{ wall: () => number; monotonic: () => number }>;

/** The `Date` of an answer has no fraction: the server's clock was up to this much further. */
const DATE_STEP_MS = 1_000;

/**
 * The clock of DynamoDB, which can only be asked for in passing: every answer carries its time in whole seconds. Between two
 * answers the monotonic clock goes on, so that a wall clock that is turned changes nothing. Each answer bounds how far the server
 * is ahead of the monotonic clock; after a few seconds of them the clock is right within about a round trip.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  /** Server minus monotonic clock. Until the first answer, the wall clock's word. */
  #offsetMs: number;
  #latest = 0;

  constructor({ wall, monotonic }: ClockSources) {
    this.#monotonic = monotonic;
    this.#offsetMs = wall() - monotonic();
  }

  monotonicMs(): number {
    return this.#monotonic();
  }

  /** An answer to what was sent at `sentMs` of the monotonic clock is here. */
  heard(date: string | undefined, sentMs: number): void {
    const ms = Date.parse(date ?? "");
    if (Number.isNaN(ms)) return;
    const [least, most] = [ms - this.#monotonic(), ms + DATE_STEP_MS - sentMs];
    this.#offsetMs = Math.max(least, Math.min(most, this.#offsetMs));
  }

  /** Some process has already seen this time. */
  passed(at: number): void {
    this.#latest = Math.max(this.#latest, at);
  }

  /** Whole milliseconds, never going back. */
  now(): Instant {
    this.passed(Math.floor(this.#monotonic() + this.#offsetMs));
    return this.#latest as Instant;
  }
}
