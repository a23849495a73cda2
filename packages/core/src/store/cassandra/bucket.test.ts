import assert from "node:assert/strict";
import { test } from "node:test";
import { instant, NEVER } from "../../record/index.ts";
import { BUCKET_MS, bucketOf, endOf, placeOf, SHARDS, shardOf } from "./bucket.ts";

test("a bucket ends where the next one begins", () => {
  const at = instant(1_790_000_000_000);
  assert.equal(bucketOf(instant(endOf(bucketOf(at)))), bucketOf(at) + 1);
  assert.equal(bucketOf(instant(endOf(bucketOf(at)) - 1)), bucketOf(at));
  assert.equal(endOf(0), BUCKET_MS);
  assert.ok(Number.isSafeInteger(bucketOf(NEVER)));
});

test("keys are spread evenly over the shards, also those that differ little", () => {
  const counts = new Array<number>(SHARDS).fill(0);
  for (let i = 0; i < 16_000; i++) {
    const shard = shardOf(`key_${i}`.padEnd(43, "-"));
    counts[shard] = (counts[shard] as number) + 1;
  }
  for (const count of counts) assert.ok(count > 700 && count < 1_300, `a shard of 1,000 on average has ${count}`);
});

test("a key stays in its shard at all times", () => {
  const shards = [0, 59_999, 60_000, 9e12].map((at) => placeOf("key", instant(at)).shard);
  assert.equal(new Set(shards).size, 1);
});
