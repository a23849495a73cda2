import type { RequestListener } from "node:http";
import express from "express";
import { getSharedIdempotencyService, type IIdempotencyDataAdapter, idempotency } from "express-idempotency";
import adapter from "express-idempotency-redis-adapter";
import type { Upstream } from "./upstream.ts";

/** express-idempotency with its adapter for Redis. Its claim is a read and a write: two at once both run. */
export async function expressIdempotency(pay: Upstream, url: string): Promise<RequestListener> {
  const dataAdapter = new adapter.default({ connectionConfig: { url } });
  await dataAdapter.connect();
  const app = express();
  app.use(express.json());
  // Their types differ in how they write "or undefined".
  app.use(idempotency({ dataAdapter: dataAdapter as IIdempotencyDataAdapter }));
  app.post("/payments", async (request, response) => {
    if (getSharedIdempotencyService().isHit(request)) return;
    const paid = await pay(String(request.headers["idempotency-key"]), JSON.stringify(request.body));
    response.status(paid.status).type("application/json").send(paid.body);
  });
  return app;
}
