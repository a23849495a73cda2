import { Client } from "pg";

/** A server that answers later serves nobody. */
const ANSWERS_WITHIN_MS = 5_000;
/** A promotion waits for all that came to be written. */
const DOES_WITHIN_MS = 60_000;

/** The first value of the first row. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const limits = { connectionTimeoutMillis: ANSWERS_WITHIN_MS, query_timeout: DOES_WITHIN_MS };
  const client = new Client({ connectionString: url, ...limits });
  // A server that is stopped tells it to each connection: whoever asked hears it as the answer.
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether the server answers this with true. */
export async function answersFrom(url: string, sql: string): Promise<boolean> {
  return (await ask(url, sql).catch(() => false)) === true;
}

export async function createDatabase(url: string, name: string): Promise<void> {
  await ask(url, `CREATE DATABASE ${name}`);
}
