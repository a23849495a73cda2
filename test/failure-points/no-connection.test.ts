import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { Harness } from "../gateway/harness.ts";
import { Upstream } from "../gateway/upstream.ts";

/** A server that takes connections and speaks no TLS on them. */
async function listening(onSocket: (socket: Socket) => void): Promise<{ url: URL } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: new URL(`https://127.0.0.1:${port}`), [Symbol.asyncDispose]: close };
}

describe("Where no connection comes about nothing was sent, and nothing is in doubt:", () => {
  test("a name that nobody has", async () => {
    await using it = await Harness.start({ upstream: { url: new URL("http://bank.invalid") } });
    await refusedAndFree(it);
  });

  test("a TLS handshake that fails", async () => {
    await using server = await listening((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    await using it = await Harness.start({ upstream: { url: server.url } });
    await refusedAndFree(it);
  });

  test("a TLS handshake that nobody answers", async () => {
    await using server = await listening(() => {});
    const timeouts = { connectMs: 300, idleMs: 4_000 };
    await using it = await Harness.start({ upstream: { url: server.url, timeouts } });
    await refusedAndFree(it);
  });

  test("doubt would be seen: an upstream that takes the request and says nothing leaves it", async () => {
    await using upstream = await Upstream.start();
    upstream.next.push((socket) => socket.end());
    await using it = await Harness.start({ upstream: { url: upstream.url } });
    assert.equal((await it.pay("k1")).headers["idempotency-status"], "in-doubt");
  });
});

/** Twice: the second try is no replay and no doubt, it is tried again. */
async function refusedAndFree(it: Harness): Promise<void> {
  for (let time = 1; time <= 2; time += 1) {
    const told = await it.pay("k1");
    assert.deepEqual([told.status, told.headers["idempotency-status"]], [503, "unavailable"]);
  }
}
