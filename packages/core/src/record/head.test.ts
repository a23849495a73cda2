import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Fence } from "./fence.ts";
import { type Head, headJson } from "./head.ts";
import { type Instant, NEVER } from "./instant.ts";

/** Anything that a text may hold, lone surrogates too, and what JSON must escape more often than chance would. */
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\u0000", "\u001f", " ", '"', "\\", "/", "~", "\u007f", "\u2028", "\ud800", "é", "a"),
  }),
  fc.constantFrom("POST /payments", "bank", "ietf.1"),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const instants = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1_800_000_000_000, NEVER)).map((at) => at as Instant);
const counts = fc.maxSafeNat();
const fences = texts.map((id) => id as Fence);
const attempts = fc.record({ id: fences, sendBy: instants, deadlineMs: counts });

const states: fc.Arbitrary<Head["state"]> = fc.oneof(
  fc.record({
    kind: fc.constant("running" as const),
    purpose: fc.constantFrom("send" as const, "ask" as const),
    attempt: attempts,
    leaseUntil: instants,
    doubtSince: maybe(instants),
  }),
  fc.constant({ kind: "idle" as const }),
  fc.record({ kind: fc.constant("inDoubt" as const), since: instants }),
  fc.record({
    kind: fc.constant("completed" as const),
    outcome: fc.record({
      sense: fc.constantFrom("success" as const, "failure" as const),
      status: counts,
      source: fc.constantFrom("upstream" as const, "asked" as const, "operator" as const),
      digest: maybe(texts),
    }),
    answer: fc.constantFrom("kept" as const, "notRetained" as const, "expired" as const, "erased" as const),
    retainUntil: instants,
  }),
);

const heads: fc.Arbitrary<Head> = fc.record({
  format: fc.constant(1 as const),
  fingerprint: maybe(fc.record({ scheme: texts, digest: texts })),
  route: texts,
  account: texts,
  profile: texts,
  pins: fc.record({
    upstream: texts,
    ladder: fc.record({
      repeat: maybe(fc.record({ windowMs: counts })),
      ask: maybe(fc.record({ settleAfterMs: counts })),
    }),
    deadlineMs: counts,
  }),
  firstSendAt: instants,
  state: states,
  open: fc.array(attempts),
  asks: fc.record({ count: counts, nextAt: instants }),
  changedAt: instants,
  history: fc.record({
    entries: fc.array(
      fc.record({
        at: instants,
        did: fc.constantFrom("claimed" as const, "completed" as const),
        attempt: maybe(fences),
        note: maybe(texts),
      }),
    ),
    older: counts,
    olderDigest: texts,
  }),
});

test("a head's JSON says what JSON.stringify says of it", () => {
  fc.assert(
    fc.property(heads, (head) => {
      assert.deepEqual(JSON.parse(headJson(head, head.history)), JSON.parse(JSON.stringify(head)));
    }),
    { numRuns: 2_000 },
  );
});

test("a head with a number that JSON cannot write is not written", () => {
  fc.assert(
    fc.property(heads, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY), (head, wrong) => {
      const pins = { ...head.pins, deadlineMs: wrong };
      assert.throws(() => headJson({ ...head, pins }, head.history), RangeError);
      assert.throws(() => headJson({ ...head, changedAt: wrong as Instant }, head.history), RangeError);
    }),
  );
});
