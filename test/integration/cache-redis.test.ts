import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { redisCache } from "@semel/core/cache/redis";
import type { RecordKey } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { nodeVault } from "@semel/core/vault";
import { type AnswerCache, noCounts } from "../../packages/gateway/src/flow/index.ts";
import { systemClock } from "../../packages/gateway/src/world.ts";
import { urlOf } from "../../tools/services/running.ts";
import { freshRedis, type RedisDatabase } from "../contract/cache-redis-database.ts";
import { answersIn } from "../gateway/caches.ts";
import { type Choice, Harness, SECRETS } from "../gateway/harness.ts";
import { noServer } from "./redis-server.ts";

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 5_000;

describe("two gateways with a cache on Redis", { skip: noServer }, () => {
  let redis: RedisDatabase;
  const opened: AsyncDisposable[] = [];

  before(async () => {
    redis = await freshRedis((await urlOf("redis"))!);
  });
  afterEach(async () => {
    for (const it of opened.splice(0).reverse()) await it[Symbol.asyncDispose]();
    await redis.client.sendCommand(["FLUSHDB"]);
  });
  after(async () => await redis.remove());

  /** As it is opened for a gateway, but patient: nothing here is about how fast this machine is. */
  async function onRedis(secrets = SECRETS): Promise<AnswerCache> {
    const counts = noCounts();
    const failed = (how: "timeout" | "error"): void => {
      counts[how === "timeout" ? "timeouts" : "errors"] += 1;
    };
    const cache = await redisCache({ url: redis.url, budgetMs: PATIENCE_MS, failed });
    opened.push({ [Symbol.asyncDispose]: () => cache.close() });
    return answersIn(cache, nodeVault(secrets), counts);
  }

  /** A gateway as a process of its own would be: its own connection, its own memory. */
  async function gateway(choice: Choice): Promise<Harness & { answers: AnswerCache }> {
    const answers = await onRedis();
    const it = await Harness.start({ ...choice, cache: answers });
    opened.push(it);
    return Object.assign(it, { answers });
  }

  async function pair(): Promise<{ here: Harness; there: Harness & { answers: AnswerCache }; payments: () => number }> {
    const store = memoryStore();
    const here = await gateway({ store });
    const there = await gateway({ store, upstream: { url: new URL(here.bank.url) } });
    return { here, there, payments: () => here.bank.ledger.count().payments + there.bank.ledger.count().payments };
  }

  const send = async (...command: string[]): Promise<unknown> => await redis.client.sendCommand(command);
  /** Where a run's answer is, once it is there. */
  async function keyOf({ headers }: { headers: Readonly<Record<string, unknown>> }): Promise<string> {
    const key = `semel:a:1:${String(headers["idempotency-run"])}`;
    while ((await send("EXISTS", key)) === 0) await sleep(5);
    return key;
  }

  test("a payment that one completed is replayed by the other from Redis", async () => {
    const { here, there, payments } = await pair();
    const first = await here.pay("k1");
    const key = await keyOf(first);
    const second = await there.pay("k1");
    assert.deepEqual([second.headers["idempotency-status"], second.status, second.text], ["replayed", 201, first.text]);
    assert.deepEqual([there.asked, payments(), there.answers.counts.hits], [0, 1, 1]);
    const leftMs = Number(await send("PTTL", key));
    assert.ok(leftMs > 0 && leftMs <= 60_000, "it goes with its retention, which the harness has at a minute");
  });

  test("what is kept for longer goes after an hour", async () => {
    const here = await gateway({ policy: { retainMs: 24 * HOUR_MS } });
    const key = await keyOf(await here.pay("k1"));
    const leftMs = Number(await send("PTTL", key));
    assert.ok(leftMs > HOUR_MS - 60_000 && leftMs <= HOUR_MS, String(leftMs));
  });

  test("nothing of an answer can be read in Redis", async () => {
    const here = await gateway({});
    const first = await here.pay("a-key-of-mine", { reference: "a-reference-of-mine" });
    const key = await keyOf(first);
    const value = String(await send("GET", key));
    assert.doesNotMatch(key + value, /a-key-of-mine|a-reference-of-mine|payment|EUR|application/);
  });

  test("after FLUSHALL the other is answered from the store: one payment, and the cache is filled again", async () => {
    const { here, there, payments } = await pair();
    const first = await here.pay("k1");
    const key = await keyOf(first);
    await send("FLUSHDB");
    const second = await there.pay("k1");
    assert.deepEqual([second.text, there.asked, payments()], [first.text, 1, 1]);
    assert.equal(await keyOf(first), key);
  });

  test("an erased answer is gone from Redis", async () => {
    const { here, there } = await pair();
    const first = await here.pay("k1");
    const key = await keyOf(first);
    await there.answers.drop(runOf(first));
    assert.equal(await send("EXISTS", key), 0);
  });

  const poisons: [string, (key: string, other: string) => Promise<unknown>][] = [
    ["that is another key's", (key, other) => send("COPY", other, key, "REPLACE")],
    ["that is cut short", async (key) => await put(key, (await bytesOf(key)).subarray(0, -1))],
    ["with a bit flipped", async (key) => await put(key, flipped(await bytesOf(key)))],
    ["that is empty", (key) => put(key, Buffer.alloc(0))],
    ["that is no string", async (key) => [await send("DEL", key), await send("RPUSH", key, "a")]],
    ["that somebody made up", (key) => put(key, randomBytes(400))],
  ];
  for (const [what, poison] of poisons) {
    test(`a value ${what} answers nobody: the store does, and there is one payment`, async () => {
      const { here, there, payments } = await pair();
      const first = await here.pay("k1");
      const other = await here.pay("k2");
      const key = await keyOf(first);
      await poison(key, await keyOf(other));
      const second = await there.pay("k1");
      assert.deepEqual([second.status, second.text, there.asked, payments()], [201, first.text, 1, 2]);
      const { bad, errors } = there.answers.counts;
      assert.ok(bad + errors >= 1, "and it is counted");
    });
  }

  test("a value that was sealed under another secret answers nobody", async () => {
    const { here, payments } = await pair();
    const first = await here.pay("k1");
    await keyOf(first);
    const others = { ...SECRETS, sealing: { current: "s1", keys: { s1: randomBytes(32) } } };
    const stranger = await onRedis(others);
    const fingerprint = (scheme: string) => ({ scheme, digest: "any" });
    const found = await stranger.get(runOf(first), fingerprint, systemClock.now);
    assert.deepEqual([found, stranger.counts.bad, payments()], [null, 1, 1]);
  });

  async function bytesOf(key: string): Promise<Buffer> {
    return Buffer.from(String(await send("EVAL", HEX_OF, "1", key)), "hex");
  }

  async function put(key: string, bytes: Uint8Array): Promise<unknown> {
    return await redis.client.sendCommand(["SET", key, Buffer.from(bytes)]);
  }
});

function runOf({ headers }: { headers: Readonly<Record<string, unknown>> }): RecordKey {
  return String(headers["idempotency-run"]) as RecordKey;
}

/** The client of this file reads texts. */
const HEX_OF = `return (redis.call("GET", KEYS[1]):gsub(".", function(c) return string.format("%02x", c:byte()) end))`;

function flipped(bytes: Buffer): Buffer {
  const at = bytes.length >> 1;
  return Buffer.from(bytes.with(at, bytes[at]! ^ 1));
}
