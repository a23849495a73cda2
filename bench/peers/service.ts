import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Paid } from "./upstream.ts";

/** What a library is asked: it runs the payment, or knows its answer. */
export type Handle = (key: string, body: string) => Promise<Paid>;

/** The leanest service around it, on node:http: no framework is to blame for what it costs. */
export function serviceOf(handle: Handle): RequestListener {
  return (request, response) => {
    serve(request, response, handle).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { status, body } = await handle(String(request.headers["idempotency-key"]), Buffer.concat(chunks).toString());
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
