import { after, type Browser, type PageFilter, type RecordKey, type Row } from "../../record/index.ts";
import { browserOf, clause, type StoreClause } from "../clause.ts";
import { holds, sameRows } from "../expect.ts";
import { claimInOrder, claimOf, keysOf, NOW, replaceOf, rowOf } from "../sample.ts";

/** More pages than this for a few rows: the cursor goes round in circles. */
const PAGES_MAX = 100;
const UNBOUNDED = { dueFrom: null, dueTo: null } as const;

export const pageClauses: readonly StoreClause[] = [
  clause("pages-newest-first", "pages show whole rows, the newest key first", async (opened) => {
    const browser = browserOf(opened);
    const rows = keysOf(12).map((key, i) => rowOf(key, { dueAt: after(NOW, (i * 5) % 12) }));
    await claimInOrder(opened.store, rows);
    const first = rows[0] as Row;
    const next = rowOf(first.key);
    await opened.store.swap(replaceOf(first, next));
    const found = await browse(browser, { ...UNBOUNDED, limit: 100 });
    sameRows(found, [next, ...rows.slice(1)].reverse(), "the rows, newest key first");
  }),

  clause("pages-are-complete", "page by page, every row comes once", async (opened) => {
    const browser = browserOf(opened);
    const rows = keysOf(13).map((key) => rowOf(key));
    await claimInOrder(opened.store, rows);
    for (const limit of [1, 4, 12, 13]) {
      const found = await browse(browser, { ...UNBOUNDED, limit });
      sameRows(found, rows.toReversed(), `the rows in pages of ${limit}`);
    }
  }),

  clause("pages-keep-their-limit", "no page is longer than its limit", async (opened) => {
    const browser = browserOf(opened);
    await claimInOrder(
      opened.store,
      keysOf(9).map((key) => rowOf(key)),
    );
    const { rows, next } = await browser.page({ ...UNBOUNDED, limit: 4 }, null);
    holds(rows.length <= 4, `A page of at most 4 rows has ${rows.length}`);
    holds(next !== null, "A page of 4 of 9 rows should say where the next one begins");
  }),

  clause(
    "pages-hold-still",
    "rows that are there all the while come once, whatever is written meanwhile",
    async (opened) => {
      const { store } = opened;
      const browser = browserOf(opened);
      const [stay, go, come] = [keysOf(30).slice(0, 12), keysOf(30).slice(12, 16), keysOf(30).slice(16)];
      const rows = new Map<RecordKey, Row>([...stay, ...go].map((key) => [key, rowOf(key)]));
      await claimInOrder(store, [...rows.values()]);
      const arriving = [...come];
      const seen = await browse(browser, { ...UNBOUNDED, limit: 3 }, async (page) => {
        for (const row of page) if (go.includes(row.key)) await store.drop([row]);
        for (const key of [...stay.slice(0, 1), ...stay.slice(-1)]) {
          const next = rowOf(key);
          await store.swap(replaceOf(rows.get(key) as Row, next));
          rows.set(key, next);
        }
        const key = arriving.shift();
        if (key !== undefined) await store.swap(claimOf(rowOf(key)));
      });
      for (const key of stay) {
        const times = seen.filter((row) => row.key === key).length;
        holds(times === 1, `A row that was there all the while came ${times} times`);
      }
    },
  ),

  clause("pages-by-due-time", "dueFrom and dueTo bound what is shown, both included", async (opened) => {
    const browser = browserOf(opened);
    const rows = keysOf(10).map((key, i) => rowOf(key, { dueAt: after(NOW, i) }));
    await claimInOrder(opened.store, rows);
    const [from, to] = [after(NOW, 3), after(NOW, 6)];
    const newestFirst = rows.toReversed();
    const cases: [PageFilter, Row[]][] = [
      [{ dueFrom: from, dueTo: to, limit: 2 }, newestFirst.filter(({ dueAt }) => dueAt >= from && dueAt <= to)],
      [{ dueFrom: from, dueTo: null, limit: 100 }, newestFirst.filter(({ dueAt }) => dueAt >= from)],
      [{ dueFrom: null, dueTo: to, limit: 100 }, newestFirst.filter(({ dueAt }) => dueAt <= to)],
    ];
    for (const [filter, wanted] of cases) sameRows(await browse(browser, filter), wanted, "the rows within the bounds");
  }),
];

/** Follows the cursor to its end. A page may be short, even empty, as long as it says where the next one begins. */
async function browse(
  browser: Browser,
  filter: PageFilter,
  between: (rows: readonly Row[]) => Promise<void> = async () => {},
): Promise<Row[]> {
  const found: Row[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { rows, next }: Awaited<ReturnType<Browser["page"]>> = await browser.page(filter, cursor);
    found.push(...rows);
    if (next === null) return found;
    cursor = next;
    await between(rows);
  }
  holds(false, `The pages should end; ${PAGES_MAX} of them did not`);
  return found;
}
