import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createBank } from "../../examples/bank/bank.ts";
import { call, type Got } from "../../examples/bank/call.ts";
import { startSemel } from "../../packages/gateway/src/start.ts";
import { parse, SMALLEST } from "../config/sample.ts";
import { connected } from "../contract/cache-redis-database.ts";
import { noProgram, OwnRedis } from "./redis-server.ts";

const secret = (): string => randomBytes(32).toString("base64");
const TOKEN = secret();
const PASSWORD = "päss/wörd@1";

function configured(bankUrl: string, cacheUrl: string): string {
  return `${SMALLEST.replace("http://127.0.0.1:7302", bankUrl)}    requires: nothing
store: "memory:"
cache: ${cacheUrl}
listen: { gateway: "127.0.0.1:0", admin: "127.0.0.1:0" }
secrets:
  naming: \${env:NAMING}
  fingerprint: { current: f1, keys: { f1: "\${env:FINGERPRINT}" } }
  sealing: { current: s1, keys: { s1: "\${env:SEALING}" } }
admin: { tokens: [{ name: ana, role: operator, secret: "\${env:TOKEN}" }] }
`;
}

/** The whole gateway in front of a bank, with this cache. */
async function withSemel(cacheUrl: string, use: (it: Semel) => Promise<void>): Promise<void> {
  const bank = await createBank();
  const folder = mkdtempSync(join(tmpdir(), "semel-cache-start-"));
  const logFile = join(folder, "log");
  const env = { NAMING: secret(), FINGERPRINT: secret(), SEALING: secret(), TOKEN, PASSWORD };
  const running = await startSemel(parse(configured(bank.url, cacheUrl), { env }), { waitLockMs: 0, logTo: logFile });
  const admin = `http://127.0.0.1:${running.adminPort}`;
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  try {
    await use({
      running,
      pay: (key) =>
        call(`http://127.0.0.1:${running.gatewayPort}/payments`, {
          key,
          body: { amount: 1, currency: "EUR", reference: key },
        }),
      erase: (run) => call(`${admin}/api/keys/${run}/erase`, { body: { reason: "asked for" }, headers }),
      metrics: async () => (await call(`${admin}/metrics`, { method: "GET", headers })).text,
    });
  } finally {
    await running.stop();
    await bank.close();
  }
  const log = readFileSync(logFile, "utf8");
  assert.ok(![PASSWORD, encodeURIComponent(PASSWORD)].some((text) => log.includes(text)), log);
  rmSync(folder, { recursive: true });
}
type Semel = Readonly<{
  running: Awaited<ReturnType<typeof startSemel>>;
  pay: (key: string) => Promise<Got>;
  erase: (run: string) => Promise<Got>;
  metrics: () => Promise<string>;
}>;

describe("a gateway that is configured with a cache", { skip: noProgram }, () => {
  test("puts what it completes, says so in its metrics, and takes away what an operator erases", async () => {
    await using redis = await OwnRedis.start();
    const client = await connected(redis.url);
    const keys = async (): Promise<readonly string[]> =>
      (await client.sendCommand(["KEYS", "*"])) as unknown as string[];
    await withSemel(redis.url, async ({ running, pay, erase, metrics }) => {
      assert.deepEqual(
        running.warnings.filter((line) => line.includes("cache")),
        [],
      );
      const run = String((await pay("k1")).headers["idempotency-run"]);
      while ((await keys()).length === 0) await sleep(5);
      assert.deepEqual(await keys(), [`semel:a:1:${run}`]);
      assert.match(await metrics(), /\nsemel_cache_requests_total\{result="miss"\} 1\n/);
      assert.match(await metrics(), /\nsemel_cache_open 0\n/);
      assert.equal((await erase(run)).status, 200);
      while ((await keys()).length > 0) await sleep(5);
      assert.equal((await pay("k1")).status, 410);
    });
    client.destroy();
  });

  test("starts without it with a warning, serves, and finds it when it comes up", async () => {
    await using redis = await OwnRedis.start();
    await redis.node.kill();
    const url = redis.url.replace("//", `//:\${env:PASSWORD}@`);
    await withSemel(url, async ({ running, pay, metrics }) => {
      assert.match(running.warnings.join("\n"), /The cache does not answer/);
      assert.equal((await pay("k1")).status, 201);
      assert.match(await metrics(), /\nsemel_cache_open 1\n/);
      await redis.node.start();
      const client = await connected(redis.url);
      await client.sendCommand(["CONFIG", "SET", "requirepass", PASSWORD]);
      while (!/\nsemel_cache_open 0\n/.test(await metrics())) await sleep(50);
      client.destroy();
    });
  });
});
