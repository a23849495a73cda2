import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { after, type Instant, type Policy } from "@semel/core/record";
import { ASKING, Bank, breaks, DAY_MS, MINUTE_MS, POLICY, World, yes } from "../engine/world.ts";
import { LADDERS } from "../kernel/cases.ts";

/** As the process is told after it has learnt that the last hour may be lost. */
function declared(world: World, policy: Policy): Policy {
  const until = world.clock.now();
  const since = after(until, -60 * MINUTE_MS);
  return { ...policy, quarantine: { since, until, endsAt: after(until, DAY_MS / 2) as Instant } };
}

/** Longer than a claim from before the loss may still be sent. */
const OPENED_MS = POLICY.sendWithinMs + POLICY.skewMs + 1;

describe("A key that the store does not know, after a declared loss of history,", () => {
  test("is not sent where the upstream can do nothing, and is in doubt", async () => {
    const world = new World();
    const bank = new Bank();
    world.policy = declared(world, { ...POLICY, ladder: LADDERS.neither });
    await world.clock.pass(OPENED_MS);
    assert.equal((await world.handle("k1", bank.pay)).kind, "inDoubt");
    assert.equal(bank.charges, 0);
  });

  test("is asked about where the upstream can be asked, and its payment is found", async () => {
    const world = new World();
    const bank = new Bank();
    world.policy = declared(world, ASKING);
    world.says = async () => yes(3);
    await world.clock.pass(OPENED_MS);
    const reply = await world.handle("k1", bank.pay);
    assert.deepEqual([reply.kind, reply.kind === "answer" && reply.how], ["answer", "recovered"]);
    assert.equal(bank.charges, 0);
  });

  test("just runs where nothing was declared lost, and again once the quarantine is over", async () => {
    const world = new World();
    const bank = new Bank();
    assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
    world.policy = declared(world, { ...POLICY, ladder: LADDERS.neither });
    await world.clock.pass(DAY_MS / 2 + OPENED_MS);
    assert.equal((await world.handle("k2", bank.pay)).kind, "answer");
    assert.equal(bank.charges, 2);
  });

  test("that the store still knows as completed is replayed", async () => {
    const world = new World();
    const bank = new Bank();
    await world.handle("k1", bank.pay);
    world.policy = declared(world, POLICY);
    await world.clock.pass(OPENED_MS);
    const reply = await world.handle("k1", breaks);
    assert.deepEqual([reply.kind, reply.kind === "answer" && reply.how], ["answer", "replayed"]);
    assert.equal(bank.charges, 1);
  });
});
