/** Why a store was not opened. The codes never change. */
export type PostgresOpenCode =
  | "bad_url"
  | "unreachable"
  | "refused"
  | "no_primary"
  | "too_old"
  | "no_tables"
  | "older_tables"
  | "newer_tables"
  | "failed";

/** Only what may come by itself: a server that starts, a standby that is promoted. */
const RETRYABLE: readonly PostgresOpenCode[] = ["unreachable", "no_primary"];

/** The store was not opened, and nothing in it was changed. The message says what to do. */
export class PostgresOpenError extends Error {
  override readonly name = "PostgresOpenError";
  readonly code: PostgresOpenCode;
  readonly retryable: boolean;

  constructor(code: PostgresOpenCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.includes(code);
  }
}
