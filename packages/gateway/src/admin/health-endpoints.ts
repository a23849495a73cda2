import type { Endpoint, Told } from "./endpoint.ts";
import type { AdminOptions } from "./options.ts";
import { PROBLEM, READY } from "./schemas.ts";

/** A store that takes longer to tell the time will not carry claims, which have 2 s to be durable. */
const STORE_ANSWERS_WITHIN_MS = 1_000;

/** For load balancers and Prometheus. `healthz` and `readyz` tell nothing that a token should guard. */
export function healthEndpoints(options: AdminOptions): Endpoint[] {
  const { metrics } = options;
  return [
    {
      method: "GET",
      url: "/healthz",
      summary: "The process is alive",
      access: "open",
      responses: { 200: { description: "Alive", contentType: "text/plain" } },
      handle: async () => ({ status: 200, body: "ok\n", contentType: "text/plain; charset=utf-8" }),
    },
    {
      method: "GET",
      url: "/readyz",
      summary: "The process should be sent requests",
      access: "open",
      responses: {
        200: { description: "Ready", schema: READY },
        503: { description: "Not ready; `reasons` tell why", schema: READY },
      },
      handle: () => readiness(options),
    },
    {
      method: "GET",
      url: "/metrics",
      summary: "Prometheus metrics: routes and counts, no keys and no accounts",
      access: metrics.open ? "open" : "viewer",
      responses: {
        200: { description: "Metrics", contentType: metrics.contentType },
        401: { description: "Needs a token, unless the operator opened it", schema: PROBLEM },
      },
      handle: async () => ({ status: 200, body: await metrics.text(), contentType: metrics.contentType }),
    },
  ];
}

async function readiness({ engine, store, ready }: AdminOptions): Promise<Told> {
  const answers = await within(store.now(), STORE_ANSWERS_WITHIN_MS);
  const own = [...(engine.leaving ? ["draining"] : []), ...(answers ? [] : ["store_unavailable"])];
  const reasons = [...own, ...(await ready())];
  return { status: reasons.length === 0 ? 200 : 503, body: { ready: reasons.length === 0, reasons } };
}

async function within(asked: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  asked.then(
    () => resolve(true),
    () => resolve(false),
  );
  return await promise.finally(() => clearTimeout(timer));
}
