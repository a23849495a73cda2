import {
  AUTHORITY_KEY,
  CorruptError,
  type Fence,
  fenceAfter,
  NEVER,
  type Quarantine,
  type RecordStore,
  type Row,
} from "../../record/index.ts";

/** What a store knows of itself. A change of `identity` or `epoch` means that history may be lost. */
export type Authority = Readonly<{
  format: 1;
  identity: string;
  /** Rises with every takeover. */
  epoch: number;
  /** A keyed digest of a constant under the naming secret: with another secret every key would have another name. */
  check: string;
  quarantines: readonly Quarantine[];
}>;

export type AuthorityOptions = Readonly<{
  check: string;
  /** A new store's name for itself, never used before. */
  identity: () => string;
  /** 20 hex digits for a fence. */
  random: () => string;
}>;

/** `fence`: what a swap of the authority's row expects. `created`: the store is new. */
export type OpenedAuthority = Readonly<{ authority: Authority; fence: Fence; created: boolean }>;

/** The store belongs to others than those who opened it; it was not changed. */
export class AuthorityError extends Error {
  override readonly name = "AuthorityError";
  readonly code: "wrong_naming_secret" | "newer_authority";
  readonly retryable = false;

  constructor(code: AuthorityError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

const FORMAT = 1;

/** Reads the authority's row, and writes the first one of a new store. An existing row is never overwritten. */
export async function openAuthority(store: RecordStore, options: AuthorityOptions): Promise<OpenedAuthority> {
  const found = await store.read(AUTHORITY_KEY);
  if (found !== null) return accept(found, options, false);
  const authority: Authority = {
    format: FORMAT,
    identity: options.identity(),
    epoch: 1,
    check: options.check,
    quarantines: [],
  };
  const next = rowOf(authority, fenceAfter(null, await store.now(), options.random()));
  const swapped = await store.swap({ key: AUTHORITY_KEY, expect: null, next, publish: null });
  if (swapped.won) return { authority, fence: next.fence, created: true };
  if (swapped.current === null) throw new CorruptError("The store refused its first row and shows none in its way");
  return accept(swapped.current, options, swapped.current.fence === next.fence);
}

export function encodeAuthority(authority: Authority): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(authority));
}

/** Throws for anything that this version did not write. */
export function decodeAuthority(doc: Uint8Array): Authority {
  const parsed = parse(doc);
  if (typeof parsed.format === "number" && parsed.format > FORMAT) {
    const message = `The store was opened by a newer Semel (authority format ${parsed.format}; this one knows ${FORMAT}): start that version`;
    throw new AuthorityError("newer_authority", message);
  }
  const { format, identity, epoch, check, quarantines } = parsed;
  const isWhole = typeof identity === "string" && typeof check === "string" && Number.isSafeInteger(epoch);
  if (format !== FORMAT || !isWhole || !Array.isArray(quarantines) || !quarantines.every(isQuarantine)) {
    throw new CorruptError("The store's authority row is not what Semel wrote: restore the store from a backup");
  }
  return { format, identity, epoch: epoch as number, check, quarantines };
}

function isQuarantine(value: unknown): value is Quarantine {
  if (typeof value !== "object" || value === null) return false;
  const { since, until, endsAt } = value as { [name: string]: unknown };
  return [since, until, endsAt].every((at) => Number.isSafeInteger(at));
}

function accept(row: Row, { check }: AuthorityOptions, created: boolean): OpenedAuthority {
  const authority = decodeAuthority(row.doc);
  if (authority.check !== check) {
    const message =
      "The naming secret is not the one that this store's keys were named with, and retries would run again: start with that secret";
    throw new AuthorityError("wrong_naming_secret", message);
  }
  return { authority, fence: row.fence, created };
}

function rowOf(authority: Authority, fence: Fence): Row {
  return { key: AUTHORITY_KEY, fence, dueAt: NEVER, doc: encodeAuthority(authority) };
}

function parse(doc: Uint8Array): Partial<Record<keyof Authority, unknown>> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(doc));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
