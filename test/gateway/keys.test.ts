import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "@semel/core/store/memory";
import type { Accounts, Route } from "../../packages/gateway/src/flow/index.ts";
import { Behind, problemOf } from "./behind.ts";
import { type Asked, fieldOf, valuesOf } from "./wire.ts";

const KEY: Route["key"] = { headers: ["idempotency-key"], body: null, required: true, format: "any", bytesMax: 255 };

/** Sends requests in turn and says what became of each: its status word, or its status where it has none. */
async function wordsOf(at: Behind, requests: readonly (readonly [key: string | null, asked: Asked])[]) {
  const words: string[] = [];
  for (const [key, asked] of requests) {
    const got = await at.pay(key, asked);
    words.push(fieldOf(got, "idempotency-status") ?? String(got.status));
  }
  return words;
}

describe("a key", () => {
  test("on two lines is refused, even where both are the same", async () => {
    await using at = await Behind.start();
    for (const second of ["k1", "k2"]) {
      const got = await at.pay("k1", { headers: ["idempotency-key", second] });
      assert.equal(got.status, 400);
      assert.match(String(problemOf(got)["detail"]), /2 idempotency keys/);
    }
    assert.equal(at.upstream.received.length, 0);
  });
  test("may come in any of the route's headers, and in two if they agree", async () => {
    const key = { ...KEY, headers: ["idempotency-key", "x-request-key"] };
    await using at = await Behind.start({ route: { key } });
    const words = await wordsOf(at, [
      [null, { headers: ["X-Request-Key", "k1"] }],
      ["k1", {}],
      ["k1", { headers: ["X-Request-Key", '"k1"'] }],
      ["k1", { headers: ["X-Request-Key", "k2"] }],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "replayed", "400"]);
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "x-request-key"), []);
  });
  test("spelled with an underscore is none, and does not reach an upstream that might take it for one", async () => {
    await using at = await Behind.start();
    assert.equal((await at.pay("k1", { headers: ["Idempotency_Key", "k2"] })).status, 201);
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "idempotency_key"), []);
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "idempotency-key"), ["k1"]);
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "idempotency-key"), ["k1"]);
  });
  test("of 255 bytes is taken, one of 256 refused", async () => {
    await using at = await Behind.start();
    const words = await wordsOf(at, [
      ["x".repeat(255), {}],
      [`"${"x".repeat(255)}"`, {}],
      ["x".repeat(256), {}],
      [`"${"x".repeat(256)}"`, {}],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "400", "400"]);
  });
  test("goes upstream byte for byte, in the upstream's own header", async () => {
    await using at = await Behind.start({ upstream: { keyHeader: "x-once" } });
    await at.pay('"a b"', { headers: ["X-Once", "the client's"] });
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "x-once"), ['"a b"']);
    assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "idempotency-key"), []);
  });
  test("is hidden from an upstream that gets one of ours, or none", async () => {
    for (const key of ["derived", "none"] as const) {
      await using at = await Behind.start({ upstream: { key } });
      await at.pay("secret");
      const sent = valuesOf(at.upstream.received[0]!.headers, "idempotency-key");
      assert.equal(sent.length, key === "derived" ? 1 : 0);
      assert.ok(sent.every((value) => /^[\w-]{32}$/.test(value)));
    }
  });
  for (const [format, good, bad] of [
    ["uuid", "0d7e9f3e-6c0b-4f7c-9a53-3c1c5f5b6a01", "00000000-0000-0000-0000-000000000000"],
    ["uuidv7", "018f3c1c-5f5b-7a01-9a53-3c1c5f5b6a01", "0d7e9f3e-6c0b-4f7c-9a53-3c1c5f5b6a01"],
    ["ulid", "01HZXAMPLE0123456789ABCDEF".replaceAll("L", "M"), "01HZX"],
  ] as const) {
    test(`has the route's format: ${format}`, async () => {
      await using at = await Behind.start({ route: { key: { ...KEY, format } } });
      const words = await wordsOf(at, [
        [bad, {}],
        [good, {}],
        [`"${good}"`, {}],
      ]);
      assert.deepEqual(words, ["400", "fresh", "replayed"]);
    });
  }
  test("may be a member of the body, and is then a string", async () => {
    await using at = await Behind.start({ route: { key: { ...KEY, headers: [], body: "/a~1b/key" } } });
    const words = await wordsOf(at, [
      [null, { body: '{"a/b":{"key":"k1"}}' }],
      [null, { body: '{"a/b":{"key":"k1"}}' }],
      [null, { body: '{"a/b":{"key":"k1"},"amount":2}' }],
      [null, { body: '{"a/b":{"key":1}}' }],
      [null, { body: '{"a/b":{"key":""}}' }],
      [null, { body: '{"a/b":{"key":"a\\r\\nX-Evil: 1"}}' }],
      [null, { body: '{"a/b":{"key":null}}' }],
      [null, { body: '{"a/b":{}}' }],
      [null, { body: "not json" }],
      [null, { body: "" }],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "mismatch", "400", "400", "400", "400", "400", "400", "400"]);
    assert.equal(at.upstream.received.length, 1);
  });
});

