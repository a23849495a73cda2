import { type Fence, type RecordKey, StoreError, type Swap, type Swapped } from "../../record/index.ts";
import { arrayOf, inOrder, keysOf, type Lost, rowFrom, swapStatement } from "./batch.ts";
import { ANOTHER_HISTORY, isOfOneRow, mayWorkAgain, Refused, unavailable } from "./failure.ts";
import type { Known } from "./lineage.ts";
import type { Session } from "./session.ts";

export type Outcome = Swapped | StoreError;
export type Dropped = Readonly<{ key: RecordKey; fence: Fence }>;

/** The clock's mark is written along with swaps, this often: it bounds what a failover can have lost. */
const MARK_EVERY_MS = 1_000;
/** Locks are taken in one order, so a deadlock is with somebody else's statements. It is rare, and never twice. */
const TRIES_MAX = 3;
const DROP = "SELECT semel.drop($1,$2,$3)";
const WON: Swapped = { won: true };

/** Writes batches, and finds out which swap of a refused one is at fault. */
export class Writer {
  readonly #known: Known;
  readonly #monotonicMs: () => number;
  #markedAtMs = Number.NEGATIVE_INFINITY;

  constructor(known: Known, monotonicMs: () => number) {
    this.#known = known;
    this.#monotonicMs = monotonicMs;
  }

  /** One outcome a swap, in their order. Never rejects. */
  async swap(session: Session, swaps: readonly Swap[]): Promise<readonly Outcome[]> {
    const ordered = inOrder(swaps);
    const outcomes = new Map<Swap, Outcome>();
    await this.#swapInOrder(session, ordered, outcomes, 1);
    return swaps.map((swap) => outcomes.get(swap)!);
  }

  async drop(session: Session, rows: readonly Dropped[]): Promise<readonly (null | StoreError)[]> {
    const ordered = rows.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const values = [
      this.#known.timeline,
      keysOf(ordered.map(({ key }) => key)),
      arrayOf(ordered.map(({ fence }) => fence)),
    ];
    try {
      await session.ask({ name: "semel.drop", text: DROP, values });
      return rows.map(() => null);
    } catch (error) {
      const failure = this.#failure(session, error);
      return rows.map(() => failure);
    }
  }

  async #swapInOrder(
    session: Session,
    swaps: readonly Swap[],
    outcomes: Map<Swap, Outcome>,
    tries: number,
  ): Promise<void> {
    try {
      const lost = await session.ask<Lost>(swapStatement(swaps, this.#known.timeline, this.#marks()));
      for (const swap of swaps) outcomes.set(swap, WON);
      for (const row of lost) outcomes.set(swaps[row.at]!, lostTo(row, swaps[row.at]!.key));
    } catch (error) {
      if (error instanceof Refused && mayWorkAgain(error) && tries < TRIES_MAX) {
        return await this.#swapInOrder(session, swaps, outcomes, tries + 1);
      }
      if (error instanceof Refused && isOfOneRow(error) && swaps.length > 1) {
        const half = swaps.length >> 1;
        await this.#swapInOrder(session, swaps.slice(0, half), outcomes, 1);
        return await this.#swapInOrder(session, swaps.slice(half), outcomes, 1);
      }
      const failure = this.#failure(session, error);
      for (const swap of swaps) outcomes.set(swap, failure);
    }
  }

  #failure(session: Session, error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    if (!(error instanceof Refused)) throw error;
    // Behind a proxy a connection may lead elsewhere from one statement to the next: the new one is looked at as it is made.
    if (error.code === ANOTHER_HISTORY) session.drop();
    return unavailable(error);
  }

  #marks(): boolean {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#markedAtMs < MARK_EVERY_MS) return false;
    this.#markedAtMs = nowMs;
    return true;
  }
}

function lostTo({ fence, due_at, doc }: Lost, key: RecordKey): Swapped {
  return { won: false, current: fence === null ? null : rowFrom({ key, fence, due_at, doc }) };
}
