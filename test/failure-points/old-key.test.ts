import assert from "node:assert/strict";
import { test } from "node:test";
import { Harness } from "../gateway/harness.ts";

/** UUIDv7 of the year 2023: an order of then, refunded for the first time today. */
const OLD_KEY = "018c8f6e-3b2a-7c11-9d2e-5f60718293a4";

for (const format of ["any", "uuidv7"] as const) {
  test(`a key that carries an old time is a first request like any other (${format})`, async () => {
    const key = { headers: ["idempotency-key"], body: null, required: true, format, bytesMax: 255 } as const;
    await using it = await Harness.start({ route: { key } });
    const told = await it.pay(OLD_KEY);
    assert.deepEqual([told.status, told.headers["idempotency-status"]], [201, "fresh"]);
    assert.equal(it.bank.ledger.count().payments, 1);
  });
}
