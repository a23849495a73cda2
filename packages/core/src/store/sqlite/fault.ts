/**
 * What an error of SQLite means for the file. `fatal`: what the disk holds is unknown (after a failed fsync Linux forgets
 * the bytes and the next fsync lies), so nothing may be read or written through this process again. `full`: no room.
 * `busy`: another process owns the file. `readOnly`: it may not be written. `other`: about the statement, not about the file.
 */
export type Fault = "fatal" | "full" | "busy" | "readOnly" | "other";

const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

export function faultOf(error: unknown): Fault {
  switch (primaryCode(error)) {
    case IOERR:
    case CORRUPT:
    case NOTADB:
      return "fatal";
    case FULL:
      return "full";
    case BUSY:
      return "busy";
    case READONLY:
    case CANTOPEN:
      return "readOnly";
    default:
      return "other";
  }
}

export function isNotDatabase(error: unknown): boolean {
  return primaryCode(error) === NOTADB;
}

/** SQLite's words and its code, which says more than the words. */
export function explain(error: unknown): string {
  const { message, errcode } = error as Error & { errcode?: number };
  return errcode === undefined ? message : `${message} (SQLite code ${errcode})`;
}

/** node:sqlite puts the extended result code on its errors; the low byte is the primary one. */
function primaryCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : null;
}
