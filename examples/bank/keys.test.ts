import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { type Bank, type BankOptions, createBank } from "./bank.ts";
import { call, order } from "./call.ts";

let bank: Bank;

async function open(options: BankOptions = {}): Promise<string> {
  bank = await createBank({ honourKeys: true, ...options });
  return `${bank.url}/payments`;
}

afterEach(() => bank.close());

test("an honoured key gets the same bytes again, and says so", async () => {
  const url = await open();
  const first = await call(url, { body: order, key: "k-1" });
  const second = await call(`${bank.url}/v1/payments`, { body: order, key: "k-1" });
  assert.equal(second.text, first.text);
  assert.equal(second.status, 201);
  assert.equal(second.headers.location, first.headers.location);
  assert.equal(first.headers["idempotent-replayed"], undefined);
  assert.equal(second.headers["idempotent-replayed"], "true");
  assert.equal(bank.ledger.effects.length, 1);
});

test("refunds and changes are honoured too", async () => {
  const url = await open();
  const { location } = (await call(url, { body: order, key: "k-1" })).headers;
  const place = `${bank.url}${location}`;
  for (const _ of [1, 2]) {
    await call(`${place}/refunds`, { body: { amount: 1, reference: "r" }, key: "k-2" });
    await call(place, { method: "PATCH", body: { reference: "order-2" }, key: "k-3" });
  }
  assert.deepEqual(bank.ledger.count().byKey, { "k-1": 1, "k-2": 1, "k-3": 1 });
});

test("another request under the same key is a mismatch, even while the first is running", async () => {
  const url = await open();
  const running = call(url, { body: order, key: "k-1", fault: "slow=600" });
  await call(`${bank.url}/ledger`);
  assert.equal((await call(url, { body: { ...order, amount: 1 }, key: "k-1" })).status, 422);
  await running;
  assert.equal((await call(url, { body: { ...order, amount: 1 }, key: "k-1" })).status, 422);
  assert.equal(bank.ledger.effects.length, 1);
});

test("of many at once one is executed and the others are told to wait", async () => {
  const url = await open();
  const calls = Array.from({ length: 20 }, () => call(url, { body: order, key: "k-1", fault: "slow=600" }));
  const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [201, ...Array(19).fill(409)]);
  assert.equal(bank.ledger.effects.length, 1);
});

test("once its window is over a key is forgotten", async () => {
  let now = 0;
  const url = await open({ windowMs: 1_000, now: () => now });
  await call(url, { body: order, key: "k-1" });
  now = 999;
  assert.equal((await call(url, { body: order, key: "k-1" })).headers["idempotent-replayed"], "true");
  now = 1_000;
  assert.equal((await call(url, { body: { ...order, amount: 5 }, key: "k-1" })).status, 201);
  assert.equal(bank.ledger.effects.length, 2);
});

test("a key is not forgotten while it is executed, however short the window", async () => {
  const url = await open({ windowMs: 20 });
  const first = call(url, { body: order, key: "k-1", fault: "slow=600" });
  await call(`${bank.url}/payments?key=k-1`, { fault: "slow=80" });
  assert.equal((await call(url, { body: order, key: "k-1" })).status, 409);
  assert.equal((await first).status, 201);
  assert.equal(bank.ledger.effects.length, 1);
});

test("what was refused does not use up its key", async () => {
  const url = await open();
  assert.equal((await call(`${url}/pay_none/refunds`, { body: order, key: "k-1" })).status, 404);
  assert.equal((await call(url, { body: { ...order, amount: 0 }, key: "k-1" })).status, 422);
  assert.equal((await call(url, { body: order, key: "k-1" })).status, 201);
});

test("without a key every request is a new one", async () => {
  const url = await open();
  await call(url, { body: order });
  await call(url, { body: order });
  assert.equal(bank.ledger.effects.length, 2);
});
