import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { faultsOf, parse, ref, SMALLEST, withPiece, withRoute, withUpstream } from "../../../../test/config/sample.ts";
import { type LoadedConfig, loadConfig, parseConfig } from "./load.ts";

const EXAMPLE = fileURLToPath(new URL("../../../../../shared/semel.example.yaml", import.meta.url));
const absent = existsSync(EXAMPLE) ? false : `${EXAMPLE} is not here`;

async function readExample(): Promise<LoadedConfig> {
  const { readFile } = await import("node:fs/promises");
  return parseConfig(await readFile(EXAMPLE, "utf8"), {
    path: EXAMPLE,
    env: { SEMEL_SEALING_S1: "s".repeat(32), BANK_TOKEN: "Bearer t" },
    readSecret: () => new TextEncoder().encode(`${"f".repeat(44)}\n`),
  });
}

test("the decided example loads whole, without a warning", { skip: absent }, async () => {
  const config = await readExample();
  assert.deepEqual(config.warnings, []);
  assert.deepEqual(config.accounts, { kind: "header", header: "x-account-id" });
  assert.deepEqual(
    config.routes.map(({ id, profile, waitMs }) => ({ id, profile, waitMs })),
    [
      { id: "POST /v1/payments", profile: "ietf", waitMs: 0 },
      { id: "POST /v1/payments/{id}/refunds", profile: "stripe", waitMs: 10_000 },
    ],
  );
  const { ask, key, answersWithinMs } = config.upstreams.get("bank")!;
  assert.deepEqual({ key, answersWithinMs }, { key: "forward", answersWithinMs: 20_000 });
  assert.equal(ask?.target('"k"', { ref: "r 1" }), "/payments?key=%22k%22&ref=r%201");
  assert.deepEqual(ask?.headers, ["authorization", "Bearer t"]);
});

test("what the example writes out as defaults is what holds without it", { skip: absent }, async () => {
  const said = (await readExample()).routes[0]!;
  const { policy, key, fingerprint, limits, requires, mode, waitMs, scopeHeaders } = parse(SMALLEST).routes[0]!;
  assert.deepEqual({ ...policy, upstream: "", ladder: null }, { ...said.policy, upstream: "", ladder: null });
  assert.deepEqual(
    { key, fingerprint, limits, requires, mode, waitMs, scopeHeaders },
    {
      key: said.key,
      fingerprint: said.fingerprint,
      limits: said.limits,
      requires: said.requires,
      mode: said.mode,
      waitMs: said.waitMs,
      scopeHeaders: said.scopeHeaders,
    },
  );
});

test("everything but accounts, upstreams and routes may be left out", () => {
  const config = parse(SMALLEST);
  assert.deepEqual(config.store, { kind: "sqlite", path: "/etc/semel.db" });
  assert.deepEqual(config.listen, {
    gateway: { host: "127.0.0.1", port: 7300 },
    admin: { host: "127.0.0.1", port: 7301 },
  });
  assert.equal(config.secrets, null);
  assert.deepEqual(config.admin.tokens, []);
  assert.deepEqual(config.upstreams.get("bank")?.timeouts, { connectMs: 2_000, idleMs: 4_000 });
  assert.deepEqual(config.routes[0]?.policy.ladder, { repeat: null, ask: null });
  assert.deepEqual(config.times.get("POST /payments"), { retryWithinMs: 43_200_000, clientTimeoutMs: null });
});

test("a retention of one second is legal", () => {
  assert.equal(parse(withRoute("retain: 1s")).routes[0]?.policy.retainMs, 1_000);
});

test("a file that is not there is said by its name", async () => {
  await assert.rejects(loadConfig("/nowhere/semel.yaml", {}), {
    name: "ConfigError",
    code: "config_invalid",
    message: "/nowhere/semel.yaml:1: cannot be read (ENOENT). Create it, or correct the path",
  });
});

test("all that is wrong is told at once, in the order of the file", () => {
  const faults = faultsOf(withRoute("deadline: 1h", "retain: 1ms").replace("POST /payments", "post /payments"));
  assert.deepEqual(
    faults.map((fault) => fault.split(":")[0]),
    ["7"],
  );
  const more = faultsOf(withRoute("deadline: 1h", "retain: 1ms"));
  assert.deepEqual(
    more.map((fault) => fault.split(" is ")[0]),
    ["9: routes[0].deadline", "10: routes[0].retain"],
  );
});

test("a fault knows its place in the document, its line and its column", () => {
  assert.throws(
    () => parse(withRoute("retain: 1ms")),
    (error: { faults: unknown[] }) => {
      const [fault] = error.faults as { path: string; line: number; column: number; file: string }[];
      assert.equal(error.faults.length, 1);
      assert.deepEqual(
        { ...fault, message: "" },
        { file: "/etc/semel.yaml", path: "routes[0].retain", line: 9, column: 13, message: "" },
      );
      return true;
    },
  );
});

test("what is wrong in defaults is said once, not for every route", () => {
  const two = `${SMALLEST}  - match: POST /refunds\n    upstream: bank\n`;
  assert.equal(faultsOf(withPiece("routes:", "defaults: { deadline: 1h }\nroutes:", two)).length, 1);
});

