import type { DeleteItemInput, UpdateItemInput } from "@aws-sdk/client-dynamodb";
import {
  AUTHORITY_KEY,
  type Fence,
  NEVER,
  type OutboxEntry,
  type RecordKey,
  StoreError,
  type Swap,
} from "../../record/index.ts";
import { entryName, entryValue, type Pending } from "./item.ts";
import { ATTRIBUTE, shardOf } from "./shape.ts";

/**
 * DynamoDB keeps 409,600 bytes an item, all names and values together. A row and one entry with docs of this size are 389,120,
 * and what is left has room for names, numbers and a few entries without an answer. Where more large entries wait for a relay,
 * DynamoDB refuses the next swap that publishes, before it changes anything, until the relay has taken them.
 */
export const DOC_BYTES_MAX: number = 190 * 1024;

/** The loser is shown the item that was in its way, in the same answer. */
const SHOWN = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

/** One conditional write of row and entry. It changes nothing of the entries that are there already. */
export function swapInput(table: string, { key, expect, next, publish }: Swap): UpdateItemInput {
  const docBytes = Math.max(next.doc.length, publish?.doc.length ?? 0);
  if (docBytes > DOC_BYTES_MAX)
    throw new StoreError("unavailable", `A doc of ${docBytes} bytes is over the limit of ${DOC_BYTES_MAX}`);
  const due = dueOf(key, next.dueAt);
  const out = publish === null ? null : outOf(key, publish);
  const removed = due.removed.length === 0 ? "" : ` REMOVE ${due.removed.join(", ")}`;
  return {
    TableName: table,
    Key: { [ATTRIBUTE.key]: { S: key } },
    UpdateExpression: `SET fence = :fence, doc = :doc${due.set}${out?.set ?? ""}${removed}`,
    ConditionExpression: expect === null ? "attribute_not_exists(fence)" : "fence = :expect",
    ...(out === null ? {} : { ExpressionAttributeNames: out.names }),
    ExpressionAttributeValues: {
      ":fence": { S: next.fence },
      ":doc": { B: next.doc },
      ...(expect === null ? {} : { ":expect": { S: expect } }),
      ...due.values,
      ...out?.values,
    },
    ...SHOWN,
  };
}

/** NEVER is no time, and the authority's row has one but is in no index. */
function dueOf(key: RecordKey, dueAt: number) {
  if (dueAt >= NEVER) return { set: "", removed: [ATTRIBUTE.due, ATTRIBUTE.dueShard], values: {} };
  const value = { ":due": { N: String(dueAt) } };
  if (key === AUTHORITY_KEY) return { set: ", due = :due", removed: [], values: value };
  const values = { ...value, ":shard": { S: shardOf(key) } };
  return { set: ", due = :due, due_shard = :shard", removed: [], values };
}

function outOf(key: RecordKey, publish: OutboxEntry) {
  return {
    set: ", #entry = :entry, out_last = :last, out_shard = :out",
    names: { "#entry": entryName(publish.fence) },
    values: { ":entry": entryValue(publish), ":last": { S: publish.fence }, ":out": { S: shardOf(key) } },
  };
}

type Dropped = Readonly<{ key: RecordKey; fence: Fence }>;

/** Removes an item, unless its row was swapped or entries of it wait. */
export function dropItem(table: string, { key, fence }: Dropped): DeleteItemInput {
  return {
    TableName: table,
    Key: { [ATTRIBUTE.key]: { S: key } },
    ConditionExpression: "fence = :fence AND attribute_not_exists(out_last)",
    ExpressionAttributeValues: { ":fence": { S: fence } },
    ...SHOWN,
  };
}

/** Removes a row from an item whose entries still wait. */
export function dropRow(table: string, { key, fence }: Dropped): UpdateItemInput {
  return {
    TableName: table,
    Key: { [ATTRIBUTE.key]: { S: key } },
    UpdateExpression: "REMOVE fence, doc, due, due_shard",
    ConditionExpression: "fence = :fence AND attribute_exists(out_last)",
    ExpressionAttributeValues: { ":fence": { S: fence } },
    ...SHOWN,
  };
}

/**
 * How to forget the acknowledged entries of an item that was last seen so. Whoever removes the last entry also takes the item out
 * of the index, and removes it whole where it has no row: each condition says that the item is still what this was decided on.
 */
export function forgetInput(
  table: string,
  seen: Pending,
  acked: ReadonlySet<Fence>,
): UpdateItemInput | DeleteItemInput {
  const [gone, left] = [
    seen.entries.filter((it) => acked.has(it.fence)),
    seen.entries.find((it) => !acked.has(it.fence)),
  ];
  const item = { TableName: table, Key: { [ATTRIBUTE.key]: { S: seen.key } }, ...SHOWN };
  const [names, removed] = [
    Object.fromEntries(gone.map((it, at) => [`#e${at}`, entryName(it.fence)])),
    gone.map((_, at) => `#e${at}`),
  ];
  if (left !== undefined) {
    return {
      ...item,
      UpdateExpression: `REMOVE ${removed.join(", ")}`,
      ConditionExpression: "attribute_exists(#left)",
      ExpressionAttributeNames: { ...names, "#left": entryName(left.fence) },
    };
  }
  const values = { ExpressionAttributeValues: { ":last": { S: seen.last } } };
  if (!seen.hasRow)
    return { ...item, ...values, ConditionExpression: "out_last = :last AND attribute_not_exists(fence)" };
  return {
    ...item,
    ...values,
    UpdateExpression: `REMOVE ${["out_last", "out_shard", ...removed].join(", ")}`,
    ConditionExpression: "out_last = :last AND attribute_exists(fence)",
    ...(gone.length === 0 ? {} : { ExpressionAttributeNames: names }),
  };
}
