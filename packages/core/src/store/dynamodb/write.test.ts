import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  AUTHORITY_KEY,
  type Fence,
  type Instant,
  instant,
  NEVER,
  type OutboxEntry,
  type RecordKey,
  StoreError,
} from "../../record/index.ts";
import { entryName, entryValue, type Pending, pendingIn, rowIn } from "./item.ts";
import { INDEXES, shardOf, shards, tableInput } from "./shape.ts";
import { DOC_BYTES_MAX, dropItem, dropRow, forgetInput, swapInput } from "./write.ts";

const KEY = "k".repeat(43) as RecordKey;
const ITEM_BYTES_MAX = 400 * 1024;
const fence = (digit: number): Fence => String(digit).repeat(32) as Fence;
const rowOf = (dueAt: Instant, key: RecordKey = KEY) => ({ key, fence: fence(2), dueAt, doc: Uint8Array.of(1, 2) });
const entryOf = (of: Fence): OutboxEntry => ({
  key: KEY,
  epoch: 3,
  fence: of,
  kind: "completed",
  doc: Uint8Array.of(7),
});
const claim = (dueAt: Instant) => ({ key: KEY, expect: null, next: rowOf(dueAt), publish: null });

test("a claim holds only where there is no row, and entries that still wait are not touched", () => {
  const input = swapInput("t", claim(instant(5)));
  assert.equal(input.ConditionExpression, "attribute_not_exists(fence)");
  assert.equal(input.UpdateExpression, "SET fence = :fence, doc = :doc, due = :due, due_shard = :shard");
  assert.equal(input.ReturnValuesOnConditionCheckFailure, "ALL_OLD");
});

