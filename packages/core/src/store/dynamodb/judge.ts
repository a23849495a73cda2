import type { TableDescription, TimeToLiveDescription } from "@aws-sdk/client-dynamodb";
import type { Guarantees, Survival } from "../../record/index.ts";
import { type OpenCode, TableOpenError } from "./open-error.ts";
import { INDEXES, tableInput } from "./shape.ts";
import { DOC_BYTES_MAX } from "./write.ts";

/** `lineageId`: changes with whatever may have lost history; null: nobody can tell. */
export type Judged = Readonly<{ guarantees: Guarantees; lineageId: string | null }>;
export type Described = Readonly<{ table: TableDescription; ttl: TimeToLiveDescription | null }>;

/** A table works while its settings, an index or a replica are being changed; only then is it UPDATING. */
const USABLE: ReadonlySet<string> = new Set(["ACTIVE", "UPDATING"]);
/** No account has this number: DynamoDB Local and its like answer with it. What they survive, nobody knows. */
const TEST_ACCOUNT = "000000000000";

/** What may be promised of this table. Throws TableOpenError where it is not one to keep payments in. */
export function judge({ table, ttl }: Described, homeRegionOnly: boolean): Judged {
  const name = table.TableName ?? "";
  refuseForeign(table, name);
  refuseUnusable(table, name);
  const status = ttl?.TimeToLiveStatus ?? "DISABLED";
  if (status !== "DISABLED") {
    const message = `Time to live is ${status} for ${name}: DynamoDB would delete rows that are still needed. Turn it off`;
    throw refused("ttl_enabled", message);
  }
  const [, , , region = "", account = ""] = (table.TableArn ?? "").split(":");
  const replicas = (table.Replicas ?? []).map((replica) => replica.RegionName ?? "");
  if (replicas.length === 0) {
    const survives = account === TEST_ACCOUNT ? "process-crash" : "node-loss";
    return { guarantees: promise(true, survives), lineageId: idOf(table) };
  }
  if (table.MultiRegionConsistency === "STRONG") {
    // Every replica has an id of its own, and none of them loses anything that another one has acknowledged.
    const lineageId = `strong:${[...new Set([...replicas, region])].sort().join()}`;
    return { guarantees: promise(true, "failover"), lineageId };
  }
  if (!homeRegionOnly) throw refused("eventual_global_table", eventual(name));
  // What another region still lacks of this one's writes has no order: no mark of time says what is there.
  return { guarantees: promise(false, "node-loss"), lineageId: null };
}

/** DynamoDB Local gives no ids. */
function idOf({ TableId, CreationDateTime }: TableDescription): string | null {
  return TableId ?? CreationDateTime?.toISOString() ?? null;
}

function promise(linearizable: boolean, survives: Survival): Guarantees {
  return { linearizable, survives, docBytesMax: DOC_BYTES_MAX };
}

function refuseForeign(table: TableDescription, name: string): void {
  const wanted = tableInput(name, false);
  const types = new Map(table.AttributeDefinitions?.map((it) => [it.AttributeName, it.AttributeType]));
  const sameTypes = wanted.AttributeDefinitions?.every((it) => types.get(it.AttributeName) === it.AttributeType);
  if (!sameTypes || sayKeys(table.KeySchema) !== sayKeys(wanted.KeySchema)) {
    const message = `${name} is not a table that Semel made (its key is ${sayKeys(table.KeySchema)}): give Semel a table of its own, made by \`semel store migrate\``;
    throw refused("foreign_table", message);
  }
  for (const { IndexName, KeySchema } of wanted.GlobalSecondaryIndexes ?? []) {
    const found = table.GlobalSecondaryIndexes?.find((index) => index.IndexName === IndexName);
    if (sayKeys(found?.KeySchema) === sayKeys(KeySchema)) continue;
    const message = `The table ${name} lacks the index "${IndexName}" on ${sayKeys(KeySchema)}: make a new table by \`semel store migrate\``;
    throw refused("foreign_table", message);
  }
}

function refuseUnusable(table: TableDescription, name: string): void {
  if (!USABLE.has(table.TableStatus ?? "")) {
    throw refused("not_active", `The table ${name} is ${table.TableStatus}: wait until it is ACTIVE`);
  }
  for (const { name: index } of INDEXES) {
    const status = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index)?.IndexStatus ?? "";
    if (!USABLE.has(status)) {
      throw refused("not_active", `The index "${index}" of ${name} is ${status}: wait until it is ACTIVE`);
    }
  }
}

function sayKeys(keys: TableDescription["KeySchema"] = []): string {
  return keys.map((key) => `${key.AttributeName} ${key.KeyType}`).join(", ") || "none";
}

function eventual(name: string): string {
  return `${name} is a global table of eventual consistency: two of its regions can claim one key, and money moves twice. Use a table in one region or one of strong consistency, or set homeRegionOnly if no other region ever writes it`;
}

function refused(code: OpenCode, message: string): TableOpenError {
  return new TableOpenError({ code, message });
}