test("an address must name a host and a port, and the admin's must be loopback", () => {
  assert.deepEqual(faultsOf(`${SMALLEST}listen: { gateway: ":7300" }\n`), [
    '9: listen.gateway is ":7300", and must be HOST:PORT, such as 127.0.0.1:7300 or [::1]:7300',
  ]);
  assert.match(
    faultsOf(`${SMALLEST}listen:\n  admin: 0.0.0.0:7301\n`)[0] ?? "",
    /^10: listen\.admin is 0\.0\.0\.0, and must be loopback/,
  );
  assert.match(faultsOf(`${SMALLEST}listen: { admin: "127.0.0.1:7300" }\n`)[0] ?? "", /^9: listen has one address/);
  assert.match(faultsOf(`${SMALLEST}listen: { admin: "[::1]:70000" }\n`)[0] ?? "", /^9: listen\.admin is/);
  assert.deepEqual(parse(`${SMALLEST}listen: { gateway: "[::1]:0" }\n`).listen.gateway, { host: "::1", port: 0 });
});

const POSTGRES = `postgres://USER:${ref("env:PASSWORD")}@HOST[,HOST…]/DATABASE`;
const STORES = `sqlite:PATH, such as sqlite:./semel.db, ${POSTGRES}, dynamodb://TABLE?region=REGION, cassandra://HOST[,HOST…]/KEYSPACE?datacenter=NAME, memory:`;

test("every store is chosen by its address", () => {
  const storeOf = (store: string): unknown => parse(`${SMALLEST}store: "${store}"\n`).store;
  const postgres = "postgres://semel@a:5432,b/semel?sslmode=require";
  assert.deepEqual(storeOf(postgres), { kind: "postgres", url: postgres });
  assert.deepEqual(storeOf("dynamodb://semel?region=eu-central-1"), {
    kind: "dynamodb",
    table: "semel",
    region: "eu-central-1",
    endpoint: null,
  });
  const cassandra = { kind: "cassandra", hosts: ["10.0.0.1", "10.0.0.2"], keyspace: "semel", datacenter: "dc1" };
  assert.deepEqual(storeOf("cassandra://10.0.0.1,10.0.0.2/semel?datacenter=dc1"), {
    ...{ ...cassandra, homeDatacenter: null, login: null, tls: false },
  });
  const secured = `cassandra://u:${ref("env:P")}@10.0.0.1,10.0.0.2/semel?datacenter=dc1&homeDatacenter=dc1&tls=true`;
  const read = parse(`${SMALLEST}store: "${secured}"\n`, { env: { P: "a@b" } });
  assert.deepEqual(read.store, {
    ...{ ...cassandra, homeDatacenter: "dc1", login: { user: "u", password: "a@b" }, tls: true },
  });
});

test("an address that is not whole is refused with the shape of one that is", () => {
  assert.deepEqual(faultsOf(`${SMALLEST}store: mysql://x\n`), [`9: store is no store: there are ${STORES}`]);
  const incomplete: readonly (readonly [string, string])[] = [
    ["sqlite:", "sqlite:PATH, such as sqlite:./semel.db"],
    ["postgres://db", POSTGRES],
    ["dynamodb://", "dynamodb://TABLE?region=REGION"],
    ["cassandra://h/semel", "cassandra://HOST[,HOST…]/KEYSPACE?datacenter=NAME"],
  ];
  for (const [store, shape] of incomplete) {
    assert.deepEqual(faultsOf(`${SMALLEST}store: "${store}"\n`), [`9: store is not complete: write ${shape}`]);
  }
  assert.match(faultsOf(`${SMALLEST}cache: memcached://x\n`)[0] ?? "", /^9: cache is no cache: write none, or redis:/);
  assert.match(faultsOf(`${SMALLEST}outbox: kafka\n`)[0] ?? "", /^9: outbox names kafka/);
});

test("a store that survives less than a route asks is refused", () => {
  const memory = `${SMALLEST}store: "memory:"\n`;
  assert.deepEqual(faultsOf(memory), [
    "7: routes[0] requires process-crash (the default), and the store memory: survives nothing at most. Use sqlite:PATH, or say requires: nothing",
  ]);
  assert.deepEqual(faultsOf(`${withRoute("requires: nothing")}store: "memory:"\n`), []);
  assert.deepEqual(faultsOf(withRoute("requires: failover")), [
    "9: routes[0].requires is failover, and the store sqlite: survives power-loss at most. Say requires: power-loss",
  ]);
});

test("an upstream or a profile that does not exist is answered with the one that was meant", () => {
  assert.deepEqual(faultsOf(withPiece("upstream: bank", "upstream: bnak")), [
    '8: routes[0].upstream is unknown: did you mean "bank"?',
  ]);
  assert.deepEqual(faultsOf(withRoute("profile: strip")), ['9: routes[0].profile is unknown: did you mean "stripe"?']);
  assert.deepEqual(faultsOf(withRoute("profile: adyen")), ["9: routes[0].profile is unknown: there are ietf, stripe"]);
  assert.deepEqual(faultsOf(withUpstream("provider: strype")), [
    '6: upstreams.bank.provider is unknown: did you mean "stripe"?',
  ]);
});

test("what is named but not built is refused instead of ignored", () => {
  assert.match(faultsOf(withRoute("percent: 50"))[0] ?? "", /^9: routes\[0\]\.percent is 50, and only 100/);
  assert.match(faultsOf(withRoute("respondAsync: true"))[0] ?? "", /^9: routes\[0\]\.respondAsync is true/);
});
