import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Send, Sending } from "@semel/core/engine";
import { Bank, breaks, MINUTE_MS, POLICY, World } from "./world.ts";

/** Does this between the claim and the first byte. */
function after(wait: (sending: Sending) => Promise<void>, bank: Bank): Send {
  return async (sending) => {
    await wait(sending);
    return await bank.pay(sending);
  };
}

describe("The guard before the first byte", () => {
  test("lets a request go within its time, and says how much of it is left", async () => {
    const world = new World();
    const bank = new Bank();
    let leftMs = 0;
    const send = after(async ({ startWithinMs }) => {
      leftMs = startWithinMs;
      await world.clock.pass(leftMs - 1);
    }, bank);
    assert.equal((await world.handle("k1", send)).kind, "answer");
    assert.deepEqual([leftMs, bank.charges], [POLICY.sendWithinMs, 1]);
  });

  test("stops it at the end of its time", async () => {
    const world = new World();
    const bank = new Bank();
    const send = after(() => world.clock.pass(POLICY.sendWithinMs), bank);
    assert.deepEqual(await world.handle("k1", send), { kind: "unavailable", why: "unsent" });
    assert.equal(bank.charges, 0);
    assert.deepEqual((await world.record("k1")).open, []);
  });

  test("is not fooled by a wall clock that was set back", async () => {
    const world = new World();
    const bank = new Bank();
    const send = after(async () => {
      world.clock.turn(-MINUTE_MS);
      await world.clock.pass(POLICY.sendWithinMs);
    }, bank);
    assert.deepEqual(await world.handle("k1", send), { kind: "unavailable", why: "unsent" });
    assert.equal(bank.charges, 0);
  });

  test("is not fooled by a machine that slept, whose monotonic clock stood still", async () => {
    const world = new World();
    const bank = new Bank();
    const send = after(async () => world.clock.turn(POLICY.sendWithinMs), bank);
    assert.deepEqual(await world.handle("k1", send), { kind: "unavailable", why: "unsent" });
    assert.equal(bank.charges, 0);
  });

  test("counts from before the claim was submitted, not from when it was known", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("lostAck");
    let leftMs = 0;
    const send = after(async ({ startWithinMs }) => {
      leftMs = startWithinMs;
      world.clock.turn(-MINUTE_MS);
      await world.clock.pass(startWithinMs);
    }, bank);
    const reply = world.handle("k1", send);
    await world.clock.pass(POLICY.sendWithinMs);
    assert.deepEqual(await reply, { kind: "unavailable", why: "unsent" });
    assert.ok(leftMs > 0 && leftMs < POLICY.sendWithinMs, `${leftMs} ms were left`);
    assert.equal(bank.charges, 0);
  });

  test("gives a claim that follows a question its own time", async () => {
    const world = new World({ policy: { ...POLICY, ladder: { repeat: null, ask: { settleAfterMs: MINUTE_MS } } } });
    const bank = new Bank();
    await world.handle("k1", breaks);
    await world.clock.pass(10 * MINUTE_MS);
    world.says = async () => {
      await world.clock.pass(10_000);
      return { kind: "no" };
    };
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
    assert.equal(bank.charges, 1);
  });
});
