import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { type Bank, type BankOptions, createBank, seededRandom } from "./bank.ts";
import { call, order } from "./call.ts";

let bank: Bank;

async function open(options: BankOptions = {}): Promise<string> {
  bank = await createBank(options);
  return `${bank.url}/payments`;
}

afterEach(() => bank.close());

test("a drop before leaves nothing, a drop after leaves an effect, and the client cannot tell them apart", async () => {
  const url = await open();
  const before = await call(url, { body: order, fault: "drop-before" });
  assert.equal(bank.ledger.effects.length, 0);
  const after = await call(url, { body: order, fault: "drop-after" });
  assert.equal(bank.ledger.effects.length, 1);
  assert.deepEqual(before, after);
  assert.equal(before.status, null);
});

test("half an answer announces the whole and is cut in the middle", async () => {
  const url = await open();
  const got = await call(url, { body: order, fault: "half" });
  assert.equal(got.status, 201);
  assert.equal(got.whole, false);
  const length = Number(got.headers["content-length"]);
  assert.equal(got.text.length, length >> 1);
  assert.equal(bank.ledger.effects.length, 1);
});

test("a status comes instead of the effect, or after it", async () => {
  const url = await open();
  for (const status of [402, 404, 429, 500, 503]) {
    const got = await call(url, { body: order, fault: `status=${status}` });
    assert.equal(got.status, status);
    assert.equal(got.headers["retry-after"], status === 429 || status === 503 ? "1" : undefined);
  }
  assert.equal(bank.ledger.effects.length, 0);
  const got = await call(url, { body: order, fault: "status-after=503" });
  assert.equal(got.status, 503);
  assert.equal(got.headers["retry-after"], undefined);
  assert.equal(bank.ledger.effects.length, 1);
});

test("slow waits before the effect, slow-after between the effect and the answer", async () => {
  const url = await open();
  const seen = async (fault: string) => {
    const count = bank.ledger.effects.length;
    const started = performance.now();
    const slow = call(url, { body: order, fault });
    await call(url.replace("/payments", "/payments?key=none"), { fault: "slow=60" });
    const meanwhile = bank.ledger.effects.length - count;
    await slow;
    assert.ok(performance.now() - started >= 190, "the answer came early");
    return [meanwhile, bank.ledger.effects.length - count];
  };
  assert.deepEqual(await seen("slow=200"), [0, 1]);
  assert.deepEqual(await seen("slow-after=200"), [1, 1]);
  const dropped = await call(url, { body: order, fault: "slow=10, drop-after" });
  assert.equal(dropped.status, null);
  assert.equal(bank.ledger.effects.length, 3);
});

test("faults of the hook come one by one, and those for asking only when something is asked", async () => {
  const url = await open();
  bank.faults.next("status=402");
  bank.faults.next("status=429");
  bank.faults.next("status=500", "ask");
  const statuses = [];
  for (const _ of [1, 2, 3]) statuses.push((await call(url, { body: order })).status);
  assert.deepEqual(statuses, [402, 429, 201]);
  assert.equal((await call(`${bank.url}/ledger`)).status, 200);
  assert.equal((await call(`${url}?key=k`)).status, 500);
  assert.equal((await call(`${url}?key=k`)).status, 200);
});

test("an unknown fault is refused, not ignored", async () => {
  const url = await open();
  for (const fault of ["explode", "slow", "slow=-1", "status=200", "half,drop-after", "half=1", "slow=1,"]) {
    assert.equal((await call(url, { body: order, fault })).status, 400, fault);
    assert.throws(() => bank.faults.next(fault), RangeError);
  }
  assert.equal(bank.ledger.effects.length, 0);
});

test("an honoured key that was executed behind a fault is replayed with the answer the client never saw", async () => {
  const url = await open({ honourKeys: true });
  for (const fault of ["drop-after", "half", "status-after=502"]) {
    await call(url, { body: order, key: fault, fault });
    const again = await call(url, { body: order, key: fault });
    assert.equal(again.status, 201);
    assert.equal(again.headers["idempotent-replayed"], "true");
  }
  assert.equal(bank.ledger.effects.length, 3);
});

test("the same seed drops the same requests, half of them after the effect", async () => {
  const run = async (seed: number) => {
    const url = await open({ dropRate: 0.5, random: seededRandom(seed) });
    const fates: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const count = bank.ledger.effects.length;
      const { status } = await call(url, { body: order });
      fates.push(`${status} ${bank.ledger.effects.length - count}`);
    }
    await bank.close();
    return fates;
  };
  const first = await run(7);
  assert.deepEqual(await run(7), first);
  assert.notDeepEqual(await run(8), first);
  assert.deepEqual([...new Set(first)].sort(), ["201 1", "null 0", "null 1"]);
});

test("the rates leave questions alone", async () => {
  const url = await open({ dropRate: 1, slowMs: 60_000 });
  assert.equal((await call(`${url}?key=k`)).status, 200);
});
