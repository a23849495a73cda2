import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outgoing } from "../flow/index.ts";
import { problem, respond } from "../http/respond.ts";
import { RUNS_PATH } from "./find-run.ts";
import { type LookUpPorts, lookUp } from "./look-up.ts";
import { staticPages } from "./static-pages.ts";
import { WaitingRoom } from "./waiting.ts";

/** Takes a request that is for the gateway itself; false: it is for an upstream. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The gateway's own pages on its public port: the published policy, its problems, and the look-up of runs. */
export function pages(ports: LookUpPorts): Page {
  const pageAt = staticPages(ports.routes);
  const room = new WaitingRoom();
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0]!;
    const isLookUp = path === RUNS_PATH || path.startsWith(`${RUNS_PATH}/`);
    const page = isLookUp ? null : pageAt(path, request.headers.accept);
    if (!isLookUp && page === null) return false;
    if (request.method !== "GET" && request.method !== "HEAD") void respond(response, notAllowed());
    else if (page !== null) void respond(response, page);
    else void answerLookUp(request, response, path, room, ports);
    return true;
  };
}

async function answerLookUp(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  room: WaitingRoom,
  ports: LookUpPorts,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const waiting = room.enter(request.rawHeaders, gone.signal);
  const { method = "GET", url = "/", rawHeaders } = request;
  const incoming = { method, target: url, headers: rawHeaders, body: new Uint8Array() };
  try {
    await respond(response, await lookUp(incoming, path, waiting, ports));
  } catch {
    if (response.headersSent) response.destroy();
    else await respond(response, problem(500, "internal", "Internal error", "Look the run up again."));
  } finally {
    waiting.leave();
  }
}

function notAllowed(): Outgoing {
  const refusal = problem(405, "method_not_allowed", "The method is not allowed", "This page is for reading: use GET.");
  // A body that nobody reads would stand before the next request on this connection.
  return { ...refusal, headers: [...refusal.headers, "Allow", "GET, HEAD", "Connection", "close"] };
}
