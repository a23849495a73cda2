import pg from "pg";

/** The usual advice for a pool: above it PostgreSQL gains nothing on a few cores. */
const CONNECTIONS = 20;

/** Less than the store keeps: no fence, no index of what is due. */
const TABLE = `CREATE TABLE idempotency (
  key text PRIMARY KEY, state text NOT NULL, doc bytea NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`;

export const NAIVE_SQL = {
  claim: "INSERT INTO idempotency (key, state, doc) VALUES ($1, 'running', $2) ON CONFLICT DO NOTHING RETURNING key",
  complete: "UPDATE idempotency SET state = 'completed', doc = $2 WHERE key = $1",
  read: "SELECT state, doc FROM idempotency WHERE key = $1",
} as const;

/** A pool with its table made, on a database that has none. */
export async function naivePool(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  // At the end the database is dropped before the server has heard every goodbye.
  pool.on("error", () => {});
  await pool.query(TABLE);
  return pool;
}
