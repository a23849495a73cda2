// Not from the index: the thread starts twice as fast when it loads only what it needs.
import { NEVER } from "../../record/instant.ts";

/** "Seml", in the header of every store file: how a Semel store is told from any other SQLite database. */
export const APPLICATION_ID: number = 0x53656d6c;
export const SCHEMA_VERSION: number = 3;

/**
 * Enough for the upper levels of the keys' index at ten million rows, 7 MiB. A larger one costs more than it saves: at every
 * commit that split a page, SQLite walks the table of all pages that it holds (of 16 MiB: 8 µs a payment).
 */
const CACHE_KIB = 8 * 1024;
/** After a burst the log shrinks back to this at a checkpoint. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

/** Of every connection, and of the bench's bare loop. */
export const SETTINGS: string = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA cache_size = -${CACHE_KIB}; PRAGMA journal_size_limit = ${LOG_BYTES_KEPT};`;

/**
 * A rowid table: as WITHOUT ROWID the docs would live in the index of the keys, at three times the CPU. `due_at` stands before
 * `doc`, so that a scan need not step over it. `room` is what a claim keeps free for its answer, see room.ts. Outbox numbers are
 * never used twice, because a ticket is a range of them.
 */
export const SCHEMA: string = `
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
CREATE TABLE record (
  id     INTEGER PRIMARY KEY,
  key    TEXT    NOT NULL UNIQUE,
  fence  TEXT    NOT NULL,
  due_at INTEGER NOT NULL,
  doc    BLOB    NOT NULL,
  room   BLOB
) STRICT;
CREATE INDEX record_due ON record (due_at);
CREATE TABLE outbox (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  key   TEXT    NOT NULL,
  epoch INTEGER NOT NULL,
  fence TEXT    NOT NULL,
  kind  TEXT    NOT NULL,
  doc   BLOB    NOT NULL
) STRICT;
CREATE TABLE clock (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  mark INTEGER NOT NULL
) STRICT;
`;

type Name = "claim" | "replace" | "publish" | "read" | "due" | "drop" | "take" | "ack" | "floor" | "page" | "mark";

/** Every statement of the store. */
export const SQL: Readonly<Record<Name, string>> = {
  claim: `INSERT INTO record (key, fence, due_at, doc, room) VALUES (?, ?, ?, ?, zeroblob(?))
    ON CONFLICT (key) DO NOTHING`,
  replace: "UPDATE record SET fence = ?, due_at = ?, doc = ?, room = NULL WHERE key = ? AND fence = ?",
  publish: "INSERT INTO outbox (key, epoch, fence, kind, doc) VALUES (?, ?, ?, ?, ?)",
  read: "SELECT key, fence, due_at AS dueAt, doc FROM record WHERE key = ?",
  due: `SELECT key, fence, due_at AS dueAt, doc FROM record INDEXED BY record_due
    WHERE due_at <= ? AND due_at < ${NEVER} AND key <> ? ORDER BY due_at LIMIT ?`,
  drop: "DELETE FROM record WHERE key = ? AND fence = ?",
  take: "SELECT id, key, epoch, fence, kind, doc FROM outbox ORDER BY id LIMIT ?",
  ack: "DELETE FROM outbox WHERE id BETWEEN ? AND ?",
  floor: "SELECT min(id) AS id, count(*) AS count FROM (SELECT id FROM record WHERE id < ? ORDER BY id DESC LIMIT ?)",
  page: `SELECT id, key, fence, due_at AS dueAt, doc FROM record NOT INDEXED
    WHERE id < ? AND id >= ? AND due_at BETWEEN ? AND ? AND key <> ? ORDER BY id DESC LIMIT ?`,
  mark: "INSERT INTO clock (id, mark) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET mark = max(mark, excluded.mark)",
};
