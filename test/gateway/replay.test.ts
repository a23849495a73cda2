import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { memoryCache } from "@semel/core/cache/memory";
import { memoryStore } from "@semel/core/store/memory";
import { answersIn } from "./caches.ts";
import { Harness } from "./harness.ts";
import { answer, head, says, Upstream } from "./upstream.ts";
import { type Answer, asking, exchange, fieldOf, valuesOf } from "./wire.ts";

/** What Semel and Node add: everything else must be the upstream's own. */
const ADDED = new Set(
  "idempotency-status idempotency-key idempotency-run idempotent-replayed idempotency-expires date connection keep-alive content-length".split(
    " ",
  ),
);
const POLICY_LINK = '</.well-known/idempotency>; rel="describedby"';

function own(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name, value] = [headers[at]!, headers[at + 1]!];
    if (!ADDED.has(name.toLowerCase()) && value !== POLICY_LINK) kept.push(name, value);
  }
  return kept;
}

/** The first answer, a retry from the store, two from memory, one from the store by a gateway started anew, and one from the cache. */
async function everyWay(bytes: readonly (string | Uint8Array)[], request = asking({ headers: KEYED })) {
  const store = memoryStore();
  await using upstream = await Upstream.start();
  upstream.next.push(says(...bytes));
  const answers: Answer[] = [];
  {
    await using it = await Harness.start({ store, upstream: { url: upstream.url } });
    answers.push(await exchange(it.url, request), await exchange(it.url, request));
    const { length } = it.notices;
    answers.push(await exchange(it.url, request), await exchange(it.url, request));
    assert.equal(it.notices.length, length, "the store was asked where memory knew");
  }
  const cache = answersIn(memoryCache({ valueBytesMax: 2 << 20 }));
  await using anew = await Harness.start({ store, cache, upstream: { url: upstream.url } });
  answers.push(await exchange(anew.url, request));
  await using elsewhere = await Harness.start({ store, cache, upstream: { url: upstream.url } });
  answers.push(await exchange(elsewhere.url, request));
  assert.equal(elsewhere.asked, 0, "the store was asked where the cache knew");
  assert.equal(upstream.received.length, 1);
  const [first, ...retries] = answers;
  assert.equal(fieldOf(first!, "idempotency-status"), "fresh");
  for (const retry of retries) {
    assert.equal(fieldOf(retry, "idempotency-status"), "replayed");
    assert.equal(fieldOf(retry, "idempotent-replayed"), "true");
    assert.ok(retry.whole);
    assert.equal(retry.status, first!.status);
    assert.deepEqual(own(retry.headers), own(first!.headers));
    assert.deepEqual(retry.body, first!.body);
  }
  return { first: first!, retries };
}

const KEYED = ["Idempotency-Key", "k1"];

