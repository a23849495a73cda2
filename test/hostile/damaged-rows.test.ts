import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecordKey } from "@semel/core/record";
import { Harness } from "../gateway/harness.ts";
import { type Answer, asking, exchange, fieldOf } from "../gateway/wire.ts";
import { DamagedStore } from "./damaged-store.ts";
import { jsonAnswer, StrictUpstream } from "./strict-upstream.ts";

/** Where a doc says how long its head is, and where that begins: see codec.ts. */
const HEAD_LENGTH_AT = 6;
const PREFIX_BYTES = 18;

/** Each bit of a byte is as likely to flip; these turn a letter into another one, into a sign, into another case. */
const BITS = [1, 2, 4, 16, 32];

/** Retries of a key of which one bit was damaged in the store, for every byte of its row's clear part. */
async function retries(ends: "completed" | "in doubt"): Promise<string[]> {
  const store = new DamagedStore();
  await using upstream = await StrictUpstream.start();
  if (ends === "in doubt") upstream.answerTo = () => ({ cut: Buffer.from("HTTP/1.1 201 Created\r\nContent-Le") });
  await using it = await Harness.start({ upstream: { url: upstream.url }, store });
  const ask = (key: string): Promise<Answer> => exchange(it.url, asking({ headers: ["Idempotency-Key", key] }));
  const wrong: string[] = [];
  const first = await ask("k0");
  const run = fieldOf(first, "idempotency-run") as RecordKey;
  const sound = (await store.inner.read(run))!;
  const end = PREFIX_BYTES + Buffer.from(sound.doc).readUInt32BE(HEAD_LENGTH_AT);
  upstream.answerTo = () => jsonAnswer({ second: true });
  for (let at = 0; at < end; at += 1) {
    for (const bit of BITS) {
      it.gateway.memory.drop(run);
      store.damage = (doc) => {
        doc[at]! ^= bit;
      };
      const sent = upstream.received.length;
      const answer = await ask("k0");
      store.damage = null;
      const head = Buffer.from(sound.doc);
      head[at]! ^= bit;
      const around = head.toString("latin1", Math.max(PREFIX_BYTES, at - 16), at + 12);
      if (upstream.received.length > sent) wrong.push(`a second effect: …${around}…`);
      else if (answer.status === 201 && !answer.body.equals(first.body)) wrong.push(`another answer: …${around}…`);
      else if (answer.status === 500) wrong.push(`status 500: …${around}…`);
      if ((await store.inner.read(run))!.fence !== sound.fence) return [...wrong, "the damaged row was written over"];
    }
  }
  return wrong;
}

for (const ends of ["completed", "in doubt"] as const) {
  test(`a bit that flips in the row of a key that is ${ends} leads to no second effect and no other answer`, async () => {
    assert.deepEqual(await retries(ends), []);
  });
}
