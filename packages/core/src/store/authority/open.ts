import { AUTHORITY_KEY, CorruptError, type Fence, fenceAfter, type RecordStore, type Row } from "../../record/index.ts";
import { type Authority, AuthorityError, decodeAuthority, rowOf } from "./row.ts";

export type AuthorityOptions = Readonly<{
  check: string;
  /** A new store's name for itself, never used before. */
  identity: () => string;
  /** 20 hex digits for a fence. */
  random: () => string;
}>;

/** `fence`: what a swap of the authority's row expects. `created`: the store is new. */
export type OpenedAuthority = Readonly<{ authority: Authority; fence: Fence; created: boolean }>;

/** Reads the authority's row, and writes the first one of a new store. An existing row is never overwritten. */
export async function openAuthority(store: RecordStore, options: AuthorityOptions): Promise<OpenedAuthority> {
  const found = await store.read(AUTHORITY_KEY);
  if (found !== null) return accept(found, options, false);
  const authority: Authority = {
    format: 1,
    identity: options.identity(),
    lineage: (await store.lineage())?.id ?? null,
    epoch: 1,
    check: options.check,
    quarantines: [],
    names: null,
  };
  const next = rowOf(authority, fenceAfter(null, await store.now(), options.random()));
  const swapped = await store.swap({ key: AUTHORITY_KEY, expect: null, next, publish: null });
  if (swapped.won) return { authority, fence: next.fence, created: true };
  if (swapped.current === null) throw new CorruptError("The store refused its first row and shows none in its way");
  return accept(swapped.current, options, swapped.current.fence === next.fence);
}

export function checkNaming(authority: Authority, check: string): void {
  if (authority.check === check) return;
  const message =
    "The naming secret is not the one that this store's keys were named with, and retries would run again: start with that secret";
  throw new AuthorityError("wrong_naming_secret", message);
}

function accept(row: Row, { check }: AuthorityOptions, created: boolean): OpenedAuthority {
  const authority = decodeAuthority(row.doc);
  checkNaming(authority, check);
  return { authority, fence: row.fence, created };
}
