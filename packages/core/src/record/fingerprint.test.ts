import assert from "node:assert/strict";
import { test } from "node:test";
import {
  COMPARISONS,
  type Comparison,
  comparisonOf,
  type FingerprintMessage,
  type FingerprintRequest,
  fingerprintMessage,
  parseScheme,
  schemeOf,
} from "./fingerprint.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const REQUEST: FingerprintRequest = {
  method: "POST",
  path: "/v1/payments",
  query: "a=1&b=2",
  contentType: "application/json",
  headers: [["Stripe-Version", "2025-01-01"]],
  body: bytes('{"amount":100,"currency":"eur"}'),
};

function print(changes: Partial<FingerprintRequest> = {}, how: Comparison = "raw"): string {
  const result = fingerprintMessage({ ...REQUEST, ...changes }, how);
  return result.kind === "message" ? Buffer.from(result.message).toString("latin1") : `refused: ${result.why}`;
}

const CHANGES: Partial<FingerprintRequest>[] = [
  { method: "PATCH" },
  { path: "/v1/payments/" },
  { query: "b=2&a=1" },
  { query: "" },
  { contentType: null },
  { contentType: "text/plain" },
  { headers: [] },
  { headers: [["Stripe-Version", "2026-01-01"]] },
  { body: bytes('{"amount":101,"currency":"eur"}') },
  { body: bytes("") },
  { path: "/v1/paymentsa", query: "=1&b=2" },
];

for (const how of ["raw", "json"] as const) {
  test(`a request that differs in anything has another message: ${how}`, () => {
    const all = [{}, ...CHANGES].map((changes) => print(changes, how));
    assert.equal(new Set(all).size, all.length);
    assert.ok(!all.some((message) => message.startsWith("refused")));
  });
}

test("raw compares bytes, json compares values", () => {
  const respelled = { body: bytes('{ "currency": "eur", "amount": 1e2 }') };
  assert.notEqual(print(respelled), print());
  assert.equal(print(respelled, "json"), print({}, "json"));
  assert.notEqual(print({}, "json"), print({}, "raw"));
});

test("header names count in lower case", () => {
  assert.equal(print({ headers: [["stripe-version", "2025-01-01"]] }), print());
});

test("multipart compares forms, not boundaries", () => {
  const form = (boundary: string, text: string): Partial<FingerprintRequest> => ({
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: bytes(`--${boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n${text}\r\n--${boundary}--\r\n`),
  });
  assert.equal(print(form("one", "1"), "multipart"), print(form("other", "1"), "multipart"));
  assert.notEqual(print(form("one", "1"), "multipart"), print(form("one", "2"), "multipart"));
  assert.notEqual(print(form("one", "1")), print(form("other", "1")));
});

test("a body that cannot be read as its route demands is refused, with the reason", () => {
  assert.match(print({ body: bytes('{"a":1,"a":2}') }, "json"), /^refused: .*twice/);
  assert.match(print({}, "multipart"), /^refused: .*multipart\/form-data/);
  assert.doesNotMatch(print({ body: new Uint8Array([0xff]) }), /^refused/);
});

test("a request without a body has a message in every comparison", () => {
  for (const how of COMPARISONS) assert.doesNotMatch(print({ body: bytes(""), contentType: null }, how), /^refused/);
});

/** These bytes are behind every stored fingerprint: whoever has to change this test takes retries for other requests. */
test("the bytes of a message never change", () => {
  const text = (how: Comparison): string => print({ body: bytes('{"b":1, "a":2}') }, how).replaceAll(/\0{3}./gs, "|");
  const rest = "|POST|/v1/payments|a=1&b=2||stripe-version|2025-01-01|application/json|";
  assert.equal(text("raw"), `|raw.1${rest}{"b":1, "a":2}`);
  assert.equal(text("json"), `|json.1${rest}{"a":2,"b":1}`);
});

test("a scheme names its secret and its canonicaliser", () => {
  for (const how of COMPARISONS) {
    const result: FingerprintMessage = fingerprintMessage({ ...REQUEST, body: bytes("") }, how);
    assert.ok(result.kind === "message");
    assert.equal(comparisonOf(result.canonicaliser), how);
    const canonicaliser: string = result.canonicaliser;
    for (const secretId of ["f1", "2026.01", "f.raw.1"]) {
      assert.deepEqual(parseScheme(schemeOf(secretId, canonicaliser)), { secretId, canonicaliser });
    }
  }
  for (const scheme of ["", "f1", "f1.raw", ".raw.1", "raw.1"]) assert.equal(parseScheme(scheme), null, scheme);
  assert.equal(comparisonOf("raw.2"), null);
});
