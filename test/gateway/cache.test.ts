import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryCache } from "@semel/core/cache/memory";
import { type Cache, decodeRecord, NEVER, type RecordKey, type RecordStore, StoreError } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { until } from "./behind.ts";
import { answersIn } from "./caches.ts";
import { type Choice, Harness } from "./harness.ts";

/** A cache that says what was asked of it. */
type Watched = Cache & { readonly gets: RecordKey[]; readonly puts: RecordKey[] };

function watched(change: Partial<Cache> = {}): Watched {
  const honest = memoryCache();
  const [gets, puts]: [RecordKey[], RecordKey[]] = [[], []];
  return {
    ...{ name: "watched", gets, puts },
    get: (key) => {
      gets.push(key);
      return (change.get ?? ((it) => honest.get(it)))(key);
    },
    put: async (key, sealed, untilWhen) => {
      await (change.put ?? ((...it) => honest.put(...it)))(key, sealed, untilWhen);
      puts.push(key);
    },
    drop: (key) => honest.drop(key),
    state: () => "closed",
    close: () => honest.close(),
  };
}

/** Two gateways with one bank, one store and one cache, as two processes are. */
class Pair implements AsyncDisposable {
  readonly here: Harness;
  readonly there: Harness;
  readonly cache: Watched;

  private constructor(here: Harness, there: Harness, cache: Watched) {
    this.here = here;
    this.there = there;
    this.cache = cache;
  }

  static async start(choice: Choice & { kept?: Watched } = {}): Promise<Pair> {
    const cache = choice.kept ?? watched();
    const common = { store: memoryStore(), ...choice, cache: answersIn(cache) };
    const here = await Harness.start(common);
    return new Pair(here, await Harness.start({ ...common, upstream: { url: new URL(here.bank.url) } }), cache);
  }

  /** Resolves once so many answers were put. */
  async put(count: number): Promise<readonly RecordKey[]> {
    await until(() => this.cache.puts.length === count);
    return this.cache.puts;
  }

  get payments(): number {
    return this.here.bank.ledger.count().payments + this.there.bank.ledger.count().payments;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.there[Symbol.asyncDispose]();
    await this.here[Symbol.asyncDispose]();
  }
}

const statusOf = ({ headers }: { headers: Record<string, unknown> }): unknown => headers["idempotency-status"];

describe("A payment that one process completed", () => {
  test("is replayed by another from the cache, and then from its own memory", async () => {
    await using pair = await Pair.start();
    const first = await pair.here.pay("k1");
    await pair.put(1);
    const second = await pair.there.pay("k1");
    assert.deepEqual([statusOf(first), statusOf(second)], ["fresh", "replayed"]);
    assert.deepEqual([second.status, second.text], [first.status, first.text]);
    assert.equal(
      second.headers["idempotency-expires"],
      first.headers["idempotency-expires"] ?? second.headers["idempotency-expires"],
    );
    assert.equal((await pair.there.pay("k1")).text, first.text);
    assert.deepEqual(
      { asked: pair.there.asked, gets: pair.cache.gets.length, payments: pair.payments },
      { asked: 0, gets: 2, payments: 1 },
    );
  });

  test("is put again by who read it from the store, and not by who found it in the cache", async () => {
    const store = memoryStore();
    await using pair = await Pair.start({ store });
    await pair.here.pay("k1");
    const [run] = await pair.put(1);
    await pair.there.pay("k1");
    await pair.cache.drop(run!);
    await using anew = await Harness.start({ store, cache: answersIn(pair.cache) });
    assert.equal(statusOf(await anew.pay("k1")), "replayed");
    await pair.put(2);
    assert.deepEqual({ asked: anew.asked, there: pair.there.asked }, { asked: 1, there: 0 });
  });

  test("is not replayed to who sends something else under its key: the store decides, and says mismatch", async () => {
    await using pair = await Pair.start();
    await pair.here.pay("k1");
    await pair.put(1);
    const other = await pair.there.pay("k1", { reference: "another" });
    assert.deepEqual([other.status, statusOf(other), pair.there.asked], [422, "mismatch", 1]);
    assert.equal(pair.payments, 1);
  });

  test("is there in full before it is put, and the client has its answer by then", async () => {
    const store = memoryStore();
    const found: string[] = [];
    const kept = watched({
      put: async (key) => {
        const row = await store.read(key);
        found.push(row === null ? "nothing" : decodeRecord(row.doc).state.kind);
        await new Promise(() => {});
      },
    });
    await using pair = await Pair.start({ kept, store });
    assert.equal((await pair.here.pay("k1")).status, 201);
    await until(() => found.length === 1);
    assert.deepEqual(found, ["completed"]);
  });

  test("is replayed while the store is down", async () => {
    const store = memoryStore();
    let isDown = false;
    const mayFail: RecordStore = {
      name: store.name,
      guarantees: store.guarantees,
      now: () => store.now(),
      lineage: () => store.lineage(),
      read: (key) => store.read(key),
      swap: async (swap) => {
        if (isDown) throw new StoreError("unavailable", "down");
        return await store.swap(swap);
      },
      due: (now, limit) => store.due(now, limit),
      drop: (rows) => store.drop(rows),
      close: () => store.close(),
    };
    await using pair = await Pair.start({ store: mayFail });
    await pair.here.pay("k1");
    await pair.put(1);
    isDown = true;
    assert.equal(statusOf(await pair.there.pay("k1")), "replayed");
    isDown = false;
  });
});

describe("The cache knows nothing of", () => {
  test("an answer that proves that nothing happened", async () => {
    await using pair = await Pair.start();
    assert.equal((await pair.here.pay("k1", { fault: "status=429" })).status, 429);
    await sleep(20);
    assert.deepEqual(pair.cache.puts, []);
  });

  test("an answer that nobody got", async () => {
    await using pair = await Pair.start();
    await pair.here.pay("k1", { fault: "drop-after" });
    await sleep(20);
    assert.deepEqual(pair.cache.puts, []);
  });

  test("a route in shadow mode, which neither asks it nor puts", async () => {
    await using pair = await Pair.start({ route: { mode: "shadow" } });
    await pair.here.pay("k1");
    await pair.there.pay("k1");
    await sleep(20);
    assert.deepEqual(
      { gets: pair.cache.gets, puts: pair.cache.puts, payments: pair.payments },
      { gets: [], puts: [], payments: 2 },
    );
  });
});

test("a payment that the cache forgot is replayed from the store: never a second effect", async () => {
  await using pair = await Pair.start();
  const first = await pair.here.pay("k1");
  await pair.cache.drop((await pair.put(1))[0]!);
  const second = await pair.there.pay("k1");
  assert.deepEqual([statusOf(second), second.text, pair.there.asked, pair.payments], ["replayed", first.text, 1, 1]);
});

test("a value under another's key answers nobody", async () => {
  await using pair = await Pair.start();
  await pair.here.pay("k1");
  await pair.here.pay("k2");
  const [first, second] = await pair.put(2);
  const another = await pair.cache.get(first!);
  await pair.cache.put(second!, another!, NEVER);
  const own = await pair.there.pay("k2");
  assert.deepEqual([statusOf(own), JSON.parse(own.text).reference, pair.there.asked], ["replayed", "k2", 1]);
});
