import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Behind } from "./behind.ts";
import { asking, exchange, fieldOf, Wire } from "./wire.ts";

const HEAD = "POST /payments HTTP/1.1\r\nHost: gateway.test\r\nIdempotency-Key: k1\r\n";

describe("a request whose framing is ambiguous is refused, and nothing reaches the upstream:", () => {
  for (const [what, status, bytes] of [
    ["a length and chunks", 400, `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["chunks and a length", 400, `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["two lengths", 400, `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `],
    ["one length twice", 400, `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ["a list of lengths", 400, `${HEAD}Content-Length: 2, 2\r\n\r\n{}`],
    ["a signed length", 400, `${HEAD}Content-Length: +2\r\n\r\n{}`],
    ["a length in hex", 400, `${HEAD}Content-Length: 0x2\r\n\r\n{}`],
    ["a bare LF after the request line", 400, `${HEAD.replace("\r\n", "\n")}Content-Length: 2\r\n\r\n{}`],
    ["a bare LF after a header", 400, `${HEAD}X-A: 1\nContent-Length: 2\r\n\r\n{}`],
    ["a bare CR in a header", 400, `${HEAD}X-A: 1\rX-B: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ["a folded header", 400, `${HEAD}X-A: 1\r\n folded\r\nContent-Length: 2\r\n\r\n{}`],
    ["a space before the colon", 400, `${HEAD}Content-Length : 2\r\n\r\n{}`],
    ["a space before the first header", 400, "POST /payments HTTP/1.1\r\n Host: a\r\nIdempotency-Key: k\r\n\r\n"],
    ["a chunk whose size is no number", 400, `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ["a chunk that is longer than it says", 400, `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
    ["a chunk ended by a bare LF", 400, `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n`],
    [
      "a last coding that is not chunked",
      400,
      `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ["a coding that is not undone here", 501, `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["chunked twice", 400, `${HEAD}Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["chunks of HTTP/1.0", 400, `${HEAD.replace("1.1", "1.0")}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["no host", 400, "POST /payments HTTP/1.1\r\nIdempotency-Key: k1\r\nContent-Length: 2\r\n\r\n{}"],
    ["two hosts", 400, `${HEAD}Host: other.test\r\nContent-Length: 2\r\n\r\n{}`],
    ["a target with a scheme", 400, `${HEAD.replace("/payments", "http://gateway.test/payments")}\r\n`],
    ["the target *", 400, "OPTIONS * HTTP/1.1\r\nHost: gateway.test\r\n\r\n"],
    ["headers of 20 KiB", 431, `${HEAD}X-A: ${"a".repeat(20_000)}\r\n\r\n`],
    ["an expectation nobody knows", 417, `${HEAD}Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}`],
  ] as const) {
    test(what, async () => {
      await using at = await Behind.start();
      const got = await exchange(at.url, bytes);
      assert.equal(got.status, status);
      await sleep(20);
      assert.equal(at.upstream.connections, 0);
      assert.deepEqual(at.it.notices, []);
    });
  }
});

describe("a request's body", () => {
  test("may come in chunks, and goes on with a length", async () => {
    await using at = await Behind.start();
    const chunks = `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3;x=1\r\n:1}\r\n0\r\nX-Trailer: 1\r\n\r\n`;
    assert.equal((await exchange(at.url, chunks)).status, 201);
    const [received] = at.upstream.received;
    assert.equal(received!.body.toString(), '{"a":1}');
    assert.equal(fieldOf(received!, "content-length"), "7");
    assert.equal(fieldOf(received!, "transfer-encoding"), undefined);
    const whole = await exchange(at.url, asking({ headers: ["Idempotency-Key", "k1"], body: '{"a":1}' }));
    assert.equal(fieldOf(whole, "idempotency-status"), "replayed");
  });
  test("may be empty, with or without a length", async () => {
    await using at = await Behind.start();
    assert.equal((await exchange(at.url, `${HEAD}\r\n`)).status, 201);
    const again = await exchange(at.url, `${HEAD}Content-Length: 0\r\n\r\n`);
    assert.equal(fieldOf(again, "idempotency-status"), "replayed");
    assert.equal(fieldOf(at.upstream.received[0]!, "content-length"), "0");
  });
  test("is waited for: until its last byte nothing is claimed", async () => {
    await using at = await Behind.start();
    using wire = new Wire(at.url);
    wire.write(`${HEAD}Content-Length: 4\r\n\r\n{"`);
    await sleep(60);
    assert.deepEqual([at.it.notices.length, at.upstream.connections, at.it.gateway.engine.inFlight], [0, 0, 0]);
    wire.write("a}");
    assert.equal((await wire.read())!.status, 201);
  });
  for (const how of ["Content-Length: 4", "Transfer-Encoding: chunked"]) {
    test(`that breaks off leaves nothing behind (${how})`, async () => {
      await using at = await Behind.start();
      {
        using wire = new Wire(at.url);
        wire.write(`${HEAD}${how}\r\n\r\n2\r\n`);
        await sleep(30);
      }
      await sleep(30);
      assert.deepEqual([at.it.notices.length, at.upstream.connections], [0, 0]);
      assert.deepEqual(
        at.it.seen.map(({ word }) => word),
        ["gone"],
      );
    });
  }
  test("of the limit is taken, and of one byte more refused: 413, and nothing sent", async () => {
    const limits = { requestBytes: 100, answerBytes: 1_000, headers: 64, waitersPerKey: 1 };
    await using at = await Behind.start({ route: { limits } });
    const body = (size: number): Buffer => asking({ headers: ["Idempotency-Key", `k${size}`], body: "x".repeat(size) });
    assert.equal((await exchange(at.url, body(100))).status, 201);
    const over = await exchange(at.url, body(101));
    assert.equal(over.status, 413);
    assert.equal(fieldOf(over, "connection"), "close");
    assert.equal(JSON.parse(over.body.toString()).code, "request_too_large");
    const chunk = `64\r\n${"x".repeat(100)}\r\n`;
    assert.equal((await exchange(at.url, `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`)).status, 413);
    assert.equal(at.upstream.received.length, 1);
  });
  test("far over the limit is refused in words, while the client still sends", async () => {
    await using at = await Behind.start();
    for (let round = 0; round < 5; round += 1) {
      const body = Buffer.alloc(8 << 20, "x");
      const got = await exchange(at.url, asking({ headers: ["Idempotency-Key", "k1"], body }));
      assert.equal(got.status, 413);
    }
    assert.equal(at.upstream.connections, 0);
  });
  test("is asked for where the client expects to be asked", async () => {
    await using at = await Behind.start();
    using wire = new Wire(at.url);
    wire.write(`${HEAD}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    assert.equal((await wire.read())!.status, 100);
    wire.write("{}");
    assert.equal((await wire.read())!.status, 201);
    assert.equal(fieldOf(at.upstream.received[0]!, "expect"), undefined);
  });
});

describe("one connection", () => {
  test("carries pipelined requests, each answered in its turn", async () => {
    await using at = await Behind.start();
    using wire = new Wire(at.url);
    const one = (key: string): Buffer => asking({ headers: ["Idempotency-Key", key] });
    wire.write(Buffer.concat([one("k1"), one("k2"), asking({ headers: [] }), one("k1")]));
    const got = [await wire.read(), await wire.read(), await wire.read(), await wire.read()];
    assert.deepEqual(
      got.map((each) => each?.status),
      [201, 201, 400, 409],
    );
    assert.deepEqual(
      got.slice(0, 2).map((each) => fieldOf(each!, "idempotency-key")),
      ["k1", "k2"],
    );
    assert.equal(at.upstream.received.length, 2);
  });
  test("whose client leaves after its last byte cancels nothing", async () => {
    await using at = await Behind.start();
    const body = asking({ headers: ["Idempotency-Key", "k1"] });
    {
      using wire = new Wire(at.url);
      wire.write(body);
      while (at.upstream.received.length === 0) await sleep(5);
    }
    const again = await exchange(at.url, body);
    assert.equal(fieldOf(again, "idempotency-status"), "replayed");
    assert.equal(at.upstream.received.length, 1);
  });
});
