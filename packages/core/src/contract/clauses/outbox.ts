import type { OutboxEntry, RecordStore, Row } from "../../record/index.ts";
import { clause, outboxOf, type StoreClause } from "../clause.ts";
import { holds, loses, sameEntries, wins } from "../expect.ts";
import { claimOf, entryOf, keyOf, keysOf, replaceOf, rowOf } from "../sample.ts";

const ALL = 100;

export const outboxClauses: readonly StoreClause[] = [
  clause("won-swap-publishes", "a swap that wins leaves its entry, complete", async (opened) => {
    const outbox = outboxOf(opened);
    const [row, next] = [rowOf(keyOf("a")), rowOf(keyOf("a"))];
    await opened.store.swap(claimOf(row, entryOf(row)));
    await opened.store.swap(replaceOf(row, next, entryOf(next)));
    const { entries } = await outbox.take(ALL);
    sameEntries(entries, [entryOf(row), entryOf(next)], "the entries of two won swaps");
  }),

  clause("lost-swap-publishes-nothing", "a swap that loses leaves no entry", async (opened) => {
    const outbox = outboxOf(opened);
    const row = rowOf(keyOf("a"));
    const swap = claimOf(row, entryOf(row));
    await opened.store.swap(swap);
    const rival = rowOf(row.key);
    loses(await opened.store.swap(claimOf(rival, entryOf(rival))), row, "the rival claim");
    loses(await opened.store.swap(replaceOf(rival, rival, entryOf(rival))), row, "the rival swap");
    loses(await opened.store.swap(swap), row, "the repeated claim");
    sameEntries((await outbox.take(ALL)).entries, [entryOf(row)], "the entries of one won swap and three lost ones");
  }),

  clause("null-publishes-nothing", "a swap without an entry leaves none", async (opened) => {
    const outbox = outboxOf(opened);
    wins(await opened.store.swap(claimOf(rowOf(keyOf("a")))), "the claim");
    sameEntries((await outbox.take(ALL)).entries, [], "the entries of a swap without one");
  }),

  clause("taken-until-acknowledged", "an entry that was not acknowledged is taken again", async (opened) => {
    const outbox = outboxOf(opened);
    const entries = await publish(opened.store, 3);
    await outbox.take(ALL);
    const again = await outbox.take(ALL);
    sameEntries(again.entries, entries, "the entries taken again");
  }),

  clause("acknowledged-once", "what was acknowledged is never taken again", async (opened) => {
    const outbox = outboxOf(opened);
    await publish(opened.store, 3);
    const batch = await outbox.take(ALL);
    await outbox.ack(batch);
    await outbox.ack(batch);
    sameEntries((await outbox.take(ALL)).entries, [], "the entries left");
  }),

  clause("ack-is-of-its-batch", "an acknowledgement removes its own batch and nothing else", async (opened) => {
    const outbox = outboxOf(opened);
    const entries = await publish(opened.store, 5);
    const batch = await outbox.take(2);
    const late = rowOf(keyOf("late"));
    await opened.store.swap(claimOf(late, entryOf(late)));
    await outbox.ack(batch);
    const taken = new Set(batch.entries.map(({ fence }) => fence));
    const left = [...entries.filter(({ fence }) => !taken.has(fence)), entryOf(late)];
    sameEntries((await outbox.take(ALL)).entries, left, "the entries left");
  }),

  clause("take-limit", "no more than the limit is taken, and batch by batch all of it", async (opened) => {
    const outbox = outboxOf(opened);
    const entries = await publish(opened.store, 7);
    const taken: OutboxEntry[] = [];
    for (let round = 0; round < 4; round++) {
      const batch = await outbox.take(2);
      holds(batch.entries.length <= 2, `At most 2 entries should be taken, not ${batch.entries.length}`);
      taken.push(...batch.entries);
      await outbox.ack(batch);
    }
    sameEntries(taken, entries, "the entries taken in four batches");
  }),

  clause("entry-outlives-its-row", "an entry stays when its row is dropped", async (opened) => {
    const outbox = outboxOf(opened);
    const row: Row = rowOf(keyOf("a"));
    await opened.store.swap(claimOf(row, entryOf(row)));
    await opened.store.drop([row]);
    sameEntries((await outbox.take(ALL)).entries, [entryOf(row)], "the entry of a dropped row");
  }),
];

async function publish(store: RecordStore, count: number): Promise<OutboxEntry[]> {
  const rows = keysOf(count).map((key) => rowOf(key));
  await Promise.all(rows.map((row) => store.swap(claimOf(row, entryOf(row)))));
  return rows.map(entryOf);
}
