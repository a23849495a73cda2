import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CorruptError } from "@semel/core/record";
import { call } from "../../examples/bank/call.ts";
import { openLog } from "../../packages/gateway/src/telemetry/log.ts";
import { ANA, Harness, VIC } from "./harness.ts";

const KEY = "canary-key-7f3a";
const BODY = "canary-body-91bc";
const HEADER = "canary-header-22de";

function logFile(): Readonly<{ path: string; read: () => string }> & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "semel-log-"));
  const path = join(folder, "semel.log");
  const remove = (): void => rmSync(folder, { recursive: true });
  return { path, read: () => readFileSync(path, "utf8"), [Symbol.dispose]: remove };
}

describe("metrics", () => {
  test("count requests, swaps, doubt and incidents by bounded labels", async () => {
    await using it = await Harness.start();
    await it.pay("k1");
    await it.pay("k1");
    await it.pay("k3", { path: "/elsewhere", fault: "status=404" });
    const run = await it.doubt("k2");
    await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: true, reason: "r", evidence: "e" });
    await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: false, reason: "r", evidence: "e" });
    await call(`${it.url}/some/page/${KEY}`);
    const { text } = await it.ask("/metrics", VIC);
    const has = (line: string): void => assert.ok(text.split("\n").includes(line), `${line}\nnot in\n${text}`);
    has('semel_requests_total{route="POST /payments",word="fresh",status="2xx"} 1');
    has('semel_requests_total{route="POST /payments",word="replayed",status="2xx"} 1');
    has('semel_requests_total{route="POST /payments",word="in-doubt",status="5xx"} 1');
    has('semel_requests_total{route="POST,PATCH /**",word="fresh",status="4xx"} 1');
    has('semel_requests_total{route="none",word="passed",status="4xx"} 1');
    has("semel_in_doubt_total 1");
    has("semel_incidents_total 1");
    has("semel_in_flight 0");
    has('semel_slots_taken{upstream="bank"} 0');
    assert.match(text, /semel_swaps_total\{result="won"\} [1-9]/);
    assert.match(text, /semel_request_duration_seconds_bucket\{le="10",route="POST \/payments",word="replayed"\} 1/);
    assert.match(text, /process_cpu_seconds_total/);
  });
  test("count what shadow mode sees by what it saw: a duplicate is no error", async () => {
    await using it = await Harness.start({ route: { mode: "shadow" }, policy: { sendWithinMs: 2_000 } });
    await it.pay("k1");
    await it.pay("k1");
    await it.pay("k1", { reference: "other" });
    await it.store.close();
    await it.pay("k2");
    const { text } = await it.ask("/metrics", VIC);
    for (const word of ["shadow", "shadow-duplicate", "shadow-mismatch", "shadow-unrecorded"]) {
      const line = `semel_requests_total{route="POST /payments",word="${word}",status="2xx"} 1`;
      assert.ok(text.split("\n").includes(line), `${line}\nnot in\n${text}`);
    }
    assert.ok(!text.includes('word="error"'), text);
  });
  test("are for tokens, unless they were opened to everybody", async () => {
    await using closed = await Harness.start();
    assert.equal((await closed.ask("/metrics", null)).status, 401);
    await using open = await Harness.start({ open: true });
    const got = await open.ask("/metrics", null, undefined, { host: "10.0.0.9:7301" });
    assert.equal(got.status, 200);
    assert.match(String(got.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  });
});

describe("logs and metrics", () => {
  test("hold no key, no body, no header and no token", async () => {
    using file = logFile();
    await using it = await Harness.start({ logFile: file.path });
    const headers = { "x-account": "a1", "x-other": HEADER };
    await call(`${it.url}/payments`, { body: { amount: 1, currency: "EUR", reference: BODY }, key: KEY, headers });
    await call(`${it.url}/payments`, { body: BODY, key: KEY, headers });
    await call(`${it.url}/payments`, { body: { amount: 1, reference: BODY }, key: `${KEY},bad`, headers });
    const run = await it.doubt(`${KEY}-2`);
    await it.ask(`/api/keys/${run}`, ANA);
    await it.ask(`/api/keys/${run}/erase`, VIC, { reason: HEADER });
    await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: true, reason: HEADER, evidence: "e" });
    const metrics = (await it.ask("/metrics", VIC)).text;
    await it.log.close();
    const log = file.read();
    for (const canary of [KEY, BODY, HEADER, ANA.secret, VIC.secret]) {
      assert.ok(!metrics.includes(canary), canary);
      assert.ok(!log.includes(canary), canary);
    }
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(
      lines.some(({ msg, word, route }) => msg === "request" && word === "fresh" && route === "POST /payments"),
    );
    assert.ok(lines.some((line) => line.msg === "in doubt" && line.run === run));
    assert.ok(lines.some(({ msg, by, act }) => msg === "operator" && by === "ana" && act === "resolve"));
  });
  test("do not repeat what a foreign error quotes", async () => {
    using file = logFile();
    const log = openLog({ level: "info", file: file.path });
    const quoting = await Promise.reject(new SyntaxError(`Unexpected token in ${BODY}`)).catch(
      (error: unknown) => error,
    );
    const run = "r" as never;
    log.notice({ notice: "failed", key: run, error: quoting });
    log.notice({ notice: "unreadable", key: run, error: new CorruptError("The row is not a Semel record") });
    log.seen({ route: null, method: "POST", status: 500, word: `Error: ${KEY}`, tookMs: 1 });
    await log.close();
    const text = file.read();
    assert.ok(!text.includes(BODY) && !text.includes(KEY), text);
    assert.match(text, /"error":"SyntaxError"/);
    assert.match(text, /telemetry\.test\.ts/);
    assert.match(text, /The row is not a Semel record/);
    assert.match(text, /"word":"error"/);
  });
});
