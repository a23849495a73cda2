import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseItem } from "structured-headers";
import { parseKey, parseKeyValue } from "./key.ts";
import { parseStringItem } from "./structured-field.ts";

const VECTORS = join(import.meta.dirname, "../../../../../shared/vectors/structured-fields");
const FILES = ["string", "string-generated", "token", "token-generated", "binary", "item"];
const skip = existsSync(VECTORS) ? false : `the structured-field vectors are not at ${VECTORS}`;

type Vector = { name: string; raw: string[]; expected?: [unknown, unknown]; must_fail?: true; can_fail?: true };

function vectors(): Vector[] {
  return FILES.flatMap((file) => JSON.parse(readFileSync(join(VECTORS, `${file}.json`), "utf8")) as Vector[]);
}

const keyOf = (...lines: string[]): string | null => {
  const parsed = parseKey(lines, Number.POSITIVE_INFINITY);
  return parsed.kind === "key" ? parsed.key : null;
};

describe("the vectors of the HTTP working group", { skip }, () => {
  const quoted = skip ? [] : vectors().filter(({ raw }) => raw[0]?.startsWith('"'));

  test("every value that begins with a quote is read, or refused, as they say", () => {
    assert.ok(quoted.length > 250, `only ${quoted.length} vectors`);
    for (const { name, raw, expected, must_fail, can_fail } of quoted) {
      const wanted = must_fail || expected?.[0] === "" ? null : expected?.[0];
      const key = keyOf(...raw);
      assert.ok(key === wanted || (can_fail && key === null), `${name}: ${JSON.stringify(raw)} gave ${key}`);
    }
  });

  test("every bare item is read, or refused, as the value of a parameter", () => {
    const single = skip ? [] : vectors().filter(({ raw }) => raw.length === 1 && !/^ | $/.test(raw[0] ?? " "));
    for (const { name, raw, must_fail, can_fail } of single) {
      const key = keyOf(`"key";p=${raw[0]}`);
      if (!can_fail) assert.equal(key, must_fail ? null : "key", `${name}: ${JSON.stringify(raw)}`);
    }
  });
});

/** A peer's parser. It misreads dates that anything follows, and display strings beyond Latin-1: those are told by hand. */
function peer(text: string): string | null {
  try {
    const [value] = parseItem(text);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

const PIECES = ["=", ";", "; ", "a", "*b", "0", "-1", "1.5", "?1", '"', '\\"', "\\", '%"', "%c3%bc", "%ff", ":aGk=:"];
const MORE_PIECES = [
  ":aGk:",
  ":a:",
  " ",
  "\t",
  "é",
  "Tok/en",
  ",",
  ":",
  ".",
  "_",
  "123456789012345",
  "1234567890123.0",
];
const piece = fc.oneof(fc.constantFrom(...PIECES, ...MORE_PIECES), fc.string({ maxLength: 3 }));
const bare = fc.constantFrom("1", "-12.345", '"x\\""', "a:b", ":AAAA:", "?0", '%"%e2%82%ac"', "1.2345", "?2", "%x");
const parameter = fc.tuple(fc.constantFrom(";", "; ", " ;", ";;"), fc.constantFrom("a", "*", "A", ""), bare);
const item = fc.tuple(
  fc.string({ maxLength: 5 }),
  fc.array(parameter, { maxLength: 3 }),
  fc.constantFrom("", " ", "x"),
);
const wellFormed = item.map(
  ([value, parameters, end]) =>
    JSON.stringify(value) + parameters.map(([mark, name, of]) => `${mark}${name}=${of}`).join("") + end,
);
const wild = fc.array(piece, { maxLength: 8 }).map((pieces) => `"${pieces.join("")}`);

test("it reads what another parser of structured fields reads, and refuses what that refuses", () => {
  let read = 0;
  const property = fc.property(fc.oneof(wellFormed, wild), (text) => {
    fc.pre(!/[@Ā-￿]/.test(text));
    const mine = parseStringItem(text);
    if (mine !== null) read += 1;
    assert.equal(mine, peer(text));
  });
  fc.assert(property, { numRuns: 3_000 });
  assert.ok(read > 300, `only ${read} were read`);
});

test("a quoted key and the same key without quotes are one key", () => {
  for (const key of ["8e03978e-40d5-43dd-bc93-6894a57f9324", "a:b/c=d", "?1", ":aGk=:", "@1"]) {
    assert.deepEqual(parseKey([key]), { kind: "key", key });
    assert.deepEqual(parseKey([`"${key}"`]), { kind: "key", key });
    assert.deepEqual(parseKey([` "${key}";v=1 `]), { kind: "key", key });
  }
});

test("parameters of every type are read and mean nothing", () => {
  const values = ["1", "-1.5", '"s"', "tok", ":aGk=:", "?0", "@1659578233", '%"f%c3%bc"'];
  for (const value of values) assert.equal(keyOf(`"k";p=${value};q`), "k", value);
  for (const value of [
    "@1.5",
    "@",
    "@1234567890123456",
    '%"%FF"',
    '%"%ff"',
    '%"a',
    "1.",
    "1.2345",
    "1234567890123456",
    ":a:",
    "?2",
    "",
  ]) {
    assert.equal(keyOf(`"k";p=${value}`), null, value);
  }
});

test("no line is a missing key, several are a malformed one", () => {
  assert.deepEqual(parseKey([]), { kind: "missing" });
  assert.equal(parseKey(["a", "a"]).kind, "malformed");
  assert.equal(parseKey([""]).kind, "malformed");
  assert.equal(parseKey(['""']).kind, "malformed");
});

test("a bare key has visible characters only, and none that lists or parameters are made of", () => {
  for (const key of ["a b", "a,b", "a;b", 'a"b', "a\\b", "a\tb", "é", "\u007f", "'\n'"]) {
    const parsed = parseKey([key]);
    assert.equal(parsed.kind, "malformed", JSON.stringify(key));
  }
  const visible = Array.from({ length: 0x5e }, (_, index) => String.fromCharCode(0x21 + index));
  const allowed = visible.filter((char) => !'",;\\'.includes(char)).join("");
  assert.deepEqual(parseKey([allowed]), { kind: "key", key: allowed });
});

test("a key has at most 255 bytes, counted without quotes and escapes", () => {
  assert.equal(parseKey(["k".repeat(255)]).kind, "key");
  assert.equal(parseKey(["k".repeat(256)]).kind, "malformed");
  assert.equal(parseKey([`"${'\\"'.repeat(255)}"`]).kind, "key");
  assert.equal(parseKey([`"${'\\"'.repeat(256)}"`]).kind, "malformed");
  assert.equal(parseKey(["k".repeat(65)], 64).kind, "malformed");
});

test("a key in the body is taken as it is", () => {
  assert.deepEqual(parseKeyValue('"a"; b'), { kind: "key", key: '"a"; b' });
  for (const key of ["", "é", "a\n", "k".repeat(256), "\ud800"]) assert.equal(parseKeyValue(key).kind, "malformed");
});

test("a hostile field takes linear time", () => {
  const size = 500_000;
  for (const text of [
    `"${"\\".repeat(size)}`,
    `"k"${";a".repeat(size)},`,
    `"k"${" ".repeat(size)}x`,
    `"k";a=:${"=".repeat(size)}`,
  ]) {
    assert.equal(keyOf(text), null);
    assert.equal(keyOf(text.slice(1)), null);
  }
  assert.equal(keyOf(`${" ".repeat(size)}k${" ".repeat(size)}`), "k");
});
