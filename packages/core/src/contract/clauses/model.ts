import { after, type Fence, type RecordKey, type RecordStore, type Row } from "../../record/index.ts";
import { clause, type StoreClause } from "../clause.ts";
import { holds, loses, same, sameRows, wins } from "../expect.ts";
import { claimOf, keysOf, NOW, replaceOf, rowOf } from "../sample.ts";

const STEPS = 300;
const KEYS = 5;
const ROUNDS = 8;
const AT_ONCE = 30;

type Random = () => number;
type Model = Map<RecordKey, Row>;

export const modelClauses: readonly StoreClause[] = [
  clause("equals-a-model", "any sequence of calls does what a map of rows would do", async ({ store }, random) => {
    const model: Model = new Map();
    const past: Row[] = [];
    for (let i = 0; i < STEPS; i++) await step(store, model, past, random);
    for (const key of keysOf(KEYS))
      same(await store.read(key), model.get(key) ?? null, "a row at the end of a sequence");
  }),

  clause(
    "swaps-form-a-chain",
    "swaps at once on few keys: each winner follows one other, and the last is read",
    async ({ store }, random) => {
      const keys = keysOf(3);
      const won = new Map<RecordKey, Row[]>(keys.map((key) => [key, []]));
      for (let round = 0; round < ROUNDS; round++) {
        const swaps = Array.from({ length: AT_ONCE }, () => {
          const key = pick(keys, random);
          const expected = pick([null, ...(won.get(key) ?? []).slice(-2)], random);
          return expected === null ? claimOf(rowOf(key)) : replaceOf(expected, rowOf(key));
        });
        const results = await Promise.all(swaps.map((swap) => store.swap(swap)));
        const winners = swaps.filter((_, i) => results[i]?.won);
        for (const key of keys)
          await extendChain(
            store,
            won.get(key) as Row[],
            winners.filter((it) => it.key === key),
          );
      }
    },
  ),
];

/** The winners of a round, put in the order of their fences, must be the chain's next links. */
async function extendChain(
  store: RecordStore,
  chain: Row[],
  winners: readonly { key: RecordKey; expect: Fence | null; next: Row }[],
): Promise<void> {
  const left = [...winners];
  while (left.length > 0) {
    const tail = chain.at(-1)?.fence ?? null;
    const index = left.findIndex(({ expect }) => expect === tail);
    holds(index >= 0, `A swap won that expected ${left[0]?.expect ?? "no row"}, after ${tail ?? "no row"}`);
    chain.push((left.splice(index, 1)[0] as { next: Row }).next);
  }
  const [first] = winners;
  if (first !== undefined) same(await store.read(first.key), chain.at(-1) ?? null, "the last link of a chain");
}

async function step(store: RecordStore, model: Model, past: Row[], random: Random): Promise<void> {
  const key = pick(keysOf(KEYS), random);
  const current = model.get(key) ?? null;
  const dice = random();
  if (dice < 0.6) await trySwap(store, model, past, key, random);
  else if (dice < 0.75) same(await store.read(key), current, "a read in a sequence");
  else if (dice < 0.9) await tryDrop(store, model, past, key, random);
  else await listDue(store, model, random);
}

async function trySwap(store: RecordStore, model: Model, past: Row[], key: RecordKey, random: Random): Promise<void> {
  const current = model.get(key) ?? null;
  const expected = random() < 0.5 ? current : pick([null, ...past.filter((row) => row.key === key)], random);
  const next = rowOf(key, { dueAt: after(NOW, Math.floor(random() * 1_000) * 97 + past.length) });
  const swapped = await store.swap(expected === null ? claimOf(next) : replaceOf(expected, next));
  if ((expected?.fence ?? null) !== (current?.fence ?? null)) {
    loses(swapped, current, "a swap in a sequence");
    return;
  }
  wins(swapped, "a swap in a sequence");
  model.set(key, next);
  past.push(next);
}

async function tryDrop(store: RecordStore, model: Model, past: Row[], key: RecordKey, random: Random): Promise<void> {
  const current = model.get(key);
  const row = random() < 0.5 ? current : past.find((old) => old.key === key);
  if (row === undefined) return;
  await store.drop([row]);
  if (row.fence === current?.fence) model.delete(key);
}

async function listDue(store: RecordStore, model: Model, random: Random): Promise<void> {
  const now = after(NOW, Math.floor(random() * 100_000));
  const due = [...model.values()].filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
  sameRows(await store.due(now, 3), due.slice(0, 3), "the rows due in a sequence");
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}
