import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { memoryStore } from "@semel/core/store/memory";
import { Behind, problemOf, until } from "./behind.ts";
import { type Choice, SHORT_DEADLINE } from "./harness.ts";
import { answer, head, says, saysAndLeaves, saysLate, silence, Upstream } from "./upstream.ts";
import { asking, exchange, fieldOf, valuesOf, Wire } from "./wire.ts";

const KEY = { headers: ["idempotency-key"], body: null, required: true, format: "any", bytesMax: 255 } as const;

/** Only POST /payments is ours; the store is closed, so that nothing could be claimed. */
async function beside(choice: Choice = {}): Promise<Behind> {
  const store = memoryStore();
  await store.close();
  return await Behind.start({
    store,
    ...choice,
    route: { methods: ["POST"], segments: ["payments"], ...choice.route },
  });
}

const get = (path: string, headers: readonly string[] = []): Buffer =>
  asking({ method: "GET", path, headers, body: "" });

describe("a request that no route names", () => {
  test("goes on as it came, but for what belongs to its connection", async () => {
    await using at = await beside();
    const own = ["X-B", "1", "accept-encoding", "gzip, br", "x-a", "2", "X-B", "3", "X-Latin", "caf\xe9"];
    const hop = ["Connection", "X-Hop, keep-alive", "X-Hop", "1", "TE", "trailers", "Proxy-Authorization", "Basic x"];
    const key = ["Idempotency-Key", "one", "Idempotency-Key", "two", "Prefer", "wait=5"];
    const got = await exchange(at.url, get("/a%20b//c;d=1?q=%2F&q=a+b&empty=", [...own, ...hop, ...key]));
    assert.equal(got.status, 201);
    const [received] = at.upstream.received;
    assert.equal(received!.target, "/a%20b//c;d=1?q=%2F&q=a+b&empty=");
    assert.equal(fieldOf(received!, "host"), at.upstream.url.host);
    const mine = received!.headers.slice(received!.headers.indexOf("X-B"));
    assert.deepEqual(mine, [...own, ...key]);
  });
  test("may have any method and any body, whose length stays what it was", async () => {
    await using at = await beside();
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, n) => n % 256));
    for (const method of ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"]) {
      await exchange(at.url, asking({ method, path: "/files/1", body }));
      const received = at.upstream.received.at(-1)!;
      assert.equal(received.method, method);
      assert.ok(received.body.equals(body));
      assert.equal(fieldOf(received, "content-length"), "70000");
      assert.equal(fieldOf(received, "transfer-encoding"), undefined);
    }
  });
  for (const [framing, rest] of [
    ["Content-Length: 4", "abcd"],
    ["Transfer-Encoding: chunked", "4\r\nabcd\r\n0\r\n\r\n"],
  ] as const) {
    test(`is framed as it came while its body is still on the way (${framing})`, async () => {
      await using at = await beside();
      using wire = new Wire(at.url);
      wire.write(`PUT /files/1 HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
      await until(() => at.upstream.connections === 1);
      wire.write(rest);
      assert.equal((await wire.read())!.status, 201);
      const [received] = at.upstream.received;
      assert.equal(received!.body.toString(), "abcd");
      const lines = ["content-length", "transfer-encoding"].map((name) => fieldOf(received!, name));
      assert.deepEqual(lines, framing.startsWith("C") ? ["4", undefined] : [undefined, "chunked"]);
    });
  }
  test("may be empty, with a length or without", async () => {
    await using at = await beside();
    for (const [method, framing] of [
      ["PUT", "Content-Length: 0\r\n"],
      ["DELETE", "Content-Length: 0\r\n"],
      ["GET", "Content-Length: 0\r\n"],
      ["DELETE", ""],
    ]) {
      const got = await exchange(at.url, `${method} /files/1 HTTP/1.1\r\nHost: a\r\n${framing}\r\n`);
      assert.equal(got.status, 201);
      assert.equal(at.upstream.received.at(-1)!.body.length, 0);
    }
  });
  test("that breaks off breaks off upstream too", async () => {
    await using at = await beside();
    {
      using wire = new Wire(at.url);
      wire.write("PUT /files/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
      await until(() => at.upstream.connections === 1);
    }
    await until(() => at.upstream.open.size === 0);
    assert.equal(at.upstream.received.length, 0);
  });
  test("is not tied to the limit of any route", async () => {
    await using at = await beside({
      route: { limits: { requestBytes: 10, answerBytes: 10, headers: 1, waitersPerKey: 1 } },
    });
    const big = Buffer.alloc(300_000, "x");
    at.upstream.next.push(says(answer(200, [], big)));
    const got = await exchange(at.url, asking({ method: "PUT", path: "/files/1", body: big }));
    assert.ok(at.upstream.received[0]!.body.equals(big));
    assert.ok(got.body.equals(big));
  });
  test("is not under way any more when its client has gone", async () => {
    await using at = await beside();
    at.upstream.next.push(silence);
    {
      using wire = new Wire(at.url);
      wire.write(get("/slow"));
      await until(() => at.upstream.received.length === 1);
    }
    await until(() => at.upstream.open.size === 0);
  });
});

describe("the answer to a request that no route names", () => {
  test("comes back as it was: status, header list, cookies, date", async () => {
    await using at = await beside();
    const headers = ["Set-Cookie", "a=1", "set-cookie", "b=2", "Date", "Thu, 01 Jan 1970 00:00:00 GMT", "X-A", "\xe9"];
    at.upstream.next.push(says(answer(404, [...headers, "Idempotency-Status", "theirs"], "nothing here")));
    const got = await exchange(at.url, get("/nowhere"));
    assert.equal(got.status, 404);
    assert.equal(got.body.toString(), "nothing here");
    assert.deepEqual(got.headers.slice(0, 10), [...headers, "Idempotency-Status", "theirs"]);
  });
  test("comes as it is written, not when it is whole", async () => {
    await using at = await beside();
    at.upstream.next.push((socket) => {
      socket.write(`${head(200, ["Transfer-Encoding", "chunked"]).toString()}5\r\nfirst\r\n`);
      setTimeout(() => socket.write("6\r\nsecond\r\n0\r\n\r\n"), 100);
    });
    using wire = new Wire(at.url);
    wire.write(get("/events"));
    const from = performance.now();
    await wire.heard("first");
    assert.ok(performance.now() - from < 90);
    assert.equal((await wire.read())!.body.toString(), "firstsecond");
  });
  test("is a redirect that nobody follows, a part, bytes still compressed, or nothing", async () => {
    await using at = await beside();
    const gzipped = gzipSync("hello");
    const redirect = says(answer(302, ["Location", `${at.upstream.url}elsewhere`]));
    const part = says(answer(206, ["Content-Range", "bytes 0-1/10"], "ab"));
    at.upstream.next.push(redirect, part, says(answer(200, ["Content-Encoding", "gzip"], gzipped)), says(answer(304)));
    assert.equal((await exchange(at.url, get("/a"))).status, 302);
    const ranged = await exchange(at.url, get("/a", ["Range", "bytes=0-1"]));
    assert.deepEqual([ranged.status, fieldOf(ranged, "content-range")], [206, "bytes 0-1/10"]);
    assert.equal(fieldOf(at.upstream.received[1]!, "range"), "bytes=0-1");
    assert.deepEqual((await exchange(at.url, get("/a"))).body, gzipped);
    assert.equal((await exchange(at.url, get("/a"))).status, 304);
    assert.equal(at.upstream.received.length, 4);
  });
  test("to a HEAD has the length of what it does not bring", async () => {
    await using at = await beside();
    at.upstream.next.push(says(head(200, ["Content-Length", "1234", "ETag", '"e"'])));
    using wire = new Wire(at.url);
    wire.write(asking({ method: "HEAD", path: "/files/1", body: "" }));
    const got = await wire.read(true);
    assert.deepEqual([got!.status, fieldOf(got!, "content-length"), fieldOf(got!, "etag")], [200, "1234", '"e"']);
    wire.write(get("/next"));
    assert.equal((await wire.read())!.status, 201);
  });
  test("breaks off where the upstream's does", async () => {
    await using at = await beside();
    at.upstream.next.push(saysAndLeaves(head(200, ["Transfer-Encoding", "chunked"]), "5\r\nfirst\r\n"));
    const got = await exchange(at.url, get("/events"));
    assert.equal(got.whole, false);
  });
  test("is 502 where there is none", async () => {
    const gone = await Upstream.start();
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    await using at = await beside({ upstream: { url } });
    for (const request of [get("/a"), asking({ method: "PUT", path: "/a", body: "x".repeat(200_000) })]) {
      const got = await exchange(at.url, request);
      assert.deepEqual([got.status, problemOf(got)["code"]], [502, "upstream_unreachable"]);
    }
  });
  test("may take longer than a route's deadline", async () => {
    await using at = await beside({ policy: SHORT_DEADLINE });
    at.upstream.next.push(saysLate(500, answer(200)));
    assert.equal((await exchange(at.url, get("/slow"))).status, 200);
  });
});

describe("a request of a route", () => {
  test("that is off goes through, key and all, as often as it comes", async () => {
    await using at = await beside({ route: { mode: "off" } });
    for (let n = 0; n < 2; n += 1) {
      const got = await at.pay("k1");
      assert.deepEqual([got.status, fieldOf(got, "idempotency-status")], [201, undefined]);
    }
    assert.deepEqual(
      at.upstream.received.map((received) => valuesOf(received.headers, "idempotency-key")),
      [["k1"], ["k1"]],
    );
  });
  test("without a key, where it may lack one, goes through and is told that it is not protected", async () => {
    await using at = await beside({ route: { key: { ...KEY, required: false } } });
    for (const body of ["{}", ""]) {
      const got = await at.pay(null, { body, headers: ["X-Own", "1"] });
      assert.deepEqual([got.status, fieldOf(got, "idempotency-status")], [201, "ignored"]);
      const received = at.upstream.received.at(-1)!;
      assert.deepEqual([received.body.toString(), fieldOf(received, "x-own")], [body, "1"]);
      assert.equal(fieldOf(received, "content-length"), String(body.length));
    }
    assert.equal(at.upstream.received.length, 2);
    assert.equal((await at.pay("k1")).status, 503, "a key is protected, or not carried out");
  });
  test("goes to the upstream under its path", async () => {
    await using upstream = await Upstream.start();
    await using at = await Behind.start({
      upstream: { url: new URL("api/v2/", upstream.url) },
      route: { segments: ["payments"], methods: ["POST"] },
    });
    await at.pay("k1", { path: "/payments?a=1" });
    await exchange(at.url, get("/payments/1"));
    assert.deepEqual(
      upstream.received.map(({ target }) => target),
      ["/api/v2/payments?a=1", "/api/v2/payments/1"],
    );
  });
});
