import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, parse, ref, SMALLEST, withPiece, withUpstream } from "../../../../test/config/sample.ts";

const STRONG = "s".repeat(32);
const NAMING = ref("file:./naming");
const SECRETS = `${SMALLEST}secrets:
  naming: ${NAMING}
  fingerprint: { current: f1, keys: { f1: "${ref("env:F1")}" } }
  sealing: { current: s1, keys: { s1: "${ref("env:S1")}" } }
`;
const WORLD = { env: { F1: STRONG, S1: STRONG }, files: { "/etc/naming": `${STRONG}\r\n` } };
const WRITTEN_OUT = `is written out, and a secret must not be: say ${ref("env:NAME")} or ${ref("file:PATH")}`;

test("secrets come from files beside the configuration, without their last line break, and from the environment", () => {
  const { secrets } = parse(SECRETS, WORLD);
  assert.deepEqual(secrets?.naming, new TextEncoder().encode(STRONG));
  assert.equal(secrets?.fingerprint.current, "f1");
  assert.deepEqual(Object.keys(secrets?.sealing.keys ?? {}), ["s1"]);
});

test("a secret that is written out is refused", () => {
  assert.deepEqual(faultsOf(withPiece(NAMING, STRONG, SECRETS), WORLD), [`10: secrets.naming ${WRITTEN_OUT}`]);
  assert.deepEqual(faultsOf(withPiece(NAMING, `x${NAMING}`, SECRETS), WORLD), [`10: secrets.naming ${WRITTEN_OUT}`]);
});

test("a variable that is not set, and a file that is not there, are named", () => {
  assert.deepEqual(faultsOf(SECRETS, { ...WORLD, env: { S1: "" } }), [
    "11: secrets.fingerprint.keys.f1 refers to the environment variable F1, which is not set. Set it before the start",
    "12: secrets.sealing.keys.s1 refers to the environment variable S1, which is empty. Set it before the start",
  ]);
  assert.deepEqual(faultsOf(SECRETS, { ...WORLD, files: {} }), [
    "10: secrets.naming refers to /etc/naming, which cannot be read (ENOENT). Create it, or correct the path",
  ]);
  assert.deepEqual(faultsOf(SECRETS, { ...WORLD, files: { "/etc/naming": "\n" } }), [
    "10: secrets.naming refers to /etc/naming, which is empty",
  ]);
});

test("a secret that is shorter than its cipher is refused, and its value is not shown", () => {
  assert.deepEqual(faultsOf(SECRETS, { ...WORLD, files: { "/etc/naming": "hunter2" } }), [
    "10: secrets.naming has 7 bytes, and needs at least 32: make one with: openssl rand -base64 32",
  ]);
});

test("the current id of a secret must be among its keys", () => {
  assert.deepEqual(faultsOf(withPiece("current: f1", "current: f2", SECRETS), WORLD), [
    "11: secrets.fingerprint.current is f2, and keys has f1: add it, or name another",
  ]);
});

test("a token needs a strong secret and a name of its own", () => {
  const tokens = `${SMALLEST}admin:
  tokens:
    - { name: ana, role: operator, secret: "${ref("env:F1")}" }
    - { name: ana, role: viewer, secret: "${ref("env:SHORT")}" }
`;
  assert.deepEqual(faultsOf(tokens, { env: { F1: STRONG, SHORT: "abc" } }), [
    "12: admin.tokens[1].name is ana again: the name is the operator's identity",
    "12: admin.tokens[1].secret must have at least 22 visible ASCII characters: make one with: openssl rand -base64 32",
  ]);
  const config = parse(withPiece("name: ana, role: v", "name: bo, role: v", tokens), {
    env: { F1: STRONG, SHORT: `${STRONG}-2` },
  });
  assert.deepEqual(config.admin.tokens[1], { name: "bo", role: "viewer", secret: `${STRONG}-2` });
});

test("two tokens with one secret are refused where the second is, and the secret is not shown", () => {
  const tokens = `${SMALLEST}admin:
  tokens:
    - { name: ana, role: operator, secret: "${ref("env:F1")}" }
    - { name: bo, role: operator, secret: "${ref("env:F1")}" }
`;
  const reason = "one person could approve their own word under two names";
  assert.deepEqual(faultsOf(tokens, { env: { F1: STRONG } }), [
    `12: admin.tokens[1].secret is that of ana too, and ${reason}: make another one`,
  ]);
});

const asking = (headers: string): string =>
  withUpstream(
    "recover:",
    "  ask:",
    "      settleAfter: 1m",
    "      get: /p?key={upstreamKey}",
    "      effect: { status: 200, present: /id }",
    "      noEffect: { status: 404, present: /error }",
    `      headers: ${headers}`,
  );

test("a question's header may hold a reference, and a credential must", () => {
  const text = asking(`{ Authorization: "Bearer ${ref("env:T")}", x-version: "2" }`);
  const { ask } = parse(text, { env: { T: "tok$&en" } }).upstreams.get("bank")!;
  assert.deepEqual(ask?.headers, ["authorization", "Bearer tok$&en", "x-version", "2"]);
  const at = "12: upstreams.bank.recover.ask.headers";
  assert.deepEqual(faultsOf(asking("{ authorization: Bearer abc }")), [`${at}.authorization ${WRITTEN_OUT}`]);
  assert.deepEqual(faultsOf(asking("{ x-api-key: abc }")), [`${at}.x-api-key ${WRITTEN_OUT}`]);
  assert.deepEqual(faultsOf(asking(`{ a: "${ref("env:T")}" }`), { env: { T: "a\nb: c" } }), [
    `${at}.a has a character that no header may carry, such as a line break`,
  ]);
});

test("a reference anywhere else is refused: it would be taken literally", () => {
  const only = "and only secrets, store, cache and the headers of a question may refer to something outside";
  assert.deepEqual(
    faultsOf(withPiece("POST /payments", `"POST /${ref("env:P")}"`))[0],
    `7: routes[0].match has a ${ref("…")}, ${only}`,
  );
});

test("the password of a store or a cache comes from outside, and is written as an address needs it", () => {
  const outside = { ...WORLD, env: { ...WORLD.env, PASSWORD: "p@ss/word:1", URL: "postgres://u:x@h/d" } };
  const { store, cache } = parse(
    `${SECRETS}store: "postgres://semel:${ref("env:PASSWORD")}@db/semel"\ncache: "redis://:${ref("env:PASSWORD")}@r:6379"\n`,
    outside,
  );
  assert.deepEqual(store, { kind: "postgres", url: "postgres://semel:p%40ss%2Fword%3A1@db/semel" });
  assert.deepEqual(cache, { kind: "redis", url: "redis://:p%40ss%2Fword%3A1@r:6379" });
  const whole = parse(`${SECRETS}store: "${ref("env:URL")}"\n`, outside);
  assert.deepEqual(whole.store, { kind: "postgres", url: "postgres://u:x@h/d" });
});

test("a password that is written out is refused, and not shown", () => {
  const faults = faultsOf(`${SECRETS}store: "postgres://semel:hunter2@db/semel"\n`, WORLD);
  assert.match(faults.join(), /store has a password written out, and a secret must not be/);
  assert.doesNotMatch(faults.join(), /hunter2/);
});
