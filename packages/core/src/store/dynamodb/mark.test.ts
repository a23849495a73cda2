import assert from "node:assert/strict";
import { test } from "node:test";
import type { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ServerClock } from "./clock.ts";
import { Gate } from "./gate.ts";
import type { Item } from "./item.ts";
import { Mark } from "./mark.ts";
import { Requests } from "./requests.ts";

type Command = GetItemCommand | PutItemCommand;

const BEGUN = 1_790_000_000_000;

/** A table with its mark and perhaps the authority's row, whose clock is as late as it is told. */
function setting() {
  let at = 0;
  const table: { item: Item | undefined; authority: Item | undefined } = { item: undefined, authority: undefined };
  const send = async ({ input }: Command) => {
    if ("Key" in input) return { Item: input.Key?.["pk"]?.S === "!mark" ? table.item : table.authority };
    table.item = "Item" in input ? input.Item : undefined;
    return {};
  };
  const clock = new ServerClock({ wall: () => BEGUN + at, monotonic: () => at });
  const requests = new Requests({ send } as unknown as DynamoDBClient, new Gate());
  const pass = (ms: number): void => {
    at += ms;
  };
  return { table, pass, mark: new Mark(requests, "t", clock) };
}

const describes = (id: string) => {
  let times = 0;
  const measure = async (): Promise<string> => {
    times += 1;
    return id;
  };
  return { measure, times: () => times };
};

test("who sees the table all the while need not have it described", async () => {
  const { mark, pass } = setting();
  const described = describes("one");
  await mark.adopt("one");
  for (let at = 0; at < 100; at += 1) {
    pass(3_000);
    assert.deepEqual(await mark.lineage(described.measure), { id: "one", keptUntil: BEGUN });
  }
  assert.equal(described.times(), 0);
});

test("who did not see it for a minute asks which table it is, and learns of a restored one what is kept", async () => {
  const { mark, pass } = setting();
  const [same, restored] = [describes("one"), describes("two")];
  await mark.adopt("one");
  pass(61_000);
  assert.equal((await mark.lineage(same.measure))?.id, "one");
  pass(61_000);
  assert.deepEqual(await mark.lineage(restored.measure), { id: "two", keptUntil: BEGUN - 1_000 });
  assert.deepEqual([same.times(), restored.times()], [1, 1]);
  assert.deepEqual(await mark.lineage(restored.measure), { id: "two", keptUntil: BEGUN - 1_000 });
});

test("a mark of another table is looked into at once", async () => {
  const { mark, table } = setting();
  await mark.adopt("one");
  table.item = { ...table.item, id: { S: "two" }, kept: { N: "7" } };
  assert.deepEqual(await mark.lineage(describes("two").measure), { id: "two", keptUntil: 7 });
});

test("where the mark is gone, nothing is known to be kept", async () => {
  const { mark, table } = setting();
  await mark.adopt("one");
  table.item = undefined;
  table.authority = { pk: { S: "!authority" } };
  assert.deepEqual(await mark.lineage(describes("one").measure), { id: "one", keptUntil: 0 });
});

test("of a history that nobody can tell, nothing is told", async () => {
  const { mark } = setting();
  await mark.adopt("");
  assert.equal(await mark.lineage(describes("one").measure), null);
});
