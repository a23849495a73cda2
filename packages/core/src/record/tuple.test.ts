import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tuple } from "./tuple.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const part = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("", "a", "aa", "\0\0\0\x01a", "\0"));

test("a tuple is its parts, each behind its length", () => {
  assert.equal(hex(tuple(["ab", "", new Uint8Array([255])])), "000000026162" + "00000000" + "00000001ff");
  assert.equal(hex(tuple([])), "");
  assert.equal(hex(tuple(["aé"])), "0000000361c3a9");
  assert.equal(hex(tuple(["a".repeat(0x010203)])).slice(0, 10), "0001020361");
});

test("no two lists of parts have the same bytes", () => {
  const lists = fc.tuple(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }));
  fc.assert(
    fc.property(lists, ([a, b]) =>
      assert.equal(hex(tuple(a)) === hex(tuple(b)), JSON.stringify(a) === JSON.stringify(b)),
    ),
    { numRuns: 2_000 },
  );
});

test("a byte that moves from one part to the next changes the tuple", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), fc.nat(3), (parts, nth) => {
      const at = nth % (parts.length - 1);
      const [left, right] = [parts[at] ?? "", parts[at + 1] ?? ""];
      const shifted = parts.with(at, left.slice(0, -1)).with(at + 1, left.slice(-1) + right);
      assert.notEqual(hex(tuple(parts)), hex(tuple(shifted)));
    }),
  );
});

test("a text without bytes of its own is refused", () => {
  assert.throws(() => tuple(["a\ud800"]), RangeError);
  assert.ok(tuple(["a\ud83d\ude00"]).length > 0);
});
