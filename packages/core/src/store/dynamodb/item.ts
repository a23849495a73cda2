import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  CorruptError,
  type Fence,
  type Instant,
  isFence,
  NEVER,
  type OutboxEntry,
  type RecordKey,
  type Row,
} from "../../record/index.ts";
import { ATTRIBUTE } from "./shape.ts";

export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * An item holds a key's row and its entries that no relay has taken yet, so that one conditional write changes both. An item
 * without a fence has no row: it was dropped, and its entries wait.
 */
export function rowIn(item: Item | null | undefined): Row | null {
  const fence = item?.[ATTRIBUTE.fence]?.S;
  if (item == null || fence === undefined) return null;
  const [key, doc, due] = [keyOf(item), item[ATTRIBUTE.doc]?.B, item[ATTRIBUTE.due]?.N];
  if (doc === undefined || !isFence(fence)) throw corrupt(key);
  return { key, fence, dueAt: due === undefined ? NEVER : (Number(due) as Instant), doc };
}

/** The entries of one item. `last`: the fence of the one that came last; another one means that there are more. */
export type Pending = Readonly<{ key: RecordKey; last: Fence; hasRow: boolean; entries: readonly OutboxEntry[] }>;

export function pendingIn(item: Item | null): Pending | null {
  const last = item?.[ATTRIBUTE.outLast]?.S;
  if (item === null || last === undefined) return null;
  const key = keyOf(item);
  const entries = Object.keys(item)
    .filter((name) => name.startsWith(ENTRY))
    .sort()
    .map((name) => entryIn(key, name, item[name] as AttributeValue));
  return { key, last: last as Fence, hasRow: ATTRIBUTE.fence in item, entries };
}

const ENTRY = "e.";

/** Every entry is an attribute of its own, named by its fence: a map of entries would have to be there before the first one. */
export function entryName(fence: Fence): string {
  return ENTRY + fence;
}

export function entryValue({ epoch, kind, doc }: OutboxEntry): AttributeValue {
  return { M: { epoch: { N: String(epoch) }, kind: { S: kind }, doc: { B: doc } } };
}

function entryIn(key: RecordKey, name: string, value: AttributeValue): OutboxEntry {
  const { epoch, kind, doc } = value.M ?? {};
  if (epoch?.N === undefined || kind?.S === undefined || doc?.B === undefined) throw corrupt(key);
  const fence = name.slice(ENTRY.length) as Fence;
  return { key, fence, epoch: Number(epoch.N), kind: kind.S as OutboxEntry["kind"], doc: doc.B };
}

function keyOf(item: Item): RecordKey {
  return item[ATTRIBUTE.key]?.S as RecordKey;
}

function corrupt(key: RecordKey): CorruptError {
  return new CorruptError(`The item of ${key} is not what Semel wrote: restore the table from a backup`);
}
