import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreError } from "../../record/index.ts";
import { Gate } from "./gate.ts";

const isUnavailable = (error: unknown): boolean => error instanceof StoreError && error.code === "unavailable";

function door() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: () => resolve() };
}

test("no more leave at once than may, and the others leave in their order", async () => {
  const gate = new Gate(2);
  const left: number[] = [];
  const doors = [0, 1, 2, 3].map(() => door());
  const passing = doors.map(({ promise }, at) =>
    gate.pass(() => {
      left.push(at);
      return promise;
    }),
  );
  await Promise.resolve();
  assert.deepEqual(left, [0, 1]);
  doors[1]?.open();
  await passing[1];
  await Promise.resolve();
  assert.deepEqual(left, [0, 1, 2]);
  for (const { open } of doors) open();
  await Promise.all(passing);
  assert.deepEqual(left, [0, 1, 2, 3]);
});

test("a full queue refuses, and is free again afterwards", async () => {
  const gate = new Gate(1, 1);
  const first = door();
  const passing = [gate.pass(() => first.promise), gate.pass(async () => {})];
  await assert.rejects(
    gate.pass(async () => {}),
    isUnavailable,
  );
  first.open();
  await Promise.all(passing);
  assert.equal(await gate.pass(async () => 7), 7);
});

test("who waits is asked when it leaves, not before; one that nobody wants is not sent and frees its place", async () => {
  const gate = new Gate(1);
  const first = door();
  let wanted = true;
  let sent = 0;
  const before = gate.pass(() => first.promise);
  const waiting = gate.pass(
    async () => {
      sent += 1;
    },
    () => wanted,
  );
  wanted = false;
  first.open();
  await before;
  await assert.rejects(waiting, isUnavailable);
  assert.equal(sent, 0);
  assert.equal(await gate.pass(async () => 7), 7);
});

test("what fails frees its place", async () => {
  const gate = new Gate(1);
  await assert.rejects(
    gate.pass(async () => {
      throw new Error("broken");
    }),
    /broken/,
  );
  assert.equal(await gate.pass(async () => 7), 7);
});
