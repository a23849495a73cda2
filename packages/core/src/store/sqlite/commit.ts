import type { DatabaseSync } from "node:sqlite";
import type { Swap, Swapped } from "../../record/index.ts";
import { explain, faultOf } from "./fault.ts";

export type Outcome = Swapped | Readonly<{ failed: string }>;

/** The file cannot be trusted any more. */
export class FatalError extends Error {
  override readonly name = "FatalError";
}

/** The statement failed and was undone: the file is as it was. */
export class UndoneError extends Error {
  override readonly name = "UndoneError";
  readonly full: boolean;

  constructor(message: string, full: boolean) {
    super(message);
    this.full = full;
  }
}

/** Runs `write` in a transaction of its own. Throws UndoneError where nothing was written, FatalError where nobody knows. */
export function transact<T>(db: DatabaseSync, write: () => T): T {
  let result: T;
  try {
    db.exec("BEGIN IMMEDIATE");
    result = write();
  } catch (error) {
    throw undo(db, error);
  }
  try {
    db.exec("COMMIT");
  } catch (error) {
    // Only "no room" is known to come before the mark that makes a transaction valid; after it, a crash could bring it back.
    if (faultOf(error) !== "full") throw new FatalError(explain(error), { cause: error });
    throw undo(db, error);
  }
  return result;
}

/**
 * Decides every swap in one transaction. Where one of them is at fault, halves are tried on their own, in order, down to
 * single swaps: one bad row fails alone.
 */
export function commit(db: DatabaseSync, swaps: readonly Swap[], decide: (swap: Swap) => Swapped): Outcome[] {
  try {
    return transact(db, () => swaps.map(decide));
  } catch (error) {
    if (!(error instanceof UndoneError)) throw error;
    if (error.full || swaps.length === 1) return swaps.map(() => ({ failed: error.message }));
    const half = swaps.length >> 1;
    return [...commit(db, swaps.slice(0, half), decide), ...commit(db, swaps.slice(half), decide)];
  }
}

function undo(db: DatabaseSync, cause: unknown): Error {
  const fault = faultOf(cause);
  if (fault === "fatal") return new FatalError(explain(cause), { cause });
  try {
    if (db.isTransaction) db.exec("ROLLBACK");
  } catch (error) {
    return new FatalError(explain(error), { cause: error });
  }
  if (fault === "full")
    return new UndoneError(`The disk is full: make room for the store's file (${explain(cause)})`, true);
  return new UndoneError(explain(cause), false);
}
