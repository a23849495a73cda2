import type { Client } from "pg";
import { urlsOf } from "./hosts.ts";
import { openPrimary } from "./open.ts";
import { checkServer, found, type Migration, migrations, NEWEST, newer } from "./tables.ts";

/** `applied`: the files that were applied now, in their order. */
export type Migrated = Readonly<{ before: number; after: number; applied: readonly string[] }>;

/** Any number; only that everybody who migrates waits for the same one. */
const LOCK = 0x53656d6c;

/** Brings the tables to what this program was written for. Harmless where they are. Throws PostgresOpenError. */
export async function migratePostgres(url: string): Promise<Migrated> {
  const { client } = await openPrimary(urlsOf(url));
  try {
    await checkServer(client);
    // Two that migrate at once: the second waits, and finds nothing to do.
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const before = (await found(client))?.number ?? 0;
    if (before > NEWEST) throw newer(before);
    const missing = (await migrations()).filter(({ number }) => number > before);
    for (const migration of missing) await apply(client, migration);
    return { before, after: NEWEST, applied: missing.map(({ file }) => file) };
  } finally {
    await client.end();
  }
}

async function apply(client: Client, { sql }: Migration): Promise<void> {
  try {
    await client.query(`BEGIN; ${sql}; COMMIT`);
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
