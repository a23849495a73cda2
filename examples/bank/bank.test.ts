import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bank, type BankOptions, createBank } from "./bank.ts";
import { call, order } from "./call.ts";

const banks: Bank[] = [];

async function open(options: BankOptions = {}): Promise<Bank> {
  const bank = await createBank(options);
  banks.push(bank);
  return bank;
}

afterEach(async () => {
  for (const bank of banks.splice(0)) await bank.close();
});

test("a payment is answered with its place, and found there", async () => {
  const { url, ledger } = await open();
  const paid = await call(`${url}/v1/payments`, { body: order, key: '"k-1"' });
  assert.equal(paid.status, 201);
  assert.match(paid.headers.location ?? "", /^\/v1\/payments\/pay_[0-9a-f]{24}$/);
  assert.equal(paid.headers["content-type"], "application/json");
  const payment = JSON.parse(paid.text);
  assert.deepEqual(
    { ...payment, id: null, createdAt: null },
    { ...order, id: null, object: "payment", status: "succeeded", metadata: {}, refunded: 0, createdAt: null },
  );
  assert.equal((await call(url + paid.headers.location)).text, paid.text);
  assert.equal(ledger.effects[0]?.key, '"k-1"');
});

test("keys are ignored unless the bank was told to honour them, and the ledger says who was charged twice", async () => {
  const { url, ledger } = await open();
  await Promise.all([1, 2, 3].map(() => call(`${url}/payments`, { body: order, key: "k-1" })));
  await call(`${url}/payments`, { body: { ...order, reference: "order-2" }, key: "k-2" });
  const expected = {
    payments: 4,
    refunds: 0,
    changes: 0,
    effects: 4,
    byKey: { "k-1": 3, "k-2": 1 },
    byReference: { "order-1": 3, "order-2": 1 },
    chargedTwice: 1,
    refundedTwice: 0,
  };
  assert.deepEqual(JSON.parse((await call(`${url}/ledger`)).text), expected);
  assert.deepEqual(ledger.count(), expected);
});

test("a refund lowers what is left, and more than that is refused without an effect", async () => {
  const { url, ledger } = await open();
  const { location } = (await call(`${url}/payments`, { body: order })).headers;
  const refund = (body: object) => call(`${url}${location}/refunds`, { body });
  const first = await refund({ amount: 700, reference: "return-1" });
  assert.equal(first.status, 201);
  assert.equal(JSON.parse(first.text).currency, "EUR");
  assert.equal((await call(url + first.headers.location)).text, first.text);
  assert.equal((await refund({ amount: 501, reference: "return-2" })).status, 422);
  assert.equal((await refund({ amount: 1, currency: "USD", reference: "return-2" })).status, 422);
  const both = await Promise.all([1, 2].map(() => refund({ amount: 500, reference: "return-1" })));
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 422]);
  assert.equal(JSON.parse((await call(`${url}${location}`)).text).refunded, 1200);
  const { refunds, refundedTwice } = ledger.count();
  assert.deepEqual({ refunds, refundedTwice }, { refunds: 2, refundedTwice: 1 });
  assert.equal((await call(`${url}/payments/pay_none/refunds`, { body: order })).status, 404);
});

test("a change counts as an effect and keeps what it does not name", async () => {
  const { url, ledger } = await open();
  const { location } = (await call(`${url}/payments`, { body: { ...order, metadata: { shop: "7" } } })).headers;
  const changed = await call(`${url}${location}`, { method: "PATCH", body: { reference: "order-9" }, key: "k-2" });
  assert.equal(changed.status, 200);
  const { reference, metadata, amount } = JSON.parse(changed.text);
  assert.deepEqual({ reference, metadata, amount }, { reference: "order-9", metadata: { shop: "7" }, amount: 1200 });
  assert.equal((await call(`${url}${location}`)).text, changed.text);
  assert.equal(ledger.count().changes, 1);
  assert.deepEqual(ledger.count().byReference, { "order-1": 1 });
});

test("what is not a payment is refused without an effect", async () => {
  const { url, ledger } = await open();
  const refused: [unknown, number][] = [
    ["{", 400],
    ["", 400],
    ["[]", 422],
    [{ ...order, amount: 12.5 }, 422],
    [{ ...order, amount: 0 }, 422],
    [{ ...order, amount: "1200" }, 422],
    [{ ...order, amount: 1e13 }, 422],
    [{ ...order, currency: "euro" }, 422],
    [{ ...order, reference: "" }, 422],
    [{ amount: 1, currency: "EUR" }, 422],
    [{ ...order, metadata: { a: 1 } }, 422],
  ];
  for (const [body, status] of refused) {
    const got = await call(`${url}/payments`, { body });
    assert.equal(got.status, status, JSON.stringify(body));
    const { code, message } = JSON.parse(got.text).error;
    assert.ok(code && message);
  }
  assert.equal((await call(`${url}/payments`, { method: "POST", body: "\u00ff".repeat(600_000) })).status, 413);
  assert.equal((await call(`${url}/nothing`)).status, 404);
  assert.equal((await call(`${url}/payments`, { method: "DELETE" })).headers.allow, "GET, POST");
  assert.equal(ledger.effects.length, 0);
});