describe("an account", () => {
  const map = new Map([["Bearer t1", "acme"]]);
  const HOW: readonly [what: string, accounts: Accounts, known: string, others: readonly string[]][] = [
    ["in a trusted header", { kind: "header", header: "x-account" }, "X-Account: acme", ["X-Account: globex"]],
    ["behind a credential", { kind: "map", header: "authorization", accounts: map }, "Authorization: Bearer t1", []],
    [
      "that is its credential",
      { kind: "credential", header: "authorization" },
      "Authorization: Bearer t1",
      ["Authorization: Bearer t2"],
    ],
  ];
  const line = (text: string): string[] => text.split(": ");
  for (const [what, accounts, known, others] of HOW) {
    test(`${what} has keys of its own, and nobody else has any`, async () => {
      await using at = await Behind.start({ accounts });
      const name = line(known)[0]!;
      const nobody = [[], [name, ""], [...line(known), ...line(known)]];
      if (accounts.kind === "map") nobody.push([name, "Bearer t2"], [name, "bearer t1"]);
      for (const headers of nobody) {
        const got = await at.pay("k1", { headers });
        assert.equal(got.status, 401);
        assert.equal(problemOf(got)["code"], "account_unknown");
      }
      assert.deepEqual([at.it.notices.length, at.upstream.received.length], [0, 0]);
      const words = await wordsOf(at, [
        ["k1", { headers: line(known) }],
        ["k1", { headers: line(known) }],
        ...others.map((other) => ["k1", { headers: line(other) }] as const),
      ]);
      assert.deepEqual(words, ["fresh", "replayed", ...others.map(() => "fresh")]);
    });
  }
});

test("a credential is not kept where operators and thieves of the store could read it", async () => {
  const store = memoryStore();
  const seen: string[] = [];
  const swap: typeof store.swap = (swapping) => {
    seen.push(Buffer.from(swapping.next.doc).toString("latin1"));
    return store.swap(swapping);
  };
  const spied = { ...store, swap, now: () => store.now(), due: async () => [] };
  const accounts = { kind: "credential", header: "authorization" } as const;
  await using at = await Behind.start({ accounts, store: spied });
  await at.pay("k1", { headers: ["Authorization", "Bearer hush"] });
  assert.equal(seen.length, 2);
  assert.ok(seen.every((doc) => !doc.includes("hush")));
  assert.deepEqual(valuesOf(at.upstream.received[0]!.headers, "authorization"), ["Bearer hush"]);
});

describe("headers that the route names", () => {
  test("separate keys where they are its scope, in any number of lines", async () => {
    await using at = await Behind.start({ route: { scopeHeaders: ["stripe-account"] } });
    const words = await wordsOf(at, [
      ["k1", { headers: ["Stripe-Account", "a"] }],
      ["k1", { headers: ["stripe-account", "a"] }],
      ["k1", { headers: ["Stripe-Account", "b"] }],
      ["k1", {}],
      ["k1", { headers: ["Stripe-Account", "a", "Stripe-Account", "b"] }],
      ["k1", { headers: ["Stripe-Account", "a, b"] }],
      ["k1", { headers: ["Other", "a"] }],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "fresh", "fresh", "fresh", "fresh", "replayed"]);
  });
  test("must be the same in a retry where they are compared", async () => {
    await using at = await Behind.start({ route: { fingerprint: { body: "raw", headers: ["stripe-version"] } } });
    const words = await wordsOf(at, [
      ["k1", { headers: ["Stripe-Version", "1"] }],
      ["k1", { headers: ["stripe-version", "1", "Other", "x"] }],
      ["k1", { headers: ["Stripe-Version", "2"] }],
      ["k1", {}],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "mismatch", "mismatch"]);
  });
});

describe("a retry is compared", () => {
  test("by method, path, query and content type, whatever the fingerprint", async () => {
    await using at = await Behind.start();
    const words = await wordsOf(at, [
      ["k1", { path: "/p?a=1", headers: ["Content-Type", "a/b"] }],
      ["k1", { path: "/p?a=2", headers: ["Content-Type", "a/b"] }],
      ["k1", { path: "/q?a=1", headers: ["Content-Type", "a/b"] }],
      ["k1", { path: "/p?a=1", headers: ["Content-Type", "a/c"] }],
      ["k1", { path: "/p?a=1", headers: ["Content-Type", "a/b"], method: "PATCH" }],
      ["k1", { path: "/p?a=1", headers: ["Content-Type", "a/b"] }],
    ]);
    assert.deepEqual(words, ["fresh", "mismatch", "mismatch", "mismatch", "mismatch", "replayed"]);
  });
  test("as JSON values where the route says so: the order of members means nothing", async () => {
    await using at = await Behind.start({ route: { fingerprint: { body: "json", headers: [] } } });
    const words = await wordsOf(at, [
      ["k1", { body: '{"a":1,"b":[1,2]}' }],
      ["k1", { body: '{ "b": [1, 2.0], "a": 1e0 }' }],
      ["k1", { body: '{"a":1,"b":[2,1]}' }],
      ["k2", { body: '{"a":1,"a":2}' }],
      ["k2", { body: '{"a":9007199254740993}' }],
      ["k2", { body: "{" }],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "mismatch", "400", "400", "400"]);
    assert.equal(at.upstream.received.length, 1);
  });
  test("byte for byte elsewhere", async () => {
    await using at = await Behind.start();
    const words = await wordsOf(at, [
      ["k1", { body: '{"a":1,"a":2}' }],
      ["k1", { body: '{"a":1, "a":2}' }],
    ]);
    assert.deepEqual(words, ["fresh", "mismatch"]);
  });
  test("as a form where the route says so: its boundary means nothing", async () => {
    await using at = await Behind.start({ route: { fingerprint: { body: "multipart", headers: [] } } });
    const form = (boundary: string, value: string, type = `multipart/form-data; boundary=${boundary}`): Asked => ({
      headers: ["Content-Type", type],
      body: `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--${boundary}--\r\n`,
    });
    const words = await wordsOf(at, [
      ["k1", form("x1", "1")],
      ["k1", form("y2", "1")],
      ["k1", form("x1", "2")],
      ["k2", form("x1", "1", "multipart/form-data; boundary=other")],
      ["k2", form("x1", "1", "application/json")],
    ]);
    assert.deepEqual(words, ["fresh", "replayed", "mismatch", "400", "400"]);
  });
});
