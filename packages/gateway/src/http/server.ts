import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Pool } from "undici";
import { type Flowed, type FlowPorts, type Incoming, matchRoute, type Route, type Upstream } from "../flow/index.ts";
import { Connections } from "./connections.ts";
import { framingFault } from "./framing.ts";
import { hasBody, passThrough } from "./pass-through.ts";
import { readBody } from "./read-body.ts";
import { isOneWrite, problem, respond } from "./respond.ts";

/** A request's headers in bytes: Node's own default, and more than any payment API needs. */
const HEADER_BYTES_MAX = 16 * 1024;
/** A client sends its headers within this time, its whole request within the next: a slow one holds a socket, no more. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node looks for slow ones. By its own 30 s, headers would have 40. */
const TIMEOUTS_CHECK_MS = 1_000;
/** Longer than a load balancer keeps its own idle connections (60 s at the common ones), so that it closes first. */
const KEEP_ALIVE_MS = 65_000;

export type ServerPorts = Readonly<{
  routes: readonly Route[];
  /** Where requests go that match no route. */
  fallback: (path: string) => Upstream;
  poolOf: (upstream: Upstream) => Pool;
  flow: (request: Incoming, route: Route, ports: FlowPorts) => Promise<Flowed>;
  flowPorts: FlowPorts;
  /** Pages that the gateway itself answers; false: the request is not for it. */
  page: (request: IncomingMessage, response: ServerResponse) => boolean;
  seen: (exchange: Seen) => void;
  /** True once the gateway takes nothing new. */
  leaving: () => boolean;
  /** What a shutdown waits for, beside what the engine knows of. */
  track: (exchange: Promise<unknown>) => void;
  /** How long nothing may move on a connection: longer than the slowest answer takes. */
  silenceMs: number;
  /** An error that nobody foresaw. */
  failed: (error: unknown) => void;
}>;

/** One finished exchange, for logs and metrics: no keys, no bodies. */
export type Seen = Readonly<{ route: string | null; method: string; status: number; word: string; tookMs: number }>;

/** The gateway's face: strict framing in, whole answers out. */
export function gatewayServer(ports: ServerPorts): Server {
  const options = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    insecureHTTPParser: false,
    // Node would answer by itself, and carry on with what stands behind: framing.ts refuses it instead.
    requireHostHeader: false,
  };
  const connections = new Connections();
  const server = createServer(options, (request, response) => {
    if (!connections.begin(request.socket, response)) return;
    serve(request, response, connections, ports).catch((error: unknown) => {
      const detail = "The gateway met an error of its own. Retry with the same key.";
      if (response.headersSent) response.destroy();
      else void respond(response, problem(500, "internal", "Internal error", detail));
      ports.failed(error);
      ports.seen({ route: null, method: request.method ?? "", status: 500, word: "error", tookMs: 0 });
    });
  });
  // A client that reads nothing of its answer, or says nothing, holds its socket this long and no longer.
  server.setTimeout(ports.silenceMs);
  return server.on("clientError", (error, socket) => connections.broken(error, socket as Socket));
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  connections: Connections,
  ports: ServerPorts,
): Promise<void> {
  const startedMs = performance.now();
  const method = request.method ?? "";
  const target = request.url ?? "/";
  const done = (route: string | null, word: string): void =>
    ports.seen({ route, method, status: response.statusCode, word, tookMs: performance.now() - startedMs });
  const fault = framingFault(request);
  if (fault !== null) {
    connections.end(request.socket);
    await respond(response, fault);
    return done(null, "malformed");
  }
  // A fragment is the client's own business: an upstream that cuts it off would see another path than the routes do.
  if (!target.startsWith("/") || target.includes("#")) {
    const detail =
      "Send the path and query only. Absolute and authority forms of the request target, and fragments, are refused.";
    await respond(response, problem(400, "bad_target", "The request target is malformed", detail));
    return done(null, "malformed");
  }
  if (ports.page(request, response)) return done(null, "page");

  const path = target.split("?", 1)[0]!;
  const route = matchRoute(ports.routes, method, path);
  if (route === null || route.mode === "off") {
    const upstream = route?.upstream ?? ports.fallback(path);
    return done(route?.id ?? null, await passWhole(request, response, upstream, ports));
  }
  const body = await readBody(request, route.limits.requestBytes);
  if (body === "gone") return done(route.id, "gone");
  if (body === null) {
    await respond(response, tooLarge(route));
    return done(route.id, "too-large");
  }
  const gone = (): boolean => request.socket.destroyed;
  const incoming = { method, target, headers: request.rawHeaders, body, gone };
  const keyed = answerKeyed(incoming, request, response, route, ports);
  // In shadow mode a request may go out that the engine does not lead.
  if (route.mode === "shadow") ports.track(keyed);
  return done(route.id, await keyed);
}

/** A request that has been read whole, on a route of ours. Resolves to the word for how it ended. */
async function answerKeyed(
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
  route: Route,
  ports: ServerPorts,
): Promise<string> {
  if (ports.leaving() && route.mode === "shadow") return await refuse(response);
  const flowed = await ports.flow(incoming, route, ports.flowPorts);
  if (flowed.kind === "pass") {
    if (ports.leaving()) return await refuse(response);
    const { status } = ports.flowPorts.profileOf(route).responseHeaders;
    const { upstream } = route;
    const added = [status, "ignored"];
    const passed = passThrough(request, response, ports.poolOf(upstream), upstream, incoming.body, added);
    ports.track(passed);
    await passed;
    return "ignored";
  }
  const answered = respond(response, flowed.outgoing);
  if (!isOneWrite(flowed.outgoing)) ports.track(answered);
  await answered;
  return flowed.word;
}

/** A request that is no business of ours. A shutdown waits for it from its last byte on: an upload may never end. */
async function passWhole(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  ports: ServerPorts,
): Promise<string> {
  if (ports.leaving()) return await refuse(response);
  const passed = passThrough(request, response, ports.poolOf(upstream), upstream, null, []);
  if (hasBody(request)) request.once("end", () => ports.track(passed));
  else ports.track(passed);
  await passed;
  return "passed";
}

async function refuse(response: ServerResponse): Promise<string> {
  const detail = "The gateway is stopping. Nothing was sent: send the request again.";
  const stopping = problem(503, "stopping", "The gateway is stopping", detail);
  await respond(response, { ...stopping, headers: [...stopping.headers, "Retry-After", "1", "Connection", "close"] });
  return "unavailable";
}

function tooLarge(route: Route): ReturnType<typeof problem> {
  const detail = `The request's body is larger than this route's limit of ${route.limits.requestBytes} bytes. Nothing was sent.`;
  const answer = problem(413, "request_too_large", "The request is too large", detail);
  // The rest of the body is not read: the connection ends with this answer.
  return { ...answer, headers: [...answer.headers, "Connection", "close"] };
}
