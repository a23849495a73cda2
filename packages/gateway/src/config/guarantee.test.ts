import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, SMALLEST, withRoute, withUpstream } from "../../../../test/config/sample.ts";
import { guaranteeOf } from "./guarantee.ts";
import { timeoutChain } from "./timeout-chain.ts";

const of = (text: string) => guaranteeOf(parse(text).routes[0]!);
const ASK = [
  "  ask:",
  "      settleAfter: 15m",
  "      get: /p?key={upstreamKey}",
  "      effect: { status: 200, present: /id }",
  "      noEffect: { status: 404, present: /error }",
];
const REPEAT = "  repeat: { window: 24h }";

test("with no rung a route is at most once, and doubt goes to an operator", () => {
  const { level, sentence } = of(SMALLEST);
  assert.equal(level, "at most once");
  assert.equal(
    sentence,
    "A request whose answer was lost is in doubt, for an operator or reconciliation to settle. It is never run again by itself.",
  );
});

test("with a rung a route is exactly once, for as long as that rung lasts", () => {
  const repeat = of(withUpstream("recover:", REPEAT));
  assert.equal(repeat.level, "exactly once");
  // 24 h less 2 s to send, 30 s of deadline, 1 min of undeclared lag, 5 s of skew.
  assert.match(
    repeat.sentence,
    /repeated with its own key for 23h 58m \(by a client's retry\)\. After that, .* in doubt\.$/,
  );
  const ask = of(withUpstream("recover:", ...ASK));
  assert.equal(ask.level, "exactly once");
  assert.match(ask.sentence, /asked about, with a final "no" 15m after its last possible send\. .* in doubt\.$/);
  const both = of(withUpstream("recover:", REPEAT, ...ASK));
  assert.match(both.sentence, /repeated .* for 23h 44m .*, then asked about, .* What neither settles is in doubt\.$/);
});

test("a window in which no repetition fits is no rung", () => {
  const { level, assumptions } = of(withUpstream("recover: { repeat: { window: 1m } }"));
  assert.equal(level, "at most once");
  assert.doesNotMatch(assumptions.join(), /honours a key/);
});

test("where the client's own key goes upstream, it must be used for one request only", () => {
  const forward = /Clients use a key for one request only, whatever the route: bank sees their own keys/;
  assert.match(of(withUpstream("recover:", REPEAT)).assumptions.join(), forward);
  assert.doesNotMatch(of(withUpstream("key: derived", "recover:", REPEAT)).assumptions.join(), forward);
  assert.doesNotMatch(of(SMALLEST).assumptions.join(), forward);
});

test("shadow and off promise nothing, whatever the ladder", () => {
  for (const mode of ["shadow", "off"]) {
    const text = withUpstream("recover:", REPEAT).replace("  - match:", `  - mode: ${mode}\n    match:`);
    assert.equal(of(text).level, "no guarantee", mode);
  }
});

test("the upstream's part is among the assumptions only where it is relied on", () => {
  const texts = (text: string): string => of(text).assumptions.join("\n");
  assert.doesNotMatch(texts(SMALLEST), /honours a key|shows every effect/);
  assert.match(texts(withUpstream("recover:", REPEAT)), /bank honours a key for 24h from its first send/);
  assert.match(texts(withUpstream("recover:", ...ASK)), /bank shows every effect within 15m/);
  assert.match(texts(SMALLEST), /A stopped process sends nothing later than 1m \(nothing is declared\)/);
  assert.match(texts(withUpstream("recover:", ...ASK)), /A stopped process sends nothing later than 15m after/);
});

test("what weakens the promise is said", () => {
  const texts = (...lines: string[]): string => of(withRoute(...lines)).assumptions.join("\n");
  assert.match(texts("requires: nothing"), /The process does not end/);
  assert.match(texts(), /through process crash, or its loss is declared/);
  assert.match(texts("key: { required: false }"), /without a key pass unprotected/);
  assert.match(texts("unknownHistory: accept"), /run again: that can be a second time/);
  assert.doesNotMatch(texts(), /second time|unprotected/);
});

test("a chain of timeouts is proved link by link, and what is undeclared is unproved", () => {
  const chain = (text: string) => {
    const config = parse(text);
    const route = config.routes[0]!;
    return timeoutChain(route, config.times.get(route.id)!.clientTimeoutMs).map(
      ({ verdict, text: it }) => `${verdict}: ${it}`,
    );
  };
  assert.deepEqual(chain(SMALLEST), [
    "unproved: bank answers within (undeclared) < deadline 30s",
    "proved: deadline 30s < lease 37s",
    "unproved: sendWithin + deadline 32s < client's timeout (undeclared)",
  ]);
  const declared = `${withUpstream("answersWithin: 30s")}    clientTimeout: 33s\n`;
  assert.deepEqual(chain(declared), [
    "broken: bank answers within 30s < deadline 30s",
    "proved: deadline 30s < lease 37s",
    "proved: sendWithin + deadline 32s < client's timeout 33s",
  ]);
});
