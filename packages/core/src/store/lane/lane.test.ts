import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreError } from "../../record/index.ts";
import { Lane, type LaneOptions } from "./lane.ts";

type Sent = { items: readonly string[]; answer: (error?: Error) => void };

/** A lane whose batches stay away until the test answers them. */
function lane(limits: Partial<LaneOptions<string, string>> = {}): { lane: Lane<string, string>; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = (items: readonly string[]): Promise<(string | StoreError)[]> =>
    new Promise((resolve, reject) => {
      const outs = items.map((it) => (it.startsWith("bad") ? new StoreError("unavailable", it) : it.toUpperCase()));
      sent.push({ items, answer: (error) => (error === undefined ? resolve(outs) : reject(error)) });
    });
  const options = { countMax: 100, bytesMax: 100, waitingMax: 100, atOnce: 1, weigh: (it: string) => it.length, send };
  return { lane: new Lane({ ...options, ...limits }), sent };
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what arrives in one turn leaves together, and what arrives meanwhile leaves when it is back", async () => {
  const { lane: it, sent } = lane();
  const first = [it.add("a"), it.add("b")];
  await endOfTurn();
  const second = [it.add("c"), it.add("d"), it.add("e")];
  await endOfTurn();
  assert.deepEqual(
    sent.map(({ items }) => items),
    [["a", "b"]],
  );
  sent[0]?.answer();
  assert.deepEqual(await Promise.all(first), ["A", "B"]);
  await endOfTurn();
  await endOfTurn();
  assert.deepEqual(sent[1]?.items, ["c", "d", "e"]);
  sent[1]?.answer();
  assert.deepEqual(await Promise.all(second), ["C", "D", "E"]);
});

test("a batch keeps its limits of count and bytes, but an item over them still leaves, alone", async () => {
  const { lane: it, sent } = lane({ countMax: 3, bytesMax: 6 });
  const all = ["aa", "bb", "cc", "dd", "eeeee", "ff", "ggggggggg", "h"].map((item) => it.add(item));
  for (let i = 0; i < 40; i++) {
    await endOfTurn();
    sent.at(-1)?.answer();
  }
  await Promise.all(all);
  const batches = sent.map(({ items }) => items.join(" "));
  assert.deepEqual(batches, ["aa bb cc", "dd", "eeeee", "ff", "ggggggggg", "h"]);
});

test("an item that fails alone does not touch the others; a batch that fails fails whole, and the lane goes on", async () => {
  const { lane: it, sent } = lane();
  const [good, bad] = [it.add("good"), it.add("bad")];
  await endOfTurn();
  sent[0]?.answer();
  assert.equal(await good, "GOOD");
  await assert.rejects(bad, { code: "unavailable", message: "bad" });

  const failing = [it.add("a"), it.add("b")];
  await endOfTurn();
  await endOfTurn();
  sent[1]?.answer(new Error("away"));
  for (const one of failing) await assert.rejects(one, { message: "away" });

  const later = it.add("c");
  await endOfTurn();
  await endOfTurn();
  sent[2]?.answer();
  assert.equal(await later, "C");
});

test("a lane that is too long refuses, as unavailable", async () => {
  const { lane: it, sent } = lane({ waitingMax: 2 });
  const waiting = [it.add("a"), it.add("b")];
  await assert.rejects(it.add("c"), { name: "StoreError", code: "unavailable", message: /slow down/ });
  await endOfTurn();
  sent[0]?.answer();
  assert.deepEqual(await Promise.all(waiting), ["A", "B"]);
});

test("idle waits for what is away and for what waits", async () => {
  const { lane: it, sent } = lane({ countMax: 1 });
  const all = [it.add("a"), it.add("b")];
  let isIdle = false;
  const idle = it.idle().then(() => {
    isIdle = true;
  });
  await endOfTurn();
  sent[0]?.answer();
  await endOfTurn();
  await endOfTurn();
  assert.equal(isIdle, false);
  sent[1]?.answer();
  await idle;
  assert.deepEqual(await Promise.all(all), ["A", "B"]);
});

test("an item that nobody wants any more when its batch leaves is refused, and never sent", async () => {
  const unwanted = new Set<string>();
  const { lane: it, sent } = lane({ wanted: (item) => !unwanted.has(item) });
  const first = it.add("a");
  await endOfTurn();
  const [gone, kept] = [it.add("gone"), it.add("kept")];
  unwanted.add("gone").add("a");
  const refused = assert.rejects(gone, { code: "unavailable", message: /Nobody waits/ });
  sent[0]?.answer();
  assert.equal(await first, "A");
  await endOfTurn();
  await endOfTurn();
  await refused;
  assert.deepEqual(sent[1]?.items, ["kept"]);
  sent[1]?.answer();
  assert.equal(await kept, "KEPT");
  unwanted.add("alone");
  await assert.rejects(it.add("alone"), { code: "unavailable" });
  await it.idle();
  assert.equal(sent.length, 2);
});

test("with two away at once, what arrives while one is away leaves at once, and then waits", async () => {
  const { lane: it, sent } = lane({ atOnce: 2 });
  const all = [it.add("a")];
  await endOfTurn();
  all.push(it.add("b"), it.add("c"));
  await endOfTurn();
  all.push(it.add("d"), it.add("e"));
  await endOfTurn();
  const batches = (): string[] => sent.map(({ items }) => items.join(" "));
  assert.deepEqual(batches(), ["a", "b c"]);
  sent[1]?.answer();
  await endOfTurn();
  await endOfTurn();
  assert.deepEqual(batches(), ["a", "b c", "d e"]);
  let isIdle = false;
  const idle = it.idle().then(() => {
    isIdle = true;
  });
  sent[2]?.answer();
  await endOfTurn();
  assert.equal(isIdle, false);
  sent[0]?.answer();
  await idle;
  assert.deepEqual(await Promise.all(all), ["A", "B", "C", "D", "E"]);
});

test("an item that comes in the very moment in which a run ends is not left behind", async () => {
  const { lane: it, sent } = lane();
  const first = it.add("a");
  await endOfTurn();
  // Every microtask after the answer is tried, because a run ends in one of them.
  const later: Promise<string>[] = [];
  sent[0]?.answer();
  for (let tick = 0; tick < 10; tick += 1) {
    await Promise.resolve();
    later.push(it.add(`b${tick}`));
  }
  for (let turn = 0; turn < 20; turn += 1) {
    await endOfTurn();
    for (const { answer } of sent) answer();
  }
  await first;
  assert.equal((await Promise.all(later)).length, 10);
});
