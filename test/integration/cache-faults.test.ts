import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { redisCache } from "@semel/core/cache/redis";
import { type Cache, NEVER, type RecordKey } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { connected } from "../contract/cache-redis-database.ts";
import { until } from "../gateway/behind.ts";
import { answersIn } from "../gateway/caches.ts";
import { Harness } from "../gateway/harness.ts";
import { noProgram, OwnRedis } from "./redis-server.ts";

const KEY = "r".repeat(43) as RecordKey;
const VALUE = Buffer.from("sealed");
const BUDGET_MS = 10;
/** Where nothing is about time. */
const PATIENCE_MS = 5_000;
/** What this machine may take for anything, beside what a test is about. */
const SLACK_MS = 1_000;

type Watched = Cache & AsyncDisposable & { readonly failures: string[]; readonly changes: string[] };

async function watched(url: string, budgetMs?: number): Promise<Watched> {
  const [failures, changes]: [string[], string[]] = [[], []];
  const cache = await redisCache({
    ...{ url, ...(budgetMs === undefined ? {} : { budgetMs }) },
    failed: (how) => failures.push(how),
    changed: (state, why) => changes.push(`${state}: ${why}`),
  });
  return Object.assign(cache, { failures, changes, [Symbol.asyncDispose]: () => cache.close() });
}

/** How long this takes, in ms. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done += 1) await work();
}

/** Puts and asks until the value is there: on a busy machine a command may well take longer than its budget. */
async function answering(cache: Cache): Promise<void> {
  const before = performance.now();
  while (cache.state() === "open" || (await cache.get(KEY)) === null) {
    await cache.put(KEY, VALUE, NEVER);
    assert.ok(performance.now() - before < 15_000, "it is never asked again");
    await sleep(20);
  }
}

