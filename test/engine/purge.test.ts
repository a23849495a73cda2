import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Purge } from "@semel/core/engine";
import { DAY_MS, MINUTE_MS, POLICY, refuses, World } from "./world.ts";

/** A key that nothing came of: its row is dropped past its horizon. */
async function used(name = "k1"): Promise<World> {
  const world = new World();
  await world.handle(name, refuses);
  return world;
}

/** As the due loop does: a look by a clock that was turned does nothing but ask the store for its own. */
async function looks(world: World, count: number): Promise<void> {
  for (let look = 0; look < count; look += 1) {
    await world.engine.due.look();
    await world.clock.pass(500);
  }
}

describe("A row past its horizon", () => {
  test("is dropped while the clocks agree", async () => {
    const world = await used();
    await world.clock.pass(POLICY.horizonMs);
    await world.engine.due.look();
    assert.equal(await world.exists("k1"), true);
    await world.clock.pass(2);
    await world.engine.due.look();
    assert.equal(await world.exists("k1"), false);
    assert.equal(world.heard("purgeStopped"), 0);
  });

  test("stays where the process's wall clock jumped forward, and somebody is told", async () => {
    const world = await used();
    world.clock.turn(POLICY.horizonMs + DAY_MS);
    world.store.apartMs = -(POLICY.horizonMs + DAY_MS);
    await looks(world, 2);
    assert.equal(await world.exists("k1"), true);
    assert.equal(world.heard("claimsStopped"), 1);
  });

  test("stays where the process and the store share the clock that jumped", async () => {
    const world = await used();
    world.clock.turn(POLICY.horizonMs + DAY_MS);
    await looks(world, 2);
    assert.equal(await world.exists("k1"), true);
    const notice = world.notices.find((one) => one.notice === "purgeStopped");
    assert.deepEqual(notice, { notice: "purgeStopped", jumpMs: POLICY.horizonMs + DAY_MS, apartMs: 0 });
  });

  test("stays where the store's clock is ahead or behind", async () => {
    for (const apartMs of [2 * MINUTE_MS, -2 * MINUTE_MS]) {
      const world = await used();
      await world.clock.pass(POLICY.horizonMs + 2);
      world.store.apartMs = apartMs;
      await world.engine.due.look();
      assert.equal(await world.exists("k1"), true);
      assert.equal(world.heard("purgeStopped"), 1);
    }
  });

  test("stays where the store does not say what time it is", async () => {
    const world = await used();
    await world.clock.pass(POLICY.horizonMs + 2);
    const purge = new Purge(world.store, world.clock, (notice) => world.notices.push(notice));
    world.store.reads = "fail";
    assert.equal(await purge.mayDrop(), false);
  });

  test("is dropped once the clocks agree again", async () => {
    const world = await used();
    await world.clock.pass(POLICY.horizonMs + 2);
    world.store.apartMs = 2 * MINUTE_MS;
    await world.engine.due.look();
    world.store.apartMs = 0;
    await world.clock.pass(2 * MINUTE_MS);
    await looks(world, 2);
    assert.equal(await world.exists("k1"), false);
  });
});

describe("The licence to drop", () => {
  test("ends with a jump of the wall clock, however short a while ago the clocks agreed", async () => {
    const world = new World();
    const purge = new Purge(world.store, world.clock, (notice) => world.notices.push(notice));
    assert.equal(await purge.mayDrop(), true);
    await world.clock.pass(100);
    world.clock.turn(DAY_MS);
    assert.equal(await purge.mayDrop(), false);
    assert.equal(world.heard("purgeStopped"), 1);
  });

  test("is for 300,000 rows a minute at most", async () => {
    const world = new World();
    const purge = new Purge(world.store, world.clock, (notice) => world.notices.push(notice));
    for (let row = 0; row < 300_000; row += 1) {
      if (!(await purge.mayDrop())) assert.fail(`row ${row} was refused`);
    }
    assert.equal(await purge.mayDrop(), false);
    await world.clock.pass(MINUTE_MS + 1);
    assert.equal(await purge.mayDrop(), true);
  });
});
