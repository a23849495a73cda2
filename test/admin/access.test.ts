import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { callerOf } from "../../packages/gateway/src/admin/access.ts";
import { hostCheck } from "../../packages/gateway/src/admin/host.ts";
import { ANA, Harness, VIC } from "./harness.ts";

describe("the admin API", () => {
  test("answers nobody without a token, or with a wrong one", async () => {
    await using it = await Harness.start();
    for (const path of ["/api/keys", "/api/routes", "/api/openapi.json", "/api/events", "/metrics", "/nowhere"]) {
      const without = await it.ask(path, null);
      assert.equal(without.status, 401, path);
      assert.equal(without.json["code"], "token_refused");
      assert.equal(without.headers["www-authenticate"], "Bearer");
      assert.equal((await it.ask(path, { ...ANA, secret: `${ANA.secret}x` })).status, 401, path);
    }
    assert.equal((await it.ask("/api/keys", VIC)).status, 200);
  });
  test("lets a viewer look but not act", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    for (const act of ["resolve", "approve", "erase"]) {
      const refused = await it.ask(`/api/keys/${run}/${act}`, VIC, { effect: false, reason: "r", evidence: "e" });
      assert.equal(refused.status, 403, act);
      assert.equal(refused.json["code"], "not_allowed");
    }
    assert.equal((await it.ask(`/api/keys/${run}`, VIC)).json["state"], "in-doubt");
  });
  test("shows a client's key to operators only", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("secret-key");
    assert.equal((await it.ask(`/api/keys/${run}`, ANA)).json["clientKey"], "secret-key");
    assert.doesNotMatch((await it.ask(`/api/keys/${run}`, VIC)).text, /secret-key|clientKey/);
    assert.doesNotMatch((await it.ask("/api/keys", ANA)).text, /secret-key/);
  });
  test("refuses a name that a browser was made to resolve to loopback", async () => {
    await using it = await Harness.start({ hosts: ["ops.example"] });
    const evil = await it.ask("/api/keys", ANA, undefined, { host: "evil.example" });
    assert.equal(evil.status, 421);
    assert.equal(evil.json["code"], "host_refused");
    assert.equal((await it.ask("/api/keys", ANA, undefined, { host: "ops.example:7301" })).status, 200);
    assert.equal((await it.ask("/api/keys", ANA, undefined, { host: "localhost:9" })).status, 200);
  });
  test("tells a mistyped member instead of ignoring it", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const typo = await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: false, reason: "r", evidnece: "e" });
    assert.equal(typo.status, 400);
    const text = await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: "false", reason: "r", evidence: "e" });
    assert.equal(text.status, 400);
    assert.match(text.json["detail"], /boolean/);
  });
});

test("a name counts as known by loopback or by configuration, whatever its port", () => {
  const isKnown = hostCheck(["Ops.Example"]);
  for (const host of ["localhost", "127.0.0.1:7301", "[::1]:7301", "ops.example", "OPS.example:1"]) {
    assert.ok(isKnown(host), host);
  }
  for (const host of [undefined, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7301"]) {
    assert.ok(!isKnown(host), String(host));
  }
});

describe("tokens", () => {
  test("are told apart by their whole secret", () => {
    const caller = callerOf([ANA, VIC]);
    assert.deepEqual(caller(`Bearer ${ANA.secret}`), { name: "ana", role: "operator" });
    assert.deepEqual(caller(`bearer ${VIC.secret}`), { name: "vic", role: "viewer" });
    for (const wrong of [undefined, "", ANA.secret, `Basic ${ANA.secret}`, `Bearer ${ANA.secret.slice(0, -1)}`]) {
      assert.equal(caller(wrong), null);
    }
  });
  test("that would let one person be two, or be guessed, are refused at start", () => {
    assert.throws(() => callerOf([]), /empty/);
    assert.throws(() => callerOf([ANA, { ...VIC, secret: ANA.secret }]), /same secret/);
    assert.throws(() => callerOf([ANA, { ...VIC, name: ANA.name }]), /same name/);
    assert.throws(() => callerOf([{ ...ANA, secret: "short" }]), /22 characters/);
    assert.throws(() => callerOf([{ ...ANA, name: "a: b" }]), /letters/);
  });
});
