import type { IncomingMessage } from "node:http";
import { headerLines } from "@semel/core/http/protocol";
import type { Outgoing } from "../flow/index.ts";
import { problem } from "./respond.ts";

/**
 * What Node's parser lets through, and whoever rebuilds a request's framing must not: the upstream would take it for
 * another request. null: nothing is wrong.
 */
export function framingFault(request: IncomingMessage): Outgoing | null {
  const { httpVersion, rawHeaders } = request;
  // Node takes "HTTP/0.9" and "HTTP/2.0" in a request line and reads on as if it were 1.1: others on the way may not.
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return refused(400, "Speak HTTP/1.1.");
  const hosts = headerLines(rawHeaders, "host").length;
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) return refused(400, "Send one Host header.");
  const codings = headerLines(rawHeaders, "transfer-encoding");
  if (codings.length === 0) return null;
  if (httpVersion !== "1.1") return refused(400, "Transfer-Encoding is of HTTP/1.1 only. Send a Content-Length.");
  if (codings.join().trim().toLowerCase() === "chunked") return null;
  return refused(501, "The only transfer coding that is undone here is chunked.");
}

function refused(status: number, detail: string): Outgoing {
  const answer = problem(status, "bad_framing", "The request's framing is refused", `${detail} Nothing was sent.`);
  // Nobody knows where the next request on this connection would begin.
  return { ...answer, headers: [...answer.headers, "Connection", "close"] };
}
