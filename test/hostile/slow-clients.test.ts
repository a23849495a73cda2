import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { LARGE_BYTES, SlowWorld } from "./slow-world.ts";

const HEAD = "POST /payments HTTP/1.1\r\nHost: gateway.test\r\n";
/** A payment takes some 10 ms. A machine that is busy with other tests is given a hundred times that, and single ones more. */
const PROMPT_MS = 1_000;
const LATEST_MS = 10_000;
const READERS = 20;

test("500 idle, 200 slow and 40 deaf clients neither hold up good ones nor fill the memory", async () => {
  await using world = await SlowWorld.start();
  await world.pay("warm", 20);
  const before = await world.residentBytes();
  const open = async (count: number, bytes: (at: number) => string): Promise<void> => {
    await Promise.all(Array.from({ length: count }, async (_, at) => await world.open(bytes(at))));
  };
  await open(500, () => "");
  await open(100, () => HEAD);
  await open(100, (at) => `${HEAD}Idempotency-Key: half-${at}\r\nContent-Length: 1000\r\n\r\n{`);
  // Clients that ask for much and read nothing: with a key, where the answer is too large to keep, and past the engine.
  for (const [method, key] of [
    ["POST", "Idempotency-Key: deaf-####\r\n"],
    ["GET", ""],
  ] as const) {
    for (let at = 0; at < READERS; at += 1) {
      const ask = `${method} /large HTTP/1.1\r\nHost: gateway.test\r\n${key.replace("####", String(at))}\r\n`;
      const { socket } = await world.open(ask);
      socket.pause();
    }
  }
  await sleep(500);
  const took = await world.pay("good", 100);
  const grown = (await world.residentBytes()) - before;
  assert.ok(grown < (2 * READERS * LARGE_BYTES) / 8, `${Math.round(grown / 2 ** 20)} MiB more`);
  const median = took[took.length / 2]!;
  assert.ok(
    median < PROMPT_MS && took.at(-1)! < LATEST_MS,
    `good clients waited ${median} ms, and up to ${took.at(-1)}`,
  );
});
