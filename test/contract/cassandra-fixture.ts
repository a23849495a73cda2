import { randomUUID } from "node:crypto";
import type { OpenedStore, StoreFixture } from "@semel/core/contract";
import { cassandraStore, migrateCassandra } from "@semel/core/store/cassandra";
import { Client } from "cassandra-driver";
import { urlOf } from "../../tools/services/running.ts";

/** All clauses of all runs share these tables, each in a space of its own: to make tables takes a second. */
const KEYSPACE = "semel_contract";

export type CassandraPlace = Readonly<{ hosts: readonly string[]; localDataCenter: string }>;

/** A fresh and empty store on the Cassandra that SEMEL_TEST_CASSANDRA names, or that `npm run services` started. */
export async function cassandraFixture(): Promise<StoreFixture> {
  const place = await cassandraPlace();
  if (place === null) throw new Error("No Cassandra answers: npm run services -- up cassandra");
  await prepare(place);
  const space = randomUUID().slice(0, 13);
  const open = async (): Promise<OpenedStore> => {
    const store = await cassandraStore({ ...place, keyspace: KEYSPACE, space });
    return { store, outbox: store, browser: null };
  };
  return { open, reopen: open, remove: async () => {} };
}

export async function cassandraPlace(): Promise<CassandraPlace | null> {
  const url = await urlOf("cassandra");
  return url === null ? null : { hosts: [new URL(url).host], localDataCenter: "datacenter1" };
}

let prepared: Promise<void> | null = null;

function prepare(place: CassandraPlace): Promise<void> {
  prepared ??= createKeyspace(place, KEYSPACE).then(async () => {
    await migrateCassandra({ ...place, keyspace: KEYSPACE });
  });
  return prepared;
}

export async function createKeyspace({ hosts, localDataCenter }: CassandraPlace, keyspace: string): Promise<void> {
  await withClient({ hosts, localDataCenter }, async (client) => {
    const replication = `{'class': 'NetworkTopologyStrategy', '${localDataCenter}': 1}`;
    await client.execute(`CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${replication}`);
  });
}

export async function withClient<T>(place: CassandraPlace, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ contactPoints: [...place.hosts], localDataCenter: place.localDataCenter });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.shutdown();
  }
}
