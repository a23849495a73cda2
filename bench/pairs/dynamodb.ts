import { type DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamodbStore } from "@semel/core/store/dynamodb";
import { clientAt, freshTable, removeTable } from "../../test/contract/dynamodb-fixture.ts";
import { nextPair } from "../store/rows.ts";
import type { Pairs } from "./pairs.ts";
import { swapsOn } from "./swaps.ts";

export async function dynamodbPairs(endpoint: string): Promise<Pairs> {
  const place = await freshTable(endpoint);
  const store = await dynamodbStore(place);
  const close = async (): Promise<void> => {
    await store.close();
    await removeTable(place);
  };
  return { pair: swapsOn(store), close };
}

/** A conditional put and an update, as in every example: the same table, its index of what is due left empty. */
export async function dynamodbNaivePairs(endpoint: string): Promise<Pairs> {
  const place = await freshTable(endpoint);
  const client: DynamoDBClient = clientAt(place);
  const pair = async (): Promise<void> => {
    const { claim, completion } = nextPair();
    await client.send(
      new PutItemCommand({
        TableName: place.table,
        Item: { pk: { S: claim.key }, doc: { B: claim.doc } },
        ConditionExpression: "attribute_not_exists(#key)",
        ExpressionAttributeNames: { "#key": "pk" },
      }),
    );
    await client.send(
      new UpdateItemCommand({
        TableName: place.table,
        Key: { pk: { S: claim.key } },
        UpdateExpression: "SET doc = :doc",
        ExpressionAttributeValues: { ":doc": { B: completion.doc } },
      }),
    );
  };
  const close = async (): Promise<void> => {
    client.destroy();
    await removeTable(place);
  };
  return { pair, close };
}
