import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, parse, warningsOf, withUpstream } from "../../../../test/config/sample.ts";

const LINES = {
  get: "      get: /payments?key={upstreamKey}",
  vars: "",
  effect: "      effect: { status: 200, present: /data/0 }",
  noEffect: "      noEffect: { status: 200, absent: /data/0 }",
};

function asking(changes: Partial<typeof LINES> = {}, key = "derived"): string {
  const { get, vars, effect, noEffect } = { ...LINES, ...changes };
  const lines = [`key: ${key}`, "recover:", "  ask:", "      settleAfter: 15m", get, vars, effect, noEffect];
  return withUpstream(...lines.filter((line) => line !== ""));
}

test("a question becomes a rung of the ladder, with a way to put it and to read its answer", () => {
  const config = parse(asking());
  assert.deepEqual(config.routes[0]?.policy.ladder, { repeat: null, ask: { settleAfterMs: 900_000 } });
  const { ask } = config.upstreams.get("bank")!;
  assert.equal(ask?.target("k/1", {}), "/payments?key=k%2F1");
  assert.deepEqual(ask?.read(200, new TextEncoder().encode('{"data":[]}')), { kind: "no" });
  assert.deepEqual(ask?.read(200, new TextEncoder().encode('{"data":[1]}')), { kind: "yes", answer: null });
});

test("a place without a value is refused, with the name that was meant", () => {
  assert.deepEqual(faultsOf(asking({ get: "      get: /payments?key={upstreamkey}" })), [
    '10: upstreams.bank.recover.ask.get has a place {upstreamkey} for which vars has no value: did you mean "upstreamKey"?',
  ]);
});

test("a question that is the same for every key is refused", () => {
  assert.match(faultsOf(asking({ get: "      get: /payments" }))[0] ?? "", /^10: .*\.get asks the same for every key/);
});

test("an upstream that is sent no key cannot be asked by it", () => {
  assert.match(
    faultsOf(asking({}, "none"))[0] ?? "",
    /^10: .*\.get asks by \{upstreamKey\}, and this upstream is sent none/,
  );
  const byReference = { get: "      get: /payments?ref={ref}", vars: "      vars: { ref: /reference }" };
  assert.deepEqual(faultsOf(asking(byReference, "none")), []);
});

test("a value that nothing uses is warned of, and one that hides the key is refused", () => {
  assert.match(
    warningsOf(asking({ vars: "      vars: { ref: /reference }" }))[0] ?? "",
    /^11: .*vars\.ref is kept with every record/,
  );
  assert.match(
    faultsOf(asking({ vars: "      vars: { upstreamKey: /k }" }))[0] ?? "",
    /^11: .*vars\.upstreamKey hides the key/,
  );
});

test("a proof is a part that is there or one that is not, never a status alone", () => {
  for (const proof of ["{ status: 404 }", "{ status: 404, present: /a, absent: /b }"]) {
    assert.deepEqual(faultsOf(asking({ noEffect: `      noEffect: ${proof}` })), [
      "12: upstreams.bank.recover.ask.noEffect must have one of present and absent: a status alone proves nothing",
    ]);
  }
  assert.match(
    faultsOf(asking({ noEffect: '      noEffect: { status: 404, absent: "" }' }))[0] ?? "",
    /^12: .* never absent/,
  );
  const same = { noEffect: "      noEffect: { status: 200, present: /data/0 }" };
  assert.match(faultsOf(asking(same))[0] ?? "", /^12: .*\.noEffect is the same as effect/);
});

test("a template is a path and a query", () => {
  assert.match(
    faultsOf(asking({ get: '      get: "https://bank/p?k={upstreamKey}"' }))[0] ?? "",
    /^10: .*\.get must begin with \//,
  );
});
