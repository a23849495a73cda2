import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { GENERIC, outcomes } from "@semel/core/upstream";
import { Behind, until } from "./behind.ts";
import { type Choice, SHORT_DEADLINE } from "./harness.ts";
import { answer, Held, says, silence } from "./upstream.ts";
import { type Answer, fieldOf } from "./wire.ts";

const words = outcomes(GENERIC);

/** A gateway whose first request is answered when it is let go. */
async function startHeld(choice: Choice = {}, bytes = answer(201, ["X-Own", "1"], "the answer")) {
  const at = await Behind.start({ ...choice, upstream: { words, ...choice.upstream } });
  const held = new Held(bytes);
  at.upstream.next.push(held.play);
  return Object.assign(at, { release: () => held.release() });
}

/** A request that runs until all duplicates have come and `enough` of them were answered; and what those get. */
async function meanwhile(
  at: Awaited<ReturnType<typeof startHeld>>,
  duplicates: () => Promise<Answer>[],
  enough = 0,
): Promise<Readonly<{ first: Answer; others: readonly Answer[] }>> {
  const first = at.pay("k1");
  await until(() => at.upstream.received.length === 1);
  let answered = 0;
  const all = duplicates();
  for (const each of all) void each.then(() => (answered += 1));
  await until(() => at.it.asked === 1 + all.length && answered >= enough);
  at.release();
  return { first: await first, others: await Promise.all(all) };
}

const limits = { requestBytes: 1_000, answerBytes: 1_000, headers: 64, waitersPerKey: 2 };

describe("a request that comes while another with its key runs", () => {
  for (const prefer of ["wait=5", "respond-async, wait=5", "wait=5; foo", "return=minimal,wait=5"]) {
    test(`waits for the answer, where it prefers to (${prefer})`, async () => {
      await using at = await startHeld();
      const { first, others } = await meanwhile(at, () => [at.pay("k1", { headers: ["Prefer", prefer] })]);
      assert.equal(others[0]!.status, 201);
      assert.equal(fieldOf(others[0]!, "idempotency-status"), "replayed");
      assert.equal(fieldOf(others[0]!, "x-own"), "1");
      assert.deepEqual(others[0]!.body, first.body);
      assert.equal(at.upstream.received.length, 1);
    });
  }
  test("waits where the route says so, and not where it prefers not to", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000 } });
    const { others } = await meanwhile(at, () => [at.pay("k1"), at.pay("k1", { headers: ["Prefer", "wait=0"] })], 1);
    assert.deepEqual(
      others.map(({ status }) => status),
      [201, 409],
    );
  });
  test("is told of the conflict when it has waited enough", async () => {
    await using at = await startHeld({ route: { waitMs: 40 } });
    const from = performance.now();
    const { others } = await meanwhile(
      at,
      () => [
        at.pay("k1").then((got) => {
          const tookMs = performance.now() - from;
          assert.ok(tookMs >= 38, `${tookMs} ms`);
          return got;
        }),
      ],
      1,
    );
    assert.equal(others[0]!.status, 409);
    assert.deepEqual(
      [fieldOf(others[0]!, "idempotency-status"), fieldOf(others[0]!, "retry-after")],
      ["conflict", "1"],
    );
  });
  test("finds only so many places to wait for one key, and they are free again afterwards", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000, limits } });
    const four = () => [at.pay("k1"), at.pay("k1"), at.pay("k1"), at.pay("k1")];
    const { others } = await meanwhile(at, four, 2);
    assert.deepEqual(others.map(({ status }) => status).sort(), [201, 201, 409, 409]);
    const held = new Held(answer(201));
    at.upstream.next.push(held.play);
    const next = at.pay("k2");
    await until(() => at.upstream.received.length === 2);
    const waiters = [at.pay("k2"), at.pay("k2")];
    await until(() => at.it.asked === 8);
    held.release();
    assert.deepEqual(
      [201, 201, 201],
      [(await next).status, ...(await Promise.all(waiters)).map(({ status }) => status)],
    );
  });
  test("is compared first: another request under the key does not wait", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000 } });
    const { others } = await meanwhile(at, () => [at.pay("k1", { body: '{"other":1}' })], 1);
    assert.equal(others[0]!.status, 422);
  });
  test("gets nobody else's bytes where that one was proved to do nothing", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000 } }, answer(429, ["Retry-After", "7"], "theirs"));
    const { first, others } = await meanwhile(at, () => [at.pay("k1")]);
    assert.deepEqual([first.status, first.body.toString()], [429, "theirs"]);
    assert.equal(others[0]!.status, 409);
    assert.ok(!others[0]!.body.includes("theirs"));
    assert.equal((await at.pay("k1")).status, 201);
  });
  test("is told that the key is in doubt where that one ended so", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000 } }, answer(502));
    const { first, others } = await meanwhile(at, () => [at.pay("k1")]);
    assert.equal(first.status, 502);
    assert.deepEqual([others[0]!.status, fieldOf(others[0]!, "idempotency-status")], [409, "in-doubt"]);
  });
  test("takes no place at the upstream", async () => {
    await using at = await startHeld({ route: { waitMs: 10_000 }, upstream: { maxInFlight: 1 } });
    const { others } = await meanwhile(at, () => [at.pay("k1"), at.pay("k1")]);
    assert.deepEqual(
      others.map(({ status }) => status),
      [201, 201],
    );
  });
});

