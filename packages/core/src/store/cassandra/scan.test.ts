import assert from "node:assert/strict";
import { test } from "node:test";
import { types } from "cassandra-driver";
import { keyOf, nextFence } from "../../contract/sample.ts";
import { instant } from "../../record/index.ts";
import { GRACE_MS, isPassed } from "./passed.ts";
import { resumeAfter } from "./scan.ts";
import { pack, unpack } from "./ticket.ts";

const { Long } = types;

function pageOf(...tokens: number[]): { at: types.Long }[] {
  return tokens.map((token) => ({ at: Long.fromNumber(token) }));
}

test("a page that is not full is the last, and the next one is the first again", () => {
  assert.ok(resumeAfter(pageOf(1, 2, 3)).equals(Long.MIN_VALUE));
});

test("a full page goes on before its last partition, which may have more", () => {
  const tokens = Array.from({ length: 1_000 }, (_, i) => Math.min(i, 990));
  assert.equal(resumeAfter(pageOf(...tokens)).toNumber(), 989);
});

test("a page of one partition only goes on after it, so that there is an end", () => {
  assert.equal(resumeAfter(pageOf(...new Array<number>(1_000).fill(7))).toNumber(), 7);
});

test("a hint is past when the row has a later fence, or when it is old", () => {
  const now = instant(1_790_000_000_000);
  const [early, fence, late] = [nextFence(), nextFence(), nextFence()];
  const hint = { key: keyOf("a"), fence, dueAt: now, lookAt: now, writtenAt: now - 1_000 };
  assert.equal(isPassed(hint, late, now), true);
  assert.equal(isPassed(hint, early, now), false);
  assert.equal(isPassed(hint, null, now), false);
  assert.equal(isPassed({ ...hint, writtenAt: now - GRACE_MS - 1 }, null, now), true);
});

test("a ticket says which entries it is of, and no other text is one", () => {
  const batch = ["a", "b"].map((name) => ({ key: keyOf(name), fence: nextFence(), lookAt: instant(12) }));
  assert.deepEqual(unpack(pack(batch)), batch);
  assert.deepEqual(unpack(pack([])), []);
  for (const text of ["1-2", "a.b.c", ","]) assert.throws(() => unpack(text), RangeError);
});
