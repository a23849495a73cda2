import {
  AUTHORITY_KEY,
  NEVER,
  type RecordStore,
  type Row,
  type StoreError,
  SURVIVALS,
  type Swapped,
} from "../../record/index.ts";
import {
  ContractError,
  clause,
  NotOffered,
  type OpenedStore,
  outboxOf,
  type StoreClause,
  type StoreFixture,
} from "../clause.ts";
import { holds, isStoreError, refuses, same, sameEntries } from "../expect.ts";
import { claimAll, claimOf, entryOf, keyOf, keysOf, NOW, replaceOf, rowOf } from "../sample.ts";

export const lifeClauses: readonly StoreClause[] = [
  clause("guarantees-are-said", "the store says what it guarantees", async ({ store }) => {
    const { linearizable, survives, docBytesMax } = store.guarantees;
    holds(typeof linearizable === "boolean", `linearizable should be true or false, not ${linearizable}`);
    holds(SURVIVALS.includes(survives), `survives should be one of ${SURVIVALS.join(", ")}, not ${survives}`);
    holds(Number.isSafeInteger(docBytesMax) && docBytesMax > 0, `docBytesMax should be a size, not ${docBytesMax}`);
    holds(store.name.length > 0, "the store should have a name");
  }),

  clause("clock-never-goes-back", "the store's clock is whole milliseconds and never goes back", async ({ store }) => {
    let last = await store.now();
    for (let i = 0; i < 20; i++) {
      const now = await store.now();
      holds(Number.isSafeInteger(now) && now < NEVER, `The store's clock should be whole milliseconds, not ${now}`);
      holds(now >= last, `The store's clock went back by ${last - now} ms`);
      last = now;
    }
  }),

  {
    id: "survives-reopening",
    title: "what was acknowledged is there after reopening, if the store says that it survives",
    async check(fixture) {
      const before = await fixture.open();
      const rows = keysOf(20).map((key) => rowOf(key));
      const authority = rowOf(AUTHORITY_KEY);
      const next = rowOf(keyOf("key_0"));
      await claimAll(before.store, [...rows, authority]);
      await before.store.swap(replaceOf(rows[0] as Row, next));
      await before.store.drop([rows[1] as Row]);
      const now = await before.store.now();
      const after = await reopened(fixture, before);
      try {
        for (const row of [next, ...rows.slice(2), authority]) {
          same(await after.store.read(row.key), row, "a row after reopening");
        }
        same(await after.store.read(keyOf("key_1")), null, "a dropped row after reopening");
        holds((await after.store.now()) >= now, "The store's clock should not go back by reopening");
      } finally {
        await after.store.close();
      }
    },
  },

  {
    id: "outbox-survives-reopening",
    title: "entries survive with their rows, and acknowledged ones do not come back",
    async check(fixture) {
      const before = await fixture.open();
      const outbox = outboxOf(before);
      const rows = keysOf(4).map((key) => rowOf(key));
      for (const row of rows) await before.store.swap(claimOf(row, entryOf(row)));
      const taken = await outbox.take(2);
      await outbox.ack(taken);
      const after = await reopened(fixture, before);
      try {
        const gone = new Set(taken.entries.map(({ fence }) => fence));
        const left = rows.filter(({ fence }) => !gone.has(fence)).map(entryOf);
        sameEntries((await outboxOf(after).take(9)).entries, left, "the entries after reopening");
      } finally {
        await after.store.close();
      }
    },
  },

  {
    id: "closed-store-refuses",
    title: "a closed store refuses every call with a StoreError, and closing it twice is harmless",
    async check(fixture) {
      const opened = await fixture.open();
      const { store, outbox, browser } = opened;
      const row = rowOf(keyOf("a"));
      await store.swap(claimOf(row));
      await store.close();
      await store.close();
      await refuses(store.now(), "now() of a closed store");
      await refuses(store.read(row.key), "read() of a closed store");
      await refuses(store.swap(claimOf(rowOf(keyOf("b")))), "swap() of a closed store");
      await refuses(store.due(NOW, 1), "due() of a closed store");
      await refuses(store.drop([row]), "drop() of a closed store");
      if (outbox !== null) await refuses(outbox.take(1), "take() of a closed store");
      if (outbox !== null) await refuses(outbox.ack({ entries: [], ticket: "" }), "ack() of a closed store");
      const filter = { dueFrom: null, dueTo: null, limit: 1 };
      if (browser !== null) await refuses(browser.page(filter, null), "page() of a closed store");
    },
  },

  {
    id: "closing-settles-everything",
    title: "swaps under way at close are answered or refused, and the answer is true after reopening",
    async check(fixture) {
      const { store } = await fixture.open();
      const rows = keysOf(30).map((key) => rowOf(key));
      const settling = Promise.all(rows.map((row) => settle(store, row)));
      await store.close();
      const settled = await settling;
      if (fixture.reopen === null) return;
      const after = await fixture.reopen();
      try {
        for (const [i, row] of rows.entries()) await agrees(after.store, row, settled[i] as Swapped | StoreError);
      } finally {
        await after.store.close();
      }
    },
  },
];

/** Closes, and opens the same storage again. A store that survives nothing has no second life to look at. */
async function reopened(fixture: StoreFixture, { store }: OpenedStore): Promise<OpenedStore> {
  await store.close();
  if (fixture.reopen !== null) return fixture.reopen();
  const { survives } = store.guarantees;
  holds(survives === "nothing", `The store says that it survives ${survives}, but it cannot be opened again`);
  throw new NotOffered("The store survives nothing, and says so");
}

async function settle(store: RecordStore, row: Row): Promise<Swapped | StoreError> {
  try {
    return await store.swap(claimOf(row));
  } catch (error) {
    if (isStoreError(error)) return error;
    throw new ContractError(`A swap under way at close should be refused with a StoreError, not ${String(error)}`);
  }
}

async function agrees(store: RecordStore, row: Row, settled: Swapped | StoreError): Promise<void> {
  const found = await store.read(row.key);
  if ("won" in settled) same(found, row, "a row that was won just before the close");
  else if (settled.code === "unavailable") same(found, null, "a row whose swap was unavailable at the close");
}
