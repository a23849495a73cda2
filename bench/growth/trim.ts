import { DatabaseSync } from "node:sqlite";
import pg from "pg";

/** For trimming only: what a slot added to an index of random names lies all over it. */
const CACHE_KIB = 2 * 1024 * 1024;

/** Removes what a slot added: both stores number their rows, from 1. What it took up is free for the next slot. */
export async function trimPostgres(url: string, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("DELETE FROM semel.record WHERE id > $1", [rows]);
    await client.query("VACUUM semel.record");
    await client.query("CHECKPOINT");
  } finally {
    await client.end();
  }
}

export function trimSqlite(path: string, rows: number): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  db.prepare("DELETE FROM record WHERE id > ?").run(rows);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}
