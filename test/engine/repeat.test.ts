import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Bank, breaks, POLICY, World, yes } from "./world.ts";

describe("A completion that cannot be written", () => {
  test("is repeated with the very same fence and bytes until it is", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("none", "unavailable", "unavailable", "inDoubt", "silent", "unavailable", "lostAck");
    const reply = world.handle("k1", bank.pay);
    await world.clock.pass(20_000);
    assert.equal((await reply).kind, "answer");
    const [, first, ...again] = world.store.swaps;
    assert.equal(again.length, 6);
    for (const swap of again) {
      assert.deepEqual(swap, first);
      assert.deepEqual(Buffer.from(swap.next.doc), Buffer.from(first!.next.doc));
    }
    assert.deepEqual((await world.store.rowOf(first!.key))?.fence, first!.next.fence);
    assert.equal(bank.charges, 1);
  });

  test("pauses between its tries, longer each time", async () => {
    const world = new World();
    world.store.next.push("none", ...Array<"unavailable">(9).fill("unavailable"));
    const reply = world.handle("k1", new Bank().pay);
    await world.clock.pass(30_000);
    assert.equal((await reply).kind, "answer");
    assert.deepEqual(world.clock.sleeps, [15, 30, 60, 120, 240, 480, 960, 1_500, 1_500]);
  });

  test("goes on after its client was told, and an end of unknown effect likewise", async () => {
    for (const send of [new Bank().pay, breaks]) {
      const world = new World();
      world.store.next.push("none");
      world.store.otherwise = "unavailable";
      const reply = world.handle("k1", send);
      await world.clock.pass(POLICY.sendWithinMs + POLICY.deadlineMs + POLICY.leaseMarginMs + 3_000);
      assert.equal((await reply).kind, "pending");
      world.store.otherwise = "none";
      await world.clock.pass(3_000);
      assert.equal((await world.record("k1")).state.kind, send === breaks ? "inDoubt" : "completed");
    }
  });
});

describe("An answer that the store has no room for", () => {
  test("completes its key as not retained, and is told to its own client", async () => {
    const world = new World({ docBytesMax: 4_000 });
    const bank = new Bank();
    const reply = await world.handle("k1", bank.answering(5_000));
    assert.equal(reply.kind === "answer" ? reply.how : reply.kind, "mine");
    const { state, answer } = await world.record("k1");
    assert.equal(state.kind === "completed" ? state.answer : state.kind, "notRetained");
    assert.equal(answer, null);
    assert.equal((await world.handle("k1", bank.pay)).kind, "notRetained");
    assert.equal(bank.charges, 1);
    await world.clock.pass(0);
    assert.equal(world.engine.inFlight, 0);
  });

  test("completes it likewise where it came with the answer to a question", async () => {
    const world = new World({
      docBytesMax: 4_000,
      policy: { ...POLICY, ladder: { repeat: null, ask: { settleAfterMs: 0 } } },
    });
    await world.handle("k1", breaks);
    world.says = async () => yes(5_000);
    assert.equal((await world.handle("k1", new Bank().pay)).kind, "notRetained");
    assert.equal((await world.record("k1")).state.kind, "completed");
  });

  test("completes it likewise where an operator brought it", async () => {
    const world = new World({ docBytesMax: 4_000 });
    await world.handle("k1", breaks);
    const said = yes(5_000);
    assert.ok(said.kind === "yes");
    const resolution = { kind: "effect", outcome: said.outcome, answer: said.answer } as const;
    const what = { kind: "resolve", resolution, note: "seen", identity: null } as const;
    const reply = await world.engine.resolve(world.store.swaps[0]!.key, "POST /payments", what);
    assert.equal(reply.kind, "notRetained");
  });
});
