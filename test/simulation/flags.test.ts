import assert from "node:assert/strict";
import { test } from "node:test";
import { readFlags, UsageError } from "./flags.ts";

test("a run is bounded by seeds unless it is bounded by minutes", () => {
  assert.equal(readFlags([]).seeds, 2_000);
  assert.equal(readFlags(["--minutes", "0.5"]).seeds, Number.POSITIVE_INFINITY);
  assert.deepEqual(readFlags(["--seeds", "7", "--minutes", "2", "--seed", "3"]), {
    ...{ seeds: 7, minutes: 2, from: 1, seed: 3 },
    ...{ mutants: false, named: "", json: false },
  });
});

test("what is no flag, and what is no number above zero, is refused with the usage", () => {
  for (const args of [
    ["--sedes", "1"],
    ["--seeds", "none"],
    ["--seeds", "0"],
    ["--seed", "1.5"],
    ["--minutes", "-1"],
  ]) {
    assert.throws(() => readFlags(args), UsageError, args.join(" "));
  }
});
