/** Why a store was not opened. The codes never change. */
export type OpenCode =
  | "no_folder"
  | "not_writable"
  | "not_a_file"
  | "network_file_system"
  | "in_use"
  | "not_a_database"
  | "foreign_database"
  | "newer_schema"
  | "older_schema"
  | "corrupt"
  | "disk_full"
  | "failed";

export type OpenRefusal = Readonly<{ code: OpenCode; message: string }>;

/** The store was not opened, and nothing in it was changed. The message says what to do. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  readonly code: OpenCode;
  /** Only a file in use may become free by itself. */
  readonly retryable: boolean;

  constructor({ code, message }: OpenRefusal, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === "in_use";
  }
}
