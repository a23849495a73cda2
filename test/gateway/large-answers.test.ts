import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Behind, problemOf, until } from "./behind.ts";
import { SHORT_DEADLINE } from "./harness.ts";
import { answer, Held, head, type Play, says } from "./upstream.ts";
import { asking, fieldOf, valuesOf, Wire } from "./wire.ts";

const CAP = 1_000;
/** The deadline is that of the answer's last byte: where a test is not about it, it is far off. */
const SMALL = {
  route: { limits: { requestBytes: 1_000, answerBytes: CAP, headers: 8, waitersPerKey: 8 } },
  policy: { deadlineMs: 60_000 },
};
const SHORT = { ...SMALL, policy: SHORT_DEADLINE };
const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, at) => (at * 7) % 256));
const BIG = Buffer.alloc(3 << 20, PATTERN);
/** More than the buffers of all sockets on the way hold: it comes only as fast as its client reads. */
const HUGE = Buffer.alloc(48 << 20, PATTERN);

/** As `deepEqual`, but that takes minutes and gigabytes to say how two large buffers differ. */
function sameBytes(actual: Buffer, expected: Buffer): void {
  assert.equal(actual.length, expected.length);
  assert.ok(actual.equals(expected), "The bytes differ");
}

/** Writes an answer in parts, and says how much of it the gateway has not taken. */
function inParts(bytes: Buffer): Readonly<{ play: Play; left: () => number }> {
  let socket: Socket | null = null;
  const play: Play = (own) => {
    socket = own;
    for (let at = 0; at < bytes.length; at += 1 << 16) own.write(bytes.subarray(at, at + (1 << 16)));
  };
  return { play, left: () => socket?.writableLength ?? bytes.length };
}

/** Resolves once nothing more is taken: every buffer on the way to a client that does not read is full. */
async function stuck(left: () => number): Promise<void> {
  for (let before = Number.NaN; before !== left(); await sleep(100)) before = left();
}

describe("an answer that is too large to keep", () => {
  for (const [what, framed] of [
    ["with a length", answer(201, ["X-Own", "1"], BIG)],
    [
      "in chunks",
      Buffer.concat([
        head(201, ["X-Own", "1", "Transfer-Encoding", "chunked"]),
        Buffer.from(`${BIG.length.toString(16)}\r\n`),
        BIG,
        Buffer.from("\r\n0\r\n\r\n"),
      ]),
    ],
  ] as const) {
    test(`reaches its first client whole, and later ones are told that it was (${what})`, async () => {
      await using at = await Behind.start(SMALL);
      at.upstream.next.push(says(framed));
      const first = await at.pay("k1");
      assert.equal(first.status, 201);
      assert.ok(first.whole);
      sameBytes(first.body, BIG);
      assert.equal(fieldOf(first, "x-own"), "1");
      assert.equal(fieldOf(first, "idempotency-status"), "fresh");
      for (let retry = 0; retry < 3; retry += 1) {
        const later = await at.pay("k1");
        assert.equal(later.status, 410);
        assert.equal(problemOf(later)["code"], "not_retained");
        assert.deepEqual(problemOf(later)["outcome"], {
          sense: "success",
          status: 201,
          source: "upstream",
          digest: null,
        });
      }
      assert.equal(at.upstream.received.length, 1);
      assert.equal(at.taken, 0);
    });
  }
  test("reaches a client whole that reads it slowly", async () => {
    await using at = await Behind.start(SMALL);
    const { play, left } = inParts(answer(201, [], HUGE));
    at.upstream.next.push(play);
    using wire = new Wire(at.url);
    wire.pause();
    wire.write(asking({ headers: ["Idempotency-Key", "k1"] }));
    await until(() => at.upstream.received.length === 1);
    await stuck(left);
    assert.ok(left() > 0);
    for (let sip = 0; sip < 20; sip += 1) {
      wire.resume();
      await sleep(1);
      wire.pause();
      await sleep(5);
    }
    wire.resume();
    const first = await wire.read();
    assert.ok(first!.whole);
    sameBytes(first!.body, HUGE);
    assert.equal((await at.pay("k1")).status, 410);
  });
  test("reaches its client whole whose parts come late", async () => {
    await using at = await Behind.start(SMALL);
    const framed = answer(201, [], BIG);
    const quarter = framed.length >> 2;
    at.upstream.next.push((socket) => {
      for (let part = 0; part < 4; part += 1) {
        const bytes = framed.subarray(part * quarter, part < 3 ? (part + 1) * quarter : undefined);
        setTimeout(() => socket.write(bytes), part * 150);
      }
    });
    const first = await at.pay("k1");
    assert.ok(first.whole);
    sameBytes(first.body, BIG);
  });
  test("is one byte over the cap", async () => {
    await using at = await Behind.start(SMALL);
    at.upstream.next.push(says(answer(201, [], BIG.subarray(0, CAP))), says(answer(201, [], BIG.subarray(0, CAP + 1))));
    await at.pay("k1");
    await at.pay("k2");
    assert.deepEqual([(await at.pay("k1")).status, (await at.pay("k2")).status], [201, 410]);
  });
  test("is completed before its first byte leaves: who comes meanwhile is told so", async () => {
    await using at = await Behind.start(SMALL);
    const held = new Held(Buffer.from("y".repeat(2_000)));
    at.upstream.next.push((socket, request) => {
      socket.write(head(201, ["Content-Length", "4000"]));
      socket.write("x".repeat(2_000));
      held.play(socket, request);
    });
    using wire = new Wire(at.url);
    wire.write(asking({ headers: ["Idempotency-Key", "k1"] }));
    await wire.heard("xxx");
    assert.equal((await at.pay("k1")).status, 410);
    held.release();
    const first = await wire.read();
    assert.ok(first!.whole);
    assert.equal(first!.body.toString(), "x".repeat(2_000) + "y".repeat(2_000));
  });
  test("is not given to those who waited for it either", async () => {
    await using at = await Behind.start(SMALL);
    const held = new Held(answer(201, [], BIG));
    at.upstream.next.push(held.play);
    const first = at.pay("k1");
    await until(() => at.upstream.received.length === 1);
    const waiter = at.pay("k1", { headers: ["Prefer", "wait=5"] });
    await until(() => at.it.asked === 2);
    held.release();
    assert.equal((await waiter).status, 410);
    sameBytes((await first).body, BIG);
  });
});

