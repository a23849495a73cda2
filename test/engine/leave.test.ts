import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Bank, MINUTE_MS, refuses, World } from "./world.ts";

const LEAVING = { kind: "unavailable", why: "leaving" };

/** What a promise came to so far; null: nothing yet. */
function told<T>(promise: Promise<T>): { now: T | null } {
  const heard = { now: null as T | null };
  void promise.then((said) => {
    heard.now = said;
  });
  return heard;
}

describe("A process that leaves", () => {
  test("refuses what is new, says why, and claims nothing for it", async () => {
    const world = new World();
    const bank = new Bank();
    assert.equal(await world.engine.leave(1_000), true);
    assert.deepEqual(await world.handle("k1", bank.pay), LEAVING);
    assert.equal(await world.exists("k1"), false);
    assert.deepEqual([bank.charges, world.taken, world.engine.leaving], [0, 0, true]);
  });

  test("lets what was sent finish first", async () => {
    const world = new World();
    const bank = new Bank();
    const { send, answer } = bank.held();
    const reply = told(world.handle("k1", send));
    await world.clock.pass(0);
    const left = told(world.engine.leave(MINUTE_MS));
    await world.clock.pass(5_000);
    assert.deepEqual([reply.now, left.now], [null, null]);
    answer();
    await world.clock.pass(0);
    assert.deepEqual([reply.now?.kind, left.now], ["answer", true]);
    assert.equal(world.clock.pending, 0);
  });

  test("writes a completion whose client was told 'pending' before it is gone", async () => {
    const world = new World();
    world.store.next.push("none");
    world.store.otherwise = "unavailable";
    const reply = told(world.handle("k1", new Bank().pay));
    await world.clock.pass(MINUTE_MS);
    assert.equal(reply.now?.kind, "pending");
    const left = told(world.engine.leave(MINUTE_MS));
    await world.clock.pass(1_000);
    assert.equal(left.now, null);
    world.store.otherwise = "none";
    await world.clock.pass(5_000);
    assert.equal(left.now, true);
    assert.equal((await world.record("k1")).state.kind, "completed");
  });

  test("waits no longer than it was told to, though the store hangs", async () => {
    const world = new World();
    world.engine.due.start();
    world.store.next.push("none");
    world.store.otherwise = "silent";
    void world.handle("k1", new Bank().pay);
    world.store.reads = "hang";
    await world.clock.pass(1_000);
    const left = told(world.engine.leave(2_000));
    await world.clock.pass(1_999);
    assert.equal(left.now, null);
    await world.clock.pass(1);
    assert.equal(left.now, false);
  });

  test("waits no longer than it was told to, though only the due loop hangs", async () => {
    const world = new World();
    world.store.reads = "hang";
    world.engine.due.start();
    await world.clock.pass(0);
    const left = told(world.engine.leave(2_000));
    await world.clock.pass(2_000);
    assert.equal(left.now, false);
  });

  test("takes no new visit from then on, whatever is still under way", async () => {
    const world = new World();
    const { send } = new Bank().held();
    void world.handle("k1", send);
    world.engine.due.start();
    await world.clock.pass(3_000);
    const { looks } = world.store;
    void world.engine.leave(MINUTE_MS);
    await world.clock.pass(30_000);
    assert.equal(world.store.looks, looks);
  });

  test("leaves at once where nothing is under way, its due loop in a pause", async () => {
    const world = new World();
    await world.handle("k1", refuses);
    world.engine.due.start();
    await world.clock.pass(700);
    const left = told(world.engine.leave(MINUTE_MS));
    await world.clock.pass(0);
    assert.equal(left.now, true);
    assert.equal(world.clock.pending, 0);
  });

  test("holds nothing open: a process whose store hangs ends by itself", async () => {
    const file = new URL("./leaver.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["-C", "semel-source", file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = (await once(child, "exit")) as [number];
    assert.deepEqual([said.trim(), code], ["left: false", 0]);
  });
});
