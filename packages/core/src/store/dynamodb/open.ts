import { clientOf, type Place } from "./client.ts";
import { ServerClock } from "./clock.ts";
import { describe, openErrorOf } from "./describe.ts";
import { Gate } from "./gate.ts";
import { type Judged, judge } from "./judge.ts";
import { Mark } from "./mark.ts";
import { TableOpenError } from "./open-error.ts";
import { Requests } from "./requests.ts";
import { Dynamodb, type DynamodbStore } from "./store.ts";

export type DynamodbStoreOptions = Place &
  Readonly<{
    /**
     * Of a global table of eventual consistency: no other region ever writes it, which nothing checks. Without it, such a table is
     * refused, and with it routes that need a linearizable store still refuse it.
     */
    homeRegionOnly?: boolean;
    /** Milliseconds since the Unix epoch, until DynamoDB says what time it is. Default: the wall clock. */
    wallClock?: () => number;
  }>;

/** Opens a table that `createTable` made, and measures what it survives. Throws TableOpenError. */
export async function dynamodbStore(options: DynamodbStoreOptions): Promise<DynamodbStore> {
  const { table, homeRegionOnly = false } = options;
  const clock = new ServerClock({ wall: options.wallClock ?? Date.now, monotonic: () => performance.now() });
  const client = clientOf(options, clock);
  const measure = async (): Promise<Judged> => {
    const described = await describe(client, table);
    if (described !== null) return judge(described, homeRegionOnly);
    const message = `There is no table ${table} there: make it by \`semel store migrate\`, or check region and endpoint`;
    throw new TableOpenError({ code: "no_table", message });
  };
  try {
    const judged = await measure();
    const requests = new Requests(client, new Gate());
    const mark = new Mark(requests, table, clock);
    // The first write, so that a table that may only be read is found now.
    await mark.adopt(judged.lineageId ?? "");
    return new Dynamodb({ client, table, clock, requests, mark, measure }, judged.guarantees);
  } catch (error) {
    client.destroy();
    throw openErrorOf(error, table);
  }
}
