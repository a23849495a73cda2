import { StoreError } from "../../record/index.ts";

/** The calls under way: none begins after the close, and the close waits for those that did. */
export class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) return Promise.reject(new StoreError("unavailable", "The store is closed"));
    const running = call();
    this.#underWay.add(running);
    const over = (): void => void this.#underWay.delete(running);
    running.then(over, over);
    return running;
  }

  /** `last` runs once, when nothing is under way any more. */
  close(last: () => Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#underWay).then(last);
    return this.#closing;
  }
}
