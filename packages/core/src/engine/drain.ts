import type { Clock } from "./ports.ts";

/** Counts what is under way, so that a process can leave without leaving a claim behind. */
export class Drain {
  readonly #clock: Clock;
  readonly #under = new Set<Promise<unknown>>();
  #leaving = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True once the process takes nothing new. */
  get leaving(): boolean {
    return this.#leaving;
  }

  get size(): number {
    return this.#under.size;
  }

  track(work: Promise<unknown>): void {
    this.#under.add(work);
    const over = (): void => {
      this.#under.delete(work);
    };
    work.then(over, over);
  }

  /** Takes nothing new and waits for what is under way, at most `ms`. False: something was left. */
  async leave(ms: number): Promise<boolean> {
    this.#leaving = true;
    const all = (async () => {
      while (this.#under.size > 0) await Promise.allSettled(this.#under);
      return true;
    })();
    let cancel = (): void => {};
    const over = new Promise<boolean>((resolve) => {
      cancel = this.#clock.later(ms, () => resolve(this.#under.size === 0));
    });
    const left = await Promise.race([all, over]);
    cancel();
    return left;
  }
}
