import { randomBytes } from "node:crypto";
import { cassandraStore, migrateCassandra } from "@semel/core/store/cassandra";
import { Client } from "cassandra-driver";
import { type CassandraPlace, createKeyspace } from "../../test/contract/cassandra-fixture.ts";
import { nextPair } from "../store/rows.ts";
import type { Pairs } from "./pairs.ts";
import { swapsOn } from "./swaps.ts";

export async function cassandraPairs(server: string): Promise<Pairs> {
  const place = await freshKeyspace(server);
  await migrateCassandra(place);
  const store = await cassandraStore(place);
  const close = async (): Promise<void> => {
    await store.close();
    await dropKeyspace(place);
  };
  return { pair: swapsOn(store), close };
}

/** A claim is a lightweight transaction, or two would win. Its completion is a plain write: nobody else writes the row. */
export async function cassandraNaivePairs(server: string): Promise<Pairs> {
  const place = await freshKeyspace(server);
  const client = clientOf(place);
  await client.execute(`CREATE TABLE ${place.keyspace}.idempotency (key text PRIMARY KEY, doc blob)`);
  const claimCql = `INSERT INTO ${place.keyspace}.idempotency (key, doc) VALUES (?, ?) IF NOT EXISTS`;
  const completeCql = `UPDATE ${place.keyspace}.idempotency SET doc = ? WHERE key = ?`;
  const pair = async (): Promise<void> => {
    const { claim, completion } = nextPair();
    const claimed = await client.execute(claimCql, [claim.key, Buffer.from(claim.doc)], { prepare: true });
    if (!claimed.wasApplied()) throw new Error("A claim lost");
    await client.execute(completeCql, [Buffer.from(completion.doc), claim.key], { prepare: true });
  };
  const close = async (): Promise<void> => {
    await client.shutdown();
    await dropKeyspace(place);
  };
  return { pair, close };
}

type Place = CassandraPlace & Readonly<{ keyspace: string }>;

async function freshKeyspace(server: string): Promise<Place> {
  const keyspace = `bench_${randomBytes(6).toString("hex")}`;
  const place = { hosts: [new URL(server).host], localDataCenter: "datacenter1", keyspace };
  await createKeyspace(place, keyspace);
  return place;
}

async function dropKeyspace(place: Place): Promise<void> {
  const client = clientOf(place);
  await client.execute(`DROP KEYSPACE ${place.keyspace}`);
  await client.shutdown();
}

function clientOf({ hosts, localDataCenter }: Place): Client {
  return new Client({ contactPoints: [...hosts], localDataCenter });
}
