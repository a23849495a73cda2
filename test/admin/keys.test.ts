import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Instant } from "@semel/core/record";
import { lineOfRow } from "../../packages/gateway/src/admin/view.ts";
import { type Asked, Harness, type Json, OTHERS, PAYMENTS, VIC } from "./harness.ts";

const runs = ({ json }: Asked): string[] => json["keys"].map((key: Json) => String(key["run"]));

describe("the list of keys", () => {
  test("is filtered by state, route and account", async () => {
    await using it = await Harness.start();
    const done = String((await it.pay("k1")).headers["idempotency-run"]);
    const doubt = await it.doubt("k2", "a2");
    const other = String((await it.pay("k3", { path: "/refunds", fault: "status=402" })).headers["idempotency-run"]);
    const list = async (query: string): Promise<string[]> => runs(await it.ask(`/api/keys?${query}`, VIC));
    assert.deepEqual(await list(""), [other, doubt, done]);
    assert.deepEqual(await list("state=in-doubt"), [doubt]);
    assert.deepEqual(await list("state=suspect"), [doubt]);
    assert.deepEqual(await list("state=completed"), [other, done]);
    assert.deepEqual(await list("state=idle"), []);
    assert.deepEqual(await list(`route=${encodeURIComponent(OTHERS)}`), [other]);
    assert.deepEqual(await list(`route=${encodeURIComponent(PAYMENTS)}&account=a1`), [done]);
    assert.deepEqual(await list("account=nobody"), []);
    assert.equal((await it.ask("/api/keys?state=sleeping", VIC)).status, 400);
  });
  test("shows what runs now", async () => {
    await using held = await Harness.startHeld();
    const { it, running, release } = held;
    const seen = await it.ask("/api/keys?state=running", VIC);
    assert.equal(runs(seen).length, 1);
    release();
    await running;
    assert.equal(runs(await it.ask("/api/keys?state=running", VIC)).length, 0);
  });
  test("comes in pages that neither hide nor repeat a key while others are made", async () => {
    await using it = await Harness.start();
    const made: string[] = [];
    for (let at = 0; at < 7; at += 1) made.unshift(String((await it.pay(`k${at}`)).headers["idempotency-run"]));
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await it.ask(`/api/keys?limit=3${cursor}`, VIC);
      seen.push(...runs(page));
      await it.pay(`later-${seen.length}`);
      cursor = page.json["next"] === null ? "" : `&cursor=${page.json["next"]}`;
    } while (cursor !== "");
    assert.deepEqual(seen, made);
    const wrong = await it.ask("/api/keys?cursor=nonsense", VIC);
    assert.equal(wrong.json["code"], "bad_request");
  });
});

describe("one key", () => {
  test("is shown with its history, its attempts and a digest instead of its answer", async () => {
    await using it = await Harness.start();
    const paid = await it.pay("k1");
    const { json, text } = await it.ask(`/api/keys/${paid.headers["idempotency-run"]}`, VIC);
    assert.equal(json["state"], "completed");
    assert.equal(json["outcome"]["status"], 201);
    assert.match(String(json["outcome"]["digest"]), /^[A-Za-z0-9_-]{43}$/);
    const deeds = json["history"]["entries"].map((entry: Json) => entry["did"]);
    assert.deepEqual(deeds, ["claimed", "completed"]);
    assert.equal(json["account"], "a1");
    assert.ok(!text.includes("amount"));
  });
  test("in doubt tells when it may be declared without effect", async () => {
    await using it = await Harness.start();
    const { json } = await it.ask(`/api/keys/${await it.doubt("k1")}`, VIC);
    assert.equal(json["attempts"].length, 1);
    const waitMs = Date.parse(String(json["quietAt"])) - Date.parse(String(json["firstSendAt"]));
    assert.equal(waitMs, it.policy.sendWithinMs + it.policy.deadlineMs + 100 + 100);
  });
  test("whose process died is in doubt as soon as its clients are told so, and not when that is written down", async () => {
    await using held = await Harness.startHeld();
    const { it, running, release } = held;
    const [row] = (await it.store.page({ dueFrom: null, dueTo: null, limit: 1 }, null)).rows;
    const at = (ms: number): string => lineOfRow(row!, (Date.now() + ms) as Instant, () => it.policy).state;
    assert.equal(at(0), "running");
    assert.equal(at(60_000), "in-doubt");
    release();
    await running;
  });
  test("that nobody made is unknown, whatever its address looks like", async () => {
    await using it = await Harness.start();
    for (const run of ["A".repeat(43), "!authority", "x", "..%2F..%2Fetc"]) {
      const { status, json } = await it.ask(`/api/keys/${run}`, VIC);
      assert.equal(status, 404, run);
      assert.equal(json["code"], "run_unknown");
    }
  });
  test("whose row is damaged is shown as unreadable, and never hidden", async () => {
    await using it = await Harness.start();
    const run = String((await it.pay("k1")).headers["idempotency-run"]);
    const row = (await it.store.read(run as never))!;
    const next = { ...row, fence: `f${row.fence.slice(1)}` as never, doc: new Uint8Array([1, 2, 3]) };
    await it.store.swap({ key: row.key, expect: row.fence, next, publish: null });
    assert.deepEqual(runs(await it.ask("/api/keys?state=unreadable", VIC)), [run]);
    assert.equal((await it.ask(`/api/keys/${run}`, VIC)).json["code"], "unreadable");
  });
});
