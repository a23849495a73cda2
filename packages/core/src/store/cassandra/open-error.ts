/** Why a store was not opened. The codes never change. */
export type CassandraOpenCode =
  | "bad_options"
  | "unreachable"
  | "refused"
  | "too_old"
  | "no_keyspace"
  | "bad_replication"
  | "no_replicas"
  | "not_home"
  | "other_scope"
  | "not_linearizable"
  | "bad_settings"
  | "no_tables"
  | "newer_tables"
  | "failed";

/** The store was not opened, and nothing in it was changed. The message says what to do. */
export class CassandraOpenError extends Error {
  override readonly name = "CassandraOpenError";
  readonly code: CassandraOpenCode;
  /** Only nodes that start may come by themselves. */
  readonly retryable: boolean;

  constructor(code: CassandraOpenCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === "unreachable";
  }
}
