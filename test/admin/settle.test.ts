import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ANA, type Asked, BO, Harness, type Json, QUICK, SETTLED_MS } from "./harness.ts";

const resolve = (it: Harness, run: string, body: object, token = ANA): Promise<Asked> =>
  it.ask(`/api/keys/${run}/resolve`, token, body);
const notes = ({ json }: Asked): unknown[] => (json["key"] ?? json)["history"]["entries"].map(({ note }: Json) => note);

describe("an operator with evidence", () => {
  test("completes a run with the answer that every retry gets", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const body = Buffer.from('{"id":"pay_7"}');
    const answer = { status: 201, headers: [["Content-Type", "application/json"]], body: body.toString("base64") };
    const settled = await resolve(it, run, { effect: true, reason: "in the ledger", evidence: "pay_7", answer });
    assert.equal(settled.status, 200);
    assert.equal(settled.json["result"], "completed");
    assert.ok(notes(settled).includes("by ana: in the ledger [pay_7]"));
    const retry = await it.pay("k1");
    assert.equal(retry.status, 201);
    assert.equal(retry.text, '{"id":"pay_7"}');
    assert.equal(retry.headers["idempotency-status"], "recovered");
    assert.equal(it.bank.ledger.count().payments, 1);
    assert.deepEqual(it.acts, [{ act: "resolve", by: "ana", run, result: "completed" }]);
  });
  test("completes a run without an answer: retries are told the fact", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    assert.equal((await resolve(it, run, { effect: true, reason: "r", evidence: "e" })).json["result"], "completed");
    const retry = await it.pay("k1");
    assert.equal(retry.status, 410);
    assert.equal(JSON.parse(retry.text).outcome.sense, "success");
    const again = await resolve(it, run, { effect: true, reason: "again", evidence: "e" });
    assert.equal(again.json["result"], "unchanged");
  });
  test("cannot declare a run without effect while it may still take effect", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const early = await resolve(it, run, { effect: false, reason: "not there", evidence: "ledger" });
    assert.equal(early.status, 409);
    assert.equal(early.json["code"], "unsettled");
    assert.ok(Date.parse(String(early.json["until"])) > Date.now());
    assert.equal((await it.pay("k1")).headers["idempotency-status"], "in-doubt");
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("frees a run that took no effect once that is final, and its retry runs", async () => {
    await using it = await Harness.start({ policy: QUICK });
    const lost = await it.pay("k1", { fault: "drop-before" });
    const run = String(lost.headers["idempotency-run"]);
    await sleep(SETTLED_MS);
    const settled = await resolve(it, run, { effect: false, reason: "not there", evidence: "ledger" });
    assert.equal(settled.json["result"], "freed");
    assert.equal(settled.json["key"]["state"], "idle");
    assert.equal((await it.pay("k1")).status, 201);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is refused while a process holds the run", async () => {
    await using held = await Harness.startHeld();
    const { it, running, release } = held;
    const run = (await it.ask("/api/keys?state=running", ANA)).json["keys"][0]["run"] as string;
    const refused = await resolve(it, run, { effect: true, reason: "r", evidence: "e" });
    assert.equal(refused.json["code"], "running");
    release();
    assert.equal((await running).status, 201);
  });
  test("cannot change a stored outcome: the contradiction is written down", async () => {
    await using it = await Harness.start();
    const run = String((await it.pay("k1")).headers["idempotency-run"]);
    const refused = await resolve(it, run, { effect: false, reason: "no", evidence: "e" });
    assert.equal(refused.status, 409);
    assert.equal(refused.json["code"], "contradicts_record");
    assert.equal((await it.pay("k1")).headers["idempotent-replayed"], "true");
    const shown = await it.ask(`/api/keys/${run}`, ANA);
    assert.ok(notes(shown).includes("by ana: no [e]"));
  });
  test("cannot leave an answer behind that no replay could send", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const says = async (answer: object): Promise<unknown> =>
      (await resolve(it, run, { effect: true, reason: "r", evidence: "e", answer })).json["code"];
    assert.equal(await says({ status: 201, headers: [["a b", "c"]], body: "" }), "answer_invalid");
    assert.equal(await says({ status: 201, headers: [["a", "c\r\nd: e"]], body: "" }), "answer_invalid");
    assert.equal(await says({ status: 201, headers: [], body: "not base64!" }), "answer_invalid");
    assert.equal(await says({ status: 402, headers: [], body: "" }), "bad_request");
    const none = await resolve(it, run, {
      effect: false,
      reason: "r",
      evidence: "e",
      answer: { status: 201, headers: [], body: "" },
    });
    assert.equal(none.json["code"], "answer_invalid");
    assert.equal((await it.ask(`/api/keys/${run}`, ANA)).json["state"], "in-doubt");
  });
});

