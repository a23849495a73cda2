import type { RequestListener } from "node:http";
import { Idempotency } from "@node-idempotency/core";
import { RedisStorageAdapter } from "@node-idempotency/storage-adapter-redis";
import { serviceOf } from "./service.ts";
import type { Upstream } from "./upstream.ts";

/** @node-idempotency/core with its adapter for Redis, used as its own plugins use it: the body parsed, for its fingerprint. */
export async function nodeIdempotency(pay: Upstream, url: string): Promise<RequestListener> {
  const storage = new RedisStorageAdapter({ url });
  await storage.connect();
  const idempotency = new Idempotency(storage);
  return serviceOf(async (key, body) => {
    const request = {
      headers: { "idempotency-key": key },
      path: "/payments",
      method: "POST",
      body: JSON.parse(body) as Record<string, unknown>,
    };
    const stored = await idempotency.onRequest<string, never>(request);
    if (stored !== undefined) return { status: Number(stored.additional?.["status"]), body: stored.body ?? "" };
    const paid = await pay(key, body);
    await idempotency.onResponse(request, { body: paid.body, additional: { status: paid.status } });
    return paid;
  });
}
