import { type Fence, instant, type Row, type Swapped } from "../../record/index.ts";
import { clause, type StoreClause } from "../clause.ts";
import { holds, loses, same, wins } from "../expect.ts";
import { claimAll, claimOf, keyOf, keysOf, nextFence, replaceOf, rowOf } from "../sample.ts";

const CROWD = 40;

export const swapClauses: readonly StoreClause[] = [
  clause("first-swap-wins", "the first swap of a key wins, and its row is read back", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: instant(12) });
    wins(await store.swap(claimOf(row)), "the first claim");
    same(await store.read(row.key), row, "the claimed row");
  }),

  clause("unknown-key-is-null", "a key that nobody claimed reads as null", async ({ store }) => {
    await store.swap(claimOf(rowOf(keyOf("a"))));
    same(await store.read(keyOf("b")), null, "an unclaimed key");
  }),

  clause("claim-of-taken-key-loses", "a claim of a taken key loses and changes nothing", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: instant(12) });
    await store.swap(claimOf(row));
    loses(await store.swap(claimOf(rowOf(row.key))), row, "the second claim");
    same(await store.read(row.key), row, "the first claim's row");
  }),

  clause("right-fence-wins", "a swap that expects the row's fence replaces the whole row", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: instant(12) });
    const next = rowOf(row.key, { dueAt: instant(34) });
    await store.swap(claimOf(row));
    wins(await store.swap(replaceOf(row, next)), "the swap on the row's fence");
    same(await store.read(row.key), next, "the replaced row");
  }),

  clause("wrong-fence-loses", "a swap that expects another fence loses and changes nothing", async ({ store }) => {
    const row = rowOf(keyOf("a"), { dueAt: instant(12) });
    await store.swap(claimOf(row));
    loses(await store.swap(replaceOf(rowOf(row.key), rowOf(row.key))), row, "a swap on another fence");
    same(await store.read(row.key), row, "the row");
  }),

  clause("expected-row-is-gone", "a swap that expects a row where there is none loses to null", async ({ store }) => {
    const row = rowOf(keyOf("a"));
    loses(await store.swap(replaceOf(row, rowOf(row.key))), null, "a swap on a missing row");
    same(await store.read(row.key), null, "the key");
  }),

  clause("repeat-loses-to-itself", "a swap that is repeated loses to its own row", async ({ store }) => {
    const row = rowOf(keyOf("a"));
    const next = rowOf(row.key);
    wins(await store.swap(claimOf(row)), "the claim");
    loses(await store.swap(claimOf(row)), row, "the repeated claim");
    wins(await store.swap(replaceOf(row, next)), "the swap");
    loses(await store.swap(replaceOf(row, next)), next, "the repeated swap");
  }),

  clause("old-fence-never-wins", "in a chain of swaps, no fence of the past wins again", async ({ store }) => {
    const chain = Array.from({ length: 12 }, () => rowOf(keyOf("a")));
    await store.swap(claimOf(chain[0] as Row));
    for (const [i, next] of chain.slice(1).entries())
      wins(await store.swap(replaceOf(chain[i] as Row, next)), `link ${i}`);
    const last = chain.at(-1) as Row;
    for (const old of chain.slice(0, -1)) {
      loses(await store.swap(replaceOf(old, rowOf(old.key))), last, "a swap on a fence of the past");
    }
    loses(await store.swap(claimOf(rowOf(last.key))), last, "a claim after the chain");
  }),

  clause("fence-is-kept", "a fence is kept as it is, in whatever order fences come", async ({ store }) => {
    const key = keyOf("a");
    const high = rowOf(key, { fence: "ffffffffffff00000000000000000000" as Fence });
    const low = rowOf(key, { fence: "000000000000000000000000000000ff" as Fence });
    await store.swap(claimOf(high));
    same(await store.read(key), high, "the row with the highest fence");
    wins(await store.swap(replaceOf(high, low)), "a swap to a lower fence");
    same(await store.read(key), low, "the row with the lowest fence");
  }),

  clause("one-claim-wins", "of many claims of one key at once, one wins and the others see it", async ({ store }) => {
    await oneWins(
      Array.from({ length: CROWD }, () => rowOf(keyOf("a"))),
      (row) => store.swap(claimOf(row)),
    );
  }),

  clause(
    "one-successor-wins",
    "of many swaps on one fence at once, one wins and the others see it",
    async ({ store }) => {
      const row = rowOf(keyOf("a"));
      await store.swap(claimOf(row));
      await oneWins(
        Array.from({ length: CROWD }, () => rowOf(row.key)),
        (next) => store.swap(replaceOf(row, next)),
      );
    },
  ),

  clause("read-sees-won-swaps", "a read sees every swap that was won before it", async ({ store }) => {
    const rows = keysOf(CROWD).map((key) => rowOf(key));
    const readBack = rows.map(async (row) => {
      const next = rowOf(row.key);
      await store.swap(claimOf(row));
      same(await store.read(row.key), row, "the row just claimed");
      await store.swap(replaceOf(row, next));
      same(await store.read(row.key), next, "the row just swapped");
    });
    await Promise.all(readBack);
  }),

  clause("keys-are-independent", "keys that look alike are different keys", async ({ store }) => {
    const keys = [keyOf("a"), keyOf("A"), keyOf("a_"), keyOf("_a"), keyOf("a1"), keyOf("a01"), keyOf("1")];
    const rows = keys.map((key) => rowOf(key));
    for (const swapped of await claimAll(store, rows)) wins(swapped, "the claim of a key of its own");
    const next = rowOf(keyOf("a"), { fence: nextFence() });
    await store.swap(replaceOf(rows[0] as Row, next));
    same(await store.read(next.key), next, "the swapped row");
    for (const row of rows.slice(1)) same(await store.read(row.key), row, "the row of another key");
  }),
];

async function oneWins(rows: readonly Row[], swap: (row: Row) => Promise<Swapped>): Promise<void> {
  const all = await Promise.all(rows.map(swap));
  const won = rows.filter((_, i) => all[i]?.won);
  holds(won.length === 1, `One of ${rows.length} swaps should win, not ${won.length}`);
  for (const swapped of all) if (!swapped.won) loses(swapped, won[0] as Row, "a swap in the crowd");
}
