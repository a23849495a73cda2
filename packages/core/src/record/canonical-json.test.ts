import assert from "node:assert/strict";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { canonicalJson, JSON_DEPTH_MAX } from "./canonical-json.ts";

const utf8 = new TextEncoder();

function canonical(json: string): string | null {
  const result = canonicalJson(utf8.encode(json));
  return result.kind === "canonical" ? new TextDecoder().decode(result.bytes) : null;
}

const LARGE_INTEGER = /(?<![\d.e])-?\d{16,}(?![\d.e])/;
const value = fc.jsonValue({ maxDepth: 4 }).filter((it) => !LARGE_INTEGER.test(JSON.stringify(it)));

/** The same value as another client might write it. */
function respelled(it: unknown, seed: number): string {
  if (Array.isArray(it)) return `[ ${it.map((element) => respelled(element, seed)).join(" ,\t")}]`;
  if (it === null || typeof it !== "object") return typeof it === "string" ? escaped(it, seed) : JSON.stringify(it);
  const members = Object.entries(it).map(([name, member]) => `${escaped(name, seed)}: ${respelled(member, seed)}`);
  return `{\n${(seed % 2 === 0 ? members.toReversed() : members).join(",\r\n")} }`;
}

function escaped(text: string, seed: number): string {
  if (seed % 3 === 0) return JSON.stringify(text);
  return `"${[...text].map((char) => (seed % 3 === 1 ? allEscaped(char) : JSON.stringify(char).slice(1, -1))).join("")}"`;
}

function allEscaped(char: string): string {
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0").toUpperCase()}`).join("");
}

test("however a value is written, its canonical form is that of another implementation of RFC 8785", () => {
  const property = fc.property(value, fc.nat(5), (it, seed) => {
    assert.equal(canonical(respelled(it, seed)), canonicalize(it));
  });
  fc.assert(property, { numRuns: 500 });
});

test("what JSON.parse refuses is refused, and what it takes is taken or refused for a reason of its own", () => {
  const junk = fc.constantFrom(
    "",
    ",",
    '"',
    "\\",
    "}",
    "]",
    "{",
    "0",
    "-",
    ".",
    "e",
    " ",
    "\u0000",
    "tru",
    ":",
    "\u00a0",
  );
  let broken = 0;
  const property = fc.property(value, fc.nat(), fc.nat(3), junk, (it, place, cut, put) => {
    const json = JSON.stringify(it);
    const at = place % (json.length + 1);
    const text = json.slice(0, at) + put + json.slice(at + cut);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      broken += 1;
      assert.equal(canonical(text), null);
      return;
    }
    const mine = canonical(text);
    if (mine !== null) assert.equal(mine, canonicalize(parsed));
  });
  fc.assert(property, { numRuns: 1_000 });
  assert.ok(broken > 200, `only ${broken} texts were broken`);
});

test("the example of RFC 8785, section 3.2, is written as it says", () => {
  const input = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const output = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonical(input), output);
});

test("members are in the order of UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
  const input = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
    "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;
  const values = Object.values(JSON.parse(canonical(input) ?? "{}") as object).map((it: string) => it.split(" ")[0]);
  // "1" is first for JSON.parse only: JavaScript puts names that are array indices before all others.
  assert.deepEqual(values, ["One", "Carriage", "Control", "Latin", "Euro", "Emoji:", "Hebrew"]);
  assert.ok(canonical(input)?.startsWith('{"\\r":'));
});

/** RFC 8785, appendix B: doubles by their bits, and what they are written as. */
const NUMBERS: [bits: string, text: string][] = [
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

test("numbers are written as in RFC 8785, appendix B", () => {
  for (const [bits, text] of NUMBERS) {
    const number = Buffer.from(bits, "hex").readDoubleBE();
    assert.equal(canonical(text), text);
    assert.equal(canonical(number.toExponential()), text);
  }
  for (const zero of ["-0", "0.0", "0e9"]) assert.equal(canonical(zero), "0");
});

test("a number that could be taken for another is refused", () => {
  assert.equal(canonical("9007199254740991"), "9007199254740991");
  assert.equal(canonical("-9007199254740991"), "-9007199254740991");
  const beyond = [
    "9007199254740992",
    "-9007199254740993",
    "9007199254740993.0",
    "9007199254740993e0",
    "900719925474099.3e1",
  ];
  for (const text of [...beyond, "100000000000000000000", "1e400", "-1e400", "1e-400"]) {
    assert.equal(canonical(text), null, text);
  }
});

test("a member that stands twice is refused, at any depth and however its name is written", () => {
  for (const json of [
    '{"a":1,"a":1}',
    '[[{"b":{"a":1,"\\u0061":2}}]]',
    '{"__proto__":1,"__proto__":1}',
    '{"":1,"":2}',
  ]) {
    assert.equal(canonical(json), null, json);
  }
  assert.equal(canonical('{"a":{"a":1},"b":{"a":1},"__proto__":2}'), '{"__proto__":2,"a":{"a":1},"b":{"a":1}}');
});

test("what is not Unicode is refused", () => {
  for (const json of ['"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800":1}', "\ufeff{}"])
    assert.equal(canonical(json), null, json);
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
  ]) {
    assert.equal(canonicalJson(new Uint8Array(bytes)).kind, "refused");
  }
  assert.equal(canonical('"\\ud83d\\ude00"'), '"😀"');
});

test("a byte order mark is named, for nobody sees it", () => {
  const result = canonicalJson(utf8.encode("\ufeff{}"));
  assert.ok(result.kind === "refused" && /byte order mark/.test(result.why));
});

test("nesting has a limit, and a hostile body takes linear time", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.notEqual(canonical(nested(JSON_DEPTH_MAX + 1)), null);
  assert.equal(canonical(nested(JSON_DEPTH_MAX + 2)), null);
  const size = 1_000_000;
  for (const piece of ["[", '{"a":', '"\\', "1", " ", "-", '"', "[1,", "\\u0061"]) {
    assert.equal(canonical(piece.repeat(size / piece.length)), null, piece);
  }
});

test("a refusal tells where, and nothing of what the body says", () => {
  for (const json of [
    '{"pan":"4242","pan":"4242"}',
    '{"pan":4242',
    '{"pan":"\\x4242"}',
    '{"pan":42424242424242424242}',
  ]) {
    const result = canonicalJson(utf8.encode(json));
    assert.ok(result.kind === "refused" && !/pan|4242/.test(result.why), JSON.stringify(result));
  }
});
