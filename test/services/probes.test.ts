import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePort } from "../../tools/services/servers/free-port.ts";
import { SERVERS } from "../../tools/services/servers/table.ts";

for (const { name, answers } of SERVERS) {
  test(`a port at which something else answers is not taken for ${name}`, async () => {
    const stranger = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\n\r\n{}"));
    stranger.listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as { port: number };
    const scheme = name === "dynamodb" ? "http" : name;
    assert.equal(await answers(`${scheme}://127.0.0.1:${port}`), false);
    stranger.close();
  });

  test(`a port at which nobody listens is not taken for ${name}`, async () => {
    const scheme = name === "dynamodb" ? "http" : name;
    assert.equal(await answers(`${scheme}://127.0.0.1:${await freePort()}`), false);
  });
}
