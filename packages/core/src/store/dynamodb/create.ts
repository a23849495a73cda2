import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { clientOf, type Place } from "./client.ts";
import { ServerClock } from "./clock.ts";
import { describe, openErrorOf } from "./describe.ts";
import { type Judged, judge } from "./judge.ts";
import { TableOpenError } from "./open-error.ts";
import { tableInput } from "./shape.ts";

export type CreateOptions = Place & Readonly<{ deletionProtection?: boolean }>;
/** `created`: false where the table was there already, and is one. `backups`: whether every second of it can be restored. */
export type Created = Readonly<{ created: boolean; backups: boolean }>;

/** A new table is ready within half a minute. */
const READY_MS_MAX = 120_000;
const LOOK_EVERY_MS = 200;

/** Makes the table where there is none, with point-in-time recovery where DynamoDB offers it. Throws TableOpenError. */
export async function createTable(options: CreateOptions): Promise<Created> {
  const { table, deletionProtection = true } = options;
  const client = clientOf(options, new ServerClock({ wall: Date.now, monotonic: () => performance.now() }));
  try {
    const created = (await describe(client, table)) === null && (await create(client, table, deletionProtection));
    await ready(client, table);
    return { created, backups: created && (await turnOnBackups(client, table)) };
  } catch (error) {
    throw openErrorOf(error, table);
  } finally {
    client.destroy();
  }
}

/** False where another process was faster. */
async function create(client: DynamoDBClient, table: string, deletionProtection: boolean): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(tableInput(table, deletionProtection)));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

async function ready(client: DynamoDBClient, table: string): Promise<Judged> {
  const giveUpAt = performance.now() + READY_MS_MAX;
  for (;;) {
    try {
      const described = await describe(client, table);
      if (described !== null) return judge(described, true);
    } catch (error) {
      if (!(error instanceof TableOpenError) || !error.retryable) throw error;
    }
    if (performance.now() > giveUpAt) {
      throw new TableOpenError({
        code: "not_active",
        message: `The table ${table} is not ready yet: look again later`,
      });
    }
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}

/** DynamoDB Local has none. */
async function turnOnBackups(client: DynamoDBClient, table: string): Promise<boolean> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  try {
    await client.send(new UpdateContinuousBackupsCommand({ TableName: table, PointInTimeRecoverySpecification }));
    return true;
  } catch (error) {
    if (["UnknownOperationException", "ContinuousBackupsUnavailableException"].includes((error as Error).name))
      return false;
    throw error;
  }
}
