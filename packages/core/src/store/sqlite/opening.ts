import { DatabaseSync } from "node:sqlite";
import type { Instant } from "../../record/index.ts";
import { explain, faultOf, isNotDatabase } from "./fault.ts";
import type { Opening } from "./message.ts";
import { StoreOpenError } from "./open-error.ts";
import { ownerOf } from "./owner.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION, SETTINGS, SQL } from "./schema.ts";

/** How often a file that another process owns is tried again. */
const RETRY_MS = 50;

/** An open file, whether its commits are fsynced, and the clock's mark of its last owner. */
type Owned = Readonly<{ db: DatabaseSync; durable: boolean; mark: Instant | null }>;

/** Opens the file as its only owner, makes the tables of a new one, and changes nothing of a file that is not ours. */
export function openDatabase({ path, waitLockMs, quickCheck, wall }: Opening): Owned {
  const db = new DatabaseSync(path);
  try {
    // Before the first access: the lock is then never let go, and the log's index lives in memory instead of a third file.
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    untilFree(path, waitLockMs, () => db.exec("BEGIN EXCLUSIVE; ROLLBACK"));
    const isNew = judgeFile(db, path);
    if (quickCheck && !isNew) checkPages(db, path);
    // Checkpoints are ours to run: the automatic ones swallow a failed fsync.
    db.exec(`${SETTINGS} PRAGMA wal_autocheckpoint = 0`);
    if (isNew) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    const mark = first(db, "SELECT mark FROM clock") as Instant | undefined;
    // The first write, so that a full or read-only disk is found now.
    db.prepare(SQL.mark).run(wall);
    return { db, durable: isDurable(db), mark: mark ?? null };
  } catch (error) {
    db.close();
    throw error;
  }
}

function untilFree(path: string, waitLockMs: number, lock: () => void): void {
  const giveUpAt = performance.now() + waitLockMs;
  for (;;) {
    try {
      lock();
      return;
    } catch (error) {
      if (faultOf(error) !== "busy") throw error;
      if (performance.now() >= giveUpAt) throw new StoreOpenError({ code: "in_use", message: inUse(path) });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** True for a file without content: it becomes a store. Anything else must say that it is one. */
function judgeFile(db: DatabaseSync, path: string): boolean {
  const id = number(db, "PRAGMA application_id");
  const version = number(db, "PRAGMA user_version");
  if (id !== APPLICATION_ID) {
    if (id === 0 && number(db, "SELECT count(*) FROM sqlite_schema") === 0) return true;
    const message = `${path} is a SQLite database of another program: give Semel a file of its own`;
    throw new StoreOpenError({ code: "foreign_database", message });
  }
  if (version > SCHEMA_VERSION) {
    const message = `${path} was written by a newer Semel (schema ${version}; this one knows ${SCHEMA_VERSION}): start that version`;
    throw new StoreOpenError({ code: "newer_schema", message });
  }
  if (version < SCHEMA_VERSION) {
    const message = `${path} was written by a Semel from before the first release (schema ${version}; this one needs ${SCHEMA_VERSION}): give Semel a new file`;
    throw new StoreOpenError({ code: "older_schema", message });
  }
  return false;
}

function checkPages(db: DatabaseSync, path: string): void {
  const found = String(first(db, "PRAGMA quick_check(1)")).replace(/\s+/g, " ");
  if (found !== "ok") throw new StoreOpenError({ code: "corrupt", message: corrupt(path, found) });
}

function isDurable(db: DatabaseSync): boolean {
  return first(db, "PRAGMA journal_mode") === "wal" && first(db, "PRAGMA synchronous") === 2;
}

/** Why the file was not opened, for whoever asked for it. */
export function refusalOf(error: unknown, path: string): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  if (isNotDatabase(error)) {
    const message = `${path} is not a SQLite database: give Semel a new path, or restore the file from a backup`;
    return new StoreOpenError({ code: "not_a_database", message });
  }
  const fault = faultOf(error);
  if (fault === "full") {
    return new StoreOpenError({
      code: "disk_full",
      message: `There is no room for ${path}: free some, or choose another disk`,
    });
  }
  if (fault === "readOnly") {
    const message = `${path} may not be written: let this process write the file and its folder`;
    return new StoreOpenError({ code: "not_writable", message });
  }
  if (fault === "fatal") return new StoreOpenError({ code: "corrupt", message: corrupt(path, explain(error)) });
  const message = `${path} could not be opened: ${explain(error)}`;
  return new StoreOpenError({ code: "failed", message });
}

function inUse(path: string): string {
  const pid = ownerOf(path);
  const owner = pid === null ? "another process" : pid === process.pid ? "this very process" : `process ${pid}`;
  return `${path} is in use by ${owner}, and a store file belongs to one: stop it, or wait until it ends`;
}

function corrupt(path: string, found: string): string {
  return `${path} is damaged (${found}): restore it from a backup, and fence the time that is lost`;
}

function number(db: DatabaseSync, sql: string): number {
  return Number(first(db, sql));
}

function first(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}
