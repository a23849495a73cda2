import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Send } from "@semel/core/engine";
import { OPEN_ATTEMPTS_MAX } from "@semel/core/record";
import { Bank, breaks, MINUTE_MS, POLICY, refuses, World } from "./world.ts";

const SECOND_MS = 1_000;

/** It was sent, and nothing is heard of it. */
const hangs: Send = ({ mayStart }) => {
  mayStart();
  return new Promise(() => {});
};

/** Sends when it is told to. */
function held(send: Send): Readonly<{ send: Send; go: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { send: (sending) => promise.then(() => send(sending)), go: resolve };
}

describe("A request in shadow mode", () => {
  test("is written down, so that enforcing later replays its answer", async () => {
    const world = new World();
    const bank = new Bank();
    assert.equal((await world.shadow("k1", bank.pay)).kind, "answer");
    const reply = await world.handle("k1", bank.pay);
    assert.deepEqual([reply.kind, bank.charges], ["answer", 1]);
  });

  test("of a settled key is told so, and changes nothing", async () => {
    const world = new World();
    const bank = new Bank();
    await world.shadow("k1", bank.pay);
    const before = await world.record("k1");
    const reply = await world.shadow("k1", bank.pay);
    assert.equal(reply.kind === "answer" ? reply.how : reply.kind, "replayed");
    assert.deepEqual(await world.record("k1"), before);
  });

  test("whose connection falls leaves the key in doubt, and enforcing later runs nothing", async () => {
    const world = new World();
    const bank = new Bank();
    await world.shadow("k1", breaks);
    assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
    assert.equal(bank.charges, 0);
  });

  test("that is refused is no proof about the one before it, whose connection fell", async () => {
    const world = new World();
    const bank = new Bank();
    await world.shadow("k1", breaks);
    await world.shadow("k1", refuses);
    assert.equal((await world.record("k1")).open.length, 2);
    assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
  });

  test("settles with its answer the one before it, whose connection fell", async () => {
    const world = new World();
    const bank = new Bank();
    await world.shadow("k1", breaks);
    await world.shadow("k1", bank.pay);
    const { state, open } = await world.record("k1");
    assert.deepEqual([state.kind, open.length], ["completed", 0]);
  });

  test("is told when the store refuses it, and leaves nothing", async () => {
    const world = new World();
    world.store.next.push("unavailable");
    assert.deepEqual(await world.shadow("k1", new Bank().pay), { kind: "unavailable", why: "store" });
    assert.equal(await world.exists("k1"), false);
  });

  test("whose claim is known too late was sent all the same: its attempt stays open", async () => {
    for (const how of ["late", "silentlyWritten"] as const) {
      const world = new World();
      const bank = new Bank();
      world.store.next.push(how);
      const reply = world.shadow("k1", bank.pay);
      await world.clock.pass(POLICY.sendWithinMs);
      assert.deepEqual(await reply, { kind: "unavailable", why: "store" });
      await world.store.land();
      await world.clock.pass(MINUTE_MS);
      const { state, open } = await world.record("k1");
      assert.deepEqual([state.kind, open.length], ["inDoubt", 1]);
      assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
      assert.equal(bank.charges, 0);
    }
  });
});

describe("A claim in shadow mode that is known too late, and loses to that of a duplicate,", () => {
  test("is opened beside it: a duplicate that had no effect does not free the key", async () => {
    const world = new World();
    const bank = new Bank();
    const duplicate = held(refuses);
    world.store.next.push("silent");
    const told = world.shadow("k1", bank.pay);
    await world.clock.pass(POLICY.sendWithinMs - 1);
    void world.shadow("k1", duplicate.send);
    await world.clock.pass(SECOND_MS);
    assert.deepEqual(await told, { kind: "unavailable", why: "store" });
    assert.equal((await world.record("k1")).open.length, 1);
    duplicate.go();
    await world.clock.pass(0);
    assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
    assert.equal(bank.charges, 0);
  });

  test("is not opened any more once the duplicate has settled the key", async () => {
    const world = new World();
    const bank = new Bank();
    world.store.next.push("silent");
    const told = world.shadow("k1", bank.pay);
    await world.clock.pass(POLICY.sendWithinMs - 1);
    await world.shadow("k1", bank.pay);
    await world.clock.pass(SECOND_MS);
    assert.deepEqual(await told, { kind: "unavailable", why: "store" });
    assert.deepEqual((await world.record("k1")).open, []);
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
    assert.equal(bank.charges, 1);
  });
});

describe("A duplicate in shadow mode, sent while the first one runs", () => {
  test("has an attempt of its own: a first one that had no effect does not free the key", async () => {
    const world = new World();
    const bank = new Bank();
    const first = held(refuses);
    const told = world.shadow("k1", first.send);
    await world.clock.pass(0);
    void world.shadow("k1", hangs);
    await world.clock.pass(0);
    assert.equal((await world.record("k1")).open.length, 1);
    first.go();
    await told;
    assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
    assert.equal(bank.charges, 0);
  });

  test("that proves to have had no effect is closed, and the first one's answer is stored", async () => {
    const world = new World();
    const bank = new Bank();
    const first = held(bank.pay);
    const told = world.shadow("k1", first.send);
    await world.clock.pass(0);
    const unsent: Send = async () => ({ event: "unsent", note: "refused" });
    assert.deepEqual(await world.shadow("k1", unsent), { kind: "unavailable", why: "unsent" });
    assert.deepEqual((await world.record("k1")).open, []);
    first.go();
    assert.equal((await told).kind, "answer");
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
    assert.equal(bank.charges, 1);
  });

  test("settles the key, and the first one gets the stored answer when its own comes", async () => {
    const world = new World();
    const bank = new Bank();
    const first = held(bank.pay);
    const told = world.shadow("k1", first.send);
    await world.clock.pass(0);
    await world.shadow("k1", bank.pay);
    first.go();
    const reply = await told;
    assert.equal(reply.kind === "answer" ? reply.how : reply.kind, "replayed");
    assert.equal(world.heard("incident"), 0);
  });

  test("has no attempt of its own once the record is full, and the key stays suspect", async () => {
    for (const send of [breaks, hangs]) {
      const world = new World();
      for (let attempt = 0; attempt < OPEN_ATTEMPTS_MAX + 6; attempt += 1) {
        void world.shadow("k1", send);
        await world.clock.pass(0);
      }
      const { state, open } = await world.record("k1");
      assert.equal(open.length + (state.kind === "running" ? 1 : 0), OPEN_ATTEMPTS_MAX);
      await world.clock.pass(2 * MINUTE_MS);
      assert.deepEqual(await world.handle("k1", new Bank().pay), { kind: "inDoubt" });
    }
  });
});
