import type { Fence, Instant, OutboxEntry, RecordKey, Swap } from "../../record/index.ts";

/**
 * Swaps on their way to the worker: one flat list of cells, and all docs in one buffer, which is transferred. Cloning
 * a Uint8Array would copy the whole buffer behind it (8 KiB for one from Node's pool); this costs 2.5 µs a swap, an array of
 * objects with their docs 3.9.
 */
export type PackedSwaps = Readonly<{ cells: readonly Cell[]; docs: Uint8Array<ArrayBuffer> }>;

type Cell = string | number | null | Omit<OutboxEntry, "doc">;
const CELLS = 7;

export function packSwaps(swaps: readonly Swap[]): PackedSwaps {
  let bytes = 0;
  for (const { next, publish } of swaps) bytes += next.doc.length + (publish?.doc.length ?? 0);
  const docs = new Uint8Array(bytes);
  const cells: Cell[] = [];
  let end = 0;
  for (const { key, expect, next, publish } of swaps) {
    docs.set(next.doc, end);
    end += next.doc.length;
    cells.push(key, expect, next.fence, next.dueAt, end, publish === null ? null : withoutDoc(publish));
    if (publish !== null) {
      docs.set(publish.doc, end);
      end += publish.doc.length;
    }
    cells.push(end);
  }
  return { cells, docs };
}

export function unpackSwaps({ cells, docs }: PackedSwaps): Swap[] {
  const swaps: Swap[] = [];
  let start = 0;
  for (let at = 0; at < cells.length; at += CELLS) {
    const [key, expect, fence, dueAt, docEnd, entry, end] = cells.slice(at, at + CELLS) as [
      RecordKey,
      Fence | null,
      Fence,
      Instant,
      number,
      Omit<OutboxEntry, "doc"> | null,
      number,
    ];
    const next = { key, fence, dueAt, doc: docs.subarray(start, docEnd) };
    const publish = entry === null ? null : { ...entry, doc: docs.subarray(docEnd, end) };
    swaps.push({ key, expect, next, publish });
    start = end;
  }
  return swaps;
}

function withoutDoc({ key, epoch, fence, kind }: OutboxEntry): Omit<OutboxEntry, "doc"> {
  return { key, epoch, fence, kind };
}
