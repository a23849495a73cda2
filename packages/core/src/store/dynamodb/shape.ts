import type { CreateTableInput } from "@aws-sdk/client-dynamodb";
import type { RecordKey } from "../../record/index.ts";

/**
 * Partitions of each index. One partition takes 1,000 writes a second, a full index holds up the writes of the table, and a
 * payment writes an index about 6 times in its life: at 1,000 payments a second each of 16 is at 375. May grow, never shrink:
 * what lies in a shard that nobody asks for is never found.
 */
const SHARDS = 16;

/** Names count in an item's size, and all of them together are 60 bytes. */
export const ATTRIBUTE = {
  key: "pk",
  fence: "fence",
  doc: "doc",
  due: "due",
  dueShard: "due_shard",
  outShard: "out_shard",
  outLast: "out_last",
} as const;

export type Index = Readonly<{ name: "due" | "outbox"; shard: string; sort: string; type: "N" | "S" }>;

/** Both are sparse: an item without their two keys is not in them, and costs them nothing. */
export const INDEX: Readonly<Record<Index["name"], Index>> = {
  due: { name: "due", shard: ATTRIBUTE.dueShard, sort: ATTRIBUTE.due, type: "N" },
  outbox: { name: "outbox", shard: ATTRIBUTE.outShard, sort: ATTRIBUTE.outLast, type: "S" },
};

export const INDEXES: readonly Index[] = Object.values(INDEX);

export const shards: readonly string[] = Array.from({ length: SHARDS }, (_, shard) => String(shard));

/** The shard of a key's items (FNV-1a, for keys need not be random in every character). */
export function shardOf(key: RecordKey): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return shards[(hash >>> 0) % SHARDS] as string;
}

/**
 * What a table must be. The indexes hold keys only: an index that held rows would double every write, and be stale. Time to live
 * stays off: DynamoDB deletes by it whatever the row became since, and a row may only go under its own fence.
 */
export function tableInput(name: string, deletionProtection: boolean): CreateTableInput {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: deletionProtection,
    KeySchema: [{ AttributeName: ATTRIBUTE.key, KeyType: "HASH" }],
    AttributeDefinitions: [
      { AttributeName: ATTRIBUTE.key, AttributeType: "S" },
      ...INDEXES.flatMap(({ shard, sort, type }) => [
        { AttributeName: shard, AttributeType: "S" as const },
        { AttributeName: sort, AttributeType: type },
      ]),
    ],
    GlobalSecondaryIndexes: INDEXES.map(({ name: IndexName, shard, sort }) => ({
      IndexName,
      KeySchema: [
        { AttributeName: shard, KeyType: "HASH" },
        { AttributeName: sort, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
  };
}
