import { DatabaseError } from "pg";
import { StoreError } from "../../record/index.ts";

/** The server said no, and undid all that the statement did. `code`: SQLSTATE. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Raised by the store's own functions: the history is another one, the isolation is not what swaps need. */
export const ANOTHER_HISTORY = "SM001";
/** Deadlock, serialization: the same batch may work the next time. */
const AGAIN: readonly string[] = ["40P01", "40001"];
/** About one row, or about a lock that one row waits for: the others may work without it. */
const OF_ONE_ROW = /^(22|23|54|55P03)/;

export function mayWorkAgain({ code }: Refused): boolean {
  return AGAIN.includes(code);
}

export function isOfOneRow({ code }: Refused): boolean {
  return OF_ONE_ROW.test(code);
}

/**
 * What came of a statement that failed. Only an ERROR proves that nothing was written: FATAL ends a connection at any moment,
 * a commit that waits for its standby included.
 */
export function failureOf(error: unknown): Refused | StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof DatabaseError && error.severity === "ERROR") {
    return new Refused(error.code ?? "", error.message, { cause: error });
  }
  return new StoreError("in_doubt", `No answer of the server: ${(error as Error).message}`, { cause: error });
}

export function unavailable(refused: Refused): StoreError {
  const message = `The server refused: ${refused.message} (SQLSTATE ${refused.code})`;
  return new StoreError("unavailable", message, { cause: refused });
}
