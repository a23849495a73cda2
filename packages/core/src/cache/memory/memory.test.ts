import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER, type RecordKey } from "../../record/index.ts";
import { memoryCache } from "./index.ts";

const keyOf = (name: string): RecordKey => name.padEnd(43, "-") as RecordKey;
const value = new Uint8Array(800);
/** Of which four go into 4,000 bytes, with what surrounds each. */
const small = { bytesMax: 4_000 };

async function there(cache: ReturnType<typeof memoryCache>, names: string): Promise<string> {
  const found = await Promise.all(
    [...names].map(async (name) => ((await cache.get(keyOf(name))) === null ? "-" : name)),
  );
  return found.join("");
}

test("a cache in memory that is full loses what was put first", async () => {
  const cache = memoryCache(small);
  for (const name of "abcdef") await cache.put(keyOf(name), value, NEVER);
  assert.equal(await there(cache, "abcdef"), "--cdef");
});

test("and what was asked for lately stays", async () => {
  const cache = memoryCache(small);
  for (const name of "abcd") await cache.put(keyOf(name), value, NEVER);
  await cache.get(keyOf("a"));
  await cache.put(keyOf("e"), value, NEVER);
  assert.equal(await there(cache, "abcde"), "a-cde");
});

test("what is replaced, dropped or over leaves its room to others", async () => {
  let wall = 0;
  const cache = memoryCache({ ...small, wallClock: () => wall });
  for (let count = 0; count < 20; count += 1) await cache.put(keyOf("a"), value, NEVER);
  for (const name of "bcd") await cache.put(keyOf(name), value, 10 as never);
  wall = 10;
  assert.equal(await there(cache, "bcd"), "---");
  await cache.drop(keyOf("z"));
  for (const name of "efg") await cache.put(keyOf(name), value, NEVER);
  assert.equal(await there(cache, "aefg"), "aefg");
});
