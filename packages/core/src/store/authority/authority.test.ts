import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORITY_KEY, CorruptError, type Fence, fenceAfter, instant, NEVER } from "../../record/index.ts";
import { memoryStore } from "../memory/index.ts";
import { AuthorityError, decodeAuthority, encodeAuthority, openAuthority } from "./index.ts";

let names = 0;
const options = { check: "check-1", identity: () => `store-${++names}`, random: () => "0123456789abcdef0123" };

async function storeWith(doc: Uint8Array): Promise<ReturnType<typeof memoryStore>> {
  const store = memoryStore();
  const fence = fenceAfter(null, instant(1), options.random());
  const next = { key: AUTHORITY_KEY, fence, dueAt: NEVER, doc };
  await store.swap({ key: AUTHORITY_KEY, expect: null, next, publish: null });
  return store;
}

test("a new store gets an identity, and keeps it", async () => {
  const store = memoryStore();
  const first = await openAuthority(store, options);
  assert.equal(first.created, true);
  assert.deepEqual(first.authority, {
    ...first.authority,
    format: 1,
    epoch: 1,
    check: "check-1",
    quarantines: [],
    names: null,
  });
  const second = await openAuthority(store, options);
  assert.deepEqual(second, { ...first, created: false });
});

test("of two that open a new store at once, both get the identity that was written", async () => {
  const store = memoryStore();
  const [a, b] = await Promise.all([
    openAuthority(store, options),
    openAuthority(store, { ...options, random: () => "f".repeat(20) }),
  ]);
  assert.equal(a.authority.identity, b.authority.identity);
  assert.equal(a.fence, b.fence);
  assert.deepEqual([a.created, b.created].sort(), [false, true]);
});

test("another naming secret is refused, and the row stays as it was", async () => {
  const store = memoryStore();
  await openAuthority(store, options);
  const before = await store.read(AUTHORITY_KEY);
  const wrong = openAuthority(store, { ...options, check: "check-2" });
  await assert.rejects(
    wrong,
    (error: AuthorityError) => error instanceof AuthorityError && error.code === "wrong_naming_secret",
  );
  assert.deepEqual(await store.read(AUTHORITY_KEY), before);
});

test("a row of a newer version is refused by its format", async () => {
  const store = await storeWith(new TextEncoder().encode('{"format":2}'));
  await assert.rejects(openAuthority(store, options), { name: "AuthorityError", code: "newer_authority" });
});

test("a row that Semel did not write is corrupt, and never replaced", async () => {
  for (const text of [
    "",
    "null",
    "[1]",
    '{"format":1}',
    '{"format":1,"identity":"a","epoch":"1","check":"c","quarantines":[]}',
  ]) {
    const store = await storeWith(new TextEncoder().encode(text));
    await assert.rejects(openAuthority(store, options), CorruptError);
    assert.equal((await store.read(AUTHORITY_KEY))?.doc.length, text.length);
  }
});

test("an authority is read as it was written, quarantines included", () => {
  const quarantine = { since: instant(1), until: instant(2), endsAt: instant(3), why: "a restore" };
  const authority = {
    format: 1,
    identity: "a",
    lineage: "7/1",
    epoch: 4,
    check: "c",
    quarantines: [quarantine],
    names: null,
  } as const;
  assert.deepEqual(decodeAuthority(encodeAuthority(authority)), authority);
});

test("a store that refuses the first row and hides why is not believed", async () => {
  const store = memoryStore();
  const liar = Object.assign(Object.create(store), {
    read: async () => null,
    now: () => store.now(),
    lineage: async () => null,
    swap: async () => ({ won: false, current: null }),
  });
  await assert.rejects(openAuthority(liar, options), CorruptError);
});

test("the fence lets the row be swapped", async () => {
  const store = memoryStore();
  const { authority, fence } = await openAuthority(store, options);
  const raised = encodeAuthority({ ...authority, epoch: 2 });
  const next = { key: AUTHORITY_KEY, fence: "f".repeat(32) as Fence, dueAt: NEVER, doc: raised };
  assert.deepEqual(await store.swap({ key: AUTHORITY_KEY, expect: fence, next, publish: null }), { won: true });
  assert.equal((await openAuthority(store, options)).authority.epoch, 2);
});
