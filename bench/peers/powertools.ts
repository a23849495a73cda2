import type { RequestListener } from "node:http";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { CachePersistenceLayer } from "@aws-lambda-powertools/idempotency/cache";
import { createClient } from "@redis/client";
import { serviceOf } from "./service.ts";
import type { Paid, Upstream } from "./upstream.ts";

/** What is left of a function that has just begun. */
const REMAINING_MS = 30_000;

type Payment = Readonly<{ key: string; body: string }>;

/** Powertools on Redis. Payload validation is off: with this persistence a completion forgets what it is compared with. */
export async function powertools(pay: Upstream, url: string): Promise<RequestListener> {
  // It asks for the name of a function, which Lambda would give it.
  process.env["AWS_LAMBDA_FUNCTION_NAME"] = "payments";
  const client = await createClient({ url }).connect();
  const run = async ({ key, body }: Payment): Promise<Record<keyof Paid, string | number>> => ({
    ...(await pay(key, body)),
  });
  const config = new IdempotencyConfig({ eventKeyJmesPath: "key" });
  // As Lambda gives it: without it each request writes a warning.
  config.registerLambdaContext({ getRemainingTimeInMillis: () => REMAINING_MS } as never);
  const paying = makeIdempotent(run, { persistenceStore: new CachePersistenceLayer({ client }), config });
  return serviceOf(async (key, body) => (await paying({ key, body })) as Paid);
}
