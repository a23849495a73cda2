import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, ref, SMALLEST, withPiece, withRoute, withUpstream } from "../../../../test/config/sample.ts";
import { compareNames } from "./compare-names.ts";

import { type Names, namesOf, parseNames } from "./names.ts";
import { renameLine } from "./names-text.ts";

const names = (text: string): Names => namesOf(parse(text));

function changed(before: string, after: string): string[] {
  return compareNames(names(before), names(after)).map(renameLine);
}

const routes = (...matches: string[]): string =>
  `${withPiece("  - match: POST /payments\n    upstream: bank\n", "")}${matches.map((it) => `  - match: ${it}\n    upstream: bank\n`).join("")}`;

test("what names nothing may change", () => {
  assert.deepEqual(changed(SMALLEST, SMALLEST), []);
  assert.deepEqual(changed(SMALLEST, withRoute("deadline: 20s", "mode: off", "key: { format: uuid }")), []);
  assert.deepEqual(changed(SMALLEST, withRoute("key: { headers: [X-Key, Idempotency-Key], body: /key }")), []);
  assert.deepEqual(changed(SMALLEST, routes("POST /payments", "POST /refunds")), []);
  assert.deepEqual(changed(withRoute("scopeHeaders: [a, b]"), withRoute("scopeHeaders: [b, a]")), []);
});

test("another naming secret renames every key", () => {
  const secrets = `${SMALLEST}secrets:
  naming: ${ref("env:N")}
  fingerprint: { current: f, keys: { f: "${ref("env:F")}" } }
  sealing: { current: f, keys: { f: "${ref("env:F")}" } }
`;
  const with_ = (letter: string, other: string): Names =>
    namesOf(parse(secrets, { env: { N: letter.repeat(32), F: other.repeat(32) } }));
  assert.match(
    compareNames(with_("a", "x"), with_("b", "x")).map(renameLine)[0] ?? "",
    /^secrets\.naming is another secret .* put the old one back, or begin with a new store\.$/,
  );
  assert.deepEqual(compareNames(with_("a", "x"), with_("a", "y")), [], "fingerprint and sealing secrets rotate");
  assert.doesNotMatch(JSON.stringify(with_("a", "x")), /aaaa/);
});

test("another form of account renames every key", () => {
  const header = withPiece("accounts: single", "accounts: { header: x-account }", withUpstream("key: derived"));
  const other = withPiece("x-account", "x-tenant", header);
  assert.match(
    changed(withUpstream("key: derived"), header)[0] ?? "",
    /^accounts was single and is header x-account: .*\. Put it back\.$/,
  );
  assert.match(changed(header, other)[0] ?? "", /^accounts was header x-account and is header x-tenant/);
});

test("a route that is written otherwise renames its keys, unless it keeps the old id", () => {
  const before = routes("POST /payments/{id}/refunds");
  const after = routes("POST /payments/{payment}/refunds");
  assert.deepEqual(changed(before, after), [
    "Requests of route POST /payments/{id}/refunds (such as POST /payments/~any~/refunds) now are named by route " +
      'POST /payments/{payment}/refunds: their keys would be new. Give that route id: "POST /payments/{id}/refunds", ' +
      "or put it behind the old one.",
  ]);
  assert.deepEqual(changed(before, `${after}    id: POST /payments/{id}/refunds\n`), []);
});

test("a route that is gone leaves its keys unprotected", () => {
  assert.match(
    changed(routes("POST /payments", "POST /refunds"), routes("POST /payments"))[0] ?? "",
    /^Requests of route POST \/refunds \(such as POST \/refunds\) now match no route and pass through untouched: .* Keep the route/,
  );
  assert.match(
    changed(routes("POST,PATCH /payments"), routes("POST /payments")).join("\n"),
    /such as PATCH \/payments\) now match no route/,
  );
});

test("a route put before an older one takes its keys", () => {
  const before = routes("POST /v1/**");
  assert.match(
    changed(before, routes("POST /v1/payments", "POST /v1/**"))[0] ?? "",
    /^Requests of route POST \/v1\/\*\* \(such as POST \/v1\/payments\) now are named by route POST \/v1\/payments/,
  );
  assert.deepEqual(changed(before, routes("POST /v2/payments", "POST /v1/**")), []);
});

test("scope headers and key sources are part of a name", () => {
  const lines = changed(
    withRoute("scopeHeaders: [a]", "key: { headers: [X-Key, Idempotency-Key], body: /key }"),
    withRoute("scopeHeaders: [a, b]", "key: { headers: [Idempotency-Key], body: /id }"),
  );
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? "", /^Route POST \/payments: its scope headers were a and are a, b/);
  assert.match(lines[1] ?? "", /no longer read from x-key/);
  assert.match(lines[2] ?? "", /no longer read from \/key of the body/);
});

test("an upstream that is sent other keys has never seen them", () => {
  assert.match(
    changed(SMALLEST, withUpstream("key: derived"))[0] ?? "",
    /upstream bank was sent keys that are forward and would be sent derived ones, which it has never seen\. Put key back/,
  );
});

test("a snapshot survives being written, and what is none is told apart", () => {
  assert.deepEqual(parseNames(JSON.stringify(names(SMALLEST))), names(SMALLEST));
  for (const text of ["", "{}", "null", '{"format":2,"routes":[],"accounts":{"kind":"single"}}'])
    assert.equal(parseNames(text), null, text);
});
