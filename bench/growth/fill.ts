import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { SCHEMA } from "../../packages/core/src/store/sqlite/schema.ts";
import { keyOf, type Names } from "./keys.ts";

/** `due`: two horizons ago, or not within any run. */
export type Filling = Readonly<{ names: Names; count: number; doc: Uint8Array; due: "past" | "future" }>;

const DAY_MS = 24 * 60 * 60_000;
/** Rows of one statement: what is in the way of a checkpoint, or of an interruption, is a few seconds' work. */
const CHUNK = 250_000;
/** For filling only, so that the index of random names need not go through the disk for every row. */
const CACHE_KIB = 2 * 1024 * 1024;

/** Through the indexes, in the order of the names: an index that is built at once is packed as none is that has grown. */
export async function fillPostgres(url: string, { names, count, doc, due }: Filling): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET synchronous_commit = off");
    for (let from = 0; from < count; from += CHUNK) {
      const values = [from, Math.min(count, from + CHUNK) - 1, dueFrom(due), doc, timeFrom(count)];
      await client.query(INSERT[names], values);
    }
    await client.query("VACUUM (ANALYZE) semel.record");
    await client.query("CHECKPOINT");
  } finally {
    await client.end();
  }
}

const RANDOM = "translate(encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_')";
const insert = (key: string): string => `INSERT INTO semel.record (key, fence, due_at, doc)
  SELECT ${key}, gen_random_uuid(), $3::bigint + i / 10, $4 FROM generate_series($1::int, $2::int) AS i
  WHERE $5::bigint > 0`;
const INSERT: Readonly<Record<Names, string>> = {
  random: insert(RANDOM),
  timed: insert(`lpad(to_hex($5::bigint + i), 11, '0') || left(${RANDOM}, 32)`),
};

/** One transaction, and nothing is synced: a crash would leave nothing worth keeping. */
export function fillSqlite(path: string, { names, count, doc, due }: Filling): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB}; BEGIN; ${SCHEMA}`);
  const row = db.prepare("INSERT INTO record (key, fence, due_at, doc) VALUES (?, lower(hex(randomblob(16))), ?, ?)");
  const [since, dueAt] = [timeFrom(count), dueFrom(due)];
  for (let i = 0; i < count; i += 1) row.run(keyOf(names, since + i), dueAt + Math.floor(i / 10), doc);
  db.exec("COMMIT");
  db.close();
}

/** One name a millisecond, up to now. */
function timeFrom(count: number): number {
  return Date.now() - count;
}

function dueFrom(due: Filling["due"]): number {
  return due === "past" ? Date.now() - 60 * DAY_MS : Date.now() + DAY_MS;
}
