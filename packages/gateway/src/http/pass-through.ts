import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { endToEnd } from "@semel/core/http/protocol";
import type { Dispatcher, Pool } from "undici";
import type { Upstream } from "../flow/index.ts";
import { problem, respond } from "./respond.ts";

/** Streams a request that is no business of ours to the upstream and its answer back. `added`: headers of the answer. */
export async function passThrough(
  request: IncomingMessage,
  response: ServerResponse,
  pool: Pool,
  upstream: Upstream,
  body: Uint8Array | null,
  added: readonly string[],
): Promise<void> {
  const path = `${upstream.url.pathname.replace(/\/$/, "")}${request.url ?? "/"}`;
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const answer = await pool.request({
      path,
      method: request.method as Dispatcher.HttpMethod,
      // A body that is streamed keeps its length: many a server takes no chunks. undici counts, and refuses a false one.
      headers: [...endToEnd(request.rawHeaders), ...(body === null ? lengthOf(request.rawHeaders) : [])],
      body: body ?? (hasBody(request) ? request : null),
      responseHeaders: "raw",
      signal: gone.signal,
    });
    const headers = endToEnd(answer.headers as unknown as string[]);
    const length = lengthOf(answer.headers as unknown as string[]);
    response.writeHead(answer.statusCode, [...headers, ...length, ...added]);
    await pipeline(answer.body, response);
  } catch (error) {
    if (response.headersSent || gone.signal.aborted) response.destroy();
    else await respond(response, unreachable(upstream, error as Error));
  }
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** The length of what is streamed as it comes stays true, for the answer to a HEAD too. */
function lengthOf(headers: readonly string[]): string[] {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "content-length");
  return at === -1 ? [] : ["Content-Length", headers[at + 1]!];
}

function unreachable(upstream: Upstream, error: Error): ReturnType<typeof problem> {
  const detail = `The upstream ${upstream.id} gave no answer (${error.message}). This request is not protected by a key.`;
  return problem(502, "upstream_unreachable", "The upstream gave no answer", detail);
}
