import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { sqliteStore } from "@semel/core/store/sqlite";
import { GatewayProcess } from "./gateway-process.ts";

const HOUR_MS = 60 * 60_000;

test("a gateway whose clock is an hour behind what its store has seen says so, claims nothing, and still replays", async (t) => {
  let sent = 0;
  const upstream = createServer((_, response) => {
    sent += 1;
    response.writeHead(201).end("paid");
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  t.after(() => upstream.close());
  const { port } = upstream.address() as AddressInfo;
  await using gateway = await GatewayProcess.start(`accounts: single
upstreams: { bank: { url: "http://127.0.0.1:${port}" } }
routes: [{ match: "POST /payments", upstream: bank }]
`);
  const pay = (key: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.port}/payments`, {
      method: "POST",
      headers: { "Idempotency-Key": key },
      body: "{}",
    });
  assert.equal((await pay("k1")).status, 201);

  await gateway.end("SIGTERM");
  const later = await sqliteStore({
    path: join(gateway.folder, "semel.db"),
    wallClock: () => Date.now() + HOUR_MS,
  });
  await later.now();
  await later.close();
  await gateway.launch();

  assert.match(gateway.said, /clock is 3\d{3} s behind the latest time of the store.*set the clock/);
  const refused = await pay("k2");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(await (await pay("k1")).text(), "paid");
  assert.equal(sent, 1);
});
