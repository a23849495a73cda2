import type { Instant } from "../../record/index.ts";

/** Whoever deletes by this clock must stop while `jumpMs` or `gapMs` is more than it can explain. */
export type ClockReading = Readonly<{
  now: Instant;
  /** How much further the wall clock went than the monotonic one since the opening: a jump, forward or (negative) back. */
  jumpMs: number;
  /**
   * The wall clock at the opening, minus the latest time the store had seen before; null for a new file. Negative: it has gone back,
   * and `now` stands still until it catches up. Large: the store was closed for so long, or the clock jumped; a store cannot tell.
   */
  gapMs: number | null;
}>;

export type ClockSources = Readonly<{ wall: () => number; monotonic: () => number }>;

/** The wall clock, made monotonic over restarts by the store's mark. Only whole milliseconds. */
export class Clock {
  readonly #sources: ClockSources;
  readonly #wallAtOpen: number;
  readonly #monotonicAtOpen: number;
  readonly #gapMs: number | null;
  #latest: number;

  constructor(sources: ClockSources, mark: Instant | null) {
    this.#sources = sources;
    this.#wallAtOpen = Math.floor(sources.wall());
    this.#monotonicAtOpen = sources.monotonic();
    this.#gapMs = mark === null ? null : this.#wallAtOpen - mark;
    this.#latest = Math.max(mark ?? 0, this.#wallAtOpen);
  }

  now(): Instant {
    this.#latest = Math.max(this.#latest, Math.floor(this.#sources.wall()));
    return this.#latest as Instant;
  }

  read(): ClockReading {
    const wallMs = Math.floor(this.#sources.wall()) - this.#wallAtOpen;
    const monotonicMs = this.#sources.monotonic() - this.#monotonicAtOpen;
    return { now: this.now(), jumpMs: Math.round(wallMs - monotonicMs), gapMs: this.#gapMs };
  }
}
