import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type CassandraStore, cassandraStore, migrateCassandra } from "@semel/core/store/cassandra";
import { type CassandraPlace, cassandraPlace, createKeyspace, withClient } from "../contract/cassandra-fixture.ts";

const place = await cassandraPlace();
export const skip = place === null ? "no Cassandra answers: npm run services -- up cassandra" : false;
/** Of the tests of one file; each test has a space of its own in it. */
const keyspace = `semel_test_${randomUUID().slice(0, 8)}`;
export const there = { ...(place as CassandraPlace), keyspace };

if (place !== null) {
  await createKeyspace(place, keyspace);
  await migrateCassandra(there);
  after(() => withClient(place, (client) => client.execute(`DROP KEYSPACE ${keyspace}`)));
}

type Run = (store: CassandraStore, space: string) => Promise<void>;

export async function withStore(options: { scanEveryMs?: number; hosts?: readonly string[] }, run: Run): Promise<void> {
  const space = randomUUID().slice(0, 13);
  const store = await cassandraStore({ ...there, space, ...options });
  try {
    await run(store, space);
  } finally {
    await store.close();
  }
}

export function cql(statement: string, cells: unknown[] = []): Promise<Record<string, unknown>[]> {
  return withClient(there, async (client) => {
    const { rows } = await client.execute(statement.replaceAll("@", `${keyspace}.`), cells, { prepare: true });
    return rows ?? [];
  });
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 20_000;
  while (!(await holds())) {
    assert.ok(performance.now() < endsAt, "it did not come to pass within 20 s");
    await setTimeout(20);
  }
}
