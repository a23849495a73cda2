import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SlowWorld } from "../hostile/slow-world.ts";

/** What http/server.ts allows, and how often Node looks whether somebody takes longer. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const LOOKS_EVERY_MS = 30_000;
const SLACK_MS = 5_000;
const DRIP_MS = 500;

const HEAD = "POST /payments HTTP/1.1\r\nHost: gateway.test\r\n";

test("clients that send a byte now and then are told 408 and cut off, while good ones are served", async () => {
  await using world = await SlowWorld.start();
  const headers = await Promise.all(Array.from({ length: 50 }, () => world.open(`${HEAD}X-A: `)));
  const bodies = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      world.open(`${HEAD}Idempotency-Key: slow-${at}\r\nContent-Length: 10000\r\n\r\n{`),
    ),
  );
  const drip = setInterval(() => {
    for (const { socket } of [...headers, ...bodies]) if (!socket.destroyed) socket.write("a");
  }, DRIP_MS);
  const good = (async (): Promise<number> => {
    let worst = 0;
    for (let round = 0; headers.concat(bodies).some(({ socket }) => !socket.destroyed); round += 1) {
      worst = Math.max(worst, (await world.pay(`good-${round}`, 10)).at(-1)!);
      await sleep(200);
    }
    return worst;
  })();
  const [cutHeaders, cutBodies] = [
    await Promise.all(headers.map(({ closed }) => closed)),
    await Promise.all(bodies.map(({ closed }) => closed)),
  ];
  clearInterval(drip);
  const within = (times: readonly number[], ms: number): void => {
    assert.ok(Math.min(...times) >= ms - SLACK_MS, `cut off after ${Math.min(...times)} ms already`);
    assert.ok(Math.max(...times) <= ms + LOOKS_EVERY_MS + SLACK_MS, `cut off after ${Math.max(...times)} ms only`);
  };
  within(cutHeaders, HEADERS_MS);
  within(cutBodies, REQUEST_MS);
  for (const { heard } of [...headers, ...bodies]) assert.match(heard(), /^HTTP\/1\.1 408 /);
  const worst = await good;
  assert.ok(worst < 2_000, `a good client waited ${worst} ms`);
  console.log(`headers cut after ${Math.max(...cutHeaders)} ms, bodies after ${Math.max(...cutBodies)} ms`);
});