test("row and entry are in one write, under one condition", () => {
  const swap = { ...claim(instant(5)), expect: fence(1), publish: entryOf(fence(2)) };
  const input = swapInput("t", swap);
  assert.equal(input.ConditionExpression, "fence = :expect");
  assert.match(input.UpdateExpression ?? "", /, #entry = :entry, out_last = :last, out_shard = :out$/);
  assert.deepEqual(input.ExpressionAttributeNames, { "#entry": entryName(fence(2)) });
  assert.deepEqual(input.ExpressionAttributeValues?.[":last"], { S: fence(2) });
});

test("what is never due leaves the index, and the authority's row is in none", () => {
  assert.match(swapInput("t", claim(NEVER)).UpdateExpression ?? "", / REMOVE due, due_shard$/);
  const next = rowOf(instant(5), AUTHORITY_KEY);
  const input = swapInput("t", { key: AUTHORITY_KEY, expect: null, next, publish: null });
  assert.equal(input.UpdateExpression, "SET fence = :fence, doc = :doc, due = :due");
});

test("a doc over the limit is refused before anything is sent, that of an entry too", () => {
  const large = { ...rowOf(NEVER), doc: new Uint8Array(DOC_BYTES_MAX + 1) };
  for (const swap of [
    { ...claim(NEVER), next: large },
    { ...claim(NEVER), publish: { ...entryOf(fence(2)), doc: large.doc } },
  ]) {
    assert.throws(
      () => swapInput("t", swap),
      (error) => error instanceof StoreError && error.code === "unavailable" && /194561 bytes/.test(error.message),
    );
  }
});

test("the largest row and the largest entry fit into one item, with room for more", () => {
  const doc = new Uint8Array(DOC_BYTES_MAX);
  const swap = { ...claim(instant(5)), next: { ...rowOf(instant(5)), doc }, publish: { ...entryOf(fence(2)), doc } };
  const { ExpressionAttributeValues: values = {} } = swapInput("t", swap);
  const names = `pk fence doc due due_shard out_shard out_last ${entryName(fence(2))}`.length;
  const bytes = Object.values(values).reduce((sum, value) => sum + bytesOf(value), names + KEY.length);
  assert.ok(bytes < ITEM_BYTES_MAX - 16 * 1024, `${bytes} bytes`);
});

test("an item without a fence has no row, whatever waits in it", () => {
  const item = { pk: { S: KEY }, out_last: { S: fence(2) }, [entryName(fence(2))]: entryValue(entryOf(fence(2))) };
  assert.equal(rowIn(item), null);
  assert.deepEqual(pendingIn(item), {
    ...{ key: KEY, last: fence(2), hasRow: false },
    entries: [entryOf(fence(2))],
  });
  assert.equal(rowIn(null), null);
  assert.equal(pendingIn({ pk: { S: KEY } }), null);
});

test("an item that Semel did not write is corrupt, not free", () => {
  assert.throws(() => rowIn({ pk: { S: KEY }, fence: { S: "7" }, doc: { B: Uint8Array.of(1) } }), /restore the table/);
  assert.throws(() => rowIn({ pk: { S: KEY }, fence: { S: fence(1) } }), /restore the table/);
});

test("a row goes with its item, or alone where entries wait; each condition excludes the other case", () => {
  const row = { key: KEY, fence: fence(2) };
  assert.equal(dropItem("t", row).ConditionExpression, "fence = :fence AND attribute_not_exists(out_last)");
  assert.equal(dropRow("t", row).ConditionExpression, "fence = :fence AND attribute_exists(out_last)");
});

const seen = (count: number, hasRow: boolean): Pending => {
  const entries = [entryOf(fence(1)), entryOf(fence(2))].slice(0, count);
  return { key: KEY, last: fence(count), hasRow, entries };
};

test("an entry is forgotten alone only while the one that is left is there", () => {
  const input = forgetInput("t", seen(2, true), new Set([fence(1)]));
  assert.ok("UpdateExpression" in input);
  assert.equal(input.UpdateExpression, "REMOVE #e0");
  assert.equal(input.ConditionExpression, "attribute_exists(#left)");
  assert.deepEqual(input.ExpressionAttributeNames, { "#e0": entryName(fence(1)), "#left": entryName(fence(2)) });
});

test("with the last entry the item leaves the index, and is deleted where it has no row", () => {
  const both = new Set([fence(1), fence(2)]);
  const update = forgetInput("t", seen(2, true), both);
  assert.ok("UpdateExpression" in update);
  assert.equal(update.UpdateExpression, "REMOVE out_last, out_shard, #e0, #e1");
  assert.equal(update.ConditionExpression, "out_last = :last AND attribute_exists(fence)");
  const removal = forgetInput("t", seen(2, false), both);
  assert.equal("UpdateExpression" in removal, false);
  assert.equal(removal.ConditionExpression, "out_last = :last AND attribute_not_exists(fence)");
});

test("keys spread over all shards, and a key is always in the same one", () => {
  const counts = new Map(shards.map((shard) => [shard, 0]));
  for (let at = 0; at < 16_000; at += 1) {
    const shard = shardOf(`key_${at}`.padEnd(43, "-") as RecordKey);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  for (const [shard, count] of counts) assert.ok(count > 700 && count < 1_300, `shard ${shard} has ${count} of 16,000`);
  assert.equal(shardOf(KEY), shardOf(KEY));
});

test("a table has both indexes, with keys only", () => {
  const input = tableInput("t", true);
  assert.equal(input.DeletionProtectionEnabled, true);
  assert.deepEqual(
    input.GlobalSecondaryIndexes?.map(({ Projection }) => Projection?.ProjectionType),
    ["KEYS_ONLY", "KEYS_ONLY"],
  );
  assert.equal(input.GlobalSecondaryIndexes?.length, INDEXES.length);
});

/** As DynamoDB counts: a number of 13 digits is 8 bytes, a map 3 and one more for each member. */
function bytesOf({ S, N, B, M }: AttributeValue): number {
  if (M !== undefined) return Object.entries(M).reduce((sum, [name, it]) => sum + name.length + 1 + bytesOf(it), 3);
  return (S?.length ?? 0) + (B?.length ?? 0) + (N === undefined ? 0 : Math.ceil(N.length / 2) + 1);
}
