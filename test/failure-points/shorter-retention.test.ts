import assert from "node:assert/strict";
import { test } from "node:test";
import { Bank, MINUTE_MS, POLICY, World } from "../engine/world.ts";

test("an answer is kept for as long as was promised when it was stored, though the configuration now says less", async () => {
  const promised = { ...POLICY, retainMs: 60 * MINUTE_MS, horizonMs: 60 * MINUTE_MS };
  const world = new World({ policy: promised });
  const bank = new Bank();
  await world.handle("k1", bank.pay);
  world.policy = { ...promised, retainMs: MINUTE_MS, horizonMs: MINUTE_MS };
  await world.handle("k2", bank.pay);
  await world.clock.pass(59 * MINUTE_MS);
  await world.engine.due.look();
  await world.clock.pass(1_000);
  await world.engine.due.look();
  const reply = await world.handle("k1", bank.pay);
  assert.deepEqual([reply.kind, reply.kind === "answer" && reply.how], ["answer", "replayed"]);
  assert.equal(await world.exists("k2"), false, "the shorter retention counts for what is stored under it");
});

test("a horizon is that of today's configuration: one that is shortened forgets keys that are past their retention", async () => {
  const longer = { ...POLICY, retainMs: MINUTE_MS, horizonMs: 60 * MINUTE_MS };
  for (const [horizonMs, remembered] of [
    [60 * MINUTE_MS, true],
    [MINUTE_MS, false],
  ] as const) {
    const world = new World({ policy: longer });
    await world.handle("k1", new Bank().pay);
    world.policy = { ...longer, horizonMs };
    await world.clock.pass(30 * MINUTE_MS);
    await world.engine.due.look();
    await world.clock.pass(1_000);
    await world.engine.due.look();
    assert.equal(await world.exists("k1"), remembered);
  }
});
