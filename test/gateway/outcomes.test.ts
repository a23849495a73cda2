import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GENERIC, type Overrides, outcomes, STRIPE_PROVIDER } from "@semel/core/upstream";
import { Behind, problemOf, until } from "./behind.ts";
import { type Choice, SHORT_DEADLINE } from "./harness.ts";
import { answer, head, type Play, says, saysAndLeaves, silence, Upstream } from "./upstream.ts";
import { fieldOf } from "./wire.ts";

const words = outcomes(GENERIC);
const REPEAT = { repeat: { windowMs: 60_000 }, ask: null };

/** A first try that meets this, and a second one that would be answered 201: their status and status words. */
async function twoTries(play: Play, choice: Choice = {}) {
  await using at = await Behind.start({ ...choice, upstream: { words, ...choice.upstream } });
  at.upstream.next.push(play);
  const first = await at.pay("k1");
  assert.equal(at.taken, 0);
  const second = await at.pay("k1");
  assert.equal(at.taken, 0);
  const told = [first, second].map((each) => `${each.status} ${fieldOf(each, "idempotency-status")}`);
  return { first, told, sent: at.upstream.received.length };
}

describe("what the upstream says for good is said again:", () => {
  for (const status of [200, 201, 204, 302, 400, 402, 404, 422, 500]) {
    test(String(status), async () => {
      const { told, sent } = await twoTries(says(answer(status)));
      assert.deepEqual(told, [`${status} fresh`, `${status} replayed`]);
      assert.equal(sent, 1);
    });
  }
});

describe("what proves that nothing happened is passed on, and the next try runs:", () => {
  for (const status of [401, 403, 408, 409, 425, 429, 503]) {
    test(String(status), async () => {
      const headers = ["Retry-After", "7", "Date", "Thu, 01 Jan 1970 00:00:00 GMT", "Set-Cookie", "a=1"];
      const { first, told, sent } = await twoTries(says(answer(status, headers, "busy")));
      assert.deepEqual(told, [`${status} fresh`, "201 fresh"]);
      assert.equal(first.body.toString(), "busy");
      assert.equal(fieldOf(first, "retry-after"), "7");
      assert.equal(fieldOf(first, "idempotency-expires"), undefined);
      assert.equal(sent, 2);
    });
  }
});

const HALF = head(201, ["Content-Length", "100"]);
const PROVES_NOTHING: readonly (readonly [what: string, play: Play])[] = [
  ["501", says(answer(501))],
  ["502", says(answer(502))],
  ["503 without Retry-After", says(answer(503))],
  ["504", says(answer(504))],
  ["a connection closed without a word", (socket) => socket.end()],
  ["a connection reset without a word", (socket) => socket.resetAndDestroy()],
  ["half of the head", saysAndLeaves("HTTP/1.1 201 Cre")],
  ["a head without its body", saysAndLeaves(HALF)],
  ["half of a body", saysAndLeaves(HALF, "half")],
  ["half of a chunk", saysAndLeaves(head(201, ["Transfer-Encoding", "chunked"]), "5\r\nab")],
  ["chunks without the last one", saysAndLeaves(head(201, ["Transfer-Encoding", "chunked"]), "2\r\nab\r\n")],
  ["a body that ends with its connection", saysAndLeaves(head(201, ["Connection", "close"]), "whole?")],
  ["no HTTP", says("SSH-2.0-OpenSSH_9.6\r\n")],
  ["a change of protocol", says(head(101, ["Connection", "upgrade", "Upgrade", "h2c"]))],
  ["headers without end", says(head(201, ["X-Long", "x".repeat(200_000)]))],
];

describe("what proves nothing is told as such, and the key is in doubt:", () => {
  for (const [what, play] of PROVES_NOTHING) {
    test(what, async () => {
      const { first, told, sent } = await twoTries(play);
      assert.deepEqual(told, ["502 in-doubt", "409 in-doubt"]);
      assert.equal(problemOf(first)["code"], "upstream_ambiguous");
      assert.equal(sent, 1, "the request was sent again by itself");
    });
  }
  test("no answer by the deadline: 504, and the connection is destroyed", async () => {
    await using at = await Behind.start({ upstream: { words }, policy: SHORT_DEADLINE });
    at.upstream.next.push(silence);
    const from = performance.now();
    const first = await at.pay("k1");
    const tookMs = performance.now() - from;
    // Early would be wrong. Late is a busy machine, as long as it is before anything else could end it.
    assert.ok(tookMs > 250 && tookMs < 5_000, `${tookMs} ms`);
    assert.equal(first.status, 504);
    assert.equal(problemOf(first)["code"], "upstream_timeout");
    await until(() => at.upstream.open.size === 0);
    assert.equal((await at.pay("k1")).status, 409);
    assert.deepEqual([at.upstream.received.length, at.taken], [1, 0]);
  });
  test("half an answer by the deadline", async () => {
    const { told } = await twoTries(says(HALF, "half"), { policy: SHORT_DEADLINE });
    assert.deepEqual(told, ["504 in-doubt", "409 in-doubt"]);
  });
});

