import type { Client } from "cassandra-driver";
import { type Contact, connect } from "./client.ts";
import { cqlOf } from "./cql.ts";
import { wordsOf } from "./failure.ts";
import { endClient } from "./hosts.ts";
import { CassandraOpenError } from "./open-error.ts";
import { ddlOf, SCHEMA, SCHEMA_FACT, TABLES } from "./schema.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { Session } from "./session.ts";
import { checkVersions, keyspaceOf, missingTables } from "./survey.ts";

/** `created`: the tables that were not there before. */
export type CassandraMigrated = Readonly<{ schema: number; created: readonly string[] }>;
export type CassandraMigrateOptions = Contact & Readonly<{ homeDataCenter?: string }>;

/**
 * Creates the tables that are not there; the keyspace, whose replication is an operator's decision, must be. Harmless where all
 * are. Run it once, from one place: two that create the same table at once may make two of it. Throws CassandraOpenError.
 */
export async function migrateCassandra(options: CassandraMigrateOptions): Promise<CassandraMigrated> {
  const { keyspace, localDataCenter, homeDataCenter = null } = options;
  const client = await connect(options);
  try {
    checkVersions(client);
    const { replication } = await keyspaceOf(client, keyspace);
    const scope = scopeOf(replication, { localDataCenter, homeDataCenter });
    const created = await missingTables(client, keyspace);
    if (created.length > 0) for (const ddl of ddlOf(keyspace)) await client.execute(ddl);
    await agree(client, keyspace);
    await stateSchema(client, keyspace, scope);
    return { schema: SCHEMA, created: TABLES.filter((table) => created.includes(table)) };
  } catch (error) {
    if (error instanceof CassandraOpenError) throw error;
    throw new CassandraOpenError("failed", `The tables could not be created: ${wordsOf(error)}`, { cause: error });
  } finally {
    await endClient(client);
  }
}

async function agree(client: Client, keyspace: string): Promise<void> {
  if ((await missingTables(client, keyspace)).length === 0) return;
  throw new CassandraOpenError("failed", "Some tables are still not there: look at the nodes' logs, and try again");
}

/** Last, so that who finds it finds all tables. */
async function stateSchema(client: Client, keyspace: string, scope: Scope): Promise<void> {
  const session = new Session(client, scope);
  await session.swap(cqlOf(keyspace).stateFact, [SCHEMA_FACT, String(SCHEMA)]);
}
