import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { call, type Got } from "../../examples/bank/call.ts";
import { ANA, Harness, PAYMENTS } from "./harness.ts";

type Headers = Record<string, string>;

const look = (it: Harness, run: unknown, headers: Headers = {}, method = "GET"): Promise<Got> =>
  call(`${it.url}/.semel/runs/${run}`, { method, headers: { "x-account": "a1", ...headers } });
const lookByKey = (it: Harness, key: string, headers: Headers = {}): Promise<Got> =>
  call(`${it.url}/.semel/runs`, { key, headers: { "x-account": "a1", "semel-operation": PAYMENTS, ...headers } });
const state = ({ text }: Got): unknown => JSON.parse(text).state;

describe("the look-up of a run", () => {
  test("gives a completed run's answer as a replay of it", async () => {
    await using it = await Harness.start();
    const paid = await it.pay("k1");
    const replayed = await it.pay("k1");
    const run = paid.headers["idempotency-run"];
    for (const got of [await look(it, run), await lookByKey(it, "k1")]) {
      assert.equal(got.status, 201);
      assert.equal(got.text, paid.text);
      for (const name of ["content-type", "location", "idempotency-key", "idempotency-status", "idempotency-run"]) {
        assert.equal(got.headers[name], replayed.headers[name], name);
      }
      assert.equal(got.headers["idempotent-replayed"], "true");
      assert.equal(got.headers["cache-control"], "no-store");
    }
    const head = await look(it, run, {}, "HEAD");
    assert.equal(head.status, 201);
    assert.equal(head.headers["content-length"], String(Buffer.byteLength(paid.text)));
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("answers its own account only, and does not tell whether there is another's", async () => {
    await using it = await Harness.start();
    const run = (await it.pay("k1")).headers["idempotency-run"];
    const other = await look(it, run, { "x-account": "a2" });
    const unknown = await look(it, "A".repeat(43));
    assert.equal(other.status, 404);
    assert.equal(other.text, unknown.text);
    assert.equal((await lookByKey(it, "k1", { "x-account": "a2" })).status, 404);
    const nobody = await call(`${it.url}/.semel/runs/${run}`);
    assert.equal(nobody.status, 401);
    assert.equal((await look(it, "../!authority")).status, 404);
  });
  test("tells doubt, expiry, erasure, and that nothing happened", async () => {
    await using it = await Harness.start({ policy: { retainMs: 1_500 } });
    const doubt = await it.doubt("k1");
    assert.equal(state(await look(it, doubt)), "in-doubt");
    const kept = (await it.pay("k2")).headers["idempotency-run"];
    assert.equal((await look(it, kept)).status, 201);
    const erased = (await it.pay("k3")).headers["idempotency-run"];
    await it.ask(`/api/keys/${erased}/erase`, ANA, { reason: "r" });
    assert.equal(state(await look(it, erased)), "erased");
    const free = (await it.pay("k4", { fault: "status=429" })).headers["idempotency-run"];
    assert.equal(state(await look(it, free)), "free");
    await sleep(1_600);
    const expired = await look(it, kept);
    assert.equal(state(expired), "expired");
    assert.equal(JSON.parse(expired.text).outcome.status, 201);
    assert.equal(it.bank.ledger.count().payments, 3);
  });
  test("waits for the outcome as long as it is asked to, and no longer", async () => {
    await using held = await Harness.startHeld();
    const { it, upstream, running: paying, release } = held;
    const now = await lookByKey(it, "k1");
    assert.equal(state(now), "running");
    assert.equal(now.headers["retry-after"], "1");
    const waiting = lookByKey(it, "k1", { prefer: "wait=5" });
    await sleep(50);
    release();
    const waited = await waiting;
    assert.equal(waited.status, 201);
    assert.equal(waited.text, (await paying).text);
    upstream.next.push((socket) => socket.destroy());
    await it.pay("k2");
    const startedMs = performance.now();
    assert.equal(state(await lookByKey(it, "k2", { prefer: "wait=5" })), "in-doubt");
    assert.ok(performance.now() - startedMs < 4_000);
  });
  test("by key names the same run as the request did, whichever way the key is written", async () => {
    await using it = await Harness.start({ route: { scopeHeaders: ["x-scope"] } });
    const paid = await it.pay("k1");
    assert.equal((await lookByKey(it, '"k1"')).text, paid.text);
    assert.equal((await lookByKey(it, "k1", { "x-scope": "s" })).status, 404);
    assert.equal((await lookByKey(it, "k1", { "semel-operation": "POST /nothing" })).status, 400);
    assert.equal((await lookByKey(it, "bad,key")).status, 400);
  });
  test("by a key that anybody may guess tells the state, and never the answer", async () => {
    await using it = await Harness.start({ accounts: { kind: "single" } });
    const paid = await it.pay("k1");
    const guessed = await lookByKey(it, "k1");
    assert.equal(state(guessed), "completed");
    assert.equal(guessed.headers["idempotency-run"], undefined);
    assert.ok(!guessed.text.includes(String(paid.headers["idempotency-run"])));
    assert.equal((await look(it, paid.headers["idempotency-run"])).text, paid.text);
  });
  test("says so where the store does not answer", async () => {
    await using it = await Harness.start();
    const run = (await it.pay("k1")).headers["idempotency-run"];
    await it.store.close();
    const got = await look(it, run);
    assert.equal(got.status, 503);
    assert.equal(got.headers["retry-after"], "1");
  });
});
