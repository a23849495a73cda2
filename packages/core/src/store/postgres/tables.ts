import { readdir, readFile } from "node:fs/promises";
import type { Client } from "pg";
import { PostgresOpenError } from "./open-error.ts";

/** The oldest tables that this program works with, and the ones that it was written for. */
const OLDEST = 2;
export const NEWEST = 2;
/** ON CONFLICT, procedures and BRIN summaries are older; 15 is the oldest that was tried. */
const SERVER_VERSION_MIN = 150_000;

const FOLDER = new URL("./migrations/", import.meta.url);

export type Migration = Readonly<{ number: number; file: string; sql: string }>;

/** Every file of migrations, in their order. */
export async function migrations(): Promise<readonly Migration[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".sql")).sort();
  return await Promise.all(
    files.map(async (file) => ({
      number: Number.parseInt(file, 10),
      file,
      sql: await readFile(new URL(file, FOLDER), "utf8"),
    })),
  );
}

/** What is in the database: the last file that was applied, and the oldest that a program must know. null: nothing of ours. */
export async function found(client: Client): Promise<Readonly<{ number: number; compatibleFrom: number }> | null> {
  const { rows: there } = await client.query("SELECT to_regclass('semel.migration') IS NOT NULL AS is_there");
  if (!there[0]?.is_there) return null;
  const { rows } = await client.query(
    "SELECT number, compatible_from AS of FROM semel.migration ORDER BY number DESC LIMIT 1",
  );
  return { number: rows[0]?.number ?? 0, compatibleFrom: rows[0]?.of ?? 0 };
}

/** Refuses tables that this program does not understand. Newer ones may say that it does. */
export async function checkTables(client: Client): Promise<void> {
  await checkServer(client);
  const tables = await found(client);
  const migrate = "run: semel store migrate -c semel.yaml";
  if (tables === null) throw new PostgresOpenError("no_tables", `The database has no tables of Semel: ${migrate}`);
  if (tables.number < OLDEST) {
    const message = `The database's tables are of migration ${tables.number} and this Semel needs ${OLDEST}: ${migrate}`;
    throw new PostgresOpenError("older_tables", message);
  }
  if (tables.number > NEWEST && tables.compatibleFrom > NEWEST) throw newer(tables.number);
}

export function newer(number: number): PostgresOpenError {
  const message = `The database's tables are of migration ${number}, and this Semel knows ${NEWEST}: start the version that made them`;
  return new PostgresOpenError("newer_tables", message);
}

export async function checkServer(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS number");
  const { number } = rows[0] as { number: number };
  if (number >= SERVER_VERSION_MIN) return;
  const message = `The server is PostgreSQL ${Math.floor(number / 10_000)}, and Semel needs 15 or later`;
  throw new PostgresOpenError("too_old", message);
}
