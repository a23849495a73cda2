import { AUTHORITY_KEY, type Fence, NEVER, StoreError, type Swap, type Swapped } from "../../record/index.ts";
import { BoundedMap } from "./bounded-map.ts";
import { wordsOf } from "./failure.ts";
import type { Hint, Hints } from "./hints.ts";
import type { Records } from "./records.ts";

/**
 * Hints remembered by the write they lead to, so that the next write of the key takes them away: at 1,000 claims a second,
 * 20 s of them. What is forgotten here is taken away by the due loop, for the price of a read.
 */
const WRITTEN_MAX = 20_000;
/** Hints being taken away at once. Beyond it they stay: a cluster that is that slow has more urgent work. */
const TIDYING_MAX = 1_000;

/** What a swap of its own announced. */
type Announced = Readonly<{ row: Hint | null; entry: Hint | null }>;

/** Swaps with their hints around them. */
export class Swaps {
  readonly #records: Records;
  readonly #dueHints: Hints;
  readonly #entryHints: Hints;
  readonly #written = new BoundedMap<Fence, Hint>(WRITTEN_MAX);
  readonly #tidying = new Set<Promise<void>>();

  constructor(records: Records, dueHints: Hints, entryHints: Hints) {
    this.#records = records;
    this.#dueHints = dueHints;
    this.#entryHints = entryHints;
  }

  /** Hints first: a row without a hint would wait for the scan, a hint without a row for nobody. */
  async swap(swap: Swap): Promise<Swapped> {
    refuseUnwanted(swap);
    const announced = await this.#announce(swap);
    // The hints took their time, and of those who waited the last may have gone.
    refuseUnwanted(swap);
    const swapped = await this.#records.swap(swap);
    this.#learn(swap, swapped, announced);
    return swapped;
  }

  async drop({ key, fence }: Readonly<{ key: Swap["key"]; fence: Fence }>): Promise<void> {
    if (key === AUTHORITY_KEY) return;
    await this.#records.drop(key, fence);
    this.#removeOf(fence);
  }

  /** Resolves when no hint is being taken away. */
  async idle(): Promise<void> {
    await Promise.all(this.#tidying);
  }

  async #announce({ key, next, publish }: Swap): Promise<Announced> {
    const { fence, dueAt } = next;
    const waits = key !== AUTHORITY_KEY && dueAt < NEVER;
    try {
      const [row, entry] = await Promise.all([
        waits ? this.#dueHints.put({ key, fence, dueAt }) : null,
        publish === null ? null : this.#entryHints.put({ key, fence: publish.fence, dueAt: 0 as Hint["dueAt"] }),
      ]);
      return { row, entry };
    } catch (error) {
      const message = `The swap was not sent, because its hint could not be written: ${wordsOf(error)}`;
      throw new StoreError("unavailable", message, { cause: error });
    }
  }

  /**
   * A swap that was won is past the row before it. One that lost to another row, or to none, has lost for good: the fence that
   * it expected never comes back. In doubt nothing is known, and everything stays.
   */
  #learn({ expect, next }: Swap, swapped: Swapped, { row, entry }: Announced): void {
    if (swapped.won) {
      if (row !== null) this.#written.set(next.fence, row);
      if (expect !== null) this.#removeOf(expect);
    } else if (swapped.current?.fence !== next.fence) {
      if (row !== null) this.#tidy(this.#dueHints, row);
      if (entry !== null) this.#tidy(this.#entryHints, entry);
    }
  }

  #removeOf(fence: Fence): void {
    const hint = this.#written.get(fence);
    if (hint === undefined) return;
    this.#written.delete(fence);
    this.#tidy(this.#dueHints, hint);
  }

  /** Nobody waits for it: a hint that stays behind costs the due loop a read. */
  #tidy(hints: Hints, hint: Hint): void {
    if (this.#tidying.size >= TIDYING_MAX) return;
    const ended = hints
      .remove(hint)
      .catch(() => {})
      .then(() => {
        this.#tidying.delete(ended);
      });
    this.#tidying.add(ended);
  }
}

function refuseUnwanted({ wanted }: Swap): void {
  if (wanted?.() === false) throw new StoreError("unavailable", "Nobody waits for this call any more");
}
