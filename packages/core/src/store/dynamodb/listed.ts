import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemInput,
  type BatchGetItemOutput,
  QueryCommand,
  type QueryInput,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "./item.ts";
import type { Requests } from "./requests.ts";
import { ATTRIBUTE, type Index } from "./shape.ts";

/** Items of one request, 10 MB at the most: DynamoDB gives up to 100, and up to 16 MB. */
const ITEMS_MAX = 25;
/** Requests for what earlier ones left out. An index is a hint: what is still left out then comes the next time. */
const ROUNDS_MAX = 4;

/** What an index says of an item. `sort` as it was when the index was written: it may lag behind. */
export type Listed = Readonly<{ key: string; sort: string }>;

/** The first of one shard of an index, in the order of what it is sorted by; up to `to` where that is given. */
export async function listed(
  requests: Requests,
  table: string,
  { name, shard, sort, type }: Index,
  range: Readonly<{ shard: string; limit: number; to: string | null }>,
): Promise<readonly Listed[]> {
  const to: Record<string, AttributeValue> = range.to === null ? {} : { ":to": { N: range.to } };
  const input: QueryInput = {
    TableName: table,
    IndexName: name,
    KeyConditionExpression: range.to === null ? `${shard} = :shard` : `${shard} = :shard AND ${sort} <= :to`,
    ExpressionAttributeValues: { ":shard": { S: range.shard }, ...to },
    Limit: range.limit,
  };
  const { Items = [] } = await requests.read((client) => client.send(new QueryCommand(input)));
  return Items.map((item) => ({ key: item[ATTRIBUTE.key]?.S ?? "", sort: item[sort]?.[type as "S"] ?? "" }));
}

/** The items themselves, as they are now. */
export async function itemsOf(requests: Requests, table: string, keys: readonly string[]): Promise<readonly Item[]> {
  const unique = [...new Set(keys)];
  const groups = Array.from({ length: Math.ceil(unique.length / ITEMS_MAX) }, (_, at) =>
    unique.slice(at * ITEMS_MAX, (at + 1) * ITEMS_MAX),
  );
  return (await Promise.all(groups.map((group) => (group.length === 0 ? [] : someOf(requests, table, group))))).flat();
}

async function someOf(requests: Requests, table: string, keys: readonly string[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  const Keys = keys.map((key) => ({ [ATTRIBUTE.key]: { S: key } }));
  let left: BatchGetItemInput["RequestItems"] = { [table]: { Keys, ConsistentRead: true } };
  for (let round = 0; round < ROUNDS_MAX && left?.[table] !== undefined; round += 1) {
    const input: BatchGetItemInput = { RequestItems: left };
    const answer: BatchGetItemOutput = await requests.read((client) => client.send(new BatchGetItemCommand(input)));
    const { Responses, UnprocessedKeys } = answer;
    found.push(...(Responses?.[table] ?? []));
    left = UnprocessedKeys;
  }
  return found;
}
