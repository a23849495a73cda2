import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type Fence, NEVER, type RecordKey, StoreError } from "@semel/core/record";
import { createTable, dynamodbStore, type OpenCode, TableOpenError } from "@semel/core/store/dynamodb";
import { urlOf } from "../../tools/services/running.ts";
import { clientAt, type DynamodbPlace, freshTable, placeAt, removeTable } from "../contract/dynamodb-fixture.ts";

const endpoint = await urlOf("dynamodb");
const skip = endpoint === null ? "DynamoDB Local does not run: npm run services -- up dynamodb" : false;

const refusedAs = (code: OpenCode, says: RegExp) => (error: unknown) =>
  error instanceof TableOpenError && error.code === code && says.test(error.message);

async function withTable(use: (place: DynamodbPlace, client: DynamoDBClient) => Promise<void>): Promise<void> {
  const place = await freshTable(endpoint as string);
  const client = clientAt(place);
  try {
    await use(place, client);
  } finally {
    client.destroy();
    await removeTable(place);
  }
}

test("a table that is not there is refused, and what to do is said", { skip }, async () => {
  const place = placeAt(endpoint as string);
  await assert.rejects(dynamodbStore(place), refusedAs("no_table", /make it by `semel store migrate`/));
});

test("another program's table is refused, also by whoever would make it", { skip }, async () => {
  const place = placeAt(endpoint as string);
  const client = clientAt(place);
  const input = {
    TableName: place.table,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  } as const;
  await client.send(
    new CreateTableCommand({
      ...input,
      KeySchema: [...input.KeySchema],
      AttributeDefinitions: [...input.AttributeDefinitions],
    }),
  );
  await assert.rejects(dynamodbStore(place), refusedAs("foreign_table", /its key is id HASH/));
  await assert.rejects(createTable(place), refusedAs("foreign_table", /its key is id HASH/));
  client.destroy();
  await removeTable(place);
});

test("a table that deletes by itself is refused", { skip }, async () => {
  await withTable(async (place, client) => {
    const TimeToLiveSpecification = { AttributeName: "due", Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: place.table, TimeToLiveSpecification }));
    await assert.rejects(dynamodbStore(place), refusedAs("ttl_enabled", /Turn it off/));
  });
});

test("a table is made once, by however many at once", { skip }, async () => {
  const place = placeAt(endpoint as string);
  const made = await Promise.all([1, 2, 3].map(() => createTable({ ...place, deletionProtection: false })));
  assert.equal(made.filter(({ created }) => created).length, 1);
  assert.deepEqual(await createTable(place), { created: false, backups: false });
  await removeTable(place);
});

test("of a restored table everybody learns the same: what is kept ends with the last mark of the old one", {
  skip,
}, async () => {
  await withTable(async (place, client) => {
    const first = await dynamodbStore(place);
    const before = await first.lineage();
    assert.ok(Math.abs((before?.keptUntil ?? 0) - Date.now()) < 5_000, "a new table has all that was acknowledged");
    await first.close();
    const { Items = [] } = await client.send(new ScanCommand({ TableName: place.table, ConsistentRead: true }));
    const mark = Number(Items.find((item) => item["pk"]?.S === "!mark")?.["mark"]?.N);
    await withTable(async (restored) => {
      for (const Item of Items) await client.send(new PutItemCommand({ TableName: restored.table, Item }));
      const opened = await Promise.all([1, 2, 3].map(() => dynamodbStore(restored)));
      const now = await opened[0]?.now();
      assert.ok(now !== undefined && now > mark);
      const told = await Promise.all(opened.map((store) => store.lineage()));
      for (const lineage of told) assert.deepEqual(lineage, { id: told[0]?.id, keptUntil: mark - 1_000 });
      assert.notEqual(told[0]?.id, before?.id);
      await Promise.all(opened.map((store) => store.close()));
      const later = await dynamodbStore(restored);
      assert.deepEqual(await later.lineage(), told[0]);
      await later.close();
    });
  });
});

test("a running store wants nothing of a table that came back under its name", { skip }, async () => {
  const place = await freshTable(endpoint as string);
  const store = await dynamodbStore(place);
  const before = await store.lineage();
  await removeTable(place);
  const key = "key".padEnd(43, "-") as RecordKey;
  const isUnavailable = (error: unknown): boolean => error instanceof StoreError && error.code === "unavailable";
  await assert.rejects(store.read(key), isUnavailable);
  await createTable({ ...place, deletionProtection: false });
  const next = { key, fence: "1".repeat(32) as Fence, dueAt: NEVER, doc: Uint8Array.of(1) };
  await assert.rejects(store.swap({ key, expect: null, next, publish: null }), isUnavailable);
  await assert.rejects(store.now(), isUnavailable);
  await assert.rejects(store.lineage(), isUnavailable);
  await store.close();
  const again = await dynamodbStore(place);
  assert.notEqual((await again.lineage())?.id, before?.id);
  await again.close();
  await removeTable(place);
});

test("time goes on from what any process has marked, even if that one's clock was ahead", { skip }, async () => {
  await withTable(async (place, client) => {
    const first = await dynamodbStore(place);
    const { id } = (await first.lineage()) ?? { id: "" };
    await first.close();
    const mark = Date.now() + 600_000;
    const Item = { pk: { S: "!mark" }, id: { S: id }, mark: { N: String(mark) } };
    await client.send(new PutItemCommand({ TableName: place.table, Item }));
    const store = await dynamodbStore({ ...place, wallClock: () => 0 });
    assert.equal(await store.now(), mark);
    await store.close();
  });
});

test("a machine whose wall clock is wrong still reads DynamoDB's", { skip }, async () => {
  await withTable(async (place) => {
    const store = await dynamodbStore({ ...place, wallClock: () => Date.now() - 86_400_000 });
    assert.ok(Math.abs((await store.now()) - Date.now()) < 2_000);
    await store.close();
  });
});