test("a body of one mebibyte is read, and one byte more is too large", async () => {
  const { url } = await open();
  const padded = (bytes: number) => JSON.stringify(order).padEnd(bytes);
  assert.equal((await call(`${url}/payments`, { body: padded(1024 * 1024) })).status, 201);
  assert.equal((await call(`${url}/payments`, { body: padded(1024 * 1024 + 1) })).status, 413);
});

test("the list tells the effects of a key, with the very bytes of their answers", async () => {
  const { url } = await open();
  const paid = await call(`${url}/payments`, { body: order, key: "k+1" });
  await call(`${url}/payments`, { body: { ...order, reference: "order-2" }, key: "k-2" });
  await call(`${url}${paid.headers.location}`, { method: "PATCH", body: { reference: "order-3" }, key: "k+1" });
  const ask = async (query: string) => (await call(`${url}/v1/payments?${query}`)).text;
  assert.equal(await ask("key=k%2B1&ref=order-1"), `{"data":[${paid.text}],"hasMore":false}`);
  assert.equal(await ask("ref=order-1"), `{"data":[${paid.text}],"hasMore":false}`);
  assert.equal(JSON.parse(await ask("key=k%2B1")).data.length, 2);
  assert.equal(JSON.parse(await ask("key=k%2B1&kind=payment")).data.length, 1);
  assert.equal(await ask("key=k-2&ref=order-1"), '{"data":[],"hasMore":false}');
});

test("a slip in the question is no answer, because an empty list means no effect", async () => {
  const { url } = await open();
  for (const query of ["", "key=", "key=k&ref=", "reference=order-1", "key=a&key=b", "key=a&kind=charge"]) {
    assert.equal((await call(`${url}/payments?${query}`)).status, 400, query);
  }
});

test("with an ask delay the list learns of an effect later than the ledger", async () => {
  let now = 1_000;
  const { url } = await open({ askDelayMs: 500, now: () => now });
  const { location } = (await call(`${url}/payments`, { body: order, key: "k-1" })).headers;
  const listed = async () => JSON.parse((await call(`${url}/payments?key=k-1`)).text).data.length;
  now = 1_499;
  assert.equal(await listed(), 0);
  assert.equal(JSON.parse((await call(`${url}/ledger`)).text).payments, 1);
  assert.equal((await call(`${url}${location}`)).status, 200);
  now = 1_500;
  assert.equal(await listed(), 1);
});

test("a client that goes away does not cancel its effect", { timeout: 10_000 }, async () => {
  const { url, ledger } = await open();
  const leaving = new AbortController();
  const left = call(`${url}/payments`, { body: order, fault: "slow=300", signal: leaving.signal });
  await call(`${url}/ledger`);
  leaving.abort();
  assert.equal((await left).status, null);
  assert.equal(ledger.effects.length, 0);
  while (ledger.effects.length === 0) await sleep(20);
});

test("a client that goes away in the middle of its request has no effect", async () => {
  const { port, ledger } = await open();
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST /payments HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n${JSON.stringify(order)}`);
  await sleep(50);
  socket.destroy();
  await sleep(50);
  assert.equal(ledger.effects.length, 0);
});

test("a client that does not finish its headers is cut off", { timeout: 5_000 }, async () => {
  const { port } = await open({ headersTimeoutMs: 100 });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST /payments HTTP/1.1\r\nHost: x\r\n");
  const [first] = await socket.take(1).toArray();
  assert.match(String(first), /^HTTP\/1.1 408 /);
});

test("closing waits for the effects that were begun, also where the client has gone", async () => {
  const bank = await open();
  const leaving = new AbortController();
  const waiting = call(`${bank.url}/payments`, { body: order, fault: "slow=300" });
  const left = call(`${bank.url}/payments`, { body: order, fault: "slow=900", signal: leaving.signal });
  await call(`${bank.url}/ledger`);
  leaving.abort();
  await left;
  await bank.close();
  assert.equal(bank.ledger.effects.length, 2);
  assert.equal((await waiting).status, 201);
  assert.equal((await call(`${bank.url}/ledger`)).status, null);
});

test("a client that connects and says nothing does not hold up the closing", { timeout: 4_000 }, async () => {
  const bank = await open();
  const socket = connect(bank.port, "127.0.0.1");
  await once(socket, "connect");
  await call(`${bank.url}/ledger`);
  await bank.close();
});

test("a port in use is an error, not another port", async () => {
  const { port } = await open();
  await assert.rejects(createBank({ port }), { code: "EADDRINUSE" });
});
