import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Budget, fuzz, parser, type Target } from "./fuzz/fuzzer.ts";
import { chance, mutate } from "./fuzz/mutate.ts";
import { TARGETS } from "./fuzz/targets.ts";

const SEED = 20_260;
/** Enough to meet each flaw that is known; a parser that is slow, or behind a socket, is given fewer. */
const CASES = 3_000;
const FEWER: Readonly<{ [name: string]: number }> = {
  configurations: 150,
  "the admin API": 120,
  "requests on the wire": 120,
};
/** Cases are counted, not timed, so that a slow machine tries the same ones; this ends what hangs. */
const SECONDS_MAX = 30;

const bounded = (name: string): Budget => ({ cases: FEWER[name] ?? CASES, seconds: SECONDS_MAX });

describe("no mutation of what it is usually sent deceives or breaks", () => {
  for (const target of TARGETS) {
    test(target.name, async () => {
      const { findings, cases, flawsSeen } = await fuzz(target, SEED, bounded(target.name));
      assert.deepEqual(findings, [], `seed ${SEED}`);
      assert.equal(cases, FEWER[target.name] ?? CASES);
      const known = (target.flaws ?? []).map(({ why }) => why);
      assert.deepEqual(
        flawsSeen.toSorted(),
        known.toSorted(),
        "flaws that are listed, and were not met: take them off",
      );
    });
  }
});

/** Parsers with one mistake each, of the kind that the properties are there for. */
const PLANTED: readonly (readonly [string, Target["open"]])[] = [
  ["a check that one byte gets past", parser((bytes) => assert.ok(!bytes.includes(0x7f), "a DEL got through"))],
  ["an exception of the wrong kind", parser((bytes) => void JSON.parse(Buffer.from(bytes).toString()))],
  [
    "a seal that is not looked at to its end",
    parser((bytes) => assert.ok(Buffer.from(bytes).equals(SEALED) || !opens(bytes), "opened")),
  ],
];
const SEALED = Buffer.from("0123456789abcdef");
const opens = (bytes: Uint8Array): boolean => Buffer.from(bytes).subarray(0, 8).equals(SEALED.subarray(0, 8));

describe("the fuzzer", () => {
  for (const [what, open] of PLANTED) {
    test(`finds ${what}, makes it small, and finds it again by its seed`, async () => {
      const seeds = what.includes("seal") ? [SEALED] : [Buffer.from('{"a":[1,2,3]}')];
      const target = { name: what, seeds, words: ['"'], open };
      const [once, again] = [await fuzz(target, 7, bounded("")), await fuzz(target, 7, bounded(""))];
      assert.ok(once.findings.length > 0);
      assert.deepEqual(once.findings, again.findings);
      assert.ok(Buffer.from(once.findings[0]!.input, "base64").length <= 16, once.findings[0]!.input);
    });
  }
  test("counts what is known apart, and stops counting when its time is over", async () => {
    const open = parser(() => assert.fail("known"));
    const target = { name: "", seeds: [Buffer.from("a")], words: [], open, flaws: [{ says: /known/, why: "because" }] };
    const fuzzed = await fuzz(target, 1, { cases: Number.POSITIVE_INFINITY, seconds: 0.05 });
    assert.deepEqual([fuzzed.findings, fuzzed.flawsSeen], [[], ["because"]]);
    assert.ok(fuzzed.cases > 0 && fuzzed.seconds < 5);
  });
  test("makes the same mutations of the same seed, and others of another", () => {
    const made = (seed: number): string[] => {
      const dice = chance(seed);
      return Array.from({ length: 50 }, () => Buffer.from(mutate(SEALED, [SEALED], ["x"], dice)).toString("hex"));
    };
    assert.deepEqual(made(1), made(1));
    assert.notDeepEqual(made(1), made(2));
    assert.ok(new Set(made(1)).size > 40);
  });
});
