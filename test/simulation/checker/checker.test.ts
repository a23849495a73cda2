import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLinearizable } from "./general.ts";
import { type Operation, type Saw, writeOnceFault } from "./write-once.ts";

const sees = fc.oneof<fc.Arbitrary<Saw>[]>(
  fc.constantFrom("a", "b").map((value) => ({ kind: "set", value })),
  fc.constant({ kind: "unset" }),
  fc.constant({ kind: "unknown" }),
);
const operation: fc.Arbitrary<Operation> = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }), sees)
  .map(([begin, takes, saw]) => ({ begin, end: begin + takes, saw }));

const set = (begin: number, end: number, value = "a"): Operation => ({ begin, end, saw: { kind: "set", value } });
const unset = (begin: number, end: number): Operation => ({ begin, end, saw: { kind: "unset" } });

test("the short check and the search agree on every small history", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 9 }), (operations) => {
      assert.equal(writeOnceFault(operations) === null, isLinearizable(operations));
    }),
    { numRuns: 3_000 },
  );
});

test("two values are no history of a register that is written once", () => {
  for (const judge of [(all: Operation[]) => writeOnceFault(all) === null, (all: Operation[]) => isLinearizable(all)]) {
    assert.equal(judge([set(0, 5, "a"), set(3, 9, "b")]), false);
    assert.equal(judge([set(0, 5, "a"), set(3, 9, "a")]), true);
  }
});

test("nobody may see nothing who began after somebody had seen the answer", () => {
  for (const judge of [(all: Operation[]) => writeOnceFault(all) === null, (all: Operation[]) => isLinearizable(all)]) {
    assert.equal(judge([set(0, 5), unset(6, 7)]), false);
    assert.equal(judge([set(0, 5), unset(5, 7)]), true, "they overlap");
    assert.equal(judge([unset(0, 1), set(2, 3)]), true);
  }
});

test("a value planted into a long sound history is found", () => {
  const sound = Array.from({ length: 200 }, (_, at) => (at < 20 ? unset(at, at + 3) : set(at + 30, at + 90)));
  assert.equal(writeOnceFault(sound), null);
  assert.equal(isLinearizable(sound), true);
  for (const at of [0, 57, 199]) {
    const planted = sound.with(at, set(at + 30, at + 90, "b"));
    assert.notEqual(writeOnceFault(planted), null);
    assert.equal(isLinearizable(planted), false);
  }
});
