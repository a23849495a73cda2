import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { describe, test } from "node:test";
import { Harness } from "../gateway/harness.ts";
import { Upstream } from "../gateway/upstream.ts";

/** A server that takes connections and answers whatever comes with a line that is no TLS. */
async function noTls(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("Where no connection comes about nothing was sent, and nothing is in doubt:", () => {
  test("a name that nobody has", async () => {
    await using it = await Harness.start({ upstream: { url: new URL("http://bank.invalid") } });
    await refusedAndFree(it, "k1");
  });

  test("a TLS handshake that fails", async () => {
    const server = await noTls();
    const { port } = server.address() as AddressInfo;
    await using it = await Harness.start({ upstream: { url: new URL(`https://127.0.0.1:${port}`) } });
    await refusedAndFree(it, "k1");
    server.close();
  });

  test("a server that takes the connection and never speaks TLS is given up at the limit for connecting", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}));
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const timeouts = { connectMs: 300, idleMs: 4_000 };
    await using it = await Harness.start({ upstream: { url: new URL(`https://127.0.0.1:${port}`), timeouts } });
    await refusedAndFree(it, "k1");
    silent.close();
  });

  test("what is refused here would be seen: an upstream that takes the request and says nothing leaves doubt", async () => {
    await using upstream = await Upstream.start();
    upstream.next.push((socket) => socket.end());
    await using it = await Harness.start({ upstream: { url: upstream.url } });
    assert.equal((await it.pay("k1")).headers["idempotency-status"], "in-doubt");
  });
});

/** Twice: the second try is no replay and no doubt, it is tried again. */
async function refusedAndFree(it: Harness, key: string): Promise<void> {
  for (let time = 1; time <= 2; time += 1) {
    const told = await it.pay(key);
    assert.deepEqual([told.status, told.headers["idempotency-status"]], [503, "unavailable"]);
  }
}
