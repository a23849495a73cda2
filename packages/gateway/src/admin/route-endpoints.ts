import type { Route } from "../flow/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { AdminOptions } from "./options.ts";

/** The routes as they are in force. */
export function routeEndpoints({ routes, guarantees }: AdminOptions): Endpoint[] {
  const body = { routes: routes.map((route) => told(route, guarantees.get(route.id) ?? null)) };
  return [
    {
      method: "GET",
      url: "/api/routes",
      summary: "The routes in force, each with what it promises",
      access: "viewer",
      responses: { 200: { description: "The routes", schema: { type: "object" } } },
      handle: async () => ({ status: 200, body }),
    },
  ];
}

function told(route: Route, guarantee: string | null): object {
  const { id, mode, profile, key, scopeHeaders, fingerprint, waitMs, policy, requires, limits, upstream } = route;
  const { ladder, sendWithinMs, deadlineMs, doubtAfterMs, retainMs, horizonMs, unknownHistory } = policy;
  return {
    id,
    mode,
    profile,
    guarantee,
    key,
    scopeHeaders,
    fingerprint,
    waitMs,
    policy: { ladder, sendWithinMs, deadlineMs, doubtAfterMs, retainMs, horizonMs, unknownHistory },
    requires,
    limits,
    upstream: { id: upstream.id, origin: upstream.url.origin, key: upstream.key, maxInFlight: upstream.maxInFlight },
  };
}
