import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@semel/core/store/memory";
import { createBank } from "../../examples/bank/bank.ts";
import { Harness } from "./harness.ts";

const SETTLE_MS = 200;
const ASK = { repeat: null, ask: { settleAfterMs: SETTLE_MS } };
const REPEAT = { repeat: { windowMs: 60_000 }, ask: null };

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
    await using it = await Harness.start();
    const running = it.pay("k1", { fault: "slow=100" });
    await sleep(40);
    const during = await it.pay("k1", { reference: "other" });
    assert.equal(during.status, 422);
    await running;
    const later = await it.pay("k1", { reference: "other" });
    assert.equal(later.status, 422);
    assert.equal(JSON.parse(later.text).code, "mismatch");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("sent twenty times at once runs once, and the others conflict", async () => {
    await using it = await Harness.start();
    const all = await Promise.all(Array.from({ length: 20 }, () => it.pay("k1", { fault: "slow=50" })));
    const statuses = all.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)]);
    assert.ok(all.every(({ status, headers }) => status !== 409 || headers["retry-after"] === "1"));
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("waits for the answer where the client prefers to", async () => {
    await using it = await Harness.start();
    const first = it.pay("k1", { fault: "slow=50" });
    await sleep(10);
    const waiter = await it.pay("k1", { headers: { prefer: "wait=5" }, fault: "slow=50" });
    assert.equal(waiter.status, 201);
    assert.deepEqual(waiter.text, (await first).text);
    assert.equal(it.bank.ledger.count().payments, 1);
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
    await using it = await Harness.start({ ladder: ASK });
    await it.pay("k1", { fault: "drop-after" });
    await sleep(1_200);
    const late = await it.pay("k1");
    assert.equal(late.headers["idempotent-replayed"], "true");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
});

test("a request that never took effect runs again once a no is final, and not before", async () => {
  await using it = await Harness.start({ ladder: ASK });
  const first = await it.pay("k1", { fault: "drop-before" });
  assert.equal(first.status, 502);
  const early = await it.pay("k1");
  assert.equal(early.status, 409);
  assert.equal(early.headers["idempotency-status"], "pending");
  await sleep(200 + 300 + SETTLE_MS + 100 + 100);
  const late = await it.pay("k1");
  assert.equal(late.status, 201);
  assert.equal(it.bank.ledger.count().payments, 1);
});

describe("shadow mode", () => {
  test("forwards every request, also duplicates and mismatches, and enforcing later knows the key", async () => {
    const store = memoryStore();
    await using bank = await createBankOnly();
    {
      await using it = await Harness.start({ store, route: { mode: "shadow" }, upstream: { url: new URL(bank.url) } });
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
    await using it = await Harness.start({ route: { mode: "shadow" } });
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
    await using it = await Harness.start({ store, route: { mode: "shadow" } });
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
