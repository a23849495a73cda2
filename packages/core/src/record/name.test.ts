import assert from "node:assert/strict";
import { test } from "node:test";
import { derivedUpstreamKey, type KeyScope, nameMessage, upstreamKeyMessage } from "./name.ts";
import type { RecordKey } from "./record.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const SCOPE: KeyScope = {
  tenant: "t",
  account: "acct_1",
  operation: "pay",
  scope: [["Stripe-Account", "a"]],
  key: "k",
};

test("whatever tells two keys apart is in the name", () => {
  const others: KeyScope[] = [
    { ...SCOPE, tenant: "u" },
    { ...SCOPE, account: "acct_2" },
    { ...SCOPE, operation: "refund" },
    { ...SCOPE, scope: [] },
    { ...SCOPE, scope: [["Stripe-Account", "b"]] },
    { ...SCOPE, scope: [["Stripe-Context", "a"]] },
    { ...SCOPE, key: "K" },
    { ...SCOPE, tenant: "ta", account: "cct_1" },
  ];
  const names = new Set([SCOPE, ...others].map((scope) => hex(nameMessage(scope))));
  assert.equal(names.size, 1 + others.length);
});

test("neither the case of a scope header nor its place in the configuration renames a key", () => {
  const one = nameMessage({
    ...SCOPE,
    scope: [
      ["A", "1"],
      ["b", "2"],
      ["b", "3"],
    ],
  });
  const other = nameMessage({
    ...SCOPE,
    scope: [
      ["B", "2"],
      ["a", "1"],
      ["B", "3"],
    ],
  });
  assert.deepEqual(one, other);
});

/** These bytes are in every database: whoever has to change this test renames every key. */
test("the bytes of a name never change", () => {
  const text = Buffer.from(nameMessage(SCOPE))
    .toString("latin1")
    .replaceAll(/\0{3}./g, "|");
  assert.equal(text, "|semel.name.1|t|acct_1|pay||stripe-account|a|k");
  const upstream = Buffer.from(upstreamKeyMessage("R".repeat(43) as RecordKey)).toString("latin1");
  assert.equal(upstream, `\0\0\0\x14semel.upstream-key.1\0\0\0\x2b${"R".repeat(43)}`);
});

test("a derived upstream key is the first 24 bytes of its hash", () => {
  const hash = Buffer.alloc(32, "hash");
  const key = derivedUpstreamKey("r" as RecordKey, { name: () => hash.toString("base64url") as RecordKey });
  assert.equal(key, hash.subarray(0, 24).toString("base64url"));
});
