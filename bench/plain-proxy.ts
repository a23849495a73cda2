/** What rows 2 and 3 are compared with: the proxy that one writes in ten lines. Takes the upstream's port. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dispatcher, Pool } from "undici";

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256 });

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await pool.request({
    path: request.url!,
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers,
    body: request,
  });
  response.writeHead(statusCode, headers);
  body.pipe(response);
}

const server = createServer((request, response) => {
  pass(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
