import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { instant, type Row, StoreError, type Swapped } from "@semel/core/record";
import { type CassandraStore, cassandraStore } from "@semel/core/store/cassandra";
import { claimOf, entryOf, keyOf, replaceOf, rowOf } from "../../packages/core/src/contract/sample.ts";
import { skip, there, withStore } from "./cassandra-ground.ts";
import { CuttingProxy } from "./cutting-proxy.ts";

function portOf(): number {
  return Number(new URL(`cassandra://${there.hosts[0]}`).port);
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    () => "none",
    (error: unknown) => error,
  );
  return outcome instanceof StoreError ? outcome.code : String(outcome);
}

/** What the engine does: the very same swap again, until its fate is known. */
async function settle(swap: () => Promise<Swapped>): Promise<Swapped> {
  for (;;) {
    try {
      return await swap();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await setTimeout(20);
    }
  }
}

function wonBy(swapped: Swapped, row: Row): boolean {
  return swapped.won || swapped.current?.fence === row.fence;
}

test("two processes race for the same keys, and each key has one winner, whom the other sees", { skip }, async () => {
  await withStore({}, async (left, space) => {
    const right = await cassandraStore({ ...there, space });
    try {
      for (const key of Array.from({ length: 40 }, (_, i) => keyOf(`raced_${i}`))) {
        const [mine, theirs] = [rowOf(key), rowOf(key)];
        const [a, b] = await Promise.all([
          settle(() => left.swap(claimOf(mine, entryOf(mine)))),
          settle(() => right.swap(claimOf(theirs, entryOf(theirs)))),
        ]);
        assert.notEqual(wonBy(a, mine), wonBy(b, theirs));
        const winner = wonBy(a, mine) ? mine : theirs;
        assert.equal((await right.read(key))?.fence, winner.fence);
        assert.equal((wonBy(a, mine) ? b : a).won, false);
      }
      assert.equal((await left.take(100)).entries.length, 40);
    } finally {
      await right.close();
    }
  });
});

test("two processes swap one key in turns, and none overwrites what the other won", { skip }, async () => {
  await withStore({}, async (left, space) => {
    const right = await cassandraStore({ ...there, space });
    const key = keyOf("chain");
    const won: Row[] = [];
    const drive = async (store: CassandraStore): Promise<void> => {
      for (let i = 0; i < 15; i++) {
        const seen = await store.read(key);
        const next = rowOf(key);
        const swapped = await settle(() => store.swap(seen === null ? claimOf(next) : replaceOf(seen, next)));
        if (wonBy(swapped, next)) won.push({ ...next, doc: new TextEncoder().encode(seen?.fence ?? "") });
      }
    };
    await Promise.all([drive(left), drive(right)]);
    const expected = won.map(({ doc }) => new TextDecoder().decode(doc));
    assert.equal(new Set(expected).size, expected.length, "two swaps won on one fence");
    assert.ok(expected.includes(""));
    await right.close();
  });
});

test("a swap whose answer is cut off is in doubt, and repeated it finds its own row", { skip }, async () => {
  await using proxy = await CuttingProxy.start(portOf());
  await withStore({ hosts: [`127.0.0.1:${proxy.port}`] }, async (store) => {
    const row = rowOf(keyOf("cut"));
    await store.swap(claimOf(rowOf(keyOf("before"))));
    proxy.deafen();
    void setTimeout(300).then(() => proxy.cut());
    assert.equal(await codeOf(store.swap(claimOf(row))), "in_doubt");
    proxy.hear();
    proxy.cut();
    const again = await settle(() => store.swap(claimOf(row)));
    assert.equal(again.won, false);
    assert.ok(wonBy(again, row));
  });
});

test("a swap that nobody answers is in doubt long before the driver's twelve seconds", { skip }, async () => {
  await using proxy = await CuttingProxy.start(portOf());
  await withStore({ hosts: [`127.0.0.1:${proxy.port}`] }, async (store) => {
    const row = rowOf(keyOf("mute"));
    await store.swap(claimOf(rowOf(keyOf("before"))));
    proxy.deafen();
    const startedAt = performance.now();
    assert.equal(await codeOf(store.swap(claimOf(row))), "in_doubt");
    assert.ok(performance.now() - startedAt < 6_000);
    proxy.hear();
    proxy.cut();
    assert.ok(wonBy(await settle(() => store.swap(claimOf(row))), row));
  });
});

test("with every node gone a swap is unavailable at once, and nothing was written", { skip }, async () => {
  const proxy = await CuttingProxy.start(portOf());
  const row = rowOf(keyOf("gone"));
  await withStore({}, async (witness, space) => {
    const store = await cassandraStore({ ...there, space, hosts: [`127.0.0.1:${proxy.port}`] });
    await proxy[Symbol.asyncDispose]();
    await setTimeout(200);
    assert.equal(await codeOf(store.swap(claimOf(row))), "unavailable");
    assert.equal(await codeOf(store.read(row.key)), "unavailable");
    assert.equal(await witness.read(row.key), null);
    await store.close();
  });
});

test("a swap that nobody wants any more is refused, and nothing is written", { skip }, async () => {
  await withStore({}, async (store) => {
    const row = rowOf(keyOf("unwanted"), { dueAt: instant(5) });
    assert.equal(await codeOf(store.swap({ ...claimOf(row), wanted: () => false })), "unavailable");
    let asked = 0;
    const wanted = (): boolean => ++asked < 2;
    assert.equal(await codeOf(store.swap({ ...claimOf(row), wanted })), "unavailable");
    assert.equal(asked, 2);
    assert.equal(await store.read(row.key), null);
  });
});

test("an entry outlives its row and is taken beside that of the key's next life", { skip }, async () => {
  await withStore({}, async (store) => {
    const [old, fresh] = [rowOf(keyOf("lives")), rowOf(keyOf("lives"))];
    await store.swap(claimOf(old, entryOf(old)));
    await store.drop([old]);
    assert.equal(await store.read(old.key), null);
    const late = rowOf(old.key);
    assert.deepEqual(await store.swap(replaceOf(old, late, entryOf(late))), { won: false, current: null });
    assert.equal((await store.swap(claimOf(fresh, entryOf(fresh)))).won, true);
    const { entries } = await store.take(10);
    assert.deepEqual(entries.map(({ fence }) => fence).sort(), [old.fence, fresh.fence].sort());
  });
});
