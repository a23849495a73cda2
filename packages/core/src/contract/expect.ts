import { type OutboxEntry, type Row, StoreError, type Swapped } from "../record/index.ts";
import { ContractError } from "./clause.ts";

export function holds(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new ContractError(broken);
}

export function wins(swapped: Swapped, what: string): void {
  holds(swapped.won, `${what} should win, and lost to ${swapped.won ? "" : sayRow(swapped.current)}`);
}

/** It lost, and was shown the row that was in its way. */
export function loses(swapped: Swapped, current: Row | null, what: string): void {
  holds(!swapped.won, `${what} should lose, and won`);
  same(swapped.current, current, `${what} should be shown the row in its way`);
}

export function same(found: Row | null | undefined, wanted: Row | null, what: string): void {
  const equal = found != null && wanted !== null ? equalRows(found, wanted) : found === wanted;
  holds(equal, `${what}: ${sayRow(wanted)}, not ${sayRow(found ?? null)}`);
}

export function sameRows(found: readonly Row[], wanted: readonly Row[], what: string): void {
  const equal = found.length === wanted.length && found.every((row, i) => equalRows(row, wanted[i] as Row));
  holds(equal, `${what}: ${sayRows(wanted)}, not ${sayRows(found)}`);
}

export function sameEntries(found: readonly OutboxEntry[], wanted: readonly OutboxEntry[], what: string): void {
  const [left, right] = [found, wanted].map((entries) => entries.map(sayEntry).sort().join("; ") || "none");
  holds(left === right, `${what}: ${right}, not ${left}`);
}

export function sameValue(found: Uint8Array | null, wanted: Uint8Array | null, what: string): void {
  const equal = found !== null && wanted !== null ? equalBytes(found, wanted) : found === wanted;
  const [left, right] = [wanted, found].map((bytes) => (bytes == null ? "nothing" : sayBytes(bytes)));
  holds(equal, `${what}: ${left}, not ${right}`);
}

/** A call that must not reject. */
export async function settles<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new ContractError(`${what} should not reject, and did: ${String(error)}`);
  }
}

/** Rejects with a StoreError; says its code. */
export async function refuses(call: Promise<unknown>, what: string): Promise<StoreError["code"]> {
  try {
    await call;
  } catch (error) {
    holds(isStoreError(error), `${what} should be refused with a StoreError, not ${String(error)}`);
    return error.code;
  }
  throw new ContractError(`${what} should be refused, and was not`);
}

/** Not by its class alone: a module may bring its own copy of the library. */
export function isStoreError(error: unknown): error is StoreError {
  if (error instanceof StoreError) return true;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === "StoreError" && (code === "unavailable" || code === "in_doubt");
}

function equalRows(a: Row, b: Row): boolean {
  return a.key === b.key && a.fence === b.fence && a.dueAt === b.dueAt && equalBytes(a.doc, b.doc);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function sayRow(row: Row | null): string {
  if (row === null) return "no row";
  return `${row.key.slice(0, 8)} at ${row.fence} due ${row.dueAt} with ${sayBytes(row.doc)}`;
}

function sayRows(rows: readonly Row[]): string {
  const shown = rows.slice(0, 5).map((row) => sayRow(row));
  return rows.length === 0 ? "no rows" : `${rows.length} rows (${shown.join("; ")}${rows.length > 5 ? "; ..." : ""})`;
}

function sayEntry({ key, epoch, fence, kind, doc }: OutboxEntry): string {
  return `${kind} of ${key.slice(0, 8)} at ${fence} in epoch ${epoch} with ${sayBytes(doc)}`;
}

function sayBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${bytes.length} bytes ${shown}${bytes.length > 8 ? "..." : ""}`;
}
