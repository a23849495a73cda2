import assert from "node:assert/strict";
import { test } from "node:test";
import { Bank, refuses, World } from "../engine/world.ts";

test("a key that is refused a hundred times keeps a bounded history, a count of the rest, and their digest", async () => {
  const world = new World();
  const sizes: number[] = [];
  for (let time = 0; time < 100; time += 1) {
    await world.handle("k1", refuses);
    sizes.push(world.store.swaps.at(-1)!.next.doc.length);
  }
  const { history, open } = await world.record("k1");
  assert.ok(history.entries.length <= 32, `${history.entries.length} entries`);
  assert.equal(history.entries.length + history.older, 200, "a claim and its end, each time");
  assert.notEqual(history.olderDigest, "");
  assert.deepEqual(open, []);
  assert.ok(sizes.at(-1)! <= sizes[40]! + 64, `a row of ${sizes[40]} bytes has grown to ${sizes.at(-1)}`);
  const bank = new Bank();
  assert.equal((await world.handle("k1", bank.pay)).kind, "answer");
  assert.equal(bank.charges, 1);
});
