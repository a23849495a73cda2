import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Behind, problemOf, until } from "./behind.ts";
import { SHORT_DEADLINE } from "./harness.ts";
import { answer, Held, type Play, says, silence } from "./upstream.ts";
import { asking, exchange, fieldOf, Wire } from "./wire.ts";

async function running() {
  const at = await Behind.start();
  const held = new Held(answer(201, [], "late"));
  at.upstream.next.push(held.play);
  const first = at.pay("k1");
  await until(() => at.upstream.received.length === 1);
  return { at, first, held };
}

describe("a gateway that stops", () => {
  test("lets what was sent finish, and answers it", async () => {
    const { at, first, held } = await running();
    await using _ = at;
    const stopped = at.it.gateway.stop();
    held.release();
    const got = await first;
    assert.deepEqual([got.status, got.whole, got.body.toString()], [201, true, "late"]);
    assert.equal(await stopped, true);
    assert.equal(at.taken, 0);
  });
  test("refuses new payments on connections that are open, and takes no new connection", async () => {
    const { at, first, held } = await running();
    await using _ = at;
    using wire = new Wire(at.url);
    wire.write(asking({ headers: ["Idempotency-Key", "before"] }));
    await wire.read();
    using half = new Wire(at.url);
    half.write(
      "POST /payments HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k2\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
    );
    assert.equal((await half.read())?.status, 100);
    const stopped = at.it.gateway.stop();
    half.write("{}");
    const refused = await half.read();
    assert.equal(refused?.status, 503);
    assert.equal(problemOf(refused!)["retryable"], true);
    assert.equal(fieldOf(refused!, "idempotency-status"), "unavailable");
    await assert.rejects(exchange(at.url, asking({ headers: ["Idempotency-Key", "k3"] })), /closed without an answer/);
    held.release();
    assert.equal((await first).status, 201);
    assert.equal(await stopped, true);
    await wire.closed();
    assert.equal(at.upstream.received.length, 2);
  });
  test("waits for the deadline of what hangs, and says 504", async () => {
    await using at = await Behind.start({ policy: SHORT_DEADLINE });
    at.upstream.next.push(silence);
    const first = at.pay("k1");
    await until(() => at.upstream.received.length === 1);
    const stopped = at.it.gateway.stop();
    assert.equal((await first).status, 504);
    assert.equal(await stopped, true);
  });
  test("does not cut an answer that is still passed on, whether it has a key or not", async () => {
    await using at = await Behind.start({
      route: { limits: { requestBytes: 1_000, answerBytes: 1_000, headers: 8, waitersPerKey: 8 } },
    });
    const releases: (() => void)[] = [];
    const inTwo: Play = (socket) => {
      const whole = answer(201, [], "a".repeat(3_000));
      socket.write(whole.subarray(0, -1_500));
      releases.push(() => socket.write(whole.subarray(-1_500)));
    };
    at.upstream.next.push(inTwo, inTwo);
    const keyed = at.pay("k1");
    const passed = exchange(at.url, asking({ method: "GET", path: "/export", body: "" }));
    await until(() => releases.length === 2);
    const stopped = at.it.gateway.stop();
    // Longer than a connection without a request is waited for.
    await sleep(1_500);
    for (const release of releases) release();
    for (const got of await Promise.all([keyed, passed])) {
      assert.deepEqual([got.status, got.whole, got.body.length], [201, true, 3_000]);
    }
    assert.equal(await stopped, true);
  });
  test("takes nothing new that no route names, and ends while clients go on asking", async () => {
    await using at = await Behind.start();
    const held = new Held(answer(200, [], "late"));
    at.upstream.next.push(held.play);
    const before = exchange(at.url, asking({ method: "GET", path: "/slow", body: "" }));
    await until(() => at.upstream.received.length === 1);
    using kept = new Wire(at.url);
    kept.write("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{");
    using idle = new Wire(at.url);
    idle.write("GET /other HTTP/1.1\r\nHost: a\r\nX-Half: 1\r\n");
    await sleep(100);
    const stopped = at.it.gateway.stop();
    idle.write("\r\n");
    const refused = await idle.read();
    assert.equal(refused?.status, 503);
    assert.equal(problemOf(refused!)["code"], "stopping");
    await idle.closed();
    held.release();
    assert.deepEqual([(await before).status, await stopped], [200, true]);
    assert.deepEqual(
      at.upstream.received.map(({ target }) => target),
      ["/slow"],
    );
  });
  test("sends nothing whose last byte came after it began to stop, neither without a key nor in shadow mode", async () => {
    const key = { headers: ["idempotency-key"], body: null, required: false, format: "any", bytesMax: 255 } as const;
    for (const [route, line] of [
      [{ key }, ""],
      [{ mode: "shadow" as const }, "Idempotency-Key: k2\r\n"],
    ] as const) {
      await using at = await Behind.start({ route });
      const held = new Held(answer(201, [], "late"));
      at.upstream.next.push(held.play);
      const before = at.pay("k1");
      await until(() => at.upstream.received.length === 1);
      using half = new Wire(at.url);
      half.write(`POST /payments HTTP/1.1\r\nHost: a\r\n${line}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
      assert.equal((await half.read())?.status, 100);
      const stopped = at.it.gateway.stop();
      half.write("{}");
      const refused = await half.read();
      assert.deepEqual([refused?.status, problemOf(refused!)["code"]], [503, "stopping"], line);
      held.release();
      assert.deepEqual([(await before).status, await stopped], [201, true]);
      assert.equal(at.upstream.received.length, 1);
    }
  });
  test("waits until a slow reader has a long answer, with a key or in shadow mode", async () => {
    const long = "a".repeat(6 * 1024 * 1024);
    for (const mode of ["enforce", "shadow"] as const) {
      const limits = { requestBytes: 1_000, answerBytes: 8 * 1024 * 1024, headers: 8, waitersPerKey: 8 };
      await using at = await Behind.start({ route: { mode, limits } });
      at.upstream.next.push(says(answer(201, [], long)));
      const { hostname, port } = new URL(at.url);
      const socket = connect(Number(port), hostname);
      socket.write(asking({ headers: ["Idempotency-Key", "k1"] }));
      await until(() => at.it.seen.length === 0 && at.upstream.received.length === 1);
      await sleep(200);
      const stopped = at.it.gateway.stop();
      await sleep(1_500);
      let read = 0;
      socket.on("data", (bytes) => (read += bytes.length));
      await once(socket, "close");
      assert.ok(read > long.length, `${mode}: ${read} bytes of ${long.length}`);
      assert.equal(await stopped, true);
    }
  });
  test("does not wait for a client that never ends its request", async () => {
    await using at = await Behind.start();
    using wire = new Wire(at.url);
    wire.write("POST /payments HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k1\r\nContent-Length: 2\r\n\r\n{");
    await at.pay("k2");
    const from = performance.now();
    assert.equal(await at.it.gateway.stop(), true);
    assert.ok(performance.now() - from < 2_000);
    await wire.closed();
    assert.equal(at.upstream.received.length, 1);
  });
  test("leaves nothing running: its process ends by itself, with nothing to complain of", async () => {
    const script = fileURLToPath(new URL("leave.ts", import.meta.url));
    const run = promisify(execFile)(process.execPath, ["-C", "semel-source", script], { timeout: 10_000 });
    const { stdout, stderr } = await run;
    assert.equal(stdout, "6\n");
    assert.equal(stderr, "");
  });
});
