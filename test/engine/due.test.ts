import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LADDERS } from "../kernel/cases.ts";
import { ASKING, breaks, DAY_MS, keyOf, MINUTE_MS, POLICY, refuses, World, yes } from "./world.ts";

/** A full look, and as many rows as it takes to hide another one behind them. */
const FULL = 64;

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `old-${at}`);
}

/** The loop pauses 500 ms between two looks. */
function looksIn(ms: number): number {
  return Math.ceil(ms / 500) + 1;
}

describe("Rows that are due and have nothing to do do not starve the one that has", () => {
  test("where the horizon was raised", async () => {
    const world = new World({ policy: { ...ASKING, horizonMs: 60 * MINUTE_MS } });
    for (const name of names(FULL)) await world.handle(name, refuses);
    world.policy = ASKING;
    await world.clock.pass(61 * MINUTE_MS);
    await settles(world);
    assert.equal(await world.exists("old-0"), true);
  });

  test("where the upstream cannot be asked any more", async () => {
    const world = new World({ policy: { ...ASKING, doubtAfterMs: 1_000 } });
    await doubtful(world);
    world.policy = { ...ASKING, ladder: LADDERS.neither };
    await world.clock.pass(10 * MINUTE_MS);
    await world.engine.due.look();
    world.policy = ASKING;
    await settles(world);
  });

  test("where their route is gone, and with it their upstream", async () => {
    const world = new World({ policy: { ...ASKING, doubtAfterMs: 1_000 } });
    await doubtful(world);
    world.policy = { ...POLICY, upstream: "" };
    await world.clock.pass(10 * MINUTE_MS);
    await world.engine.due.look();
    world.policy = ASKING;
    await settles(world);
  });

  test("where the clocks forbid that they be dropped", async () => {
    const world = new World({ policy: { ...ASKING, horizonMs: 60 * MINUTE_MS } });
    for (const name of names(FULL)) await world.handle(name, refuses);
    world.clock.turn(DAY_MS);
    // By a clock that was turned nothing is claimed until the store has said that its own is the same.
    await world.engine.due.look();
    await world.clock.pass(1_000);
    await settles(world);
    assert.equal(await world.exists("old-0"), true);
    assert.equal(world.heard("purgeStopped") <= 2 * FULL, true);
  });

  test("where they cannot be read", async () => {
    const world = new World({ policy: ASKING });
    for (const name of names(FULL)) await world.handle(name, refuses);
    for (const name of names(FULL)) {
      const row = await world.store.rowOf(keyOf(name));
      await world.store.put({
        ...row!,
        dueAt: world.clock.now(),
        fence: `f${row!.fence.slice(1)}` as never,
        doc: new Uint8Array(20),
      });
    }
    await settles(world);
    assert.equal(await world.exists("old-0"), true);
    assert.equal(world.heard("unreadable"), 2 * FULL);
  });
});

/** 64 keys that were asked about in vain, and reported. */
async function doubtful(world: World): Promise<void> {
  for (const name of names(FULL)) await world.handle(name, breaks);
  await world.clock.pass(2 * MINUTE_MS);
  for (let look = 0; look < 4; look += 1) {
    await world.engine.due.look();
    await world.clock.pass(1_000);
  }
  assert.equal((await world.record("old-0")).state.kind, "inDoubt");
  world.questions.splice(0);
}

/** One more key becomes suspect; within two minutes it has been asked about, and the loop has done no more than its looks. */
async function settles(world: World): Promise<void> {
  world.says = async (key) => (key === keyOf("victim") ? yes(1) : { kind: "unknown", note: "nobody knows" });
  await world.handle("victim", breaks);
  await world.clock.pass(2 * MINUTE_MS);
  const { looks } = world.store;
  world.engine.due.start();
  await world.clock.pass(MINUTE_MS + 5_000);
  void world.engine.leave(0);
  assert.equal((await world.record("victim")).state.kind, "completed");
  const done = world.store.looks - looks;
  // One look that moved a whole batch of rows may be followed by another at once.
  assert.ok(done <= looksIn(MINUTE_MS + 5_000) + 1, `${done} looks`);
}

describe("The due loop", () => {
  test("looks twice a second at a store that is idle", async () => {
    const world = new World();
    world.engine.due.start();
    await world.clock.pass(10_000);
    assert.equal(world.store.looks, 21);
    void world.engine.leave(0);
  });

  test("does not spin while the store fails, and goes on when it is back", async () => {
    const world = new World({ policy: ASKING });
    await world.handle("k1", breaks);
    await world.clock.pass(2 * MINUTE_MS);
    world.says = async () => yes(1);
    world.store.reads = "fail";
    world.engine.due.start();
    await world.clock.pass(10_000);
    assert.equal(world.store.looks, 21);
    assert.equal(world.heard("failed"), 21);
    world.store.reads = "answer";
    await world.clock.pass(1_000);
    assert.equal((await world.record("k1")).state.kind, "completed");
    void world.engine.leave(0);
  });

  test("does not spin where every write of it is refused", async () => {
    const world = new World({ policy: ASKING });
    for (const name of names(2 * FULL)) await world.handle(name, breaks);
    await world.clock.pass(2 * MINUTE_MS);
    world.store.otherwise = "unavailable";
    const swaps = world.store.swaps.length;
    world.engine.due.start();
    await world.clock.pass(10_000);
    assert.equal(world.store.looks, 21);
    assert.equal(world.store.swaps.length - swaps, 2 * FULL);
    void world.engine.leave(0);
  });

  test("works through a backlog without a pause", async () => {
    const world = new World({ policy: ASKING });
    for (const name of names(5 * FULL)) await world.handle(name, breaks);
    await world.clock.pass(2 * MINUTE_MS);
    world.says = async () => yes(1);
    world.engine.due.start();
    await world.clock.pass(400);
    assert.equal(world.questions.length, 5 * FULL);
    void world.engine.leave(0);
  });

  test("looks again at once at a row that somebody else has written since it was set aside", async () => {
    const world = new World({ policy: ASKING });
    await world.handle("k1", breaks);
    await world.clock.pass(2 * MINUTE_MS);
    world.store.next.push("unavailable");
    await world.engine.due.look();
    await world.engine.due.look();
    assert.equal(world.questions.length, 0);
    // A client's retry asks meanwhile, in vain.
    await world.handle("k1", refuses);
    assert.equal(world.questions.length, 1);
    world.says = async () => yes(1);
    await world.clock.pass(5_000);
    await world.engine.due.look();
    assert.equal((await world.record("k1")).state.kind, "completed");
  });
});
