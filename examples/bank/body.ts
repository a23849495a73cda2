import type { IncomingMessage } from "node:http";

const BODY_BYTES_MAX = 1024 * 1024;

/** What is read of a body that is too large, so that its sender comes to read the 413; then the socket is cut. */
const DISCARDED_BYTES_MAX = 16 * 1024 * 1024;

export type Body =
  | Readonly<{ kind: "whole"; bytes: Buffer }>
  | Readonly<{ kind: "too large" }>
  /** The client went away, or sent without end: there is no one to answer. */
  | Readonly<{ kind: "cut off" }>;

export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > DISCARDED_BYTES_MAX) return { kind: "cut off" };
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
    }
  } catch {
    return { kind: "cut off" };
  }
  return size > BODY_BYTES_MAX ? { kind: "too large" } : { kind: "whole", bytes: Buffer.concat(chunks) };
}
