import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { ServerClock } from "./clock.ts";
import { REQUESTS_MAX } from "./gate.ts";

/** Where the table is. What is left out comes from where every AWS client looks, the environment first. */
export type Place = Readonly<{
  table: string;
  region?: string;
  /** Default: that of the region. */
  endpoint?: string;
  credentials?: NonNullable<DynamoDBClientConfig["credentials"]>;
}>;

/** DynamoDB answers in 5 ms. Two tries fit into the two seconds that a claim may take, and then the engine has its own limit. */
const REQUEST_MS = 1_000;
/** A name, a connection and a handshake, within the same region. */
const CONNECT_MS = 500;

/** One try each, for what a try proves holds of that try alone; and no request waits for a connection unseen. */
export function clientOf({ region, endpoint, credentials }: Place, clock: ServerClock): DynamoDBClient {
  const agent = { maxSockets: REQUESTS_MAX, keepAlive: true };
  const client = new DynamoDBClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 1,
    retryMode: "standard",
    requestHandler: {
      requestTimeout: REQUEST_MS,
      socketTimeout: REQUEST_MS,
      connectionTimeout: CONNECT_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  listen(client, clock);
  return client;
}

/** Every answer, refusals too, tells the server's time. */
function listen(client: DynamoDBClient, clock: ServerClock): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentMs = clock.monotonicMs();
      const out = await next(args);
      const { headers } = out.response as { headers?: Record<string, string> };
      clock.heard(headers?.["date"], sentMs);
      return out;
    },
    { name: "semelClock", step: "deserialize", priority: "low" },
  );
}
