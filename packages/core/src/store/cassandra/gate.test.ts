import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Gate } from "./gate.ts";

test("no more than so many are away at once, and all come to their turn in order", async () => {
  const gate = new Gate(3, 100);
  let [away, most] = [0, 0];
  const order: number[] = [];
  const calls = Array.from({ length: 20 }, (_, i) =>
    gate.pass(async () => {
      order.push(i);
      most = Math.max(most, ++away);
      await setImmediate();
      away--;
    }),
  );
  await Promise.all(calls);
  assert.equal(most, 3);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
});

test("of one key one is away at a time, and a failure holds up nobody", async () => {
  const gate = new Gate(10, 100);
  const events: string[] = [];
  const call = (key: string, name: string, fails = false): Promise<unknown> =>
    gate.passInTurn(key, async () => {
      events.push(`+${name}`);
      await setImmediate();
      events.push(`-${name}`);
      if (fails) throw new Error("failed");
    });
  await Promise.allSettled([call("a", "a1", true), call("a", "a2"), call("b", "b1")]);
  const ofA = events.filter((event) => event.includes("a"));
  assert.deepEqual(ofA, ["+a1", "-a1", "+a2", "-a2"]);
  assert.deepEqual(events.slice(0, 2), ["+a1", "+b1"]);
});

test("a crowd is refused as unavailable, whether it waits for the cluster or for a key", async () => {
  for (const key of [null, "a"]) {
    const gate = new Gate(1, 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = (): Promise<void> => (key === null ? gate.pass(() => promise) : gate.passInTurn(key, () => promise));
    const under = [call(), call(), call()];
    await assert.rejects(call(), { name: "StoreError", code: "unavailable", message: /2 calls already wait/ });
    resolve();
    await Promise.all(under);
    await call();
  }
});
