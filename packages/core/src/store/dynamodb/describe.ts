import { DescribeTableCommand, DescribeTimeToLiveCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { explain, faultOf } from "./fault.ts";
import type { Described } from "./judge.ts";
import { TableOpenError } from "./open-error.ts";

/** What DynamoDB says of a table, null: there is none. */
export async function describe(client: DynamoDBClient, name: string): Promise<Described | null> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table === undefined) return null;
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
    return { table: Table, ttl: TimeToLiveDescription ?? null };
  } catch (error) {
    if (faultOf(error) === "gone") return null;
    throw openErrorOf(error, name);
  }
}

const NOT_ALLOWED: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "CredentialsProviderError",
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "ExpiredTokenException",
  "MissingAuthenticationTokenException",
  "IncompleteSignatureException",
]);

/** Why a table was not opened, for whoever asked for it. */
export function openErrorOf(error: unknown, table: string): TableOpenError {
  if (error instanceof TableOpenError) return error;
  const cause = causeOf(error);
  const said = explain(cause);
  const options = { cause };
  if (NOT_ALLOWED.has((cause as Error).name)) {
    const message = `This process may not use the table ${table} (${said}): check its credentials and its policy`;
    return new TableOpenError({ code: "not_allowed", message }, options);
  }
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === undefined || status >= 500) {
    const message = `DynamoDB does not answer for the table ${table} (${said}): check the region, the endpoint and the network`;
    return new TableOpenError({ code: "unreachable", message }, options);
  }
  return new TableOpenError({ code: "failed", message: `The table ${table} could not be opened: ${said}` }, options);
}

/** A StoreError tells what became of a request; what DynamoDB said is its cause. */
function causeOf(error: unknown): unknown {
  const { name, cause } = error as { name?: string; cause?: unknown };
  return name === "StoreError" && cause !== undefined ? cause : error;
}
