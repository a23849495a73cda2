import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reply } from "@semel/core/record";
import { Bank, keyOf, requestOf, World } from "./world.ts";

/** One request whose client may leave. */
function ask(world: World, bank: Bank, gone: () => boolean): Promise<Reply> {
  const slot = { take: () => true, release: () => {} };
  const call = { key: keyOf("k1"), request: requestOf("k1", "a payment"), send: bank.pay };
  return world.engine.handle({ ...call, waitMs: 0, waitersPerKey: 32, slot, gone });
}

describe("A client that has gone", () => {
  test("is not claimed for, unless somebody else waits for what it was told", async () => {
    const world = new World();
    const bank = new Bank();
    let gone = false;
    const leader = ask(world, bank, () => gone);
    const { wanted } = world.store.swaps[0]!;
    assert.equal(wanted?.(), true);
    gone = true;
    assert.equal(wanted?.(), false);
    const follower = world.handle("k1", bank.pay);
    assert.equal(wanted?.(), true);
    await Promise.all([leader, follower]);
  });

  test("has its answer written all the same once its claim has left", async () => {
    const world = new World();
    const bank = new Bank();
    await ask(world, bank, () => true);
    assert.deepEqual(
      world.store.swaps.map(({ wanted }) => wanted === undefined),
      [false, true],
    );
    assert.equal((await world.record("k1")).state.kind, "completed");
  });

  test("is claimed for where an earlier try of its claim may have been written", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("inDoubt");
    const reply = ask(world, bank, () => true);
    await world.clock.pass(10_000);
    await reply;
    const tries = world.store.swaps.filter(({ expect }) => expect === null);
    assert.ok(tries.length > 1);
    assert.ok(tries.slice(1).every(({ wanted }) => wanted === undefined));
  });
});