describe("every retry gets the first answer's", () => {
  test("status and header list: order, case, repeated names", async () => {
    const headers = ["Location", "/payments/1", "x-b", "1", "X-A", "2", "x-B", "3", "ETag", '"e1"'];
    const more = ["Link", "</p>; rel=next", "Link", "</q>; rel=last", "WWW-Authenticate", "A", "x-b", ""];
    const { first } = await everyWay([answer(202, [...headers, ...more], "x")]);
    assert.equal(first.status, 202);
    assert.deepEqual(own(first.headers), [...headers, ...more]);
  });
  test("headers, but for those of one connection or one exchange", async () => {
    const dropped = ["Set-Cookie", "a=1", "Date", "Thu, 01 Jan 1970 00:00:00 GMT", "Keep-Alive", "timeout=9"];
    const nominated = [
      "Connection",
      "X-Hop, keep-alive",
      "X-Hop",
      "1",
      "Proxy-Authenticate",
      "Basic",
      "Upgrade",
      "h2c",
    ];
    const { first, retries } = await everyWay([answer(201, [...dropped, ...nominated, "X-Kept", "1"])]);
    assert.deepEqual(own(first.headers), ["X-Kept", "1"]);
    for (const { headers } of [first, ...retries]) {
      assert.deepEqual(valuesOf(headers, "set-cookie"), []);
      assert.deepEqual(valuesOf(headers, "keep-alive"), ["timeout=65"]);
      assert.match(valuesOf(headers, "date").join(), /^\w{3}, \d\d \w{3} 20/);
    }
  });
  test("headers, without marks of an idempotency layer behind it", async () => {
    const marks = ["Idempotent-Replayed", "true", "idempotency-key", "theirs", "Idempotency-Status", "fresh"];
    const { first } = await everyWay([answer(201, marks)]);
    assert.deepEqual(valuesOf(first.headers, "idempotent-replayed"), []);
    assert.deepEqual(valuesOf(first.headers, "idempotency-key"), ["k1"]);
  });
  test("header values beyond ASCII, byte for byte", async () => {
    const headers = ["X-Name", "caf\xe9 \xff\x80", "Content-Disposition", 'attachment; filename="\xe4.pdf"'];
    const { first } = await everyWay([answer(200, headers, "x")]);
    assert.deepEqual(own(first.headers), headers);
  });
  test("bytes, whatever their values", async () => {
    const body = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256));
    const { first } = await everyWay([answer(201, ["Content-Type", "application/octet-stream"], body)]);
    assert.deepEqual(first.body, body);
  });
  test("empty body", async () => {
    const { first } = await everyWay([answer(201)]);
    assert.equal(fieldOf(first, "content-length"), "0");
  });
  for (const status of [204, 304]) {
    test(`${status} without a body or a length`, async () => {
      const { first, retries } = await everyWay([answer(status, ["ETag", '"e1"'])]);
      assert.equal(first.status, status);
      for (const { headers } of [first, ...retries]) {
        assert.deepEqual(valuesOf(headers, "content-length"), []);
        assert.deepEqual(valuesOf(headers, "transfer-encoding"), []);
      }
    });
  }
  test("body that came in chunks, now with a length", async () => {
    const chunked = head(201, ["Transfer-Encoding", "chunked", "Trailer", "X-Sum"]);
    const { first } = await everyWay([chunked, "3\r\nabc\r\n", "4;ext=1\r\ndefg\r\n", "0\r\nX-Sum: 1\r\n\r\n"]);
    assert.equal(first.body.toString(), "abcdefg");
    assert.equal(fieldOf(first, "content-length"), "7");
    assert.deepEqual(own(first.headers), []);
  });
  test("compressed bytes, where the upstream compresses unasked", async () => {
    const body = gzipSync("hello ".repeat(100));
    const { first } = await everyWay([answer(200, ["Content-Encoding", "gzip"], body)]);
    assert.deepEqual(first.body, body);
    assert.equal(gunzipSync(first.body).toString(), "hello ".repeat(100));
  });
  test("body of exactly the cap", async () => {
    const body = Buffer.alloc(1 << 20, "x");
    const { first } = await everyWay([answer(201, [], body)]);
    assert.equal(first.body.length, body.length);
  });
  test("final answer, after others that announced it", async () => {
    const early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    const { first } = await everyWay([early, answer(201, ["X-Final", "1"], "done")]);
    assert.equal(first.status, 201);
    assert.deepEqual(own(first.headers), ["X-Final", "1"]);
  });
  test("redirect, which nobody follows", async () => {
    const { first } = await everyWay([answer(303, ["Location", "/elsewhere"])]);
    assert.equal(first.status, 303);
  });
});

test("the date and the cookies of a retry are its own exchange's", async () => {
  const { first, retries } = await everyWay([answer(201, ["Set-Cookie", "session=secret"])]);
  for (const { headers } of [first, ...retries]) assert.ok(!headers.join().includes("secret"));
});

describe("the key is echoed", () => {
  const odd = "!#$%&'()*+-./:<=>?@[]^_`{|}~";
  for (const [sent, what] of [
    ["plain-1", "bare"],
    ['"quoted 1"', "quoted"],
    ['"a \\"b\\" \\\\c;d,e"', "with escapes"],
    ['"p1";a=1', "with parameters"],
    [odd, "odd but legal"],
  ] as const) {
    test(`as it was sent: ${what}`, async () => {
      const request = asking({ headers: ["Idempotency-Key", ` ${sent} `] });
      const { first, retries } = await everyWay([answer(201)], request);
      for (const each of [first, ...retries]) assert.equal(fieldOf(each, "idempotency-key"), sent);
    });
  }
  test("in the form of this very request, also from memory", async () => {
    await using upstream = await Upstream.start();
    await using it = await Harness.start({ upstream: { url: upstream.url } });
    for (const sent of ["k1", "k1", '"k1"', "k1", '"k1"']) {
      const got = await exchange(it.url, asking({ headers: ["Idempotency-Key", sent] }));
      assert.equal(got.status, 201);
      assert.equal(fieldOf(got, "idempotency-key"), sent);
    }
    assert.equal(upstream.received.length, 1);
  });
  for (const sent of ["a\rX-Evil: 1", "a\x00b", "caf\xe9", '"a', "a b", "a,b", '"a" b', ""]) {
    test(`never where it is malformed: ${JSON.stringify(sent)}`, async () => {
      await using upstream = await Upstream.start();
      await using it = await Harness.start({ upstream: { url: upstream.url } });
      const got = await exchange(it.url, asking({ headers: ["Idempotency-Key", sent] }));
      assert.equal(got.status, 400);
      assert.deepEqual(valuesOf(got.headers, "x-evil"), []);
      assert.deepEqual(valuesOf(got.headers, "idempotency-key"), []);
      assert.equal(upstream.received.length, 0);
    });
  }
});
