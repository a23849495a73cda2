import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@semel/core/contract";
import { type Fence, NEVER, type RecordKey, type Row, StoreError, type Swap } from "@semel/core/record";
import { dynamodbStore, TableOpenError } from "@semel/core/store/dynamodb";
import { urlOf } from "../../tools/services/running.ts";
import { FaultProxy } from "../chaos/fault-proxy.ts";
import { FAIR, type Weather } from "../chaos/weather.ts";
import { freshTable, removeTable } from "../contract/dynamodb-fixture.ts";

const endpoint = await urlOf("dynamodb");
const skip = endpoint === null ? "DynamoDB Local does not run: npm run services -- up dynamodb" : false;
const KEY = "key".padEnd(43, "-") as RecordKey;
const isCode = (code: StoreError["code"]) => (error: unknown) => error instanceof StoreError && error.code === code;

function rowOf(fence: string): Row {
  return { key: KEY, fence: fence.padStart(32, "0") as Fence, dueAt: NEVER, doc: Uint8Array.of(1) };
}

/** A store behind a proxy whose weather is that of `sky`, and one beside it that always gets through. */
async function behindProxy(use: (parts: Parts) => Promise<void>): Promise<void> {
  const place = await freshTable(endpoint as string);
  const sky: Parts["sky"] = { weather: FAIR };
  const proxy = await FaultProxy.start(Number(new URL(place.endpoint).port), () => sky.weather);
  const [store, beside] = [
    await dynamodbStore({ ...place, endpoint: `http://127.0.0.1:${proxy.port}` }),
    await dynamodbStore(place),
  ];
  try {
    await use({ store, beside, sky, proxy });
  } finally {
    proxy.calm();
    await Promise.all([store.close(), beside.close()]);
    await proxy[Symbol.asyncDispose]();
    await removeTable(place);
  }
}

type Store = Awaited<ReturnType<typeof dynamodbStore>>;
type Parts = { store: Store; beside: Store; sky: { weather: Weather }; proxy: FaultProxy };

test("a swap whose answer is lost is in doubt, and the same swap again finds its own row", { skip }, async () => {
  await behindProxy(async ({ store, beside, sky, proxy }) => {
    const next = rowOf("1");
    const swap = { key: KEY, expect: null, next, publish: null };
    sky.weather = { ...FAIR, fault: "dropAnswer", fairRequests: 0 };
    await assert.rejects(store.swap(swap), isCode("in_doubt"));
    assert.equal(proxy.struck.dropAnswer, 1);
    assert.equal((await beside.read(KEY))?.fence, next.fence, "it was written");
    sky.weather = FAIR;
    const again = await store.swap(swap);
    assert.equal(again.won, false);
    assert.equal(again.won ? null : again.current?.fence, next.fence);
  });
});

test("a swap that nobody answers is in doubt after a second, not later", { skip }, async () => {
  await behindProxy(async ({ store, beside, sky }) => {
    sky.weather = { ...FAIR, fault: "blackHole", fairRequests: 0 };
    const begunAt = performance.now();
    await assert.rejects(store.swap({ key: KEY, expect: null, next: rowOf("1"), publish: null }), isCode("in_doubt"));
    const tookMs = performance.now() - begunAt;
    assert.ok(tookMs > 800 && tookMs < 3_000, `${tookMs} ms`);
    assert.equal(await beside.read(KEY), null);
  });
});

test("a read is tried again until an answer arrives", { skip }, async () => {
  await behindProxy(async ({ store, beside, sky, proxy }) => {
    await beside.swap({ key: KEY, expect: null, next: rowOf("1"), publish: null });
    sky.weather = { ...FAIR, fault: "dropAnswer", fairRequests: 0 };
    const reading = store.read(KEY);
    while (proxy.struck.dropAnswer === 0) await new Promise((resolve) => setImmediate(resolve));
    sky.weather = FAIR;
    assert.equal((await reading)?.fence, rowOf("1").fence);
  });
});

test("through a network that loses requests and answers, chains of repeated swaps lose no link and publish each once", {
  skip,
}, async () => {
  await behindProxy(async ({ store, beside, sky, proxy }) => {
    const random = seededRandom(7);
    const faults: readonly Weather["fault"][] = [null, null, null, "dropAnswer", "reset", "delay"];
    const resetAt = ["request", "insideRequest", "insideAnswer"] as const;
    const draw = (): Weather => ({
      ...{ ...FAIR, delayMs: 50 },
      fault: faults[Math.floor(random() * faults.length)] ?? null,
      resetAt: resetAt[Math.floor(random() * resetAt.length)] ?? "request",
    });
    Object.defineProperty(sky, "weather", { get: draw });
    const chain = async (at: number): Promise<Fence[]> => {
      const fences: Fence[] = [];
      for (let link = 0; link < 12; link += 1) {
        const key = `chain_${at}`.padEnd(43, "-") as RecordKey;
        const next = { ...rowOf(`${at}f${link}`), key };
        const publish = { key, fence: next.fence, epoch: 1, kind: "completed", doc: next.doc } as const;
        await untilKnown(store, { key, expect: fences.at(-1) ?? null, next, publish });
        fences.push(next.fence);
      }
      return fences;
    };
    const fences = (await Promise.all(Array.from({ length: 6 }, (_, at) => chain(at)))).flat();
    const published = (await beside.take(200)).entries.map(({ fence }) => fence);
    assert.deepEqual(published.sort(), fences.sort());
    assert.ok(proxy.struck.dropAnswer > 5 && proxy.struck.reset > 5, JSON.stringify(proxy.struck));
  });
});

/** As the engine does: whatever may have happened is repeated, and success is one's own fence. */
async function untilKnown(store: Store, swap: Swap): Promise<void> {
  for (;;) {
    try {
      const swapped = await store.swap(swap);
      if (!swapped.won) assert.equal(swapped.current?.fence, swap.next.fence);
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
}

test("where nobody listens, nothing was written and the store is not opened", { skip }, async () => {
  const place = await freshTable(endpoint as string);
  const proxy = await FaultProxy.start(Number(new URL(place.endpoint).port), () => FAIR);
  const there = { ...place, endpoint: `http://127.0.0.1:${proxy.port}` };
  const store = await dynamodbStore(there);
  await proxy[Symbol.asyncDispose]();
  // The first call may still have the connection that was cut: what became of it, only the second one knows.
  await store.read(KEY).catch(() => {});
  await assert.rejects(store.swap({ key: KEY, expect: null, next: rowOf("1"), publish: null }), isCode("unavailable"));
  await store.close();
  await assert.rejects(
    dynamodbStore(there),
    (error) => error instanceof TableOpenError && error.code === "unreachable" && error.retryable,
  );
  await removeTable(place);
});
