import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { redisCache } from "@semel/core/cache/redis";
import { placeOf } from "../../tools/services/presence.ts";
import { freePort } from "../../tools/services/servers/free-port.ts";
import { noProgram, OwnRedis, skipped } from "./redis-server.ts";

const openssl = placeOf("openssl");
const skip = noProgram || skipped(openssl === null ? "openssl is not installed" : null);
const folder = mkdtempSync(join(tmpdir(), "semel-cache-tls-"));
after(() => rmSync(folder, { recursive: true }));

/** A Redis that also listens with a certificate that nobody knows yet. */
async function started(): Promise<{ redis: OwnRedis; url: string; certificate: string }> {
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", certificate];
  execFileSync(openssl!, [...made, ...subject], { stdio: "ignore" });
  const port = await freePort();
  const files = { "tls-cert-file": certificate, "tls-key-file": key, "tls-auth-clients": "no" };
  const redis = await OwnRedis.start({ settings: { "tls-port": String(port), ...files } });
  return { redis, url: `rediss://localhost:${port}`, certificate };
}

/** In a process of its own, because a process reads whom it trusts when it starts. */
const ASKS = `
  import { redisCache } from "@semel/core/cache/redis";
  const cache = await redisCache({ url: process.argv[1], budgetMs: 5_000, changed: (state, why) => console.log(state, why) });
  await cache.put("k".repeat(43), Buffer.from("over TLS"), Date.now() + 60_000);
  console.log(String(await cache.get("k".repeat(43))));
  await cache.close();
`;

describe("a Redis at rediss://", { skip }, () => {
  test("is asked over TLS where its certificate is trusted, and not at all where it is not", async () => {
    const { redis, url, certificate } = await started();
    await using _ = redis;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate };
    const args = ["-C", "semel-source", "--input-type=module", "-e", ASKS, url];
    const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8", timeout: 20_000 });
    assert.equal(stdout, "over TLS\n", stderr);

    const changes: string[] = [];
    const cache = await redisCache({ url, changed: (state, why) => changes.push(`${state}: ${why}`) });
    assert.equal(changes.length, 1);
    assert.match(changes[0]!, /^open: self-signed certificate/);
    await cache.close();
  });
});
