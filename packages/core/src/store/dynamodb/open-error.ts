/** Why a table was not opened. The codes never change. */
export type OpenCode =
  | "no_table"
  | "not_allowed"
  | "foreign_table"
  | "not_active"
  | "ttl_enabled"
  | "eventual_global_table"
  | "unreachable"
  | "failed";

export type OpenRefusal = Readonly<{ code: OpenCode; message: string }>;

/** The table was not opened, and nothing in it was changed. The message says what to do. */
export class TableOpenError extends Error {
  override readonly name = "TableOpenError";
  readonly code: OpenCode;
  /** Only these may change by themselves. */
  readonly retryable: boolean;

  constructor({ code, message }: OpenRefusal, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === "not_active" || code === "unreachable";
  }
}
