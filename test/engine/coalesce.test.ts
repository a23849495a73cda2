import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reply } from "@semel/core/record";
import { Bank, MINUTE_MS, refuses, World } from "./world.ts";

const CONFLICT: Reply = { kind: "conflict", retryAfterMs: 1_000 };

/** A key whose first request is at the upstream, and its answer in our hand. */
async function running(): Promise<{ world: World; bank: Bank; leader: Promise<Reply>; answer: () => void }> {
  const world = new World();
  const bank = new Bank();
  const { send, answer } = bank.held();
  const leader = world.handle("k1", send);
  await world.clock.pass(0);
  return { world, bank, leader, answer };
}

describe("A second request with a key that is under way here", () => {
  test("is told of a mismatch before it is told of a conflict, and asks the store nothing", async () => {
    const { world, bank, leader, answer } = await running();
    const swaps = world.store.swaps.length;
    assert.deepEqual(await world.handle("k1", bank.pay, { body: "another payment" }), { kind: "mismatch" });
    assert.deepEqual(await world.handle("k1", bank.pay), CONFLICT);
    assert.equal(world.store.swaps.length, swaps);
    answer();
    assert.equal((await leader).kind, "answer");
    assert.equal(bank.charges, 1);
  });

  test("waits as long as it wants to, and gets the answer as a replay", async () => {
    const { world, bank, leader, answer } = await running();
    const [patient, impatient] = [60_000, 1_000].map((waitMs) => world.handle("k1", bank.pay, { waitMs }));
    await world.clock.pass(1_000);
    assert.deepEqual(await impatient, CONFLICT);
    answer();
    const [first, second] = [await leader, await patient!];
    assert.equal(first.kind === "answer" ? first.how : first.kind, "mine");
    assert.equal(second.kind === "answer" ? second.how : second.kind, "replayed");
    assert.equal(world.clock.pending, 0);
  });

  test("gets a stored answer with the first one, though it would not wait", async () => {
    const world = new World();
    const bank = new Bank();
    await world.handle("k1", bank.pay);
    const replies = await Promise.all([world.handle("k1", bank.pay), world.handle("k1", bank.pay)]);
    assert.deepEqual(
      replies.map((reply) => (reply.kind === "answer" ? reply.how : reply.kind)),
      ["replayed", "replayed"],
    );
    assert.equal(bank.charges, 1);
  });

  test("is told to retry where the first one's answer proves that nothing happened", async () => {
    const world = new World();
    const leader = world.handle("k1", async (sending) => {
      await world.clock.pass(1_000);
      return await refuses(sending);
    });
    const follower = world.handle("k1", new Bank().pay, { waitMs: MINUTE_MS });
    assert.deepEqual(await leader, { kind: "noEffect" });
    assert.deepEqual(await follower, CONFLICT);
  });
});

describe("Waiters", () => {
  test("are limited for each key, and a place is free again when one leaves", async () => {
    const { world, bank, answer } = await running();
    const waiting = [1, 2].map(() => world.handle("k1", bank.pay, { waitMs: 1_000, waitersPerKey: 2 }));
    await world.clock.pass(0);
    assert.deepEqual(await world.handle("k1", bank.pay, { waitMs: MINUTE_MS, waitersPerKey: 2 }), CONFLICT);
    await world.clock.pass(1_000);
    assert.deepEqual(await Promise.all(waiting), [CONFLICT, CONFLICT]);
    const third = world.handle("k1", bank.pay, { waitMs: MINUTE_MS, waitersPerKey: 2 });
    await world.clock.pass(0);
    answer();
    assert.equal((await third).kind, "answer");
  });

  test("are limited for all keys together", async () => {
    const { world, bank, answer } = await running();
    const more = { waitMs: MINUTE_MS, waitersPerKey: 20_000 };
    const waiting = Array.from({ length: 10_000 }, () => world.handle("k1", bank.pay, more));
    await world.clock.pass(0);
    assert.deepEqual(await world.handle("k1", bank.pay, more), CONFLICT);
    answer();
    assert.equal(new Set((await Promise.all(waiting)).map(({ kind }) => kind)).size, 1);
  });
});
