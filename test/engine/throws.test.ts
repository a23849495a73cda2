import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Send } from "@semel/core/engine";
import { ASKING, Bank, breaks, MINUTE_MS, World } from "./world.ts";

const throwsBefore: Send = async () => {
  throw new Error("No socket");
};
const throwsAfter: Send = async ({ mayStart }) => {
  mayStart();
  throw new Error("The answer makes no sense");
};

describe("A sender that throws", () => {
  test("before its first byte has sent nothing: the next request runs", async () => {
    const world = new World();
    const bank = new Bank();
    assert.deepEqual(await world.handle("k1", throwsBefore), { kind: "unavailable", why: "unsent" });
    const { state, open } = await world.record("k1");
    assert.deepEqual([state.kind, open.length], ["idle", 0]);
    assert.deepEqual([world.heard("failed"), world.taken, world.engine.inFlight], [1, 0, 0]);
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
  });

  test("having been refused its first byte has sent nothing either", async () => {
    const world = new World();
    const reply = await world.handle("k1", async (sending) => {
      await world.clock.pass(2_000);
      return await throwsAfter(sending);
    });
    assert.deepEqual(reply, { kind: "unavailable", why: "unsent" });
  });

  test("after its first byte leaves the key in doubt, for the effect may have happened", async () => {
    const world = new World();
    const bank = new Bank();
    assert.deepEqual(await world.handle("k1", throwsAfter), { kind: "inDoubt" });
    const { state, open } = await world.record("k1");
    assert.deepEqual([state.kind, open.length], ["inDoubt", 1]);
    assert.deepEqual([world.heard("failed"), world.taken, world.engine.inFlight], [1, 0, 0]);
    assert.deepEqual(await world.handle("k1", bank.pay), { kind: "inDoubt" });
    assert.equal(bank.charges, 0);
  });
});

describe("An asker that throws", () => {
  const throws = async (): Promise<never> => {
    throw new Error("The question makes no sense");
  };

  test("has learnt nothing: it is asked again with growing pauses", async () => {
    const world = new World({ policy: ASKING });
    world.says = throws;
    await world.handle("k1", breaks);
    world.engine.due.start();
    await world.clock.pass(10 * MINUTE_MS);
    const times = world.questions.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    assert.ok(times.length >= 5 && times.length <= 15, `${times.length} questions`);
    // One question is moved forward, to the instant at which a "no" becomes final; after it the pauses only grow.
    assert.ok(gaps.at(-1)! > 2 * MINUTE_MS, `the last pause was ${gaps.at(-1)} ms`);
    assert.equal((await world.record("k1")).open.length, 1);
    assert.equal((await world.record("k1")).history.entries.at(-1)?.note, "the asker failed");
    void world.engine.leave(0);
  });

  test("does not keep the key from being reported in doubt when that is due", async () => {
    const world = new World({ policy: { ...ASKING, doubtAfterMs: 10 * MINUTE_MS } });
    world.says = throws;
    await world.handle("k1", breaks);
    world.engine.due.start();
    await world.clock.pass(10 * MINUTE_MS - 1_000);
    assert.equal((await world.record("k1")).state.kind, "idle");
    await world.clock.pass(2_000);
    assert.equal((await world.record("k1")).state.kind, "inDoubt");
    void world.engine.leave(0);
  });

  test("answers a waiting client that recovery goes on, and runs nothing", async () => {
    const world = new World({ policy: ASKING });
    const bank = new Bank();
    world.says = throws;
    await world.handle("k1", breaks);
    await world.clock.pass(2 * MINUTE_MS);
    assert.equal((await world.handle("k1", bank.pay)).kind, "pending");
    await world.clock.pass(0);
    assert.deepEqual([bank.charges, world.engine.inFlight, world.taken], [0, 0, 0]);
  });
});
