import { randomBytes } from "node:crypto";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { OpenedStore, StoreFixture } from "@semel/core/contract";
import { createTable, dynamodbStore } from "@semel/core/store/dynamodb";
import { urlOf } from "../../tools/services/running.ts";

/** Any will do: DynamoDB Local asks for some, and keeps tables of different ones apart. */
const ACCESS = { region: "eu-central-1", credentials: { accessKeyId: "semel", secretAccessKey: "semel" } } as const;

export type DynamodbPlace = typeof ACCESS & Readonly<{ endpoint: string; table: string }>;

/** A table of its own for each clause. */
export async function dynamodbFixture(): Promise<StoreFixture> {
  const endpoint = await urlOf("dynamodb");
  if (endpoint === null) throw new Error("DynamoDB Local does not run: npm run services -- up dynamodb");
  const place = await freshTable(endpoint);
  const open = async (): Promise<OpenedStore> => {
    const store = await dynamodbStore(place);
    return { store, outbox: store, browser: null };
  };
  return { open, reopen: open, remove: () => removeTable(place) };
}

export function placeAt(endpoint: string): DynamodbPlace {
  return { ...ACCESS, endpoint, table: `semel-${randomBytes(6).toString("hex")}` };
}

export async function freshTable(endpoint: string): Promise<DynamodbPlace> {
  const place = placeAt(endpoint);
  await createTable({ ...place, deletionProtection: false });
  return place;
}

export async function removeTable(place: DynamodbPlace): Promise<void> {
  const client = clientAt(place);
  await client.send(new DeleteTableCommand({ TableName: place.table }));
  client.destroy();
}

export function clientAt({ region, credentials, endpoint }: DynamodbPlace): DynamoDBClient {
  return new DynamoDBClient({ region, credentials, endpoint });
}
