import type { Client } from "cassandra-driver";
import { wordsOf } from "./failure.ts";
import { SETTINGS_READ, type Settings } from "./judgement.ts";
import { CassandraOpenError } from "./open-error.ts";
import { SCHEMA, SCHEMA_FACT, TABLES } from "./schema.ts";
import type { Replication } from "./scope.ts";

/** Paxos v2 and system_views.settings with all that is asked of it. */
const VERSION_MIN = [4, 1] as const;
/** A node that tells its settings later than this has other trouble. */
const TELL_MS_MAX = 4_000;

export type Keyspace = Readonly<{ replication: Replication; durableWrites: boolean }>;

/** Throws CassandraOpenError where a node is too old. */
export function checkVersions(client: Client): void {
  for (const { address, cassandraVersion: version } of client.hosts.values()) {
    const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
    if (major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1])) continue;
    throw new CassandraOpenError(
      "too_old",
      `${address} is Cassandra ${version}, whose Paxos takes twice the round trips and cannot be repaired: upgrade every node to ${VERSION_MIN.join(".")} or later`,
    );
  }
}

/** Throws CassandraOpenError where there is none. */
export async function keyspaceOf(client: Client, keyspace: string): Promise<Keyspace> {
  const cql = "SELECT replication, durable_writes FROM system_schema.keyspaces WHERE keyspace_name = ?";
  const { rows } = await client.execute(cql, [keyspace], { prepare: true });
  const row = rows[0];
  if (row === undefined) {
    throw new CassandraOpenError(
      "no_keyspace",
      `There is no keyspace "${keyspace}": correct the name, or CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'DATA_CENTRE': 3}, then run \`semel store migrate\``,
    );
  }
  return { replication: row["replication"] as Replication, durableWrites: row["durable_writes"] === true };
}

/** Each node is asked for its own; the settings are in no table that is replicated. */
export async function settingsOf(client: Client, dataCenters: readonly string[]): Promise<Settings[]> {
  const hosts = client.hosts.values().filter(({ datacenter }) => dataCenters.includes(datacenter));
  return Promise.all(
    hosts.map(async (host) => {
      try {
        const cql = "SELECT name, value FROM system_views.settings";
        const { rows } = await client.execute(cql, [], { host, readTimeout: TELL_MS_MAX });
        const told = rows.filter((row) => SETTINGS_READ.some((name) => name === row["name"]));
        return Object.fromEntries(told.map((row) => [row["name"], row["value"]]));
      } catch {
        // Down, or we may not look: the judgement takes it for the weakest there is.
        return null;
      }
    }),
  );
}

/** Throws CassandraOpenError where the tables are not those of this program. */
export async function checkTables(client: Client, keyspace: string, quorum: number): Promise<void> {
  const missing = await missingTables(client, keyspace);
  const schema = missing.length > 0 ? null : await schemaOf(client, keyspace, quorum);
  if (schema === null) {
    const lacking = missing.length > 0 ? `lacks ${missing.join(", ")}` : "was never completed";
    throw new CassandraOpenError("no_tables", `The keyspace "${keyspace}" ${lacking}: run \`semel store migrate\``);
  }
  if (schema > SCHEMA) {
    const message = `The tables are of a newer Semel (schema ${schema}; this one knows ${SCHEMA}): start that version`;
    throw new CassandraOpenError("newer_tables", message);
  }
}

export async function missingTables(client: Client, keyspace: string): Promise<string[]> {
  const cql = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const { rows } = await client.execute(cql, [keyspace], { prepare: true });
  return TABLES.filter((table) => !rows.some((row) => row["table_name"] === table));
}

async function schemaOf(client: Client, keyspace: string, quorum: number): Promise<number | null> {
  const cql = `SELECT value FROM ${keyspace}.facts WHERE name = ?`;
  try {
    const { rows } = await client.execute(cql, [SCHEMA_FACT], { prepare: true, consistency: quorum });
    return rows[0] === undefined ? null : Number(rows[0]["value"]);
  } catch (error) {
    const message = `The tables of "${keyspace}" could not be read (${wordsOf(error)}): a quorum of its replicas must be up`;
    throw new CassandraOpenError("unreachable", message, { cause: error });
  }
}
