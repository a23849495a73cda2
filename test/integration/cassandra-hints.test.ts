import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORITY_KEY, type Fence, instant, type RecordKey } from "@semel/core/record";
import { cassandraStore } from "@semel/core/store/cassandra";
import { claimOf, entryOf, keyOf, nextFence, replaceOf, rowOf } from "../../packages/core/src/contract/sample.ts";
import { shardOf } from "../../packages/core/src/store/cassandra/bucket.ts";
import { cql, skip, there, until, withStore } from "./cassandra-ground.ts";

test("a row and an entry whose hints are lost are found by the scan", { skip }, async () => {
  await withStore({ scanEveryMs: 0 }, async (store) => {
    const row = rowOf(keyOf("lost"), { dueAt: instant(1_000) });
    const authority = rowOf(AUTHORITY_KEY, { dueAt: instant(1_000) });
    await store.swap(claimOf(row, entryOf(row)));
    await store.swap(claimOf(authority));
    await cql("TRUNCATE @hints");
    const now = await store.now();
    await until(async () => (await store.due(now, 10)).length > 0);
    assert.deepEqual(await store.due(now, 10), [{ ...row, doc: Buffer.from(row.doc) }]);
    await until(async () => (await store.take(10)).entries.length > 0);
    const batch = await store.take(10);
    assert.deepEqual(
      batch.entries.map(({ fence }) => fence),
      [row.fence],
    );
    await store.ack(batch);
    await store.drop([row]);
    assert.deepEqual((await store.take(10)).entries, []);
    assert.deepEqual(await store.due(now, 10), []);
  });
});

test("a hint without its row does no harm; it stays while the row may still come, and goes then", {
  skip,
}, async () => {
  await withStore({}, async (store, space) => {
    const row = rowOf(keyOf("there"), { dueAt: instant(7) });
    await store.swap(claimOf(row));
    const [found] = await hintsOf(space);
    const put = (key: RecordKey, fence: Fence, agoMs: number): Promise<unknown> =>
      cql(
        "INSERT INTO @hints (queue, shard, bucket, look_at, key, fence, due_at) VALUES (?, ?, ?, ?, ?, ?, 6) USING TIMESTAMP ?",
        [
          ...[found?.["queue"], shardOf(key), found?.["bucket"], found?.["look_at"], key, fence],
          (Date.now() - agoMs) * 1_000,
        ],
      );
    const bucket = found?.["bucket"];
    for (const key of ["young", "old"]) {
      await cql("INSERT INTO @hint_buckets (queue, bucket, shard) VALUES (?, ?, ?)", [
        found?.["queue"],
        bucket,
        shardOf(keyOf(key)),
      ]);
    }
    await put(keyOf("young"), nextFence(), 1_000);
    await put(keyOf("old"), nextFence(), 3_600_000);
    await put(row.key, "0".repeat(32) as Fence, 1_000);
    await put(row.key, "f".repeat(32) as Fence, 1_000);
    const now = await store.now();
    assert.deepEqual(
      (await store.due(now, 10)).map(({ fence }) => fence),
      [row.fence],
    );
    assert.deepEqual(
      (await store.due(now, 10)).map(({ fence }) => fence),
      [row.fence],
    );
    const left = (await hintsOf(space)).map(
      ({ key, fence }) => `${(key as string).slice(0, 5)} ${(fence as string)[0]}`,
    );
    assert.deepEqual(left.sort(), [`there ${row.fence[0]}`, "there f", `young ${row.fence[0]}`].sort());
  });
});

test("the hint of a row goes with its swap, so that the due loop has nothing to read", { skip }, async () => {
  await withStore({}, async (store, space) => {
    const row = rowOf(keyOf("moved"), { dueAt: instant(7) });
    const next = rowOf(row.key, { dueAt: instant(8) });
    await store.swap(claimOf(row));
    await store.swap(replaceOf(row, next));
    const rival = rowOf(row.key, { dueAt: instant(9) });
    await store.swap(claimOf(rival, entryOf(rival)));
    await until(async () => (await hintsOf(space)).length === 1);
    assert.equal((await hintsOf(space))[0]?.["fence"], next.fence);
    await store.drop([next]);
    await until(async () => (await hintsOf(space)).length === 0);
  });
});

test("rows come due one after the other, each in time and none twice, also those that are late when they are written", {
  skip,
}, async () => {
  await withStore({}, async (store) => {
    const start = await store.now();
    const ahead = Array.from({ length: 40 }, (_, i) => rowOf(keyOf(`ahead_${i}`), { dueAt: instant(start + i * 50) }));
    await Promise.all(ahead.map((row) => store.swap(claimOf(row))));
    const listed: string[] = [];
    for (let now = start, looks = 0; now < start + 2_500; now = await store.now(), looks++) {
      const late = rowOf(keyOf(`late_${looks}`), { dueAt: instant(start - 1_000) });
      await store.swap(claimOf(late));
      const due = await store.due(now, 100);
      assert.equal(due[0]?.key, late.key, "the longest overdue comes first");
      for (const row of due.slice(1)) assert.ok(row.dueAt <= now, "a row came early");
      const owed = ahead.filter(({ key, dueAt }) => dueAt <= now && !listed.includes(key));
      assert.deepEqual(
        due.slice(1).map(({ key }) => key),
        owed.map(({ key }) => key),
      );
      await store.drop(due);
      listed.push(...due.map(({ key }) => key));
    }
    assert.equal(new Set(listed).size, listed.length);
    assert.equal(listed.filter((key) => key.startsWith("ahead")).length, ahead.length);
  });
});

test("places whose time has passed are given up when they are empty", { skip }, async () => {
  await withStore({}, async (store, space) => {
    await cql("INSERT INTO @hint_buckets (queue, bucket, shard) VALUES (?, 1000, 3)", [`${space}:due`]);
    await store.due(await store.now(), 10);
    const left = await cql("SELECT bucket FROM @hint_buckets WHERE queue = ?", [`${space}:due`]);
    assert.deepEqual(left, []);
  });
});

test("the clock stands still rather than go back, also for the next process", { skip }, async () => {
  await withStore({}, async (store, space) => {
    const ahead = (await store.now()) + 60_000;
    await cql("INSERT INTO @marks (name, value) VALUES (?, ?) USING TIMESTAMP ?", [`${space}:clock`, ahead, ahead]);
    const next = await cassandraStore({ ...there, space });
    assert.equal(await next.now(), ahead);
    await next.close();
    const [mark] = await cql("SELECT value FROM @marks WHERE name = ?", [`${space}:clock`]);
    assert.equal(Number(mark?.["value"]), ahead);
  });
});

async function hintsOf(space: string): Promise<Record<string, unknown>[]> {
  return (await cql("SELECT * FROM @hints")).filter(({ queue }) => queue === `${space}:due`);
}
