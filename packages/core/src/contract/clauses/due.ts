import { after, instant, NEVER, type Row } from "../../record/index.ts";
import { clause, type StoreClause } from "../clause.ts";
import { holds, same, sameRows } from "../expect.ts";
import { claimAll, claimOf, keyOf, keysOf, NOW, replaceOf, rowOf } from "../sample.ts";

const ALL = 100;

export const dueClauses: readonly StoreClause[] = [
  clause("due-lists-whole-rows", "what is due is listed, with all of its row", async ({ store }) => {
    const rows = [rowOf(keyOf("a"), { dueAt: after(NOW, -1) }), rowOf(keyOf("b"), { dueAt: NOW })];
    await claimAll(store, rows);
    sameRows(await store.due(NOW, ALL), rows, "the rows due now");
  }),

  clause("due-excludes-later", "what is due later is not listed before", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: after(NOW, 1) });
    await store.swap(claimOf(row));
    sameRows(await store.due(NOW, ALL), [], "the rows due a millisecond too early");
    sameRows(await store.due(after(NOW, 1), ALL), [row], "the rows due on time");
  }),

  clause("due-longest-first", "the longest overdue comes first", async ({ store }) => {
    const rows = keysOf(20).map((key, i) => rowOf(key, { dueAt: after(NOW, -((i * 7) % 20) - 1) }));
    await claimAll(store, rows);
    sameRows(await store.due(NOW, ALL), rows.toSorted(byDueAt), "the rows due, in their order");
  }),

  clause("due-limit", "no more than the limit is listed, and those are the longest overdue", async ({ store }) => {
    const rows = keysOf(20).map((key, i) => rowOf(key, { dueAt: after(NOW, -((i * 7) % 20) - 1) }));
    await claimAll(store, rows);
    sameRows(await store.due(NOW, 6), rows.toSorted(byDueAt).slice(0, 6), "the six longest overdue");
  }),

  clause("never-is-never-due", "NEVER is never due, not even then", async ({ store }) => {
    await store.swap(claimOf(rowOf(keyOf("a"), { dueAt: NEVER })));
    const last = rowOf(keyOf("b"), { dueAt: instant(NEVER - 1) });
    await store.swap(claimOf(last));
    sameRows(await store.due(NEVER, ALL), [last], "the rows due at the end of time");
  }),

  clause("due-follows-swaps", "a swap moves its row to where it is due next", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: after(NOW, -5) });
    const [later, sooner] = [rowOf(row.key, { dueAt: after(NOW, 5) }), rowOf(row.key, { dueAt: after(NOW, -9) })];
    await store.swap(claimOf(row));
    await store.swap(replaceOf(row, later));
    sameRows(await store.due(NOW, ALL), [], "the rows due after the swap to later");
    await store.swap(replaceOf(later, sooner));
    sameRows(await store.due(NOW, ALL), [sooner], "the rows due after the swap to sooner");
  }),

  clause("drop-removes", "a dropped row is gone, and others stay", async ({ store }) => {
    const [gone, kept] = [rowOf(keyOf("a"), { dueAt: NOW }), rowOf(keyOf("b"), { dueAt: NOW })];
    await claimAll(store, [gone, kept]);
    await store.drop([gone]);
    same(await store.read(gone.key), null, "the dropped key");
    sameRows(await store.due(NOW, ALL), [kept], "the rows due after the drop");
  }),

  clause("drop-needs-the-fence", "a row that was swapped since is not dropped", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: NOW });
    const next = rowOf(row.key, { dueAt: NOW });
    await store.swap(claimOf(row));
    await store.swap(replaceOf(row, next));
    await store.drop([row]);
    same(await store.read(row.key), next, "the row that was swapped before the drop");
  }),

  clause("drop-of-unknown-is-harmless", "dropping what is not there does not stop the rest", async ({ store }) => {
    const rows = keysOf(6).map((key) => rowOf(key));
    await claimAll(store, rows.slice(0, 4));
    await store.drop([rows[5] as Row, rows[0] as Row, rowOf(keyOf("key_1")), rows[2] as Row, rows[4] as Row]);
    await store.drop([]);
    const left = await Promise.all(rows.map(({ key }) => store.read(key)));
    const said = left.map((row) => (row === null ? "-" : "x")).join("");
    holds(said === "-x-x--", `The 2nd and 4th of six rows should be left (-x-x--), not ${said}`);
  }),

  clause(
    "dropped-key-is-fresh",
    "a dropped key can be claimed anew, and what expected the old row loses",
    async ({ store }) => {
      const [old, fresh] = [rowOf(keyOf("a")), rowOf(keyOf("a"))];
      await store.swap(claimOf(old));
      await store.drop([old]);
      const late = await store.swap(replaceOf(old, rowOf(old.key)));
      holds(!late.won && late.current === null, "A swap that expects a dropped row should lose to null");
      const claimed = await store.swap(claimOf(fresh));
      holds(claimed.won, "A dropped key should be free for a new claim");
      const later = await store.swap(replaceOf(old, rowOf(old.key)));
      holds(!later.won, "A swap that expects a dropped row should lose to the new one");
      same(await store.read(fresh.key), fresh, "the new row");
    },
  ),
];

function byDueAt(a: Row, b: Row): number {
  return a.dueAt - b.dueAt;
}
