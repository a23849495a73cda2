import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePointer, placeAt } from "./pointer.ts";

/** The document and the values of RFC 6901, section 5. */
const DOCUMENT = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
);

function at(pointer: string, document: unknown = DOCUMENT): unknown {
  return placeAt(document, parsePointer(pointer)!);
}

test("every example of RFC 6901 leads to its value", () => {
  const values: [string, unknown][] = [
    ["", DOCUMENT],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ];
  for (const [pointer, value] of values) assert.deepEqual(at(pointer), { kind: "found", value }, pointer);
});

test("what does not begin with a slash, or escapes nothing, is no pointer", () => {
  for (const text of ["data/0", "$.data", "/a~", "/a~2b"]) assert.equal(parsePointer(text), null, text);
});

test("~01 is a tilde and a one, not a slash", () => {
  assert.deepEqual(parsePointer("/~01"), ["~1"]);
});

test("a member is absent only from a container that is there", () => {
  assert.deepEqual(at("/data/0", { data: [] }), { kind: "absent" });
  assert.deepEqual(at("/payment", {}), { kind: "absent" });
  assert.deepEqual(at("/data/0", {}), { kind: "nowhere" });
  assert.deepEqual(at("/data/0", { data: null }), { kind: "nowhere" });
  assert.deepEqual(at("/data/0", { data: "none" }), { kind: "nowhere" });
  assert.deepEqual(at("/payment", null), { kind: "nowhere" });
});

test("an array has elements and no other members", () => {
  for (const step of ["length", "-", "00", "1e0", "-1", "2"]) {
    assert.deepEqual(at(`/foo/${step}`), { kind: "absent" }, step);
  }
});

test("inherited members are nobody's data", () => {
  assert.deepEqual(at("/constructor", {}), { kind: "absent" });
  assert.deepEqual(at("/__proto__", {}), { kind: "absent" });
});
