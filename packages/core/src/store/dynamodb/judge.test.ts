import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { judge } from "./judge.ts";
import { TableOpenError } from "./open-error.ts";
import { tableInput } from "./shape.ts";

const input = tableInput("semel", true);
const TABLE: TableDescription = {
  TableName: "semel",
  TableArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/semel",
  TableId: "an-id",
  TableStatus: "ACTIVE",
  ...{ KeySchema: input.KeySchema, AttributeDefinitions: input.AttributeDefinitions },
  GlobalSecondaryIndexes: (input.GlobalSecondaryIndexes ?? []).map((index) => ({ ...index, IndexStatus: "ACTIVE" })),
};

function judged(changes: Partial<TableDescription>, homeRegionOnly = false) {
  return judge({ table: { ...TABLE, ...changes }, ttl: null }, homeRegionOnly);
}

function refusedAs(code: string, says: RegExp) {
  return (error: unknown) => error instanceof TableOpenError && error.code === code && says.test(error.message);
}

test("a table in one region survives the loss of a node, and its id is its history's", () => {
  const { guarantees, lineageId } = judged({});
  assert.deepEqual([guarantees.linearizable, guarantees.survives, lineageId], [true, "node-loss", "an-id"]);
});

test("strong consistency survives a failover, and every region calls its history the same", () => {
  const replicas = (...names: string[]) => names.map((RegionName) => ({ RegionName }));
  const arn = (region: string) => `arn:aws:dynamodb:${region}:123456789012:table/semel`;
  const strong = { MultiRegionConsistency: "STRONG" } as const;
  const east = judged({
    ...strong,
    TableId: "one",
    TableArn: arn("us-east-1"),
    Replicas: replicas("us-west-2", "us-east-2"),
  });
  const west = judged({
    ...strong,
    ...{ TableId: "two", TableArn: arn("us-west-2"), Replicas: replicas("us-east-2", "us-east-1", "us-west-2") },
  });
  assert.deepEqual([east.guarantees.linearizable, east.guarantees.survives], [true, "failover"]);
  assert.equal(east.lineageId, "strong:us-east-1,us-east-2,us-west-2");
  assert.equal(west.lineageId, east.lineageId);
});

test("a global table of eventual consistency is refused, or said not to be linearizable", () => {
  for (const MultiRegionConsistency of ["EVENTUAL", undefined] as const) {
    const changes = {
      Replicas: [{ RegionName: "us-west-2" }],
      ...(MultiRegionConsistency === undefined ? {} : { MultiRegionConsistency }),
    };
    assert.throws(
      () => judged(changes),
      refusedAs("eventual_global_table", /strong consistency, or set homeRegionOnly/),
    );
    const { guarantees, lineageId } = judged(changes, true);
    assert.deepEqual([guarantees.linearizable, guarantees.survives, lineageId], [false, "node-loss", null]);
  }
});

test("of a test server nobody knows what it survives", () => {
  const TableArn = "arn:aws:dynamodb:ddblocal:000000000000:table/semel";
  assert.equal(judged({ TableArn }).guarantees.survives, "process-crash");
});

test("another program's table is refused, and so is one without an index", () => {
  const KeySchema = [{ AttributeName: "id", KeyType: "HASH" as const }];
  assert.throws(() => judged({ KeySchema }), refusedAs("foreign_table", /its key is id HASH/));
  const sorted = [...(TABLE.KeySchema ?? []), { AttributeName: "due", KeyType: "RANGE" as const }];
  assert.throws(() => judged({ KeySchema: sorted }), refusedAs("foreign_table", /pk HASH, due RANGE/));
  const AttributeDefinitions = [{ AttributeName: "pk", AttributeType: "B" as const }];
  assert.throws(() => judged({ AttributeDefinitions }), refusedAs("foreign_table", /of its own/));
  assert.throws(() => judged({ GlobalSecondaryIndexes: [] }), refusedAs("foreign_table", /lacks the index "due"/));
});

test("a table that is made or deleted is refused for now; one whose settings are changed works", () => {
  for (const TableStatus of ["CREATING", "DELETING", "ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"] as const) {
    assert.throws(() => judged({ TableStatus }), refusedAs("not_active", new RegExp(TableStatus)));
  }
  assert.equal(judged({ TableStatus: "UPDATING" }).guarantees.survives, "node-loss");
  const [due, outbox] = TABLE.GlobalSecondaryIndexes ?? [];
  const GlobalSecondaryIndexes = [{ ...due }, { ...outbox, IndexStatus: "CREATING" as const }];
  assert.throws(() => judged({ GlobalSecondaryIndexes }), refusedAs("not_active", /index "outbox"/));
});

test("time to live is refused, even while it is being turned off", () => {
  for (const TimeToLiveStatus of ["ENABLED", "ENABLING", "DISABLING"] as const) {
    const ttl = { TimeToLiveStatus, AttributeName: "due" };
    assert.throws(() => judge({ table: TABLE, ttl }, false), refusedAs("ttl_enabled", /Turn it off/));
  }
  assert.equal(judge({ table: TABLE, ttl: { TimeToLiveStatus: "DISABLED" } }, false).lineageId, "an-id");
});
