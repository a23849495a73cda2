import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFormat, KEY_FORMATS, mintedAt } from "./key-format.ts";

const V4 = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const V7 = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"; // RFC 9562, appendix A.6
const V7_AT = 0x017f22e279b0;
const ULID = "01ARYZ6S41TSV4RRFFQ69G5FAV"; // the specification's: 2016-07-30T23:54:10.881Z
const ULID_AT = 1469918176385;

const takes = (key: string): string[] => KEY_FORMATS.filter((format) => checkFormat(key, format) === null);

test("each format takes its own keys and no others", () => {
  assert.deepEqual(takes(V4), ["any", "uuid"]);
  assert.deepEqual(takes(V7), ["any", "uuid", "uuidv7"]);
  assert.deepEqual(takes(ULID), ["any", "ulid"]);
  assert.deepEqual(takes(ULID.toLowerCase()), ["any", "ulid"]);
  assert.deepEqual(takes("order-1"), ["any"]);
});

test("a key that only looks like one of its format is refused", () => {
  assert.deepEqual(takes(`${V4}\n`), ["any"]);
  assert.deepEqual(takes(`{${V4}}`), ["any"]);
  assert.deepEqual(takes(V7.replace("98C4", "C8C4")), ["any", "uuid"]);
  assert.deepEqual(takes(`8${ULID.slice(1)}`), ["any"]);
  assert.deepEqual(takes(ULID.replace("Y", "I")), ["any"]);
});

test("a UUID that nobody has set is refused", () => {
  assert.deepEqual(takes("00000000-0000-0000-0000-000000000000"), ["any"]);
  assert.deepEqual(takes("ffffffff-FFFF-ffff-ffff-ffffffffffff"), ["any"]);
});

test("the instant in a key is read only where the route says that its keys carry one", () => {
  assert.equal(mintedAt(V7, "uuidv7"), V7_AT);
  assert.equal(mintedAt(V7, "uuid"), null);
  assert.equal(mintedAt(V4, "uuidv7"), null);
  assert.equal(mintedAt(ULID, "ulid"), ULID_AT);
  assert.equal(mintedAt(ULID.toLowerCase(), "ulid"), ULID_AT);
  assert.equal(mintedAt("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "ulid"), 2 ** 48 - 1);
  assert.equal(mintedAt(ULID, "any"), null);
});
