import { setImmediate as settled } from "node:timers/promises";
import type { Clock } from "@semel/core/engine";
import type { Instant } from "@semel/core/record";
import { NOW } from "../kernel/cases.ts";

type Timer = Readonly<{ atMs: number; call: () => void }>;

/** Two clocks that stand still until they are moved: nothing here takes time of its own. */
export class HandClock implements Clock {
  /** What was slept for, one by one. */
  readonly sleeps: number[] = [];
  readonly #timers = new Set<Timer>();
  #wall: number = NOW;
  #monotonicMs = 0;

  now(): Instant {
    return this.#wall as Instant;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve) => this.later(ms, resolve));
  }

  later(ms: number, call: () => void): () => void {
    if (ms === Number.POSITIVE_INFINITY) return () => {};
    const timer = { atMs: this.#monotonicMs + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were set and neither rang nor were cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets both clocks run this long, and everything happen that was waiting for it, in its order. */
  async pass(ms: number): Promise<void> {
    const until = this.#monotonicMs + ms;
    await settled();
    for (let timer = this.#first(until); timer !== null; timer = this.#first(until)) {
      this.#timers.delete(timer);
      this.#moveTo(timer.atMs);
      timer.call();
      await settled();
    }
    this.#moveTo(until);
    await settled();
  }

  /** An operator turns the wall clock, or the machine was suspended: the monotonic clock knows nothing of it. */
  turn(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(atMs: number): void {
    const ms = Math.max(0, atMs - this.#monotonicMs);
    this.#monotonicMs += ms;
    this.#wall = Math.round(this.#wall + ms);
  }

  #first(until: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.atMs <= until && (first === null || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}
