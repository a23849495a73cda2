import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeRecord } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { createBank } from "../../examples/bank/bank.ts";
import { Behind, problemOf, until } from "./behind.ts";
import { Harness, SHORT_DEADLINE } from "./harness.ts";
import { answer, Held } from "./upstream.ts";
import { fieldOf } from "./wire.ts";

const SETTLE_MS = 200;
const ASK = { repeat: null, ask: { settleAfterMs: SETTLE_MS } };
const REPEAT = { repeat: { windowMs: 60_000 }, ask: null };
/** A process outlives a request in shadow mode by its time to send. */
const SHADOW = { route: { mode: "shadow" }, policy: { sendWithinMs: 2_000 } } as const;

describe("a keyed request", () => {
  test("runs once, and its retry gets the same bytes", async () => {
    await using it = await Harness.start();
    const first = await it.pay("k1");
    const second = await it.pay("k1");
    assert.equal(first.status, 201);
    assert.equal(first.headers["idempotency-status"], "fresh");
    assert.equal(second.status, 201);
    assert.equal(second.headers["idempotent-replayed"], "true");
    assert.equal(second.headers["idempotency-status"], "replayed");
    assert.equal(second.headers.location, first.headers.location);
    assert.deepEqual(second.text, first.text);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is one key quoted and bare", async () => {
    await using it = await Harness.start();
    await it.pay("k1");
    const second = await it.pay('"k1"', { reference: "k1" });
    assert.equal(second.headers["idempotent-replayed"], "true");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("with another body is a mismatch, also while the first runs", async () => {
    await using at = await Behind.start();
    const held = new Held(answer(201));
    at.upstream.next.push(held.play);
    const running = at.pay("k1");
    await until(() => at.upstream.received.length === 1);
    const during = await at.pay("k1", { body: "other" });
    assert.equal(during.status, 422);
    held.release();
    await running;
    const later = await at.pay("k1", { body: "other" });
    assert.equal(later.status, 422);
    assert.equal(problemOf(later)["code"], "mismatch");
    assert.equal(at.upstream.received.length, 1);
  });
  test("sent twenty times at once runs once, and the others conflict", async () => {
    await using at = await Behind.start();
    const held = new Held(answer(201));
    at.upstream.next.push(held.play);
    let others = 0;
    const pay = async () => {
      const got = await at.pay("k1");
      // The one that runs is answered when all the others were, so that none of them comes late and finds its answer.
      if (got.status === 409) others += 1;
      if (others === 19) held.release();
      return got;
    };
    const all = await Promise.all(Array.from({ length: 20 }, pay));
    const statuses = all.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)]);
    assert.ok(all.every((got) => got.status !== 409 || fieldOf(got, "retry-after") === "1"));
    assert.equal(at.upstream.received.length, 1);
  });
  test("waits for the answer where the client prefers to", async () => {
    await using at = await Behind.start();
    const held = new Held(answer(201, [], "the answer"));
    at.upstream.next.push(held.play);
    const first = at.pay("k1");
    await until(() => at.upstream.received.length === 1);
    const waiter = at.pay("k1", { headers: ["Prefer", "wait=5"] });
    await until(() => at.it.asked === 2);
    held.release();
    assert.equal((await waiter).status, 201);
    assert.deepEqual((await waiter).body, (await first).body);
    assert.equal(at.upstream.received.length, 1);
  });
  test("without a key, or with two, is refused before anything is sent", async () => {
    await using it = await Harness.start();
    assert.equal((await it.pay(null)).status, 400);
    assert.equal((await it.pay("bad,key")).status, 400);
    assert.equal(it.bank.ledger.count().payments, 0);
  });
  test("that is refused by the upstream for good gets its refusal again", async () => {
    await using it = await Harness.start();
    const first = await it.pay("k1", { fault: "status=402" });
    const second = await it.pay("k1");
    assert.equal(first.status, 402);
    assert.equal(second.status, 402);
    assert.deepEqual(second.text, first.text);
    assert.equal(it.bank.ledger.count().payments, 0);
  });
  test("that the upstream was too busy for is not stored, and the retry runs", async () => {
    await using it = await Harness.start();
    const first = await it.pay("k1", { fault: "status=429" });
    assert.equal(first.status, 429);
    const second = await it.pay("k1");
    assert.equal(second.status, 201);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
});

describe("an answer that is lost after the effect", () => {
  test("without a rung leaves the key in doubt, and never pays twice", async () => {
    await using it = await Harness.start();
    const first = await it.pay("k1", { fault: "drop-after" });
    assert.equal(first.status, 502);
    assert.equal(JSON.parse(first.text).retryable, false);
    const second = await it.pay("k1");
    assert.equal(second.status, 409);
    assert.equal(second.headers["idempotency-status"], "in-doubt");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is repeated with the pinned key where the upstream honours it", async () => {
    await using it = await Harness.start({ ladder: REPEAT, bank: { honourKeys: true } });
    const first = await it.pay("k1", { fault: "drop-after" });
    assert.equal(first.status, 502);
    const second = await it.pay("k1");
    assert.equal(second.status, 201);
    assert.equal(second.headers["idempotency-status"], "fresh");
    const third = await it.pay("k1");
    assert.equal(third.headers["idempotent-replayed"], "true");
    assert.deepEqual(third.text, second.text);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is recovered by asking, and its answer stored once for all", async () => {
    await using it = await Harness.start({ ladder: ASK });
    const first = await it.pay("k1", { fault: "drop-after" });
    assert.equal(first.status, 502);
    const second = await it.pay("k1");
    assert.equal(second.status, 201);
    assert.equal(second.headers["idempotency-status"], "recovered");
    const third = await it.pay("k1");
    assert.deepEqual(third.text, second.text);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is recovered by the due loop when no client comes back", async () => {
    const store = memoryStore();
    const swap = store.swap.bind(store);
    let completed = false;
    store.swap = async (next) => {
      const swapped = await swap(next);
      completed ||= swapped.won && decodeRecord(next.next.doc).state.kind === "completed";
      return swapped;
    };
    await using it = await Harness.start({ store, ladder: ASK, policy: { sendWithinMs: 1_000, ...SHORT_DEADLINE } });
    assert.equal((await it.pay("k1", { fault: "drop-after" })).status, 502);
    await until(() => completed, 20_000);
    const late = await it.pay("k1");
    assert.equal(late.headers["idempotent-replayed"], "true");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
});

test("a request that never took effect runs again once a no is final, and not before", async () => {
  // The machine has this long to send the first request and to ask early. What it must not do is come before its time.
  const policy = { sendWithinMs: 1_500, ...SHORT_DEADLINE };
  await using it = await Harness.start({ ladder: ASK, policy });
  const from = performance.now();
  const first = await it.pay("k1", { fault: "drop-before" });
  assert.equal(first.status, 502);
  const early = await it.pay("k1");
  assert.equal(early.status, 409);
  assert.equal(early.headers["idempotency-status"], "pending");
  let late = early;
  while (late.status === 409 && performance.now() - from < 20_000) {
    await sleep(50);
    late = await it.pay("k1");
  }
  assert.equal(late.status, 201);
  const tookMs = performance.now() - from;
  assert.ok(tookMs >= SETTLE_MS + policy.deadlineMs, `after ${tookMs} ms`);
  assert.equal(it.bank.ledger.count().payments, 1);
});

describe("shadow mode", () => {
  test("forwards every request, also duplicates and mismatches, and enforcing later knows the key", async () => {
    const store = memoryStore();
    await using bank = await createBankOnly();
    {
      await using it = await Harness.start({ store, ...SHADOW, upstream: { url: new URL(bank.url) } });
      assert.equal((await it.pay("k1")).status, 201);
      assert.equal((await it.pay("k1")).status, 201);
      assert.equal((await it.pay("k1", { reference: "other" })).status, 201);
      assert.equal((await it.pay(null)).status, 201);
      assert.deepEqual(
        it.seen.map(({ word }) => word),
        ["shadow", "shadow-duplicate", "shadow-mismatch", "ignored"],
      );
    }
    assert.equal(bank.ledger.count().payments, 4);
    await using it = await Harness.start({ store, upstream: { url: new URL(bank.url) } });
    const enforced = await it.pay("k1");
    assert.equal(enforced.headers["idempotent-replayed"], "true");
    assert.equal(bank.ledger.count().payments, 4);
  });
  test("opens the attempt of a duplicate that is sent while the first one runs", async () => {
    await using it = await Harness.start(SHADOW);
    const both = await Promise.all([it.pay("k1", { fault: "slow=60" }), it.pay("k1", { fault: "slow=90" })]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [201, 201],
    );
    assert.deepEqual(it.seen.map(({ word }) => word).sort(), ["shadow", "shadow-duplicate"]);
    assert.equal(it.bank.ledger.count().payments, 2);
  });
  test("passes on when the store fails", async () => {
    const store = memoryStore();
    await store.close();
    await using it = await Harness.start({ store, ...SHADOW });
    assert.equal((await it.pay("k1")).status, 201);
    assert.equal(it.seen[0]?.word, "shadow-unrecorded");
  });
});

test("a store that fails refuses to run anything: nothing is sent without a claim", async () => {
  const store = memoryStore();
  await store.close();
  await using it = await Harness.start({ store });
  const refused = await it.pay("k1");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers["retry-after"], "1");
  assert.equal(it.bank.ledger.count().payments, 0);
});

async function createBankOnly() {
  const bank = await createBank();
  return { ...bank, url: bank.url, ledger: bank.ledger, [Symbol.asyncDispose]: () => bank.close() };
}
