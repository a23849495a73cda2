import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { CassandraOpenError, cassandraStore, migrateCassandra } from "@semel/core/store/cassandra";
import { type CassandraPlace, cassandraPlace, createKeyspace, withClient } from "../contract/cassandra-fixture.ts";

const place = await cassandraPlace();
const skip = place === null ? "no Cassandra answers: npm run services -- up cassandra" : false;
const name = `semel_open_${randomUUID().slice(0, 8)}`;
const there = { ...(place as CassandraPlace), keyspace: name };
const empty = { ...there, keyspace: `${name}_empty` };

if (place !== null) {
  await createKeyspace(place, name);
  await createKeyspace(place, empty.keyspace);
  await migrateCassandra(there);
  after(async () => {
    for (const keyspace of [name, empty.keyspace]) await execute(`DROP KEYSPACE ${keyspace}`);
  });
}

function execute(cql: string): Promise<unknown> {
  return withClient(there, (client) => client.execute(cql));
}

async function refusal(options: Parameters<typeof cassandraStore>[0]): Promise<CassandraOpenError> {
  const opened = await cassandraStore(options).catch((error: unknown) => error);
  assert.ok(opened instanceof CassandraOpenError, `opened, or failed otherwise: ${opened}`);
  return opened;
}

test("a keyspace that is not there is refused, with the statement that makes it", { skip }, async () => {
  const { code, message } = await refusal({ ...there, keyspace: "nowhere_at_all" });
  assert.equal(code, "no_keyspace");
  assert.match(message, /CREATE KEYSPACE nowhere_at_all WITH replication = .*semel store migrate/);
});

test("a keyspace without tables is refused until it is migrated, and migrating twice is harmless", {
  skip,
}, async () => {
  const { code, message } = await refusal(empty);
  assert.equal(code, "no_tables");
  assert.match(message, /lacks records, hints, hint_buckets, marks, facts: run `semel store migrate`/);
  assert.deepEqual(await migrateCassandra(there), { schema: 1, created: [] });
});

test("a keyspace's name that would be more than a name is refused", { skip }, async () => {
  for (const keyspace of ["", "Semel", "a b", "a;DROP", "a".repeat(49)]) {
    assert.equal((await refusal({ ...there, keyspace })).code, "bad_options");
  }
  assert.equal((await refusal({ ...there, space: "a:b" })).code, "bad_options");
  assert.equal((await refusal({ ...there, hosts: [] })).code, "bad_options");
});

test("a data centre without replicas, or of another name, is refused", { skip }, async () => {
  assert.equal((await refusal({ ...there, localDataCenter: "nowhere" })).code, "bad_options");
  assert.equal((await refusal({ ...there, homeDataCenter: "elsewhere" })).code, "not_home");
});

test("where no node answers the store may be opened later", { skip }, async () => {
  const { code, retryable, message } = await refusal({ ...there, hosts: ["127.0.0.1:1"] });
  assert.deepEqual({ code, retryable }, { code: "unreachable", retryable: true });
  assert.match(message, /does not answer at 127\.0\.0\.1:1 .*start it, or correct the hosts/);
});

test("two scopes on one keyspace are refused: each would agree by itself", { skip }, async () => {
  const store = await cassandraStore(there);
  await store.close();
  const { code, message } = await refusal({ ...there, homeDataCenter: there.localDataCenter });
  assert.equal(code, "other_scope");
  assert.match(message, /\("all", this one: "only datacenter1"\)/);
});

test("what one node with a lazy log guarantees is said, with what to change", { skip }, async () => {
  const store = await cassandraStore(there);
  const { linearizable, survives, docBytesMax } = store.guarantees;
  assert.equal(linearizable, true);
  assert.ok(["process-crash", "power-loss"].includes(survives), survives);
  assert.equal(docBytesMax, 2 * 1024 * 1024);
  assert.match(store.warnings.join("\n"), /Replicas: 1\. With one node gone, nothing is swapped/);
  await store.close();
});

test("tables of a newer version are refused", { skip }, async () => {
  await execute(`UPDATE ${name}.facts SET value = '2' WHERE name = 'schema' IF value = '1'`);
  assert.equal((await refusal(there)).code, "newer_tables");
  await execute(`UPDATE ${name}.facts SET value = '1' WHERE name = 'schema' IF value = '2'`);
});

test("a keyspace that is not written to the log, or placed without regard to racks, is seen", { skip }, async () => {
  await execute(`ALTER KEYSPACE ${name} WITH durable_writes = false`);
  const store = await cassandraStore(there);
  assert.equal(store.guarantees.survives, "nothing");
  await store.close();
  await execute(`ALTER KEYSPACE ${name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  assert.equal((await refusal(there)).code, "bad_replication");
});
