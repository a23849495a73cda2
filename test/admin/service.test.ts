import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, test } from "node:test";
import { ANA, Harness, type Json, VIC } from "./harness.ts";

describe("health", () => {
  test("is told to anybody, under any name", async () => {
    await using it = await Harness.start();
    assert.equal((await it.ask("/healthz", null, undefined, { host: "10.0.0.7:7301" })).status, 200);
    const ready = await it.ask("/readyz", null, undefined, { host: "10.0.0.7:7301" });
    assert.equal(ready.status, 200);
    assert.deepEqual(ready.json, { ready: true, reasons: [] });
  });
  test("is no readiness while the gateway drains, or its store is gone, or its caller says so", async () => {
    await using it = await Harness.start({ reasons: ["quarantine_opening"] });
    await it.gateway.engine.leave(100);
    await it.store.close();
    const ready = await it.ask("/readyz", null);
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.json["reasons"], ["draining", "store_unavailable", "quarantine_opening"]);
    assert.equal((await it.ask("/api/keys", VIC)).json["code"], "store_unavailable");
  });
});

describe("events", () => {
  test("tell of doubt, of its end, of incidents, and how many runs completed", async () => {
    await using it = await Harness.start();
    const stream = await listen(`${it.adminUrl}/api/events`, ANA.secret);
    const run = await it.doubt("k1");
    await stream.until("in-doubt");
    await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: true, reason: "r", evidence: "e" });
    await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: false, reason: "r", evidence: "e" });
    await it.pay("k2");
    await it.pay("k3");
    await stream.until("event: completed");
    const text = stream.text();
    assert.ok(text.includes(`event: in-doubt\ndata: {"run":"${run}"}`), text);
    assert.ok(text.includes(`event: resolved\ndata: {"run":"${run}"}`), text);
    assert.ok(text.includes("event: incident"), text);
    assert.ok(text.includes('event: completed\ndata: {"count":2}'), text);
    stream.end();
  });
  test("have a bounded number of listeners", async () => {
    await using it = await Harness.start();
    const streams = [];
    for (let at = 0; at < 32; at += 1) streams.push(await listen(`${it.adminUrl}/api/events`, ANA.secret));
    assert.equal((await it.ask("/api/events", ANA)).json["code"], "too_many_listeners");
    streams[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    streams.push(await listen(`${it.adminUrl}/api/events`, ANA.secret));
    for (const stream of streams) stream.end();
  });
});

describe("the published API", () => {
  test("has every endpoint, with its role, and answers as its schemas say", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const { json } = await it.ask("/api/openapi.json", VIC);
    assert.deepEqual(Object.keys(json["paths"]).sort(), [
      "/api/events",
      "/api/keys",
      "/api/keys/{run}",
      "/api/keys/{run}/approve",
      "/api/keys/{run}/erase",
      "/api/keys/{run}/resolve",
      "/api/openapi.json",
      "/api/routes",
      "/api/store",
      "/api/store/fence",
      "/api/store/prune",
      "/healthz",
      "/metrics",
      "/readyz",
    ]);
    const schemaOf = (path: string, method = "get", status = "200"): Json =>
      json["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"];
    conforms((await it.ask("/api/keys", VIC)).json, schemaOf("/api/keys"), "keys");
    conforms((await it.ask(`/api/keys/${run}`, ANA)).json, schemaOf("/api/keys/{run}"), "key");
    const proposed = await it.ask(`/api/keys/${run}/resolve`, ANA, { effect: true, reason: "r" });
    conforms(proposed.json, schemaOf("/api/keys/{run}/resolve", "post", "202"), "proposed");
    const paid = String((await it.pay("k2")).headers["idempotency-run"]);
    conforms((await it.ask(`/api/keys/${paid}`, VIC)).json, schemaOf("/api/keys/{run}"), "completed");
  });
  test("lists the routes with what they promise", async () => {
    await using it = await Harness.start();
    const [payments] = (await it.ask("/api/routes", VIC)).json["routes"];
    assert.equal(payments!["guarantee"], "at most once");
    assert.equal(payments!["upstream"]["id"], "bank");
  });
});

/** Every member is described, of a described type, and every required one is there. */
function conforms(value: Json, schema: Json, place: string): void {
  const types = [schema["type"]!].flat().map(String);
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  assert.ok(types.includes(type === "number" ? "integer" : type), `${place} is ${type}, not ${types}`);
  if (schema["enum"] !== undefined) assert.ok(schema["enum"].includes(value), `${place} is ${String(value)}`);
  if (type === "array") for (const [at, item] of value.entries()) conforms(item, schema["items"], `${place}[${at}]`);
  if (type !== "object" || schema["properties"] === undefined) return;
  for (const name of schema["required"] ?? []) assert.ok(String(name) in value, `${place} lacks ${String(name)}`);
  for (const [name, member] of Object.entries(value)) {
    assert.ok(schema["properties"][name] !== undefined, `${place}.${name} is not described`);
    conforms(member, schema["properties"][name], `${place}.${name}`);
  }
}

type Stream = Readonly<{ until: (text: string) => Promise<void>; text: () => string; end: () => void }>;

function listen(url: string, secret: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent: false, headers: { authorization: `Bearer ${secret}` } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", () => {});
      const until = async (wanted: string): Promise<void> => {
        while (!text.includes(wanted)) await new Promise((again) => response.once("data", again));
      };
      resolve({ until, text: () => text, end: () => asking.destroy() });
    });
    asking.on("error", reject);
    asking.end();
  });
}