describe("without a free place at the upstream", () => {
  test("new keys are refused before anything is stored, and what is stored is still told", async () => {
    await using at = await Behind.start({ upstream: { maxInFlight: 1 } });
    await at.pay("old");
    const held = new Held(answer(201));
    at.upstream.next.push(held.play);
    const running = at.pay("k1");
    await until(() => at.upstream.received.length === 2);
    assert.equal(at.taken, 1);
    const notices = at.it.notices.length;
    const refused = await at.pay("new");
    assert.equal(refused.status, 503);
    assert.deepEqual([fieldOf(refused, "idempotency-status"), fieldOf(refused, "retry-after")], ["unavailable", "1"]);
    const words = [];
    for (const body of ["{}", "{}", "other"]) words.push(fieldOf(await at.pay("old", { body }), "idempotency-status"));
    assert.deepEqual(words, ["replayed", "replayed", "mismatch"]);
    assert.equal((await at.pay("k1")).status, 409);
    assert.equal(at.it.notices.length, notices, "something was written");
    held.release();
    assert.equal((await running).status, 201);
    assert.equal(at.taken, 0);
    assert.equal((await at.pay("new")).status, 201);
    assert.equal(at.upstream.received.length, 3);
  });
  test("a key that has been waiting for its turn is not run late", async () => {
    await using at = await Behind.start({ upstream: { maxInFlight: 1 }, policy: { deadlineMs: 1_500 } });
    at.upstream.next.push(silence);
    const stalled = at.pay("k1");
    await until(() => at.upstream.received.length === 1);
    const all = await Promise.all(Array.from({ length: 10 }, (_, n) => at.pay(`new${n}`)));
    assert.ok(all.every(({ status }) => status === 503));
    assert.equal((await stalled).status, 504);
    await sleep(50);
    assert.equal(at.upstream.received.length, 1);
    assert.equal(at.taken, 0);
  });
});

test("every place comes back, whatever became of the request that had it", async () => {
  const limits = { requestBytes: 1_000, answerBytes: 10, headers: 64, waitersPerKey: 2 };
  await using at = await Behind.start({
    upstream: { words, maxInFlight: 2 },
    route: { limits },
    policy: SHORT_DEADLINE,
  });
  const ends = [says(answer(201)), says(answer(402)), says(answer(429)), says(answer(502)), silence];
  for (const play of [...ends, says(answer(201, [], "x".repeat(50_000)))]) {
    at.upstream.next.push(play);
    await at.pay(`k${at.upstream.received.length}`);
    assert.equal(at.taken, 0);
  }
  const before = at.upstream.received.length;
  for (const body of ["{}", "other"]) await at.pay("k0", { body });
  await at.pay(null);
  await at.pay("bad key");
  assert.equal(at.taken, 0);
  assert.equal(at.upstream.received.length, before);
});
