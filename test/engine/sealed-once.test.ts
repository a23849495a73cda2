import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Send } from "@semel/core/engine";
import { decodeRecord, encodeRecord, type KeyRecord, openSecrets, type Part, type Secrets } from "@semel/core/record";
import { LADDERS } from "../kernel/cases.ts";
import { Bank, breaks, keyOf, POLICY, requestOf, VAULT, World } from "./world.ts";

const KEY = keyOf("k1");

async function secretsIn(world: World): Promise<Secrets | null> {
  return openSecrets((await world.record("k1")).secrets, KEY, VAULT);
}

describe("What a run sealed for its claim", () => {
  test("is the same in its completion, and opens", async () => {
    const world = new World();
    const bank = new Bank();
    await world.handle("k1", bank.pay);
    const [claim, completion] = world.store.swaps.map(({ next }) => Buffer.from(next.doc));
    const { secrets } = await world.record("k1");
    assert.ok("sealed" in secrets);
    const sealed = Buffer.from(secrets.sealed);
    assert.ok(claim!.includes(sealed) && completion!.includes(sealed));
    assert.equal((await secretsIn(world))?.clientKey, "k1");
  });

  test("is not taken for what a row pins that the claim lost to", async () => {
    const world = new World({ policy: { ...POLICY, ladder: LADDERS.repeat } });
    await world.handle("k1", breaks);
    const request = requestOf("k1", "a payment");
    const others: Part<Secrets> = { clear: { clientKey: "k1", upstreamKey: "another", vars: {} } };
    const slot = { take: () => true, release: () => {} };
    const sent: (string | undefined)[] = [];
    const send: Send = async (sending) => {
      sent.push(openSecrets(sending.record.secrets, KEY, VAULT)?.upstreamKey);
      return await new Bank().pay(sending);
    };
    const call = { key: KEY, request: { ...request, secrets: others }, send, waitMs: 0, waitersPerKey: 32, slot };
    assert.equal((await world.engine.handle(call)).kind, "answer");
    assert.deepEqual(sent, ["k1"]);
    assert.equal((await secretsIn(world))?.upstreamKey, "k1");
  });

  test("is sealed anew where the next write has other secrets", async () => {
    const world = new World();
    await world.handle("k1", new Bank().pay);
    const record = await world.record("k1");
    const before: KeyRecord = { ...record, secrets: { clear: { clientKey: "k1", upstreamKey: "one", vars: {} } } };
    const doc = encodeRecord(before, KEY, VAULT);
    const next: KeyRecord = { ...before, secrets: { clear: { clientKey: "k1", upstreamKey: "two", vars: {} } } };
    const written = decodeRecord(encodeRecord(next, KEY, VAULT, { record: before, doc }));
    assert.equal(openSecrets(written.secrets, KEY, VAULT)?.upstreamKey, "two");
  });
});
