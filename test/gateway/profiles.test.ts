import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@semel/core/store/memory";
import { GENERIC, outcomes } from "@semel/core/upstream";
import { Behind, problemOf, until } from "./behind.ts";
import type { Choice } from "./harness.ts";
import { answer, Held, says, silence } from "./upstream.ts";
import { type Answer, fieldOf } from "./wire.ts";

const words = outcomes(GENERIC);
const REPEAT = { repeat: { windowMs: 60_000 }, ask: null };
const ASK = { repeat: null, ask: { settleAfterMs: 60_000 } };
const KEY = { headers: ["idempotency-key"], body: null, format: "any", bytesMax: 255 } as const;
const LIMITS = { requestBytes: 1_000, answerBytes: 10, headers: 64, waitersPerKey: 2 };

/** How a client sees what happens: status and code, `Retry-After` or not; and `Stripe-Should-Retry`. */
type Row = readonly [
  situation: string,
  choice: Choice,
  happens: (at: Behind) => Promise<Answer>,
  ietf: string,
  stripe: string,
];

const closed = memoryStore();
await closed.close();

const ROWS: readonly Row[] = [
  [
    "malformed",
    {},
    async (at) => await at.pay("a b"),
    "400 malformed, final",
    "400 malformed idempotency_error, retry false",
  ],
  [
    "mismatch",
    {},
    async (at) => {
      await at.pay("k1");
      return await at.pay("k1", { body: "other" });
    },
    "422 mismatch, final",
    "400 mismatch idempotency_error, retry false",
  ],
  [
    "conflict",
    {},
    async (at) => {
      const held = new Held(answer(201));
      at.upstream.next.push(held.play);
      const first = at.pay("k1");
      await until(() => at.upstream.received.length === 1);
      const got = await at.pay("k1");
      held.release();
      await first;
      return got;
    },
    "409 conflict, Retry-After",
    "409 conflict idempotency_error, retry true",
  ],
  [
    "pending",
    { ladder: ASK },
    async (at) => {
      at.upstream.next.push((socket) => socket.end());
      at.upstream.otherwise = says(answer(404));
      await at.pay("k1");
      return await at.pay("k1");
    },
    "409 pending, Retry-After",
    "409 pending api_error, retry true",
  ],
  [
    "in doubt",
    {},
    async (at) => {
      at.upstream.next.push((socket) => socket.end());
      await at.pay("k1");
      return await at.pay("k1");
    },
    "409 in_doubt, final",
    "409 in_doubt api_error, retry false",
  ],
  [
    "expired",
    { policy: { retainMs: 20 } },
    async (at) => {
      await at.pay("k1");
      await sleep(30);
      return await at.pay("k1");
    },
    "410 expired, final",
    "410 expired idempotency_error, retry false",
  ],
  [
    "not retained",
    { route: { limits: LIMITS } },
    async (at) => {
      at.upstream.next.push(says(answer(201, [], "x".repeat(11))));
      await at.pay("k1");
      return await at.pay("k1");
    },
    "410 not_retained, final",
    "410 not_retained idempotency_error, retry false",
  ],
  [
    "store down",
    { store: closed },
    async (at) => await at.pay("k1"),
    "503 unavailable, Retry-After",
    "503 unavailable api_error, retry true",
  ],
  [
    "no slot",
    { upstream: { maxInFlight: 0 } },
    async (at) => await at.pay("k1"),
    "503 unavailable, Retry-After",
    "503 unavailable api_error, retry true",
  ],
  [
    "an answer that proves nothing, while another try may settle it",
    { ladder: REPEAT },
    async (at) => {
      at.upstream.next.push(says(answer(502)));
      return await at.pay("k1");
    },
    "502 upstream_ambiguous, Retry-After",
    "502 upstream_ambiguous api_error, retry true",
  ],
  [
    "an answer that proves nothing, where nothing settles it",
    {},
    async (at) => {
      at.upstream.next.push(says(answer(502)));
      return await at.pay("k1");
    },
    "502 upstream_ambiguous, final",
    "502 upstream_ambiguous api_error, retry false",
  ],
  [
    "no answer in time",
    { ladder: REPEAT, policy: { deadlineMs: 50 } },
    async (at) => {
      at.upstream.next.push(silence);
      return await at.pay("k1");
    },
    "504 upstream_timeout, Retry-After",
    "504 upstream_timeout api_error, retry true",
  ],
];

