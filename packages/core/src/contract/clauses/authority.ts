import { AUTHORITY_KEY, after } from "../../record/index.ts";
import { browserOf, clause, type StoreClause } from "../clause.ts";
import { loses, same, sameRows, wins } from "../expect.ts";
import { claimOf, keyOf, NOW, replaceOf, rowOf } from "../sample.ts";

const ALL = 100;
const EVERYTHING = { dueFrom: null, dueTo: null, limit: ALL } as const;
const LONG_AGO = after(NOW, -1_000_000);

export const authorityClauses: readonly StoreClause[] = [
  clause("authority-swaps", "the authority's row is swapped and read like any other", async ({ store }) => {
    const [row, next] = [rowOf(AUTHORITY_KEY), rowOf(AUTHORITY_KEY)];
    wins(await store.swap(claimOf(row)), "the first write of the authority's row");
    loses(await store.swap(claimOf(next)), row, "a second first write");
    wins(await store.swap(replaceOf(row, next)), "a swap of the authority's row");
    same(await store.read(AUTHORITY_KEY), next, "the authority's row");
  }),

  clause("authority-is-never-due", "the authority's row is never due", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: NOW });
    await store.swap(claimOf(rowOf(AUTHORITY_KEY, { dueAt: LONG_AGO })));
    await store.swap(claimOf(row));
    sameRows(await store.due(NOW, ALL), [row], "the rows due beside the authority's");
    sameRows(await store.due(NOW, 1), [row], "the one row due beside the authority's");
  }),

  clause("authority-is-never-dropped", "the authority's row cannot be dropped", async ({ store }) => {
    const row = rowOf(AUTHORITY_KEY);
    await store.swap(claimOf(row));
    await store.drop([row]);
    same(await store.read(AUTHORITY_KEY), row, "the authority's row after a drop");
  }),

  clause("authority-is-in-no-page", "the authority's row is in no page", async (opened) => {
    const browser = browserOf(opened);
    const row = rowOf(keyOf("a"), { dueAt: NOW });
    await opened.store.swap(claimOf(row));
    await opened.store.swap(claimOf(rowOf(AUTHORITY_KEY, { dueAt: LONG_AGO })));
    sameRows((await browser.page(EVERYTHING, null)).rows, [row], "the page beside the authority's row");
  }),
];
