import assert from "node:assert/strict";
import { test } from "node:test";
import {
  faultsOf,
  parse,
  SMALLEST,
  warningsOf,
  withPiece,
  withRoute,
  withUpstream,
} from "../../../../test/config/sample.ts";

const originsOf = (text: string) => parse(text).provenance.get("POST /payments")!;

test("a route's own value counts before the defaults, these before its profile, and each says where it is from", () => {
  const text = withPiece(
    "routes:",
    "defaults: { deadline: 20s, retain: 2d, key: { format: uuid } }\nroutes:",
    withRoute("deadline: 10s"),
  );
  const route = parse(text).routes[0]!;
  assert.deepEqual(
    { deadlineMs: route.policy.deadlineMs, retainMs: route.policy.retainMs, format: route.key.format },
    { deadlineMs: 10_000, retainMs: 172_800_000, format: "uuid" },
  );
  const origins = originsOf(text);
  assert.equal(origins.get("deadline"), "route line 10");
  assert.equal(origins.get("retain"), "defaults line 6");
  assert.equal(origins.get("key.format"), "defaults line 6");
  assert.equal(origins.get("key.headers"), "profile ietf");
  assert.equal(origins.get("horizon"), "built-in");
  assert.equal(origins.get("upstream.timeouts.idle"), "built-in");
  assert.equal(originsOf(withUpstream("timeouts: { idle: 3s }")).get("upstream.timeouts.idle"), "upstream line 6");
});

test("parts of a mapping are merged one by one, lists are replaced whole", () => {
  const text = withPiece(
    "routes:",
    "defaults: { key: { headers: [A, B], bytes: 64 } }\nroutes:",
    withRoute("key: { headers: [X-Key], required: false }"),
  );
  const { headers, bytesMax, required } = parse(text).routes[0]!.key;
  assert.deepEqual({ headers, bytesMax, required }, { headers: ["x-key"], bytesMax: 64, required: false });
});

test("a profile brings whether a key is required", () => {
  assert.equal(parse(SMALLEST).routes[0]?.key.required, true);
  assert.equal(parse(withRoute("profile: stripe")).routes[0]?.key.required, false);
  assert.equal(parse(withRoute("profile: stripe", "key: { required: true }")).routes[0]?.key.required, true);
});

test("a profile's scope and fingerprint headers are added to, never replaced", () => {
  const lines = ["profile: stripe", "scopeHeaders: [X-Region]", "fingerprint: { headers: [] }"];
  const { scopeHeaders, fingerprint } = parse(withRoute(...lines)).routes[0]!;
  assert.deepEqual(scopeHeaders, ["stripe-account", "stripe-context", "x-region"]);
  assert.deepEqual(fingerprint.headers, ["stripe-version"]);
  const origins = originsOf(withRoute(...lines));
  assert.equal(origins.get("scopeHeaders"), "profile stripe, route line 10");
  assert.equal(origins.get("fingerprint.headers"), "profile stripe");
});

test("a route is named by its match, or by the id that it is given", () => {
  assert.equal(parse(withPiece("POST /payments", "'POST   /payments'")).routes[0]?.id, "POST /payments");
  assert.equal(parse(withRoute("id: pay")).routes[0]?.id, "pay");
});

test("a key must come from somewhere", () => {
  assert.deepEqual(faultsOf(withRoute("key: { headers: [] }")), [
    "9: routes[0].key.headers names no header, and key.body is empty too: a key must come from somewhere",
  ]);
  assert.deepEqual(faultsOf(withRoute("key: { headers: [], body: /idempotency_key }")), []);
});

test("waiting for a concurrent duplicate is bounded", () => {
  assert.equal(parse(withRoute("concurrent: { wait: 10s }")).routes[0]?.waitMs, 10_000);
  assert.equal(parse(withRoute("concurrent: { answer: conflict }")).routes[0]?.waitMs, 0);
  assert.match(
    faultsOf(withRoute("concurrent: { wait: 1h }"))[0] ?? "",
    /^9: routes\[0\]\.concurrent\.wait is 1h, and may be 0s to 5m: /,
  );
});

test("every number of a route has bounds, and the fault shows them", () => {
  const cases = [
    ["sendWithin: 1ms", "sendWithin is 1ms, and may be 100ms to 1m: "],
    ["deadline: 20ms", "deadline is 20ms, and may be 100ms to 15m: "],
    ["clientTimeout: 2h", "clientTimeout is 2h, and may be 100ms to 1h: "],
    ["doubtAfter: 60d", "doubtAfter is 60d, and may be 1s to 30d: "],
    ["retain: 999ms", "retain is 999ms, and may be 1s to 400d: "],
    ["key: { bytes: 4 }", "key.bytes is 4, and may be 8 to 1024: "],
    ["limits: { request: 1B }", "limits.request is 1B, and may be 1KiB to 16MiB: "],
    ["limits: { answer: 17MiB }", "limits.answer is 17MiB, and may be 1KiB to 16MiB: "],
    ["limits: { headers: 1 }", "limits.headers is 1, and may be 8 to 256: "],
    ["limits: { waitersPerKey: 2000 }", "limits.waitersPerKey is 2000, and may be 0 to 1024: "],
  ] as const;
  for (const [line, expected] of cases) {
    const [fault, ...more] = faultsOf(withRoute(line));
    assert.ok(fault?.startsWith(`9: routes[0].${expected}`), `${line} gives ${fault}`);
    assert.deepEqual(more, [], line);
  }
});

test("a horizon outlives ten times anything that could land late, and says so where it does not", () => {
  const late =
    "ten times what a request (lease) and a repeated write (5m) may live, so that none lands on a forgotten key";
  assert.deepEqual(faultsOf(withRoute("horizon: 56m", "retryWithin: 1m")), [
    `9: routes[0].horizon is 56m, and may be 3370s to 3650d: ${late}`,
  ]);
  assert.deepEqual(faultsOf(withRoute("horizon: 3370s", "retryWithin: 1m")), []);
  const memory = (horizon: string): string =>
    `${withRoute("requires: nothing", "retryWithin: 1s", "sendWithin: 100ms", "deadline: 900ms", horizon)}store: "memory:"\n`;
  assert.deepEqual(faultsOf(memory("horizon: 60s")), []);
  assert.match(faultsOf(memory("horizon: 59s"))[0] ?? "", /^13: routes\[0\]\.horizon is 59s, and may be 1m to 3650d: /);
});

test("a key is remembered for as long as clients retry it", () => {
  assert.deepEqual(faultsOf(withRoute("horizon: 2h")), [
    "7: routes[0] lets clients retry a key for 12h (retryWithin), and forgets it after 2h (horizon): a retry after that " +
      "would run again. Lengthen horizon, or shorten retryWithin",
  ]);
});

test("a window in which no repetition fits is warned of", () => {
  const text = withUpstream("recover: { repeat: { window: 1m } }");
  assert.deepEqual(warningsOf(text), [
    "8: routes[0] can never repeat at upstream bank: its window is 1m, and a repetition needs 97s of it (sendWithin + deadline + settleAfter + skew)",
  ]);
  assert.deepEqual(warningsOf(withUpstream("recover: { repeat: { window: 98s } }")), []);
});

test("a route with a safe method is warned of", () => {
  assert.match(
    warningsOf(withPiece("POST /payments", "POST,GET /payments"))[0] ?? "",
    /^7: routes\[0\]\.match protects GET/,
  );
});
