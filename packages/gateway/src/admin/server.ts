import { type FastifyInstance, fastify } from "fastify";
import type { Endpoint } from "./endpoint.ts";
import { streamEvents } from "./event-stream.ts";
import { guard } from "./guard.ts";
import { healthEndpoints } from "./health-endpoints.ts";
import { keyEndpoints } from "./key-endpoints.ts";
import { openApi } from "./openapi.ts";
import type { AdminOptions, Caller } from "./options.ts";
import { AdminProblem } from "./problem.ts";
import { Proposals } from "./proposals.ts";
import type { Desk } from "./read.ts";
import { reportProblems } from "./report-problems.ts";
import { routeEndpoints } from "./route-endpoints.ts";
import { settleEndpoints } from "./settle-endpoints.ts";
import { storeEndpoints } from "./store-endpoints.ts";

/** An answer of 1 MiB, the most that a route keeps, in base64 and with its headers. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;

export type AdminServer = Readonly<{
  /** Resolves to the port. Rejects where it is taken. */
  start: (host: string, port: number) => Promise<number>;
  stop: () => Promise<void>;
}>;

/** The admin API on a listener of its own: a bearer token always, and only by a name that is known. */
export function adminServer(options: AdminOptions): AdminServer {
  const desk: Desk = { options, proposals: new Proposals(options.now) };
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    // What is mistyped is refused: a member that is dropped or converted in silence could settle a payment.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allowUnionTypes: true } },
  });
  app.decorateRequest("caller", null);
  guard(app, options);
  reportProblems(app);
  const endpoints = endpointsOf(desk);
  for (const endpoint of endpoints) serve(app, endpoint);
  serveEvents(app, options);
  return {
    start: async (host, port) => {
      await app.listen({ host, port });
      return (app.server.address() as { port: number }).port;
    },
    stop: () => app.close(),
  };
}

function endpointsOf(desk: Desk): Endpoint[] {
  const { options } = desk;
  const served = [
    ...healthEndpoints(options),
    ...keyEndpoints(desk),
    ...settleEndpoints(desk),
    ...routeEndpoints(options),
    ...storeEndpoints(options),
  ];
  const published: Endpoint = {
    method: "GET",
    url: "/api/openapi.json",
    summary: "This API as an OpenAPI document",
    access: "viewer",
    responses: { 200: { description: "OpenAPI 3.1", schema: { type: "object" } } },
    handle: async () => ({ status: 200, body: document }),
  };
  const document = openApi([...served, published, EVENTS]);
  return [...served, published];
}

/** Served apart from the others: it does not end. */
const EVENTS: Endpoint = {
  method: "GET",
  url: "/api/events",
  summary: "Server-sent events: incident, in-doubt, resolved, erased, and counts of completed runs",
  access: "viewer",
  responses: { 200: { description: "Events until the client leaves", contentType: "text/event-stream" } },
  handle: () => Promise.reject(new Error("Events are streamed, not told")),
};

function serve(app: FastifyInstance, endpoint: Endpoint): void {
  const { method, url, access, query, body, handle } = endpoint;
  const schema = { ...(query === undefined ? {} : { querystring: query }), ...(body === undefined ? {} : { body }) };
  app.route({
    method,
    url,
    schema,
    config: { access },
    handler: async (request, reply) => {
      const told = await handle({
        params: request.params as { [name: string]: string },
        query: request.query as { [name: string]: string },
        body: request.body,
        caller: request.getDecorator<Caller | null>("caller"),
      });
      void reply.code(told.status).header("cache-control", "no-store");
      if (told.contentType !== undefined) void reply.type(told.contentType);
      return told.body;
    },
  });
}

function serveEvents(app: FastifyInstance, { events }: AdminOptions): void {
  app.route({
    method: EVENTS.method,
    url: EVENTS.url,
    config: { access: EVENTS.access },
    handler: async (_, reply) => {
      if (streamEvents(events, reply.raw)) reply.hijack();
      else throw new AdminProblem("too_many_listeners", "Close another console, or ask again later.");
    },
  });
}
