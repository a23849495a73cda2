import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, parse, SMALLEST, warningsOf, withPiece } from "../../../../test/config/sample.ts";

const derived = withPiece("    url:", "    key: derived\n    url:");
const accounts = (value: string): string => withPiece("accounts: single", `accounts: ${value}`, derived);

test("an account is named by a header that a trusted edge sets", () => {
  assert.deepEqual(parse(accounts("{ header: X-Account-Id }")).accounts, { kind: "header", header: "x-account-id" });
});

test("a map leads from credentials to accounts, and its file lies beside the configuration", () => {
  const text = accounts("{ map: accounts.yaml, header: Authorization }");
  const files = { "/etc/accounts.yaml": "Bearer a: acme\nBearer b: acme\n" };
  const read = parse(text, { files }).accounts;
  assert.deepEqual(read, {
    kind: "map",
    header: "authorization",
    accounts: new Map([
      ["Bearer a", "acme"],
      ["Bearer b", "acme"],
    ]),
  });
});

test("a map that is absent, or is no map of texts, is refused with its own name and line, and without the credential", () => {
  const text = accounts("{ map: accounts.yaml, header: authorization }");
  assert.deepEqual(faultsOf(text), [
    "2: accounts.map refers to /etc/accounts.yaml, which cannot be read (ENOENT). Create it, or correct the path",
  ]);
  assert.deepEqual(faultsOf(text, { files: { "/etc/accounts.yaml": "a: acme\nsecret: 7\n" } }), [
    "/etc/accounts.yaml:2: has an account that is no text: quote it",
  ]);
  assert.deepEqual(faultsOf(text, { files: { "/etc/accounts.yaml": "- a\n" } }), [
    "/etc/accounts.yaml:1: must have one line per credential, CREDENTIAL: ACCOUNT",
  ]);
});

test("accounts that are credentials come with a warning: rotation renames keys", () => {
  const text = accounts("{ credential: Authorization }");
  assert.deepEqual(parse(text).accounts, { kind: "credential", header: "authorization" });
  assert.match(
    warningsOf(text)[0] ?? "",
    /^2: accounts names accounts by their credential: whoever rotates it renames/,
  );
  assert.deepEqual(warningsOf(SMALLEST), []);
});
