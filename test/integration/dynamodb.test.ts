import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { type Fence, NEVER, type OutboxEntry, type RecordKey, type Row, StoreError } from "@semel/core/record";
import { type DynamodbStore, dynamodbStore } from "@semel/core/store/dynamodb";
import { urlOf } from "../../tools/services/running.ts";
import { clientAt, type DynamodbPlace, freshTable, removeTable } from "../contract/dynamodb-fixture.ts";

const endpoint = await urlOf("dynamodb");
const skip = endpoint === null ? "DynamoDB Local does not run: npm run services -- up dynamodb" : false;
const LARGE = 190 * 1024;

let place: DynamodbPlace;
let store: DynamodbStore;
let minted = 0;

before(async () => {
  if (endpoint === null) return;
  place = await freshTable(endpoint);
  store = await dynamodbStore(place);
});

after(async () => {
  if (endpoint === null) return;
  await store.close();
  await removeTable(place);
});

function rowOf(key: string, bytes = 16): Row {
  minted += 1;
  const fence = minted.toString(16).padStart(32, "0") as Fence;
  return { key: key.padEnd(43, "-") as RecordKey, fence, dueAt: NEVER, doc: new Uint8Array(bytes).fill(minted) };
}

function entryOf({ key, fence, doc }: Row): OutboxEntry {
  return { key, fence, epoch: 1, kind: "completed", doc };
}

const claimOf = (next: Row, publish: OutboxEntry | null = null) => ({ key: next.key, expect: null, next, publish });
const isUnavailable = (error: unknown): boolean => error instanceof StoreError && error.code === "unavailable";

async function itemsLeft(prefix: string): Promise<string[]> {
  const client = clientAt(place);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: place.table, ConsistentRead: true }));
  client.destroy();
  return Items.map((item) => item["pk"]?.S ?? "").filter((key) => key.startsWith(prefix));
}

test("two processes that race for the same keys: each key has one winner, and the other one is shown its row", {
  skip,
}, async () => {
  const rival = await dynamodbStore(place);
  const keys = Array.from({ length: 60 }, (_, at) => `race_${at}`);
  const raced = await Promise.all(
    keys.map(async (key, at) => {
      const rows = [rowOf(key), rowOf(key)] as const;
      const [first, second] = [claimOf(rows[0]), claimOf(rows[1])];
      // Each begins half of the races.
      const ahead = at % 2 === 0 ? null : rival.swap(second);
      const results = await Promise.all([store.swap(first), ahead ?? rival.swap(second)]);
      return { rows, results };
    }),
  );
  let rivalWon = 0;
  for (const { rows, results } of raced) {
    assert.equal(results.filter(({ won }) => won).length, 1);
    const [mine, theirs] = results;
    rivalWon += theirs.won ? 1 : 0;
    const [loser, winner] = mine.won ? [theirs, rows[0]] : [mine, rows[1]];
    assert.deepEqual(loser.won ? null : loser.current?.fence, winner.fence);
  }
  assert.ok(rivalWon > 0 && rivalWon < keys.length, `the rival won ${rivalWon} of ${keys.length}`);
  await rival.close();
  await store.drop(raced.flatMap(({ rows }) => rows));
});

test("more swaps at once than there are connections all win", { skip }, async () => {
  const rows = Array.from({ length: 600 }, (_, at) => rowOf(`many_${at}`));
  const results = await Promise.all(rows.map((row) => store.swap(claimOf(row))));
  assert.ok(results.every(({ won }) => won));
  await store.drop(rows);
});

test("a queued swap that nobody wants any more is refused when its turn comes, and was not written", {
  skip,
}, async () => {
  const rows = Array.from({ length: 300 }, (_, at) => rowOf(`wanted_${at}`));
  let wanted = true;
  const swaps = rows.map((row) => store.swap({ ...claimOf(row), wanted: () => wanted }));
  wanted = false;
  const settled = await Promise.allSettled(swaps);
  const refused = settled.flatMap((it, at) => (it.status === "rejected" ? [{ at, reason: it.reason }] : []));
  assert.ok(refused.length > 100 && refused.length < 300, `${refused.length} were refused`);
  for (const { at, reason } of refused) {
    assert.ok(isUnavailable(reason));
    assert.equal(await store.read((rows[at] as Row).key), null);
  }
  await store.drop(rows);
});

test("entries outlive a dropped row, and the last acknowledgement removes what is left of the item", {
  skip,
}, async () => {
  const [row, again] = [rowOf("drop"), rowOf("drop")];
  await store.swap(claimOf(row, entryOf(row)));
  await store.drop([row]);
  assert.equal(await store.read(row.key), null);
  assert.deepEqual((await store.swap(claimOf(again, entryOf(again)))).won, true);
  await store.drop([again]);
  const first = await store.take(1);
  assert.deepEqual(first.entries, [entryOf(row)]);
  await store.ack(first);
  assert.deepEqual(await itemsLeft("drop"), [row.key]);
  const second = await store.take(9);
  assert.deepEqual(second.entries, [entryOf(again)]);
  await store.ack(second);
  assert.deepEqual(await itemsLeft("drop"), []);
});

test("where large entries wait, the next swap is refused whole; after the relay it wins", { skip }, async () => {
  const [row, next, last] = [rowOf("large", LARGE), rowOf("large", LARGE), rowOf("large", LARGE)];
  await store.swap(claimOf(row, entryOf(row)));
  const swap = { key: row.key, expect: row.fence, next, publish: entryOf(next) };
  await assert.rejects(store.swap(swap), isUnavailable);
  assert.equal((await store.read(row.key))?.fence, row.fence);
  assert.equal((await store.swap({ ...swap, publish: null })).won, true, "a swap that publishes nothing still fits");
  await store.ack(await store.take(9));
  const later = { key: row.key, expect: next.fence, next: last, publish: entryOf(last) };
  assert.equal((await store.swap(later)).won, true);
  await store.ack(await store.take(9));
  await store.drop([last]);
  assert.deepEqual(await itemsLeft("large"), []);
});

test("two relays beside swaps and drops: every entry is taken, and nothing is left behind", { skip }, async () => {
  const published = new Set<string>();
  const taken = new Set<string>();
  let writing = true;
  const relay = async (limit: number): Promise<void> => {
    for (let idle = false; writing || !idle; ) {
      const batch = await store.take(limit);
      for (const { fence } of batch.entries) taken.add(fence);
      await store.ack(batch);
      idle = batch.entries.length === 0;
    }
  };
  const relays = [relay(1), relay(3)];
  const write = async (key: string): Promise<void> => {
    for (let round = 0; round < 4; round += 1) {
      let row = rowOf(key);
      await store.swap(claimOf(row, entryOf(row)));
      published.add(row.fence);
      for (let link = 0; link < 3; link += 1) {
        const next = rowOf(key);
        const swap = { key: row.key, expect: row.fence, next, publish: entryOf(next) };
        assert.equal((await store.swap(swap)).won, true);
        published.add(next.fence);
        row = next;
      }
      await store.drop([row]);
    }
  };
  await Promise.all(["relay_1", "relay_2", "relay_3"].map(write)).finally(() => {
    writing = false;
  });
  await Promise.all(relays);
  assert.deepEqual([...taken].sort(), [...published].sort());
  assert.deepEqual(await itemsLeft("relay"), []);
});
