import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { memoryCache } from "@semel/core/cache/memory";
import {
  type Answer,
  after,
  type Cache,
  type Fingerprint,
  type Instant,
  type KeyRecord,
  type RecordKey,
} from "@semel/core/record";
import { nodeVault } from "@semel/core/vault";
import type { State } from "../../packages/core/src/record/record.ts";
import type { AnswerCache } from "../../packages/gateway/src/flow/index.ts";
import { ANSWER, NOW, record, STATES } from "../kernel/cases.ts";
import { answersIn } from "./caches.ts";
import { SECRETS } from "./harness.ts";

const RUN = "r".repeat(43) as RecordKey;
const OTHER_RUN = "s".repeat(43) as RecordKey;
const HOUR_MS = 3_600_000;
const COMPLETED = record({ state: STATES.completed as State, answer: ANSWER });
/** Keeps whatever it is given: time is judged by who asks. */
const timeless = (): Cache => memoryCache({ wallClock: () => 0 });

const same = (scheme: string): Fingerprint => ({ scheme, digest: "same" });
const get = (answers: AnswerCache, now: Instant = NOW, by: (scheme: string) => Fingerprint | null = same, run = RUN) =>
  answers.get(run, by, () => now);

async function holding(cache: Cache = timeless(), it: KeyRecord = COMPLETED): Promise<AnswerCache> {
  const answers = answersIn(cache);
  await answers.put(RUN, it, NOW);
  return answers;
}

describe("An answer in the cache", () => {
  test("is found by whoever sends the same request", async () => {
    const answers = await holding();
    const found = await get(answers);
    assert.deepEqual(found?.state, COMPLETED.state);
    assert.deepEqual(Buffer.from(found!.answer.clear.body), Buffer.from([1]));
    assert.deepEqual(answers.counts, { hits: 1, misses: 0, bad: 0, timeouts: 0, errors: 0 });
  });

  test("is a miss for who sends something else, or cannot compare", async () => {
    const answers = await holding();
    assert.equal(await get(answers, NOW, (scheme) => ({ scheme, digest: "another" })), null);
    assert.equal(await get(answers, NOW, () => null), null);
    assert.equal(answers.counts.misses, 2);
    assert.notEqual(await get(answers), null, "and stays for others");
  });

  test("is compared by the scheme that its record was made under", async () => {
    const answers = await holding();
    const asked: string[] = [];
    await get(answers, NOW, (scheme) => {
      asked.push(scheme);
      return null;
    });
    assert.deepEqual(asked, ["f1.raw.1"]);
  });

  test("is forgotten after an hour, whatever clock the cache goes by", async () => {
    const answers = await holding();
    assert.notEqual(await get(answers, after(NOW, HOUR_MS)), null);
    assert.equal(await get(answers, after(NOW, HOUR_MS + 1)), null);
  });

  test("is forgotten with its retention, where that is shorter", async () => {
    const retainUntil = after(NOW, 1_000);
    const answers = await holding(timeless(), {
      ...COMPLETED,
      state: { ...(STATES.completed as State & { kind: "completed" }), retainUntil },
    });
    assert.notEqual(await get(answers, retainUntil), null);
    assert.equal(await get(answers, after(retainUntil, 1)), null);
  });

  test("is a miss by a clock that was turned back: it would be kept for longer than that", async () => {
    const answers = await holding();
    assert.notEqual(await get(answers, after(NOW, -5_000)), null);
    assert.equal(await get(answers, after(NOW, -5_001)), null);
  });

  test("is gone once it was dropped", async () => {
    const answers = await holding();
    await answers.drop(RUN);
    assert.equal(await get(answers), null);
  });
});

describe("Nothing is put of a record that", () => {
  const completed = STATES.completed as State & { kind: "completed" };
  const others: [string, Partial<KeyRecord>][] = [
    ["runs", { state: STATES.running as State }],
    ["is in doubt", { state: STATES.inDoubt as State }],
    ["has an answer that was not retained", { state: { ...completed, answer: "notRetained" }, answer: null }],
    ["was erased", { state: { ...completed, answer: "erased" }, answer: null, fingerprint: null }],
    ["has an answer that cannot be opened here", { answer: { sealed: randomBytes(80) } }],
  ];
  for (const [is, more] of others) {
    test(is, async () => {
      const answers = await holding(timeless(), { ...COMPLETED, ...more });
      assert.equal(await get(answers), null);
    });
  }
});

test("nothing is sealed for a cache that is not asked", async () => {
  const puts: RecordKey[] = [];
  const isOpen: Cache = {
    ...{ name: "open", get: async () => null, drop: async () => {}, state: () => "open", close: async () => {} },
    put: async (key) => void puts.push(key),
  };
  await holding(isOpen);
  assert.deepEqual(puts, []);
});

