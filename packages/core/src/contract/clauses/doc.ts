import type { Row } from "../../record/index.ts";
import { clause, type StoreClause } from "../clause.ts";
import { holds, refuses, same, wins } from "../expect.ts";
import { bytesOf, claimOf, entryOf, keyOf, replaceOf, rowOf } from "../sample.ts";

export const docClauses: readonly StoreClause[] = [
  clause("docs-are-bytes", "a doc is bytes: every value, in every order, none added", async ({ store }) => {
    const every = Uint8Array.from({ length: 512 }, (_, i) => (i < 256 ? i : 511 - i));
    const docs = [
      every,
      Uint8Array.of(0),
      Uint8Array.of(0, 0, 65),
      Uint8Array.of(0xc3),
      Uint8Array.of(0xef, 0xbb, 0xbf),
    ];
    for (const [i, doc] of docs.entries()) {
      const row = rowOf(keyOf(`doc_${i}`), { doc });
      await store.swap(claimOf(row));
      same(await store.read(row.key), row, "the row with these bytes");
    }
  }),

  clause("empty-doc", "an empty doc is a doc", async ({ store }) => {
    const row = rowOf(keyOf("a"), { doc: new Uint8Array() });
    wins(await store.swap(claimOf(row)), "the claim with an empty doc");
    same(await store.read(row.key), row, "the row with an empty doc");
  }),

  clause("part-of-a-buffer", "of a view into a larger buffer only the view is kept", async ({ store }) => {
    const buffer = bytesOf("before the doc after");
    const row = rowOf(keyOf("a"), { doc: buffer.subarray(7, 14) });
    await store.swap(claimOf(row));
    same(await store.read(row.key), { ...row, doc: bytesOf("the doc") }, "the row of a view");
  }),

  clause("docs-are-copied", "what is done to a doc outside does not change what is kept", async ({ store }) => {
    const row = rowOf(keyOf("a"), { doc: bytesOf("kept") });
    await store.swap(claimOf(row));
    row.doc.fill(0);
    const kept = { ...row, doc: bytesOf("kept") };
    const read = await store.read(row.key);
    same(read, kept, "the row after its caller reused the bytes");
    read?.doc.fill(0);
    same(await store.read(row.key), kept, "the row after its reader changed the bytes");
  }),

  clause("largest-doc", "a doc of docBytesMax is kept", async ({ store }) => {
    const row = rowOf(keyOf("a"), { doc: largeDoc(store.guarantees.docBytesMax) });
    wins(await store.swap(claimOf(row)), "the claim with the largest doc");
    same(await store.read(row.key), row, "the row with the largest doc");
  }),

  clause(
    "oversize-is-unavailable",
    "a larger doc is refused as unavailable, and nothing is written",
    async ({ store }) => {
      const doc = largeDoc(store.guarantees.docBytesMax + 1);
      const [small, large] = [rowOf(keyOf("a")), rowOf(keyOf("a"), { doc })];
      await isUnavailable(store.swap(claimOf(large)));
      same(await store.read(small.key), null, "the key of a refused claim");
      await store.swap(claimOf(small));
      await isUnavailable(store.swap(replaceOf(small, large)));
      same(await store.read(small.key), small, "the row that a refused swap expected");
    },
  ),

  clause("refused-alone", "a refused swap does not take others with it", async ({ store }) => {
    const rows = Array.from({ length: 9 }, (_, i) => rowOf(keyOf(`key_${i}`)));
    const large: Row = rowOf(keyOf("large"), { doc: largeDoc(store.guarantees.docBytesMax + 1) });
    const refused = store.swap(claimOf(large, entryOf(large)));
    const others = rows.map((row) => store.swap(claimOf(row)));
    const [, ...settled] = await Promise.allSettled([refused, ...others]);
    await isUnavailable(refused);
    for (const it of settled) {
      holds(it.status === "fulfilled", "A swap beside a refused one should win, and was refused too");
      wins(it.value, "a swap beside a refused one");
    }
  }),
];

async function isUnavailable(call: Promise<unknown>): Promise<void> {
  const code = await refuses(call, "A doc over docBytesMax");
  holds(code === "unavailable", `A doc over docBytesMax should be "unavailable", not "${code}"`);
}

function largeDoc(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(0x5a);
}