describe("a Redis that", { skip: noProgram }, () => {
  test("stands still costs its budget a few times, and then nothing until it goes on", async () => {
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url, BUDGET_MS);
    await answering(cache);
    const failed = cache.failures.length;
    redis.node.pause();
    const one = await took(async () => assert.equal(await cache.get(KEY), null));
    assert.ok(one < BUDGET_MS + SLACK_MS, `one took ${one} ms`);
    const many = await took(() => times(500, () => cache.get(KEY)));
    assert.ok(many < 5 * BUDGET_MS + SLACK_MS, `500 took ${many} ms; without a breaker they take 5,000`);
    assert.equal(cache.state(), "open");
    assert.ok(cache.failures.length - failed < 10, cache.failures.join());
    redis.node.resume();
    await answering(cache);
    assert.deepEqual(await cache.get(KEY), VALUE);
    assert.equal(cache.changes.at(-1), "closed: it answers again");
  });

  test("answers late is not believed: what comes after the budget is thrown away", async () => {
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url, BUDGET_MS);
    await answering(cache);
    redis.node.pause();
    const got = cache.get(KEY);
    await sleep(BUDGET_MS * 4);
    redis.node.resume();
    assert.equal(await got, null);
    await answering(cache);
  });

  test("answered while this process was busy for longer than the budget is heard all the same", async () => {
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url, BUDGET_MS);
    await answering(cache);
    const got = cache.get(KEY);
    // The command leaves, and then nothing is read for a while.
    await new Promise((resolve) => setImmediate(resolve));
    const busyUntil = performance.now() + 50 * BUDGET_MS;
    while (performance.now() < busyUntil);
    assert.deepEqual(await got, VALUE);
  });

  test("is killed is missed at once, and found again when it is back, empty", async () => {
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url);
    await cache.put(KEY, VALUE, NEVER);
    await redis.node.kill();
    await until(() => cache.state() === "open");
    const many = await took(() => times(500, async () => assert.equal(await cache.get(KEY), null)));
    assert.ok(many < SLACK_MS, `500 took ${many} ms`);
    await redis.node.start();
    await answering(cache);
  });

  test("is down at the start is found when it comes up", async () => {
    const probe = await OwnRedis.start();
    const { url } = probe;
    await probe.node.kill();
    const opening = performance.now();
    await using cache = await watched(url);
    assert.ok(performance.now() - opening < 1_000 + SLACK_MS);
    assert.deepEqual([cache.state(), await cache.get(KEY)], ["open", null]);
    assert.match(cache.changes[0]!, /^open: connect ECONNREFUSED/);
    await probe.node.start();
    await answering(cache);
    await probe[Symbol.asyncDispose]();
  });

  test("accepts connections and says nothing holds nobody up, not at the start and not at the end", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const cache = await watched(`redis://:secret@127.0.0.1:${port}`);
    assert.ok((await took(() => times(100, () => cache.get(KEY)))) < SLACK_MS);
    assert.equal(cache.state(), "open");
    assert.ok((await took(() => cache.close())) < SLACK_MS);
    assert.doesNotMatch(cache.changes.join(), /secret/);
    silent.close();
  });

  test("asks for a user and a password gets them, and that user needs no more than three commands", async () => {
    await using redis = await OwnRedis.start();
    const root = await connected(redis.url);
    await root.sendCommand(["ACL", "SETUSER", "semel", "on", ">pä:ss", "~semel:a:*", "+get", "+set", "+del"]);
    await root.sendCommand(["ACL", "SETUSER", "default", "off"]);
    root.destroy();
    const url = new URL(redis.url);
    url.username = "semel";
    url.password = "pä:ss";
    await using cache = await watched(url.href, PATIENCE_MS);
    await cache.put(KEY, VALUE, NEVER);
    assert.deepEqual(await cache.get(KEY), VALUE);
    await cache.drop(KEY);
    assert.deepEqual([await cache.get(KEY), cache.failures], [null, []]);
    await using stranger = await watched(redis.url, PATIENCE_MS);
    await times(6, () => stranger.get(KEY));
    assert.equal(stranger.state(), "open");
    assert.doesNotMatch(stranger.changes.join(), /pä/);
  });

  test("became a replica is left for whoever is the primary now", async () => {
    await using primary = await OwnRedis.start();
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url, PATIENCE_MS);
    const root = await connected(redis.url);
    await root.sendCommand(["REPLICAOF", "127.0.0.1", new URL(primary.url).port]);
    const countOf = async (): Promise<number> =>
      Number(/total_connections_received:(\d+)/.exec(String(await root.sendCommand(["INFO", "stats"])))![1]);
    const before = await countOf();
    await cache.put(KEY, VALUE, NEVER);
    let count = before;
    while (count === before) count = await countOf();
    assert.deepEqual(cache.failures, ["error"]);
    root.destroy();
  });

  test("is full and evicts nothing takes no more, and what it has is still read", async () => {
    await using redis = await OwnRedis.start({ settings: { "maxmemory-policy": "noeviction" } });
    await using cache = await watched(redis.url, PATIENCE_MS);
    await cache.put(KEY, VALUE, NEVER);
    const root = await connected(redis.url);
    await root.sendCommand(["CONFIG", "SET", "maxmemory", "1"]);
    await times(20, async () => {
      await cache.put("s".repeat(43) as RecordKey, VALUE, NEVER);
      assert.deepEqual(await cache.get(KEY), VALUE);
    });
    assert.equal(cache.state(), "closed");
    root.destroy();
  });
});

describe("payments with a Redis that", { skip: noProgram }, () => {
  test("stands still, is killed and comes back are made once each, and wait no longer than its budget", async () => {
    await using redis = await OwnRedis.start();
    await using cache = await watched(redis.url, BUDGET_MS);
    const store = memoryStore();
    const answers = answersIn(cache);
    await using here = await Harness.start({ store, cache: answers });
    await using there = await Harness.start({ store, cache: answers, upstream: { url: new URL(here.bank.url) } });
    let paid = 0;
    /** Pays anew here, and again there; says the slowest of both. */
    const round = async (count: number): Promise<number> => {
      let slowest = 0;
      for (let done = 0; done < count; done += 1) {
        paid += 1;
        const key = `k${paid}`;
        const answered: string[] = [];
        for (const by of [here, there]) {
          slowest = Math.max(slowest, await took(async () => answered.push((await by.pay(key)).text)));
        }
        assert.equal(answered[1], answered[0]);
      }
      return slowest;
    };
    await round(10);
    redis.node.pause();
    const still = await round(30);
    redis.node.resume();
    await redis.node.kill();
    const killed = await round(30);
    await redis.node.start();
    await round(10);
    assert.ok(still < 2 * BUDGET_MS + SLACK_MS, `while it stood still the slowest took ${still} ms`);
    assert.ok(killed < 2 * BUDGET_MS + SLACK_MS, `while it was dead the slowest took ${killed} ms`);
    const { payments, chargedTwice } = here.bank.ledger.count();
    assert.deepEqual(
      { payments, chargedTwice, more: there.bank.ledger.count().payments },
      { payments: paid, chargedTwice: 0, more: 0 },
    );
  });
});
