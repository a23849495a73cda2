import type { Fence, Instant, RecordKey, Row, Swap } from "../../record/index.ts";
import type { Statement } from "./session.ts";

const SWAP = "SELECT at, fence, due_at, doc FROM semel.swap($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)";

/** A swap that lost; without a fence: to no row. */
export type Lost = Readonly<{ at: number; fence: string | null; due_at: string; doc: Uint8Array }>;

/** Swaps in the order in which their rows are locked: the same for everybody, so that two batches cannot wait for each other. */
export function inOrder(swaps: readonly Swap[]): readonly Swap[] {
  return swaps.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** All swaps of a batch as the arguments of one call. Docs travel as they are, one behind the other. */
export function swapStatement(swaps: readonly Swap[], timeline: string, mark: boolean): Statement {
  const published = swaps.flatMap(({ publish }, at) => (publish === null ? [] : [{ ...publish, at }]));
  const values = [
    timeline,
    mark,
    keysOf(swaps.map(({ key }) => key)),
    arrayOf(swaps.map(({ expect }) => expect ?? "NULL")),
    arrayOf(swaps.map(({ next }) => next.fence)),
    arrayOf(swaps.map(({ next }) => next.dueAt)),
    arrayOf(swaps.map(({ next }) => next.doc.length)),
    Buffer.concat(swaps.map(({ next }) => next.doc)),
    arrayOf(published.map(({ at }) => at)),
    arrayOf(published.map(({ epoch }) => epoch)),
    arrayOf(published.map(({ kind }) => kind)),
    arrayOf(published.map(({ doc }) => doc.length)),
    Buffer.concat(published.map(({ doc }) => doc)),
  ];
  return { name: "semel.swap", text: SWAP, values };
}

/** An array as PostgreSQL writes it. Only for what holds nothing that would have to be quoted. */
export function arrayOf(items: readonly (string | number)[]): string {
  return `{${items.join()}}`;
}

export function keysOf(keys: readonly RecordKey[]): string {
  const joined = keys.join();
  // A record key is 43 base64url characters, or the authority's.
  if (!/^[\w!,-]*$/.test(joined)) throw new RangeError("A record key holds what no record key holds");
  return `{${joined}}`;
}

export type Stored = Readonly<{ key: string; fence: string; due_at: string; doc: Uint8Array }>;

export function rowFrom({ key, fence, due_at, doc }: Stored): Row {
  return { key: key as RecordKey, fence: fenceFrom(fence), dueAt: Number(due_at) as Instant, doc };
}

/** 32 hex digits; the server writes them with hyphens. */
export function fenceFrom(uuid: string): Fence {
  return uuid.replaceAll("-", "") as Fence;
}
