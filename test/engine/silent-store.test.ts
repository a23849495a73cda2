import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reply } from "@semel/core/record";
import { LADDERS } from "../kernel/cases.ts";
import { Bank, breaks, keyOf, MINUTE_MS, POLICY, refuses, World, yes } from "./world.ts";

/** What a promise came to so far; null: nothing yet. */
function told(reply: Promise<Reply>): { now: Reply | null } {
  const heard = { now: null as Reply | null };
  void reply.then((said) => {
    heard.now = said;
  });
  return heard;
}

describe("A store that never answers a claim", () => {
  test("costs the client no more than the time to send, and its followers neither", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.otherwise = "silent";
    const leader = told(world.handle("k1", bank.pay));
    const follower = told(world.handle("k1", bank.pay, { waitMs: 10 * MINUTE_MS }));
    await world.clock.pass(POLICY.sendWithinMs - 1);
    assert.deepEqual([leader.now, follower.now], [null, null]);
    await world.clock.pass(1);
    assert.deepEqual(leader.now, { kind: "unavailable", why: "store" });
    assert.deepEqual(follower.now, { kind: "unavailable", why: "store" });
    assert.equal(world.taken, 0);
  });

  test("gives up repeating it after a while, and nothing of it stays in the process", async () => {
    const world = new World();
    world.store.otherwise = "silent";
    void world.handle("k1", new Bank().pay);
    await world.clock.pass(6 * MINUTE_MS);
    await world.clock.pass(0);
    assert.equal(world.engine.inFlight, 0);
    assert.equal(world.clock.pending, 0);
  });

  test("may write it late: it is ended as unsent, and the next request runs at once", async () => {
    for (const how of ["late", "silentlyWritten"] as const) {
      const world = new World();
      const bank = new Bank();
      world.store.next.push(how);
      void world.handle("k1", bank.pay);
      await world.clock.pass(POLICY.sendWithinMs);
      await world.store.land();
      await world.clock.pass(MINUTE_MS);
      const { state, open, history } = await world.record("k1");
      assert.deepEqual([state.kind, open.length, history.entries.at(-1)?.did], ["idle", 0, "unsent"]);
      await world.clock.pass(0);
      assert.equal(world.engine.inFlight, 0);
      assert.equal(bank.charges, 0);
      assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
      assert.equal(bank.charges, 1);
    }
  });

  test("may have lost only the acknowledgement: the request runs within its time", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("lostAck");
    const reply = told(world.handle("k1", bank.pay));
    await world.clock.pass(100);
    assert.equal(reply.now?.kind, "answer");
    assert.equal(bank.charges, 1);
  });
});

describe("A store that never answers a completion", () => {
  test("leaves the client with 'pending' by the end of the lease, and stores the answer when it is back", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("none");
    world.store.otherwise = "silent";
    const leader = told(world.handle("k1", bank.pay));
    const follower = told(world.handle("k1", bank.pay, { waitMs: 10 * MINUTE_MS }));
    const leaseMs = POLICY.sendWithinMs + POLICY.deadlineMs + POLICY.leaseMarginMs;
    await world.clock.pass(leaseMs - 1);
    assert.deepEqual([leader.now, follower.now], [null, null]);
    await world.clock.pass(1);
    assert.equal(leader.now?.kind, "pending");
    assert.equal(follower.now?.kind, "pending");
    assert.equal(world.taken, 0);

    world.store.otherwise = "none";
    await world.clock.pass(10_000);
    assert.equal((await world.record("k1")).state.kind, "completed");
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
    assert.equal(bank.charges, 1);
    await world.clock.pass(0);
    assert.equal(world.engine.inFlight, 0);
  });

  test("has the client wait no longer than the lease when the attempt was answered late in it", async () => {
    const world = new World();
    const bank = new Bank();
    const payment = bank.held();
    const reply = told(world.handle("k1", payment.send));
    await world.clock.pass(POLICY.sendWithinMs + POLICY.deadlineMs + POLICY.leaseMarginMs - 1_500);
    world.store.otherwise = "silent";
    payment.answer();
    await world.clock.pass(1_500);
    assert.equal(reply.now?.kind, "pending");
  });

  test("does not take the place at the upstream that its answer has given back", async () => {
    const world = new World();
    world.store.next.push("none");
    world.store.otherwise = "silent";
    void world.handle("k1", new Bank().pay);
    await world.clock.pass(1_000);
    assert.equal(world.taken, 0);
  });
});

describe("A store that never answers anything", () => {
  test("is not waited for by a request that found no place at the upstream", async () => {
    const world = new World();
    world.store.reads = "hang";
    const slot = { take: () => false, release: () => {} };
    const reply = told(world.handle("k1", new Bank().pay, { slot }));
    await world.clock.pass(POLICY.sendWithinMs);
    assert.deepEqual(reply.now, { kind: "unavailable", why: "store" });
  });

  test("is not waited for by an operator", async () => {
    const world = new World();
    world.store.reads = "hang";
    const resolution = { kind: "noEffect", lookedAt: world.clock.now() } as const;
    const what = { kind: "resolve", resolution, note: "seen", identity: null } as const;
    const reply = told(world.engine.resolve(keyOf("k1"), "POST /payments", what));
    await world.clock.pass(10_000);
    assert.deepEqual(reply.now, { kind: "unavailable", why: "store" });
  });

  test("does not end recovery: the due loop looks again when it is back", async () => {
    for (const hangsFor of ["due", "drop"] as const) {
      const world = new World({ policy: { ...POLICY, ladder: LADDERS.ask } });
      await world.handle("gone", refuses);
      await world.handle("k1", breaks);
      await world.clock.pass(hangsFor === "due" ? 2 * MINUTE_MS : POLICY.horizonMs + 2);
      world.store.reads = "hang";
      if (hangsFor === "drop") world.store.dueAnswers = true;
      world.says = async () => yes(1);
      world.engine.due.start();
      await world.clock.pass(1_000);
      world.store.reads = "answer";
      await world.clock.pass(2 * MINUTE_MS);
      assert.equal((await world.record("k1")).state.kind, "completed");
      assert.equal(await world.exists("gone"), hangsFor === "due");
      void world.engine.leave(0);
    }
  });
});