describe("What stands in the cache and is of no use is a miss, is dropped and counted", () => {
  const spoilt: [string, (sealed: Uint8Array) => Uint8Array | Promise<Uint8Array>][] = [
    ["with a bit flipped", (sealed) => sealed.with(sealed.length >> 1, sealed[sealed.length >> 1]! ^ 1)],
    ["cut short", (sealed) => sealed.subarray(0, -1)],
    ["empty", () => new Uint8Array()],
    ["of another key", () => sealedBy(answersIn, OTHER_RUN)],
    ["of another purpose", () => nodeVault(SECRETS).seal("answer", RUN, Buffer.from([1, 0, 0, 0]))],
    ["of a format that is not this one's", () => nodeVault(SECRETS).seal("cache", RUN, Buffer.from([2, 0, 0, 0]))],
    ["with facts that are none", () => nodeVault(SECRETS).seal("cache", RUN, Buffer.from([1, 0, 0, 1, 9]))],
    ["deflated by nobody", () => nodeVault(SECRETS).seal("cache", RUN, Buffer.from([1, 1, 0, 0, 255, 255]))],
    ["of another secret", () => sealedBy((cache) => answersIn(cache, nodeVault(OTHER_SECRETS)), RUN)],
    [
      "of a secret with an id that is unknown here",
      () => sealedBy((cache) => answersIn(cache, nodeVault(OTHER_ID)), RUN),
    ],
  ];
  for (const [what, spoil] of spoilt) {
    test(what, async () => {
      const cache = timeless();
      const answers = await holding(cache);
      await cache.put(RUN, await spoil((await cache.get(RUN))!), after(NOW, HOUR_MS));
      assert.equal(await get(answers), null);
      assert.deepEqual({ bad: answers.counts.bad, misses: answers.counts.misses }, { bad: 1, misses: 1 });
      assert.equal(await cache.get(RUN), null);
    });
  }
});

const OTHER_SECRETS = { ...SECRETS, sealing: { current: "s1", keys: { s1: randomBytes(32) } } };
const OTHER_ID = { ...SECRETS, sealing: { current: "s2", keys: { s2: randomBytes(32) } } };

async function sealedBy(make: (cache: Cache) => AnswerCache, run: RecordKey): Promise<Uint8Array> {
  const cache = timeless();
  await make(cache).put(run, COMPLETED, NOW);
  return (await cache.get(run))!;
}

/** A key's digest and a body's are 43 letters of base64url. */
const DIGESTED = randomBytes(32).toString("base64url");
const TYPICAL_HEADERS = [
  ...["Content-Type", "application/json; charset=utf-8", "Cache-Control", "no-store"],
  ...["X-Request-Id", "0b7d1a52-7f0e-4a63-9c3f-8e1f7f6a1f10", "Server", "nginx"],
  ...["Strict-Transport-Security", "max-age=31536000; includeSubDomains", "Location", "/payments/pay_8f3kQ2mZx71LsPd0"],
];
/** 600 bytes, of member names as such answers have them and of values that nobody knew before. */
const TYPICAL_BODY = JSON.stringify({
  ...{ id: "pay_8f3kQ2mZx71LsPd0", object: "payment", amount: 129_900, currency: "EUR", status: "captured" },
  ...{ reference: "order-2026-004711", createdAt: "2026-11-24T22:53:03.481Z", updatedAt: "2026-11-24T22:53:04.112Z" },
  card: {
    brand: "visa",
    last4: "4242",
    expMonth: 11,
    expYear: 2029,
    funding: "credit",
    fingerprint: "Xt5EWLLDS7FJjR1c",
  },
  customer: { id: "cus_Nf81xK2aQw", email: "jana.novak@example.org", name: "Jana Novakova" },
  ...{ risk: { level: "normal", score: 17 }, balanceTransaction: "txn_3MmlLrLkdIwHu7ix0uR2" },
  ...{ receiptUrl: "https://pay.example.com/receipts/", metadata: { cart: "c-99812", channel: "w" } },
});

/** Bytes in the cache, and those of the same as JSON: only what a replay needs, digests in letters, the body as text or base64. */
async function sizes(answer: Answer, body: string): Promise<{ cached: number; json: number }> {
  const outcome = { sense: "success", status: 201, source: "upstream", digest: DIGESTED } as const;
  const state: State = { kind: "completed", outcome, answer: "kept", retainUntil: after(NOW, HOUR_MS) };
  const fingerprint = { scheme: "f1.raw.1", digest: DIGESTED };
  const cache = timeless();
  await answersIn(cache).put(RUN, record({ state, fingerprint, answer: { clear: answer } }), NOW);
  const json = JSON.stringify({ fingerprint, state, answer: { ...answer, body } });
  return { cached: (await cache.get(RUN))!.length, json: Buffer.byteLength(json) };
}

function tell(t: TestContext, what: string, { cached, json }: { cached: number; json: number }): number {
  t.diagnostic(`${what}: ${cached} bytes sealed, ${json} as JSON: ${(cached / json).toFixed(2)}`);
  return cached / json;
}

test("a typical answer takes at most 0.60 of what it takes as JSON, its seal included", async (t) => {
  assert.equal(TYPICAL_BODY.length, 600);
  const answer = { status: 201, headers: TYPICAL_HEADERS, body: Buffer.from(TYPICAL_BODY) };
  const ratio = tell(t, "a JSON answer of 600 bytes", await sizes(answer, TYPICAL_BODY));
  assert.ok(ratio <= 0.6, String(ratio));
});

test("a body that cannot be made smaller costs its own bytes and little more", async (t) => {
  const body = randomBytes(600);
  const found = await sizes({ status: 201, headers: TYPICAL_HEADERS, body }, body.toString("base64"));
  tell(t, "600 random bytes", found);
  assert.ok(found.cached <= 600 + 400, String(found.cached));
});