describe("an operator without evidence", () => {
  test("needs a second person, and one person is not two", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const proposed = await resolve(it, run, { effect: true, reason: "seen it" });
    assert.equal(proposed.status, 202);
    const { id, by, effect } = proposed.json["key"]["proposal"];
    assert.deepEqual([by, effect], ["ana", true]);
    assert.equal((await it.pay("k1")).headers["idempotency-status"], "in-doubt");
    const own = await it.ask(`/api/keys/${run}/approve`, ANA, { proposal: id });
    assert.equal(own.status, 403);
    assert.equal(own.json["code"], "same_person");
    const approved = await it.ask(`/api/keys/${run}/approve`, BO, { proposal: id });
    assert.equal(approved.json["result"], "completed");
    assert.ok(notes(approved).includes("by ana: seen it, approved by bo"));
    assert.equal((await it.pay("k1")).status, 410);
  });
  test("has only what was read approved: another proposal has another id", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const first = (await resolve(it, run, { effect: true, reason: "one" })).json["key"]["proposal"]["id"];
    await resolve(it, run, { effect: true, reason: "two" });
    const stale = await it.ask(`/api/keys/${run}/approve`, BO, { proposal: first });
    assert.equal(stale.json["code"], "proposal_unknown");
    assert.equal((await it.ask(`/api/keys/${run}`, ANA)).json["state"], "in-doubt");
    const rival = await resolve(it, run, { effect: true, reason: "three" }, BO);
    assert.equal(rival.json["code"], "approval_pending");
  });
  test("has nothing approved that was seen before a retry was sent", async () => {
    await using it = await Harness.start({ policy: { ...QUICK, ladder: { repeat: { windowMs: 60_000 }, ask: null } } });
    const lost = await it.pay("k1", { fault: "drop-before" });
    const run = String(lost.headers["idempotency-run"]);
    await sleep(SETTLED_MS);
    const proposed = await resolve(it, run, { effect: false, reason: "not there" });
    assert.equal(proposed.json["result"], "proposed");
    await it.pay("k1", { fault: "drop-after" });
    assert.equal(it.bank.ledger.count().payments, 1);
    await sleep(SETTLED_MS);
    const proposal = proposed.json["key"]["proposal"]["id"];
    const approved = await it.ask(`/api/keys/${run}/approve`, BO, { proposal });
    assert.deepEqual([approved.status, approved.json["code"]], [409, "looked_too_early"]);
    const { json } = await it.ask(`/api/keys/${run}`, BO);
    assert.deepEqual([json["suspect"], json["proposal"]], [true, null]);
  });
  test("cannot propose what would be refused anyhow", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const early = await resolve(it, run, { effect: false, reason: "r" });
    assert.equal(early.json["code"], "unsettled");
    assert.equal((await it.ask(`/api/keys/${run}`, ANA)).json["proposal"], null);
  });
});

describe("an erased run", () => {
  test("is forgotten here at once, and its key stays used", async () => {
    await using it = await Harness.start();
    const paid = await it.pay("k1");
    assert.equal((await it.pay("k1")).headers["idempotent-replayed"], "true");
    const run = paid.headers["idempotency-run"];
    const erased = await it.ask(`/api/keys/${run}/erase`, ANA, { reason: "customer asked" });
    assert.equal(erased.json["result"], "erased");
    assert.equal(erased.json["key"]["clientKey"], null);
    assert.equal((await it.pay("k1")).status, 410);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
  test("is refused while its outcome is not known", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const refused = await it.ask(`/api/keys/${run}/erase`, ANA, { reason: "r" });
    assert.equal(refused.status, 409);
    assert.equal((await it.ask(`/api/keys/${run}`, ANA)).json["clientKey"], "k1");
  });
});