async function start(profile: string, choice: Choice, required = true): Promise<Behind> {
  const route = { profile, key: { ...KEY, required }, ...choice.route };
  return await Behind.start({ ...choice, route, upstream: { words, ...choice.upstream } });
}

describe("profile ietf", () => {
  for (const [situation, choice, happens, expected] of ROWS) {
    test(`${situation}: ${expected}`, async () => {
      await using at = await start("ietf", choice);
      const got = await happens(at);
      const problem = problemOf(got);
      const again = fieldOf(got, "retry-after") === undefined ? "final" : "Retry-After";
      assert.equal(`${got.status} ${String(problem["code"])}, ${again}`, expected);
      assert.equal(problem["retryable"], again === "Retry-After");
      assert.equal(problem["status"], got.status);
      assert.equal(fieldOf(got, "content-type"), "application/problem+json");
      assert.equal(fieldOf(got, "cache-control"), "no-store");
      assert.equal(fieldOf(got, "stripe-should-retry"), undefined);
      assert.ok(!("error" in problem));
    });
  }
  test("key missing: 400", async () => {
    await using at = await start("ietf", {});
    const got = await at.pay(null);
    assert.deepEqual([got.status, problemOf(got)["code"]], [400, "key_missing"]);
    assert.equal(at.upstream.received.length, 0);
  });
});

describe("profile stripe", () => {
  for (const [situation, choice, happens, , expected] of ROWS) {
    test(`${situation}: ${expected}`, async () => {
      await using at = await start("stripe", choice);
      const got = await happens(at);
      const problem = problemOf(got);
      const error = problem["error"] as { type: string; code: string; message: string };
      const retry = `retry ${fieldOf(got, "stripe-should-retry")}`;
      assert.equal(`${got.status} ${error.code} ${error.type}, ${retry}`, expected);
      assert.equal(problem["code"], error.code);
      assert.equal(problem["detail"], error.message);
      assert.equal(String(problem["retryable"]), fieldOf(got, "stripe-should-retry"));
      assert.equal(fieldOf(got, "content-type"), "application/json");
      assert.equal(fieldOf(got, "retry-after"), undefined);
    });
  }
  test("key missing: passed, and marked as ignored", async () => {
    await using at = await start("stripe", {}, false);
    const got = await at.pay(null);
    assert.deepEqual([got.status, fieldOf(got, "idempotency-status")], [201, "ignored"]);
    await at.pay(null);
    assert.equal(at.upstream.received.length, 2);
  });
  test("key missing where the route demands one: malformed", async () => {
    await using at = await start("stripe", {});
    const got = await at.pay(null);
    assert.deepEqual([got.status, fieldOf(got, "stripe-should-retry")], [400, "false"]);
    assert.equal(at.upstream.received.length, 0);
  });
});

test("who comes too late is told how the first request ended", async () => {
  for (const [status, sense] of [
    [201, "success"],
    [402, "failure"],
  ] as const) {
    await using at = await start("ietf", { policy: { retainMs: 20 } });
    at.upstream.next.push(says(answer(status, [], "x")));
    await at.pay("k1");
    await sleep(30);
    const { outcome } = problemOf(await at.pay("k1")) as { outcome: Record<string, unknown> };
    assert.deepEqual([outcome["sense"], outcome["status"], outcome["source"]], [sense, status, "upstream"]);
    assert.match(String(outcome["digest"]), /^[\w-]{43}$/);
  }
});
