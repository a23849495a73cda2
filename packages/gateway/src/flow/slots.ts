import type { Slot } from "@semel/core/engine";

/** Places at one upstream. Taken before a claim and never queued for: a queue between claim and send makes doubt. */
export class Slots {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** A place for one exchange; releasing it twice is harmless. */
  slot(): Slot {
    let mine = false;
    return {
      take: () => {
        if (this.#taken >= this.#most) return false;
        this.#taken += 1;
        mine = true;
        return true;
      },
      release: () => {
        if (mine) this.#taken -= 1;
        mine = false;
      },
    };
  }
}
