import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Bank, DAY_MS, MINUTE_MS, World } from "./world.ts";

describe("A process whose wall clock is far from the store's", () => {
  for (const [what, apartMs] of [
    ["behind", DAY_MS],
    ["ahead", -DAY_MS],
  ] as const) {
    test(`claims nothing while it is ${what}, and says so`, async () => {
      const world = new World();
      const bank = new Bank();
      world.store.apartMs = apartMs;
      await world.engine.due.look();
      await world.clock.pass(100);
      assert.deepEqual(await world.handle("k1", bank.pay), { kind: "unavailable", why: "clock" });
      assert.equal(bank.charges, 0);
      assert.equal(await world.exists("k1"), false);
      assert.deepEqual(world.notices, [{ notice: "claimsStopped", apartMs: DAY_MS }]);
    });
  }

  test("still tells what is stored", async () => {
    const world = new World();
    const bank = new Bank();
    await world.handle("k1", bank.pay);
    world.store.apartMs = DAY_MS;
    world.clock.turn(6_000);
    await world.engine.due.look();
    await world.clock.pass(100);
    const replay = await world.handle("k1", bank.pay);
    assert.deepEqual([replay.kind, replay.kind === "answer" && replay.how], ["answer", "replayed"]);
    assert.equal((await world.handle("k2", bank.pay)).kind, "unavailable");
    assert.equal(bank.charges, 1);
  });

  test("claims again once they agree", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.apartMs = DAY_MS;
    await world.engine.due.look();
    await world.clock.pass(100);
    await world.handle("k1", bank.pay);
    world.store.apartMs = 0;
    await world.clock.pass(MINUTE_MS);
    await world.engine.due.look();
    await world.clock.pass(100);
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
  });

  test("claims while they differ by what clocks differ by", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.apartMs = 4_000;
    await world.engine.due.look();
    await world.clock.pass(100);
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
  });
});

describe("A wall clock that is turned while the process runs", () => {
  test("ends its claims at once, before the store has said its time", async () => {
    const world = new World();
    const bank = new Bank();
    await world.handle("k1", bank.pay);
    const { length } = world.store.swaps;
    world.clock.turn(-DAY_MS);
    world.store.reads = "hang";
    const reply = world.handle("k2", bank.pay);
    await world.clock.pass(6_000);
    assert.deepEqual(await reply, { kind: "unavailable", why: "store" });
    assert.equal(world.store.swaps.length, length, "nothing was claimed");
    assert.equal(bank.charges, 1);
  });

  test("leaves a payment that was sent to be completed, at the time that it is", async () => {
    const world = new World();
    const bank = new Bank();
    const { send, answer } = bank.held();
    const reply = world.handle("k1", send);
    await world.clock.pass(10);
    const claimedAt = (await world.record("k1")).changedAt;
    world.clock.turn(-DAY_MS);
    await world.clock.pass(50);
    answer();
    assert.equal((await reply).kind, "answer");
    const { state, changedAt } = await world.record("k1");
    assert.equal(state.kind, "completed");
    assert.equal(changedAt - claimedAt, 60, "its horizon must not be counted from yesterday");
  });

  test("does not make what is written down look newer than it is", async () => {
    const world = new World();
    const { send, answer } = new Bank().held();
    const reply = world.handle("k1", send);
    await world.clock.pass(10);
    const claimedAt = (await world.record("k1")).changedAt;
    world.clock.turn(DAY_MS);
    answer();
    await reply;
    assert.equal((await world.record("k1")).changedAt - claimedAt, 10);
  });
});
