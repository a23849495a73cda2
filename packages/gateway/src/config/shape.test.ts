import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, SMALLEST, withPiece, withRoute, withUpstream } from "../../../../test/config/sample.ts";
import { configSchema } from "./schema.ts";

test("an unknown name is refused with the one that was meant", () => {
  assert.deepEqual(faultsOf(withRoute("deadlin: 30s")), ['9: routes[0].deadlin is unknown: did you mean "deadline"?']);
  assert.deepEqual(faultsOf(withUpstream("timeouts: { conect: 2s }")), [
    '6: upstreams.bank.timeouts.conect is unknown: did you mean "connect"?',
  ]);
  assert.deepEqual(faultsOf(`${SMALLEST}upstream: {}\n`), ['9: upstream is unknown: did you mean "upstreams"?']);
  assert.deepEqual(faultsOf(withRoute("ttl: 5")), [
    "9: routes[0].ttl is unknown: there are match, id, upstream, profile, mode, percent, key, scopeHeaders, " +
      "fingerprint, concurrent, sendWithin, deadline, clientTimeout, doubtAfter, retryWithin, retain, horizon, " +
      "unknownHistory, respondAsync, requires, limits",
  ]);
});

test("what is missing is said at what it is missing from", () => {
  assert.deepEqual(faultsOf(withPiece("    upstream: bank\n", "")), ["7: routes[0].upstream is missing"]);
  assert.deepEqual(faultsOf(withPiece("version: 1\n", "")), ["1: version is missing"]);
  assert.deepEqual(faultsOf(withPiece("    url: http://127.0.0.1:7302\n", "    key: derived\n")), [
    "4: upstreams.bank.url is missing",
  ]);
});

test("accounts have no default, and the fault names the choices", () => {
  const choices =
    "must say whose key it is, there is no safe default: single, { header: NAME } (set by a trusted edge), " +
    "{ map: FILE, header: NAME } (credential to account) or { credential: NAME }";
  assert.deepEqual(faultsOf(withPiece("accounts: single\n", "")), [`1: accounts ${choices}`]);
  assert.deepEqual(faultsOf(withPiece("accounts: single", "accounts: { heder: x }")), [`2: accounts ${choices}`]);
});

test("a value of another kind is shown, with what may stand there", () => {
  const cases: [string, string][] = [
    ["deadline: 30", "must be a string, and is 30"],
    ["deadline: 30 s", 'is "30 s", and must be a time, such as 250ms, 30s, 15m, 24h or 30d'],
    ["limits: { request: 1MB }", 'is "1MB", and must be a size, such as 64KiB or 1MiB'],
    ["mode: on", 'must be one of enforce, shadow, off, and is "on"'],
    ["key: { required: yes }", 'must be a boolean, and is "yes"'],
    ["key: { body: data.key }", 'is "data.key", and must be a JSON pointer, such as /data/0 (or "" for the whole)'],
    ["key: { headers: [a b] }", 'is "a b", and must be a header\'s name'],
    ["concurrent: { wait: long }", 'is "long", and must be a time, such as 250ms, 30s, 15m, 24h or 30d'],
    ["concurrent: queue", "must be { answer: conflict } or { wait: TIME }"],
    ["doubtAfter: never", "must be auto or a time, such as 30m"],
    ["percent: 101", "must be at most 100"],
    ["limits:", "must be a mapping, and is empty"],
  ];
  for (const [line, expected] of cases) {
    const [fault, ...more] = faultsOf(withRoute(line));
    assert.ok(fault?.startsWith("9: routes[0].") && fault.endsWith(` ${expected}`), `${line} gives ${fault}`);
    assert.deepEqual(more, [], line);
  }
});

test("names and statuses that may not stand where they do are refused", () => {
  assert.deepEqual(faultsOf(withUpstream("outcomes: { notSuspect: { 99: final } }")), [
    '6: upstreams.bank.outcomes.notSuspect.99 is no name that may stand here: is "99", and must be a status from 200 to 599',
  ]);
  assert.deepEqual(faultsOf(withUpstream("outcomes: { suspect: { 500: maybe } }")), [
    '6: upstreams.bank.outcomes.suspect.500 must be one of final, noEffect, ambiguous, and is "maybe"',
  ]);
  assert.match(
    faultsOf(withPiece("  bank:", "  my bank:"))[0] ?? "",
    /^4: upstreams\.my bank is no name .* up to 32 letters/,
  );
});

test("a file of another version, or without routes, is refused", () => {
  assert.deepEqual(faultsOf(withPiece("version: 1", "version: 2")), ["1: version must be 1, and is 2"]);
  assert.deepEqual(faultsOf("version: 1\naccounts: single\nupstreams: {}\nroutes: []\n"), [
    "4: routes must not be empty",
  ]);
  assert.deepEqual(faultsOf(""), ["1: The file must be a mapping, and is empty"]);
});

test("what is not YAML is said with its line", () => {
  assert.match(faultsOf("version: 1\nroutes: [\n")[0] ?? "", /^\d: is not YAML: /);
  assert.match(faultsOf(`${SMALLEST}version: 1\n`)[0] ?? "", /^9: is not YAML: map keys must be unique/);
  assert.match(faultsOf(`${SMALLEST}---\nversion: 1\n`)[0] ?? "", /^9: is not YAML: /);
  const bomb = Array.from({ length: 9 }, (_, at) => `a${at}: &a${at} [${at === 0 ? "x" : `*a${at - 1},`.repeat(9)}]`);
  assert.match(faultsOf(bomb.join("\n"))[0] ?? "", /^1: is not YAML: /);
  assert.match(faultsOf("#".repeat(1024 * 1024 + 1))[0] ?? "", /^1: has more than 1048576 bytes/);
});

test("a value that comes through an alias is refused where it is used", () => {
  const text = withPiece("routes:", "defaults: &d { retain: 1ms }\nroutes:");
  assert.match(faultsOf(text)[0] ?? "", /^6: defaults\.retain is 1ms/);
});

test("the published schema describes the file, and refuses unknown names too", () => {
  const schema = configSchema();
  assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema["required"], ["version", "accounts", "upstreams", "routes"]);
  const route = schema.properties?.["routes"]?.items;
  assert.deepEqual(route?.["required"], ["match", "upstream"]);
  assert.equal(route?.properties?.["deadline"]?.["pattern"], "^(\\d{1,9})(ms|s|m|h|d)$");
  assert.deepEqual(route?.properties?.["mode"]?.["enum"], ["enforce", "shadow", "off"]);
});
