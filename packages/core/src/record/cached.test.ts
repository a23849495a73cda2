import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type CachedBytes, decodeCached, encodeCached } from "./cached.ts";
import type { Fence } from "./fence.ts";
import { NO_HISTORY, withTransition } from "./history.ts";
import { type Instant, NEVER } from "./instant.ts";
import { CorruptError } from "./ports.ts";
import type { Answer, Kept, KeyRecord, State } from "./record.ts";

const NOW = 1_800_000_000_000 as Instant;
const ATTEMPT = "0193a1b2c3d4e5f60718293a4b5c6d7e" as Fence;
const DIGEST = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
const BODY = new TextEncoder().encode('{"id":"pay_1"}');
const ANSWER: Answer = {
  status: 201,
  headers: ["Content-Type", "application/json", "X-Ünits", "€".slice(1)],
  body: BODY,
};

/** Objects like those that come back. */
const PLAIN = { noNullPrototype: true } as const;

const completed = (more: Partial<State & { kind: "completed" }> = {}): State => ({
  kind: "completed",
  outcome: { sense: "success", status: 201, source: "upstream", digest: DIGEST },
  answer: "kept",
  retainUntil: NOW,
  ...more,
});

function record(more: Partial<KeyRecord> = {}): KeyRecord {
  return {
    format: 1,
    fingerprint: { scheme: "f1.raw.1", digest: DIGEST },
    route: "POST /payments",
    account: "a1",
    profile: "ietf.1",
    pins: { upstream: "bank", ladder: { repeat: null, ask: null }, deadlineMs: 30_000 },
    firstSendAt: NOW,
    state: completed(),
    open: [],
    asks: { count: 0, nextAt: NOW },
    changedAt: NOW,
    secrets: { sealed: new Uint8Array() },
    answer: { clear: ANSWER },
    history: withTransition(NO_HISTORY, { at: NOW, did: "completed", attempt: ATTEMPT, note: null }),
    ...more,
  };
}

const encoded = (it: KeyRecord, answer: Answer = ANSWER): CachedBytes => encodeCached(it, answer, NOW)!;

describe("A completed record with its answer", () => {
  test("comes back as what a replay needs of it", () => {
    const { state, fingerprint } = record();
    const until = NOW;
    assert.deepEqual(decodeCached(encoded(record())), {
      fingerprint,
      state,
      answer: { clear: ANSWER },
      attempt: ATTEMPT,
      until,
    });
  });

  test("comes back whatever its texts, statuses and times are", () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(DIGEST, DIGEST.replace(/A$/, "B"), "-".repeat(43)),
    );
    const instants = fc.oneof(fc.nat(), fc.constantFrom(0, NOW, NEVER)).map((at) => at as Instant);
    const statuses = fc.integer({ min: 0, max: 65_535 });
    const values = fc.string({ unit: fc.constantFrom("a", " ", "\t", "é", "ÿ", "~") });
    const made = fc.record({
      fingerprint: fc.record({ scheme: texts, digest: texts }, PLAIN),
      outcome: fc.record(
        {
          sense: fc.constantFrom("success" as const, "failure" as const),
          status: statuses,
          source: fc.constantFrom("upstream" as const, "asked" as const, "operator" as const),
          digest: fc.option(texts, { nil: null }),
        },
        PLAIN,
      ),
      status: statuses,
      headers: fc.array(fc.tuple(values, values)).map((pairs) => pairs.flat()),
      body: fc.uint8Array({ maxLength: 40 }),
      retainUntil: instants,
      until: instants,
    });
    fc.assert(
      fc.property(made, ({ fingerprint, outcome, status, headers, body, retainUntil, until }) => {
        const it = record({ fingerprint, state: completed({ outcome, retainUntil }) });
        const found = decodeCached(encodeCached(it, { status, headers, body }, until)!);
        assert.deepEqual(found.fingerprint, fingerprint);
        assert.deepEqual(found.state, it.state);
        assert.deepEqual(found.answer.clear, { status, headers, body });
        assert.equal(found.until, until);
      }),
    );
  });

  test("of whose transitions none says who completed it, comes back without that", () => {
    assert.equal(decodeCached(encoded(record({ history: NO_HISTORY }))).attempt, null);
  });

  test("takes the bytes of its digests, not their letters", () => {
    assert.ok(encoded(record()).facts.length <= 24 + 16 + 9 + 2 * 33, `${encoded(record()).facts.length} bytes`);
  });
});

describe("Nothing is cached of a record that", () => {
  const others: [string, KeyRecord][] = [
    ["is idle", record({ state: { kind: "idle" } })],
    ["is in doubt", record({ state: { kind: "inDoubt", since: NOW } })],
    ["has no fingerprint", record({ fingerprint: null })],
    ["has no answer", record({ answer: null })],
    ...(["notRetained", "expired", "erased"] as const).map((answer: Kept): [string, KeyRecord] => [
      `has an answer that is ${answer}`,
      record({ state: completed({ answer }) }),
    ]),
    [
      "was fingerprinted under a scheme that is too long",
      record({ fingerprint: { scheme: "f".repeat(254), digest: "" } }),
    ],
  ];
  for (const [is, it] of others) test(is, () => assert.equal(encodeCached(it, ANSWER, NOW), null));

  test("has headers that no HTTP message has", () => {
    for (const headers of [["a", "b\nc"], ["a\r", "b"], ["a", "\ud800"], ["a"]]) {
      assert.equal(encodeCached(record(), { ...ANSWER, headers }, NOW), null, JSON.stringify(headers));
    }
  });
});

describe("Cached bytes are refused", () => {
  const { facts, answer } = encoded(record());

  test("where the facts are cut short, or go on", () => {
    for (let length = 0; length < facts.length; length += 1) {
      assert.throws(() => decodeCached({ facts: facts.subarray(0, length), answer }), CorruptError, `${length} bytes`);
    }
    assert.throws(() => decodeCached({ facts: Uint8Array.of(...facts, 0), answer }), CorruptError);
  });

  test("where the answer is shorter than its headers", () => {
    assert.throws(() => decodeCached({ facts, answer: answer.subarray(0, 10) }), CorruptError);
  });

  test("of another format", () => {
    assert.throws(() => decodeCached({ facts: Uint8Array.of(2, ...facts.subarray(1)), answer }), /has format 2/);
  });

  test("with texts that are not UTF-8", () => {
    const bad = Uint8Array.from(answer);
    bad[0] = 0xff;
    assert.throws(() => decodeCached({ facts, answer: bad }), CorruptError);
  });
});
