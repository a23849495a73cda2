import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, parse, warningsOf, withPiece, withUpstream } from "../../../../test/config/sample.ts";

const none = (): null => null;

test("the client's key goes upstream only where no two accounts can meet under it", () => {
  const forward = withPiece("accounts: single", "accounts: { header: x-account }");
  assert.deepEqual(faultsOf(forward), [
    "4: upstreams.bank has the default key: forward, and accounts may share a credential there: two of them that choose " +
      "the same key would get each other's answers. Say accounts: separate if each has its own credential at this " +
      "upstream, or key: derived",
  ]);
  const said = withPiece("accounts: single", "accounts: { header: x-account }", withUpstream("key: forward"));
  assert.match(faultsOf(said)[0] ?? "", /^6: upstreams\.bank\.key is forward, and accounts may share/);
  const inner = (line: string): string =>
    withPiece("accounts: single", "accounts: { header: x-account }", withUpstream(line));
  for (const line of ["accounts: separate", "key: derived", "key: none"])
    assert.deepEqual(faultsOf(inner(line)), [], line);
  assert.deepEqual(faultsOf(withUpstream("key: forward")), []);
});

test("a provider brings its window, its key header and its proof", () => {
  const stripe = parse(withUpstream("provider: stripe"));
  assert.deepEqual(stripe.routes[0]?.policy.ladder, { repeat: { windowMs: 86_400_000 }, ask: null });
  const origins = stripe.provenance.get("POST /payments");
  assert.equal(origins?.get("upstream.recover.repeat.window"), "provider stripe");
  assert.equal(origins?.get("upstream.keyHeader"), "provider stripe");
  const replayed = (name: string): string | null => (name === "idempotent-replayed" ? "true" : null);
  assert.equal(stripe.upstreams.get("bank")?.words(402, replayed).suspect, "final");
});

test("a recover that is written replaces what the provider brings", () => {
  const ladderOf = (line: string) => parse(withUpstream("provider: stripe", line)).routes[0]?.policy.ladder;
  assert.deepEqual(ladderOf("recover: {}"), { repeat: null, ask: null });
  assert.deepEqual(ladderOf("recover: { repeat: { window: 12h } }"), { repeat: { windowMs: 43_200_000 }, ask: null });
  assert.deepEqual(ladderOf("key: none"), { repeat: null, ask: null });
});

test("without a key upstream there is nothing to repeat", () => {
  assert.deepEqual(faultsOf(withUpstream("key: none", "recover: { repeat: { window: 24h } }")), [
    "7: upstreams.bank.recover.repeat needs a key that the upstream honours, and key is none: say derived or forward",
  ]);
});

test("words for a status are put over the table, and dangerous ones are warned of", () => {
  const text = withUpstream(
    "outcomes:",
    "  notSuspect: { 500: ambiguous, 202: noEffect }",
    "  suspect: { 404: final }",
  );
  const { words } = parse(text).upstreams.get("bank")!;
  assert.deepEqual(words(500, none), { notSuspect: "ambiguous", suspect: "ambiguous" });
  assert.deepEqual(words(404, none), { notSuspect: "final", suspect: "final" });
  assert.deepEqual(
    warningsOf(text).map((warning) => warning.split(":").slice(0, 2).join(":")),
    ["7: upstreams.bank.outcomes.notSuspect.202 is noEffect", "8: upstreams.bank.outcomes.suspect.404 is final"],
  );
});

test("an URL is an origin and a path, without a credential", () => {
  const url = (text: string): string[] => faultsOf(withPiece("http://127.0.0.1:7302", text));
  assert.match(
    url("ftp://bank")[0] ?? "",
    /^5: upstreams\.bank\.url is "ftp:\/\/bank", and must be an http or https URL/,
  );
  assert.match(url("bank:7302")[0] ?? "", /must be an http or https URL/);
  assert.match(url("http://u:p@bank")[0] ?? "", /^5: upstreams\.bank\.url has a credential in it/);
  assert.doesNotMatch(url("http://u:hunter2@bank")[0] ?? "", /hunter2/);
  assert.match(url("http://bank/?x=1")[0] ?? "", /^5: upstreams\.bank\.url has a query or a fragment/);
  assert.deepEqual(url("https://bank/api/v1"), []);
});

test("numbers of an upstream have bounds", () => {
  assert.match(
    faultsOf(withUpstream("maxInFlight: 0"))[0] ?? "",
    /^6: upstreams\.bank\.maxInFlight is 0, and may be 1 to 10000: /,
  );
  assert.match(
    faultsOf(withUpstream("timeouts: { connect: 1ms }"))[0] ?? "",
    /^6: .*connect is 1ms, and may be 10ms to 1m: /,
  );
  assert.match(faultsOf(withUpstream("recover: { repeat: { window: 500d } }"))[0] ?? "", /^6: .* may be 1s to 400d: /);
});

test("long-lived connections are warned of where doubt cannot be repeated away", () => {
  assert.match(
    warningsOf(withUpstream("timeouts: { idle: 60s }"))[0] ?? "",
    /^6: upstreams\.bank\.timeouts\.idle is 1m: /,
  );
  assert.deepEqual(warningsOf(withUpstream("timeouts: { idle: 60s }", "recover: { repeat: { window: 24h } }")), []);
});
