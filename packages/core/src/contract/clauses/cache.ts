import { after, type Cache, type Instant, NEVER, type RecordKey } from "../../record/index.ts";
import { type CacheClause, type CacheFixture, cacheClause } from "../cache-clause.ts";
import { holds, sameValue, settles } from "../expect.ts";
import { bytesOf, keyOf, keysOf } from "../sample.ts";

const KEY = keyOf("a");
/** Longer than a cache may take for a command, shorter than anybody wants to wait. */
const SHORT_MS = 150;
/** Two clocks of one machine, and a timer that rings late. */
const MARGIN_MS = 50;

const later = ({ now }: CacheFixture): Instant => after(now(), 60_000);

export const cacheClauses: readonly CacheClause[] = [
  cacheClause("put-then-get", "what was put is there", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("kept"), later(fixture));
    await gets(cache, KEY, bytesOf("kept"), "the value that was put");
    await gets(cache, KEY, bytesOf("kept"), "the value, asked for again");
    await cache.put(keyOf("b"), bytesOf("long"), NEVER);
    await gets(cache, keyOf("b"), bytesOf("long"), "the value that was put for ever");
  }),

  cacheClause(
    "unknown-is-null",
    "of a key that was never put there is nothing, and dropping it is harmless",
    async (cache) => {
      await gets(cache, KEY, null, "the unknown key");
      await cache.drop(KEY);
      await gets(cache, KEY, null, "the unknown key after a drop");
    },
  ),

  cacheClause("put-replaces", "a value replaces the one before it, with its time", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("the first one"), after(fixture.now(), SHORT_MS));
    await cache.put(KEY, bytesOf("second"), later(fixture));
    await gets(cache, KEY, bytesOf("second"), "the value after it was replaced");
    await fixture.sleep(SHORT_MS + MARGIN_MS);
    await gets(cache, KEY, bytesOf("second"), "the value after the time of the one before it");
  }),

  cacheClause(
    "past-is-never-returned",
    "what is put until an instant in the past is never returned",
    async (cache, fixture) => {
      for (const until of [fixture.now(), after(fixture.now(), -1), after(fixture.now(), -3_600_000), 1 as Instant]) {
        await cache.put(KEY, bytesOf("past"), until);
        await gets(cache, KEY, null, `the value that was put until ${until}`);
      }
    },
  ),

  cacheClause("until-is-kept", "a value is not returned after its time", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("short"), after(fixture.now(), SHORT_MS));
    await fixture.sleep(SHORT_MS + MARGIN_MS);
    await gets(cache, KEY, null, "the value after its time");
  }),

  cacheClause("drop-forgets", "what was dropped is gone, and can be put again", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("dropped"), later(fixture));
    await cache.drop(KEY);
    await gets(cache, KEY, null, "the value after a drop");
    await cache.put(KEY, bytesOf("again"), later(fixture));
    await gets(cache, KEY, bytesOf("again"), "the value that was put after the drop");
  }),

  // A put on its way while its key is dropped may arrive after the drop, and nothing stops it: `until` is all that bounds it.
  cacheClause(
    "late-put-ends",
    "a put that comes after a drop is kept until its time, and no longer",
    async (cache, fixture) => {
      const until = after(fixture.now(), SHORT_MS);
      await cache.put(KEY, bytesOf("late"), until);
      await cache.drop(KEY);
      await cache.put(KEY, bytesOf("late"), until);
      await fixture.sleep(SHORT_MS + MARGIN_MS);
      await gets(cache, KEY, null, "the resurrected value after its time");
    },
  ),

  cacheClause(
    "values-are-bytes",
    "a value is bytes: every value, in every order, none added",
    async (cache, fixture) => {
      const every = Uint8Array.from({ length: 512 }, (_, i) => (i < 256 ? i : 511 - i));
      const values = ["", "\0", "\0\0A", "\xc3", "\xef\xbb\xbf", "\r\n", "$-1\r\n", "null", "*0"].map(bytesOf);
      for (const [i, value] of [every, ...values].entries()) {
        const key = keyOf(`value_${i}`);
        await cache.put(key, value, later(fixture));
        await gets(cache, key, value, "the value with these bytes");
      }
    },
  ),

  cacheClause(
    "values-are-copied",
    "what is done to bytes outside does not change what is kept",
    async (cache, fixture) => {
      const buffer = bytesOf("before the value after");
      await cache.put(KEY, buffer.subarray(7, 16), later(fixture));
      buffer.fill(0);
      const found = await cache.get(KEY);
      sameValue(found, bytesOf("the value"), "the value after its caller reused the bytes");
      found?.fill(0);
      await gets(cache, KEY, bytesOf("the value"), "the value after its reader changed the bytes");
    },
  ),

  cacheClause("keys-are-apart", "keys have nothing to do with each other", async (cache, fixture) => {
    const keys = ["a", "A", "a-b", "a_", "aa"].map(keyOf);
    for (const key of keys) await cache.put(key, bytesOf(key), later(fixture));
    await cache.drop(keys[1]!);
    await cache.put(keys[2]!, bytesOf("another"), later(fixture));
    const wanted = keys.map((key, at) => (at === 1 ? null : bytesOf(at === 2 ? "another" : key)));
    for (const [at, key] of keys.entries()) await gets(cache, key, wanted[at]!, `the value of ${key.slice(0, 4)}`);
  }),

  cacheClause(
    "concurrent-calls",
    "calls at the same time give whole values of their own key",
    async (cache, fixture, random) => {
      const keys = keysOf(8);
      const calls = Array.from({ length: 200 }, async (_, count) => {
        const key = keys[Math.floor(random() * keys.length)]!;
        if (random() < 0.5) return await cache.put(key, bytesFor(key, count), later(fixture));
        const found = await cache.get(key);
        holds(found === null || isFor(key, found), `A get beside puts should give a whole value of ${key.slice(0, 8)}`);
      });
      await Promise.all(calls);
      await Promise.all(keys.map((key) => cache.put(key, bytesFor(key, 1), later(fixture))));
      for (const key of keys) await gets(cache, key, bytesFor(key, 1), "the value that was put last");
    },
  ),

  cacheClause("largest-value", "a value as large as it may be is kept", async (cache, fixture) => {
    const value = new Uint8Array(fixture.valueBytesMax).fill(0x5a);
    await cache.put(KEY, value, later(fixture));
    await gets(cache, KEY, value, "the largest value");
  }),

  cacheClause("oversize-is-not-kept", "a larger value is not kept, and harms no other", async (cache, fixture) => {
    const value = new Uint8Array(fixture.valueBytesMax + 1).fill(0x5a);
    await cache.put(keyOf("b"), bytesOf("small"), later(fixture));
    await settles(cache.put(KEY, value, later(fixture)), "A put of a value that is too large");
    await gets(cache, KEY, null, "the value that is too large");
    await gets(cache, keyOf("b"), bytesOf("small"), "the value beside it");
  }),

  cacheClause("works-while-closed", "a cache that answers says so", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("kept"), later(fixture));
    holds(cache.state() === "closed", `The state of a cache that answers should be "closed", not "${cache.state()}"`);
    holds(cache.name.length > 0, "The cache should have a name");
  }),

  cacheClause("closing-never-rejects", "after close there is nothing, and no call rejects", async (cache, fixture) => {
    await cache.put(KEY, bytesOf("kept"), later(fixture));
    const running = settles(cache.get(KEY), "A get under way at the close");
    await settles(cache.close(), "The close");
    await running;
    holds((await settles(cache.get(KEY), "A get after the close")) === null, "A closed cache should give nothing");
    await settles(cache.put(KEY, bytesOf("late"), later(fixture)), "A put after the close");
    await settles(cache.drop(KEY), "A drop after the close");
    await settles(cache.close(), "A second close");
  }),
];

async function gets(cache: Cache, key: RecordKey, wanted: Uint8Array | null, what: string): Promise<void> {
  sameValue(await settles(cache.get(key), `A get of ${what}`), wanted, what);
}

/** As many bytes as nobody sends in one packet. */
const VALUE_BYTES = 4_000;

function bytesFor(key: RecordKey, count: number): Uint8Array {
  return bytesOf(`${key} ${count} `.padEnd(VALUE_BYTES, String(count % 10)));
}

function isFor(key: RecordKey, bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes);
  return text.startsWith(`${key} `) && text === String.fromCharCode(...bytesFor(key, Number(text.split(" ")[1])));
}
