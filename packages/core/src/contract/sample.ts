import {
  type Fence,
  fenceAfter,
  type Instant,
  instant,
  NEVER,
  type OutboxEntry,
  type RecordKey,
  type RecordStore,
  type Row,
  type Swap,
  type Swapped,
} from "../record/index.ts";

/** When the samples are: a store keeps instants, it does not judge them. */
export const NOW: Instant = instant(1_790_000_000_000);

const KEY_CHARACTERS = 43;
const FENCE_RANDOM_DIGITS = 20;
let fences = 0;

/** A key as the kernel mints them: 43 base64url characters. */
export function keyOf(name: string): RecordKey {
  return name.padEnd(KEY_CHARACTERS, "-") as RecordKey;
}

export function keysOf(count: number): RecordKey[] {
  return Array.from({ length: count }, (_, i) => keyOf(`key_${i}`));
}

/** A fence that no other call returns. */
export function nextFence(previous: Fence | null = null): Fence {
  fences++;
  return fenceAfter(previous, NOW, fences.toString(16).padStart(FENCE_RANDOM_DIGITS, "0"));
}

export type RowParts = Readonly<{ dueAt?: Instant; doc?: Uint8Array; fence?: Fence }>;

/** A row that differs from every other one. */
export function rowOf(key: RecordKey, parts: RowParts = {}): Row {
  const fence = parts.fence ?? nextFence();
  return { key, fence, dueAt: parts.dueAt ?? NEVER, doc: parts.doc ?? bytesOf(`${key} ${fence}`) };
}

export function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

export function claimOf(next: Row, publish: OutboxEntry | null = null): Swap {
  return { key: next.key, expect: null, next, publish };
}

export function replaceOf(old: Row, next: Row, publish: OutboxEntry | null = null): Swap {
  return { key: next.key, expect: old.fence, next, publish };
}

export function entryOf(row: Row): OutboxEntry {
  return { key: row.key, epoch: 7, fence: row.fence, kind: "completed", doc: bytesOf(`published ${row.fence}`) };
}

/** Claims every row, all at once. */
export function claimAll(store: RecordStore, rows: readonly Row[]): Promise<Swapped[]> {
  return Promise.all(rows.map((row) => store.swap(claimOf(row))));
}

/** Claims one row after the other, so that their order is known. */
export async function claimInOrder(store: RecordStore, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await store.swap(claimOf(row));
}
