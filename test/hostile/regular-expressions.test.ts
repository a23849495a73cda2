import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check } from "recheck";
import { readRepository } from "../tidy/repository.ts";
import { type Expression, expressionsOf } from "./expressions.ts";

/** An expression takes milliseconds; what is not decided by then is not known to be safe. */
const CHECK_TIMEOUT_MS = 10_000;

/** Expressions that take more than linear time on texts that they are never given. */
const NEVER_LONG: readonly Readonly<{ file: string; source: string; why: string }>[] = [
  {
    file: "packages/core/src/record/canonical-number.ts",
    source: "e.*$",
    why: "a JSON number holds one e, and every other e is what makes it quadratic",
  },
];

/** Why an expression must not meet what strangers send; null: it takes linear time. */
async function danger({ source, flags }: Expression): Promise<string | null> {
  if (source === null) return "nobody can say what it is";
  const diagnosis = await check(source, flags, { timeout: CHECK_TIMEOUT_MS });
  if (diagnosis.status === "safe") return null;
  const why = diagnosis.status === "unknown" ? diagnosis.error.kind : diagnosis.complexity.summary;
  return `${diagnosis.status} (${why}): /${source}/${flags}`;
}

function isExcused({ place, source }: Expression): boolean {
  return NEVER_LONG.some((each) => place.startsWith(`${each.file}:`) && each.source === source);
}

const all = readRepository()
  .filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"))
  .flatMap(expressionsOf);

describe("regular expressions", () => {
  test("of what is shipped take linear time, whatever they are given", async () => {
    assert.ok(all.length > 80, `only ${all.length} were found`);
    const found: string[] = [];
    for (const expression of all.filter((each) => !isExcused(each))) {
      const why = await danger(expression);
      if (why !== null) found.push(`${expression.place}: ${why}`);
    }
    assert.deepEqual(found, []);
  });
  test("that are excused exist, and would be refused", async () => {
    for (const { file, source } of NEVER_LONG) {
      const excused = all.find((each) => isExcused(each) && each.source === source);
      assert.ok(excused !== undefined, `${file} has no /${source}/ any more: take it off the list`);
      assert.notEqual(await danger(excused), null, `/${source}/ is safe: take it off the list`);
    }
  });
  test("are found wherever they are made, and dangerous ones are refused with their line", async () => {
    const text = [
      "const one = /^(a+)+$/;",
      'const two = new RegExp("(x|x)*y", "i");',
      "const three = RegExp(one.source);",
      'const four = "".match("^(b*)*$");',
      'const five = { type: "string", pattern: "^(c|c)*d$" };',
      "const six = /^[a-z]+$/;",
    ].join("\n");
    const planted = expressionsOf({ path: "planted.ts", text });
    assert.deepEqual(
      planted.map(({ place }) => place),
      [1, 2, 3, 4, 5, 6].map((line) => `planted.ts:${line}`),
    );
    const dangers = await Promise.all(planted.map(danger));
    assert.deepEqual(
      dangers.map((why) => why !== null),
      [true, true, true, true, true, false],
      dangers.join("\n"),
    );
  });
});
