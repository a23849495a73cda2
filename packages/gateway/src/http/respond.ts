import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Outgoing } from "../flow/index.ts";

/**
 * Writes an answer, framed anew. A client that has gone away misses it and finds it again with its next try. Resolves when a long
 * answer has been read, or cannot be any more; a short one is in the socket's buffer at once.
 */
export async function respond(response: ServerResponse, outgoing: Outgoing): Promise<void> {
  if (response.destroyed) return;
  const { status, headers, body, rest } = outgoing;
  if (rest !== null) {
    response.writeHead(status, [...headers]);
    response.write(body);
    await pipeline(orReset(rest, response), response).catch(() => response.destroy());
    return;
  }
  const bodiless = status === 204 || status === 304;
  response.writeHead(status, bodiless ? [...headers] : [...headers, "Content-Length", String(body.length)]);
  if (bodiless) response.end();
  else if (!isOneWrite(outgoing)) {
    // Not with the end: a connection whose answer has ended counts as idle, and a server that stops closes it.
    response.write(body, () => response.end());
    await closed(response);
  }
  // As text, byte for byte: node:http sends it together with the head, in one write and not in two that are gathered.
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1"), "latin1");
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
  });
}

/** The whole of it fits into what a socket holds for a client that reads slowly. */
export function isOneWrite({ body, rest }: Outgoing): boolean {
  return rest === null && body.length <= ONE_WRITE_BYTES_MAX;
}

/** Larger bodies cost more to copy than a second write does. */
const ONE_WRITE_BYTES_MAX = 16 * 1024;

/** Where the upstream breaks off, a part must not look like the whole: to HTTP/1.0, a connection closed in order is its end. */
async function* orReset(rest: AsyncIterable<Uint8Array>, response: ServerResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* rest;
  } catch (error) {
    response.socket?.resetAndDestroy();
    throw error;
  }
}

/** A problem of the gateway itself (RFC 9457), outside of any profile. */
export function problem(status: number, code: string, title: string, detail: string): Outgoing {
  const body = { type: `/.well-known/idempotency/problems/${code.replaceAll("_", "-")}`, title, status, detail, code };
  return {
    status,
    headers: ["Content-Type", "application/problem+json", "Cache-Control", "no-store"],
    body: new TextEncoder().encode(JSON.stringify(body)),
    rest: null,
  };
}
