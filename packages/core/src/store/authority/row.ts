import { AUTHORITY_KEY, CorruptError, type Fence, NEVER, type Quarantine, type Row } from "../../record/index.ts";

/** A stretch of history that may be lost, and how it was found out. */
export type Loss = Quarantine & Readonly<{ why: string }>;

/** What a store knows of itself. */
export type Authority = Readonly<{
  format: 1;
  identity: string;
  /** What the engine under it said of its history last; null: it cannot tell. */
  lineage: string | null;
  /** Rises with every loss and every takeover. */
  epoch: number;
  /** A keyed digest of a constant under the naming secret: with another secret every key would have another name. */
  check: string;
  quarantines: readonly Loss[];
  /** What keys are named by, as those who opened the store wrote it down; null: they did not. */
  names: string | null;
}>;

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
/** An operator's sentence. */
const WHY_CHARS_MAX = 500;
/** A thousand routes take a tenth of it. */
const NAMES_CHARS_MAX = 1024 * 1024;

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
  const { format, identity, lineage = null, epoch, check, quarantines, names = null } = parsed;
  const isWhole = typeof identity === "string" && typeof check === "string" && Number.isSafeInteger(epoch);
  const isLineage = lineage === null || typeof lineage === "string";
  const isNames = names === null || (typeof names === "string" && names.length <= NAMES_CHARS_MAX);
  const isAll = isWhole && isLineage && isNames && Array.isArray(quarantines) && quarantines.every(isLoss);
  if (format !== FORMAT || !isAll) {
    throw new CorruptError("The store's authority row is not what Semel wrote: restore the store from a backup");
  }
  return { format, identity, lineage, epoch: epoch as number, check, quarantines, names };
}

function isLoss(value: unknown): value is Loss {
  if (typeof value !== "object" || value === null) return false;
  const { since, until, endsAt, why } = value as { [name: string]: unknown };
  if (typeof why !== "string" || why.length > WHY_CHARS_MAX) return false;
  return [since, until, endsAt].every((at) => Number.isSafeInteger(at));
}

export function rowOf(authority: Authority, fence: Fence): Row {
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