describe("an answer that breaks off when some of it has been passed on", () => {
  for (const [what, before, request] of [
    ["a length", head(201, ["Content-Length", "4000"]), asking({ headers: ["Idempotency-Key", "k1"] })],
    ["chunks", Buffer.concat([head(201, ["Transfer-Encoding", "chunked"]), Buffer.from("fa0\r\n")]), undefined],
    [
      "a length, for a client of HTTP/1.0",
      head(201, ["Content-Length", "4000"]),
      "POST /payments HTTP/1.0\r\nHost: a\r\nIdempotency-Key: k1\r\nContent-Length: 2\r\n\r\n{}",
    ],
  ] as const) {
    test(`breaks its client's connection, so that a part is not taken for the whole (${what})`, async () => {
      await using at = await Behind.start(SMALL);
      at.upstream.next.push((socket) => {
        socket.write(Buffer.concat([before, Buffer.alloc(2_000, "x")]));
        setTimeout(() => socket.destroy(), 40);
      });
      using wire = new Wire(at.url);
      wire.write(request ?? asking({ headers: ["Idempotency-Key", "k1"] }));
      const first = await wire.read();
      assert.equal(first!.whole, false);
      assert.equal((await at.pay("k1", { body: "{}" })).status, 410);
      assert.equal(at.upstream.received.length, 1);
    });
  }
  test("by stalling is cut off at the deadline", async () => {
    await using at = await Behind.start(SHORT);
    at.upstream.next.push(says(head(201, ["Content-Length", "4000"]), "x".repeat(2_000)));
    const first = await at.pay("k1");
    assert.equal(first.whole, false);
    await until(() => at.upstream.open.size === 0);
  });
});

test("a client that reads nothing of a large answer holds its upstream no longer than the deadline", async () => {
  await using at = await Behind.start(SHORT);
  at.upstream.next.push(inParts(answer(201, [], HUGE)).play);
  using wire = new Wire(at.url);
  wire.pause();
  wire.write(asking({ headers: ["Idempotency-Key", "k1"] }));
  await until(() => at.upstream.received.length === 1);
  await until(() => at.upstream.open.size === 0);
  wire.resume();
  const first = await wire.read();
  assert.ok(first === null || !first.whole);
  assert.equal((await at.pay("k1")).status, 410);
});

test("a client that leaves a large answer holds its upstream no longer than the deadline", async () => {
  await using at = await Behind.start(SHORT);
  at.upstream.next.push(says(answer(201, [], BIG)));
  {
    using wire = new Wire(at.url);
    wire.write(asking({ headers: ["Idempotency-Key", "k1"] }));
    await until(() => at.upstream.received.length === 1);
  }
  await until(() => at.upstream.open.size === 0 || at.taken === 0);
  assert.equal((await at.pay("k1")).status, 410);
  await sleep(350);
  assert.equal((await at.pay("k2")).status, 201);
  assert.equal(at.taken, 0);
});

test("a large refusal that proves nothing happened is passed on whole, and the next try runs", async () => {
  await using at = await Behind.start(SMALL);
  at.upstream.next.push(says(answer(429, ["Retry-After", "7"], BIG)));
  const first = await at.pay("k1");
  assert.equal(first.status, 429);
  sameBytes(first.body, BIG);
  assert.equal(fieldOf(first, "retry-after"), "7");
  assert.equal((await at.pay("k1")).status, 201);
});

test("a large answer that proves nothing is not passed on, and is not read to its end", async () => {
  await using at = await Behind.start(SHORT);
  at.upstream.next.push(says(answer(502, [], BIG)));
  const first = await at.pay("k1");
  assert.equal(first.status, 502);
  assert.equal(problemOf(first)["code"], "upstream_ambiguous");
  await until(() => at.upstream.open.size === 0);
});

test("an answer with too many headers reaches its first client with all of them, and is not kept", async () => {
  await using at = await Behind.start(SMALL);
  const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => ["X-Many", String(n)]).flat();
  at.upstream.next.push(says(answer(201, lines(8))), says(answer(201, lines(9))));
  await at.pay("k1");
  assert.equal(valuesOf((await at.pay("k1")).headers, "x-many").length, 8);
  const first = await at.pay("k2");
  assert.equal(valuesOf(first.headers, "x-many").length, 9);
  const later = await at.pay("k2");
  assert.equal(later.status, 410);
  assert.equal((problemOf(later)["outcome"] as { status: number }).status, 201);
});