describe("an upstream that honours keys is sent the same key again,", () => {
  const again = { ladder: REPEAT };
  test("until it answers for good", async () => {
    const { told, sent } = await twoTries((socket) => socket.end(), again);
    assert.deepEqual(told, ["502 pending", "201 fresh"]);
    assert.equal(sent, 2);
  });
  for (const status of [402, 404, 409, 429, 500, 503]) {
    test(`and its ${status} says nothing about the first try`, async () => {
      await using at = await Behind.start({ ...again, upstream: { words } });
      at.upstream.next.push((socket) => socket.end(), says(answer(status, ["Retry-After", "1"])));
      await at.pay("k1");
      const second = await at.pay("k1");
      assert.deepEqual([second.status, fieldOf(second, "idempotency-status")], [502, "pending"]);
      assert.equal((await at.pay("k1")).status, 201);
      assert.equal(at.taken, 0);
    });
  }
  test("and a refusal that it proves to be the operation's own counts", async () => {
    await using at = await Behind.start({ ...again, upstream: { words: outcomes(STRIPE_PROVIDER) } });
    at.upstream.next.push((socket) => socket.end(), says(answer(402, ["Idempotent-Replayed", "true"])));
    await at.pay("k1");
    assert.equal((await at.pay("k1")).status, 402);
    const third = await at.pay("k1");
    assert.deepEqual([third.status, fieldOf(third, "idempotency-status")], [402, "replayed"]);
  });
});

describe("the operator's own table", () => {
  const table = (overrides: Partial<Overrides>): Choice => {
    const whole = { notSuspect: new Map(), suspect: new Map(), ...overrides };
    return { upstream: { words: outcomes(GENERIC, whole) } };
  };
  test("can make a 500 ambiguous, a 422 prove nothing happened, and a 502 final", async () => {
    const notSuspect = new Map([
      [500, "ambiguous"],
      [422, "noEffect"],
      [502, "final"],
    ] as const);
    const at = async (status: number) => (await twoTries(says(answer(status)), table({ notSuspect }))).told;
    assert.deepEqual(await at(500), ["502 in-doubt", "409 in-doubt"]);
    assert.deepEqual(await at(422), ["422 fresh", "201 fresh"]);
    assert.deepEqual(await at(502), ["502 fresh", "502 replayed"]);
  });
  test("can make a 402 final for a key that is suspect", async () => {
    const choice = table({ suspect: new Map([[402, "final"]]) });
    await using at = await Behind.start({ ...choice, ladder: REPEAT });
    at.upstream.next.push((socket) => socket.end(), says(answer(402)));
    await at.pay("k1");
    assert.equal((await at.pay("k1")).status, 402);
    assert.equal(fieldOf(await at.pay("k1"), "idempotency-status"), "replayed");
  });
});

describe("a connection to the upstream", () => {
  test("that is refused leaves nothing in doubt: 503, and the next try runs", async () => {
    const gone = await Upstream.start();
    const { port, url } = gone;
    await gone[Symbol.asyncDispose]();
    await using at = await Behind.start({ upstream: { url } });
    const first = await at.pay("k1");
    assert.equal(first.status, 503);
    assert.deepEqual([fieldOf(first, "retry-after"), fieldOf(first, "idempotency-status")], ["1", "unavailable"]);
    assert.equal(problemOf(first)["retryable"], true);
    assert.equal(at.taken, 0);
    await using back = await Upstream.start(port);
    assert.equal((await at.pay("k1")).status, 201);
    assert.equal(back.received.length, 1);
  });
  test("is used again", async () => {
    await using at = await Behind.start();
    for (const key of ["k1", "k2", "k3"]) await at.pay(key);
    assert.equal(at.upstream.connections, 1);
  });
  test("that the upstream closed meanwhile is not used again", async () => {
    await using at = await Behind.start();
    const leaves = saysAndLeaves(answer(201));
    at.upstream.next.push(leaves, leaves);
    for (const key of ["k1", "k2", "k3"]) {
      assert.equal((await at.pay(key)).status, 201);
      await until(() => key === "k3" || at.upstream.open.size === 0);
    }
    assert.equal(at.upstream.connections, 3);
  });
  test("is not kept for longer than the upstream keeps it", async () => {
    await using at = await Behind.start({ upstream: { timeouts: { connectMs: 500, idleMs: 60 } } });
    await at.pay("k1");
    await until(() => at.upstream.open.size === 0);
  });
  test("that breaks after the request left is never tried again by itself", async () => {
    await using at = await Behind.start();
    await at.pay("k1");
    at.upstream.next.push((socket) => socket.resetAndDestroy());
    assert.equal((await at.pay("k2")).status, 502);
    assert.equal(at.upstream.received.length, 2);
    assert.equal((await at.pay("k3")).status, 201);
  });
});
