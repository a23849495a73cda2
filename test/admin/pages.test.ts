import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROBLEMS } from "@semel/core/record";
import { call } from "../../examples/bank/call.ts";
import { prefersHtml } from "../../packages/gateway/src/pages/accept.ts";
import { html } from "../../packages/gateway/src/pages/html.ts";
import { policyOf } from "../../packages/gateway/src/pages/policy.ts";
import { policyPage } from "../../packages/gateway/src/pages/policy-page.ts";
import { Harness } from "./harness.ts";

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("the published policy", () => {
  test("is generated from the routes and their profiles, as JSON and as HTML", async () => {
    await using it = await Harness.start({ route: { scopeHeaders: ["stripe-account"] } });
    const json = await call(`${it.url}/.well-known/idempotency`);
    assert.equal(json.status, 200);
    const policy = JSON.parse(json.text);
    assert.equal(policy.erasureDelaySeconds, 60);
    assert.deepEqual(
      policy.routes.map((route: { operation: string }) => route.operation),
      ["POST /payments", "POST,PATCH /**"],
    );
    const [route] = policy.routes;
    assert.deepEqual(route.key.headers, ["idempotency-key"]);
    assert.equal(route.retentionSeconds, 60);
    assert.equal(route.rememberedSeconds, 3_600);
    assert.deepEqual(route.scopeHeaders, ["stripe-account"]);
    const mismatch = policy.profiles[0].situations.find((row: { situation: string }) => row.situation === "mismatch");
    assert.equal(mismatch.status, 422);
    assert.match(mismatch.source, /draft-ietf/);
    assert.doesNotMatch(json.text, /bank|127\.0\.0\.1/);

    const page = await call(`${it.url}/.well-known/idempotency`, { headers: HTML });
    assert.match(String(page.headers["content-type"]), /^text\/html/);
    assert.match(String(page.headers["content-security-policy"]), /^default-src 'none'/);
    assert.equal(page.headers.vary, "Accept");
    assert.match(page.text, /POST \/payments/);
  });
  test("answers HEAD without a body and refuses to be written", async () => {
    await using it = await Harness.start();
    const head = await call(`${it.url}/.well-known/idempotency`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.ok(Number(head.headers["content-length"]) > 100);
    assert.equal(head.text, "");
    const post = await call(`${it.url}/.well-known/idempotency`, { body: {} });
    assert.equal(post.status, 405);
    assert.equal(post.headers.allow, "GET, HEAD");
    assert.equal(it.bank.ledger.count().payments, 0);
  });
  test("never lets a name in the configuration become a tag", async () => {
    await using it = await Harness.start();
    const [route] = JSON.parse((await call(`${it.url}/.well-known/idempotency`)).text).routes;
    const policy = { ...policyOf([]), routes: [{ ...route, operation: `POST /<script>alert("1")</script>&'` }] };
    assert.match(policyPage(policy), /POST \/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;&#39;/);
    assert.equal(html`<a href="${'"><b>'}">`.markup, '<a href="&quot;&gt;&lt;b&gt;">');
  });
});

describe("the pages of problems", () => {
  test("explain every problem that a profile has", async () => {
    await using it = await Harness.start();
    for (const { name, title, advice } of Object.values(PROBLEMS)) {
      const url = `${it.url}/.well-known/idempotency/problems/${name}`;
      const got = JSON.parse((await call(url)).text);
      assert.equal(got.title, title);
      assert.equal(got.advice, advice);
      assert.equal((await call(url, { headers: HTML })).status, 200);
    }
  });
  test("are where the types of the gateway's own problems lead", async () => {
    await using it = await Harness.start({
      route: { limits: { requestBytes: 64, answerBytes: 64, headers: 64, waitersPerKey: 1 } },
    });
    const got = [
      await call(`${it.url}/payments`, { body: {}, key: "k" }),
      await it.pay("k".repeat(99)),
      await it.pay("k1", { reference: "x".repeat(99) }),
      await call(`${it.url}/.semel/runs/nonsense`, { headers: { "x-account": "a1" } }),
      await call(`${it.url}/.semel/runs`, { headers: { "x-account": "a1" } }),
      await call(`${it.url}/.well-known/idempotency`, { body: {} }),
    ];
    await it.bank.close();
    got.push(await call(`${it.url}/anything`));
    assert.deepEqual(
      got.map(({ status }) => status),
      [401, 413, 413, 404, 400, 405, 502],
    );
    for (const { text } of got) {
      const { type, code } = JSON.parse(text);
      const page = await call(`${it.url}${type}`);
      assert.equal(page.status, 200, type);
      assert.equal(JSON.parse(page.text).code, code);
    }
  });
  test("list all of them where there is none of that name", async () => {
    await using it = await Harness.start();
    const none = await call(`${it.url}/.well-known/idempotency/problems/nothing`);
    assert.equal(none.status, 404);
    assert.ok(JSON.parse(none.text).problems.length > Object.keys(PROBLEMS).length);
    assert.equal((await call(`${it.url}/.well-known/idempotency/problems`)).status, 200);
  });
});

test("a browser is shown HTML, and a program JSON", () => {
  assert.ok(prefersHtml(HTML.accept));
  assert.ok(prefersHtml("application/json;q=0.5, TEXT/HTML"));
  for (const accept of [
    undefined,
    "",
    "*/*",
    "application/json",
    "text/html;q=0.1, application/json",
    "text/html;q=0",
  ]) {
    assert.ok(!prefersHtml(accept), String(accept));
  }
});
