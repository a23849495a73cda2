import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createBank } from "@semel/demo-bank";
import Stripe from "stripe";
import { call } from "../../examples/bank/call.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { StripeUpstream } from "./stripe-upstream.ts";

const CHARGE = { amount: 1200, currency: "eur", source: "tok_visa" } as const;
/** After a crash nobody may take over before sendWithin + deadline + margin (5 s) + skew (5 s) are over. */
const TAKEOVER_MS = 500 + 1_000 + 5_000 + 5_000 + 500;

/** The real SDK, unchanged but for host and port. */
function client(port: number, maxNetworkRetries: number = 2): Stripe {
  return new Stripe("sk_test_semel", {
    host: "127.0.0.1",
    port,
    protocol: "http",
    telemetry: false,
    maxNetworkRetries,
  });
}

/** `key`: none, so that deduplication is provably ours; or forward, where the upstream honours it. */
function configuration(url: string, key: "none" | "forward", recover: string): string {
  return `accounts: single
upstreams:
  stripe: { url: "${url}", provider: stripe, key: ${key}${recover} }
defaults: { sendWithin: 500ms, deadline: 1s, profile: stripe }
routes:
  - { match: "POST /v1/**", upstream: stripe }
`;
}

test("twenty clients with one key make one charge, and all get it", async () => {
  await using upstream = await StripeUpstream.start();
  await using gateway = await GatewayProcess.start(configuration(upstream.url, "none", ", recover: {}"));
  const charges = await Promise.all(
    Array.from({ length: 20 }, () => client(gateway.port, 5).charges.create(CHARGE, { idempotencyKey: "k1" })),
  );
  assert.equal(new Set(charges.map(({ id }) => id)).size, 1);
  assert.match(charges[0]!.id, /^ch_/);
  assert.equal(upstream.charges, 1);
  assert.deepEqual(upstream.keys, [null]);
});

test("a client whose socket is destroyed after the charge still succeeds, with one charge", async () => {
  await using upstream = await StripeUpstream.start();
  await using gateway = await GatewayProcess.start(configuration(upstream.url, "none", ", recover: {}"));
  await using proxy = await CuttingProxy.start(gateway.port);
  const cut = upstream.holdNext(100).then(() => proxy.cut());
  const charge = await client(proxy.port, 3).charges.create(CHARGE, { idempotencyKey: "k1" });
  await cut;
  assert.match(charge.id, /^ch_/);
  assert.equal(charge.lastResponse.headers["idempotent-replayed"], "true");
  assert.equal(upstream.charges, 1);
});

test("another payment under the same key raises Stripe's own idempotency error", async () => {
  await using upstream = await StripeUpstream.start();
  await using gateway = await GatewayProcess.start(configuration(upstream.url, "none", ", recover: {}"));
  const stripe = client(gateway.port);
  await stripe.charges.create(CHARGE, { idempotencyKey: "k1" });
  await assert.rejects(stripe.charges.create({ ...CHARGE, amount: 1300 }, { idempotencyKey: "k1" }), (error: Error) => {
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError, error.constructor.name);
    return true;
  });
  assert.equal(upstream.charges, 1);
});

test("the gateway killed between charge and record leaves the key in doubt, and never charges again", async () => {
  await using upstream = await StripeUpstream.start();
  await using gateway = await GatewayProcess.start(configuration(upstream.url, "none", ", recover: {}"));
  const held = upstream.holdNext(null);
  const first = client(gateway.port, 0).charges.create(CHARGE, { idempotencyKey: "k1" });
  first.catch(() => {});
  await held;
  await gateway.end("SIGKILL");
  await assert.rejects(first);
  await gateway.launch();
  await assert.rejects(client(gateway.port, 0).charges.create(CHARGE, { idempotencyKey: "k1" }), { statusCode: 409 });
  await sleep(TAKEOVER_MS);
  const late = client(gateway.port, 2).charges.create(CHARGE, { idempotencyKey: "k1" });
  await assert.rejects(late, (error: InstanceType<typeof Stripe.errors.StripeError>) => {
    assert.equal(error.statusCode, 409);
    assert.equal(error.code, "in_doubt");
    return true;
  });
  assert.equal(upstream.charges, 1);
});

test("the gateway killed between charge and record repeats with the same key where it is honoured: one charge, answered", async () => {
  await using upstream = await StripeUpstream.start();
  await using gateway = await GatewayProcess.start(
    configuration(upstream.url, "forward", ", recover: { repeat: { window: 24h } }"),
  );
  const held = upstream.holdNext(null);
  const first = client(gateway.port, 0).charges.create(CHARGE, { idempotencyKey: "k1" });
  first.catch(() => {});
  await held;
  await gateway.end("SIGKILL");
  await gateway.launch();
  await sleep(TAKEOVER_MS);
  const charge = await client(gateway.port).charges.create(CHARGE, { idempotencyKey: "k1" });
  const again = await client(gateway.port).charges.create(CHARGE, { idempotencyKey: "k1" });
  assert.match(charge.id, /^ch_/);
  assert.equal(again.id, charge.id);
  assert.equal(upstream.charges, 1);
  assert.deepEqual(upstream.keys, ["k1", "k1"]);
});

test("the gateway killed between payment and record asks the bank: one payment, answered", async () => {
  const bank = await createBank();
  try {
    await using gateway = await GatewayProcess.start(`accounts: single
upstreams:
  bank:
    url: ${bank.url}
    recover:
      ask:
        settleAfter: 1s
        get: /payments?key={upstreamKey}
        effect: { status: 200, present: /data/0 }
        noEffect: { status: 200, absent: /data/0 }
        answer: { status: 201, body: /data/0 }
defaults: { sendWithin: 500ms, deadline: 1s }
routes:
  - { match: "POST /payments", upstream: bank }
`);
    const body = JSON.stringify({ amount: 1200, currency: "EUR", reference: "order-1" });
    const pay = () => call(`http://127.0.0.1:${gateway.port}/payments`, { body, key: "k1" });
    bank.faults.next("slow-after=3000");
    const first = pay();
    while (bank.ledger.count().payments === 0) await sleep(5);
    await gateway.end("SIGKILL");
    assert.equal((await first).status, null);
    await gateway.launch();
    await sleep(TAKEOVER_MS);
    const second = await pay();
    assert.equal(second.status, 201, second.text);
    const third = await pay();
    assert.equal(third.text, second.text);
    assert.equal(bank.ledger.count().payments, 1);
  } finally {
    await bank.close();
  }
});
