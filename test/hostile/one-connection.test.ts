import assert from "node:assert/strict";
import { test } from "node:test";
import { Harness } from "../gateway/harness.ts";
import { asking, Wire } from "../gateway/wire.ts";
import { StrictUpstream } from "./strict-upstream.ts";

const good = asking({ headers: ["Idempotency-Key", "good"] }).toString("latin1");
const hidden = asking({ path: "/hidden", headers: ["Idempotency-Key", "hidden"] }).toString("latin1");
const HEAD = "POST /payments HTTP/1.1\r\nHost: gateway.test\r\nIdempotency-Key: k\r\n";

for (const [what, first] of [
  ["an unknown coding", `${HEAD}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`],
  ["two hosts", `${HEAD}Host: other.test\r\nContent-Length: 2\r\n\r\n{}`],
  ["no host", "POST /payments HTTP/1.1\r\nIdempotency-Key: k\r\nContent-Length: 2\r\n\r\n{}"],
] as const) {
  test(`nothing is carried out that stands behind a request refused for ${what}`, async () => {
    await using upstream = await StrictUpstream.start();
    await using it = await Harness.start({ upstream: { url: upstream.url } });
    using wire = new Wire(it.url);
    wire.write(first + hidden);
    assert.ok([400, 501].includes((await wire.read())!.status));
    await wire.closed();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(
      upstream.received.map(({ target }) => target),
      [],
    );
  });
}

for (const [what, bytes] of [
  ["rubbish behind it", `${good}rubbish\r\n\r\n`],
  ["a byte behind one that closes", `${good.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}x`],
] as const) {
  test(`a payment that took effect is answered, ${what} or not`, async () => {
    await using upstream = await StrictUpstream.start();
    await using it = await Harness.start({ upstream: { url: upstream.url } });
    using wire = new Wire(it.url);
    wire.write(bytes);
    assert.equal((await wire.read())!.status, 201);
    assert.equal(upstream.received.length, 1);
  });
}

test("a fragment does not lead a payment around its route", async () => {
  await using upstream = await StrictUpstream.start();
  await using it = await Harness.start({ upstream: { url: upstream.url }, route: { segments: ["payments"] } });
  using wire = new Wire(it.url);
  wire.write(asking({ path: "/payments#x", headers: [] }));
  assert.equal((await wire.read())!.status, 400);
  assert.equal(upstream.received.length, 0);
});

test("a payment is answered although a request that breaks off stands behind it", async () => {
  await using upstream = await StrictUpstream.start();
  await using it = await Harness.start({ upstream: { url: upstream.url } });
  using wire = new Wire(it.url);
  const broken = `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nno chunk`;
  wire.write(good + broken);
  assert.equal((await wire.read())!.status, 201);
  await wire.closed();
  assert.equal(upstream.received.length, 1);
});
