import type { Publication } from "./decision.ts";
import type { Fence } from "./fence.ts";
import type { Instant } from "./instant.ts";
import type { RecordKey } from "./record.ts";

/**
 * One key's row. `doc` is the encoded record: opaque to stores, and a view into a larger buffer. Copy what outlives the call,
 * and never transfer its buffer to another thread.
 */
export type Row = Readonly<{ key: RecordKey; fence: Fence; dueAt: Instant; doc: Uint8Array }>;

/** Something a relay is to learn, written in the same atomic write as the row. */
export type OutboxEntry = Readonly<{
  key: RecordKey;
  epoch: number;
  fence: Fence;
  kind: Publication;
  doc: Uint8Array;
}>;

/** Writes `next` only while the row's fence is still `expect` (null: only while there is no row). */
export type Swap = Readonly<{
  key: RecordKey;
  expect: Fence | null;
  next: Row;
  publish: OutboxEntry | null;
  /**
   * A store in which writes queue asks it immediately before this one leaves the process, and refuses it as `unavailable`
   * where it says no: nobody waits for it any more. Other stores need not ask.
   */
  wanted?: () => boolean;
}>;

export type Swapped = Readonly<{ won: true }> | Readonly<{ won: false; current: Row | null }>;

/** What a store's acknowledgement survives, in rising order. Measured at start, never taken from a page. */
export const SURVIVALS = ["nothing", "process-crash", "power-loss", "node-loss", "failover"] as const;
export type Survival = (typeof SURVIVALS)[number];

export type Guarantees = Readonly<{
  linearizable: boolean;
  survives: Survival;
  /** Largest `doc`, in bytes. A larger answer is completed as not retained. */
  docBytesMax: number;
}>;

/**
 * What the engine under a store says of its history. `id` changes with whatever may have lost a stretch of it: a failover, a
 * restore, another disk. All that was acknowledged before `keptUntil`, by the store's clock, is there nevertheless.
 */
export type Lineage = Readonly<{ id: string; keptUntil: Instant }>;

/**
 * The one strong thing that every engine can do to one key: compare and set. All meaning lives in `decide`.
 * Every method may throw a StoreError.
 */
export interface RecordStore {
  readonly name: string;
  readonly guarantees: Guarantees;
  /** The store's own clock. */
  now(): Promise<Instant>;
  /** null: the engine cannot tell, and a loss must be declared. */
  lineage(): Promise<Lineage | null>;
  /** The latest row, or null. Sees every swap that was won before the call. */
  read(key: RecordKey): Promise<Row | null>;
  /** A repeated swap that had been won loses to its own row: `current.fence === next.fence` tells. */
  swap(swap: Swap): Promise<Swapped>;
  /** Rows with dueAt <= now, longest overdue first, at most `limit`. A hint: swap decides. */
  due(now: Instant, limit: number): Promise<readonly Row[]>;
  /** Garbage collection past the horizon: removes each row only while its fence is still the given one. */
  drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void>;
  close(): Promise<void>;
}

/** A queue of entries: each is taken at least once, in no promised order, until it is acknowledged. */
export interface Outbox {
  take(limit: number): Promise<OutboxBatch>;
  ack(batch: OutboxBatch): Promise<void>;
}
export type OutboxBatch = Readonly<{ entries: readonly OutboxEntry[]; ticket: string }>;

/**
 * Pages through rows for operators. `dueFrom` and `dueTo` bound `dueAt`, inclusive; null: unbounded. A page may be short,
 * even empty, and `next` still be set: a store looks at a bounded number of rows. A reader goes on until `next` is null.
 */
export interface Browser {
  page(filter: PageFilter, cursor: string | null): Promise<Page>;
}
export type PageFilter = Readonly<{ dueFrom: Instant | null; dueTo: Instant | null; limit: number }>;
/** Newest keys first. `next`: where the following page begins, null at the end. */
export type Page = Readonly<{ rows: readonly Row[]; next: string | null }>;

/**
 * Remembers completed answers between processes, for as long as it likes: losing, flushing or rolling it back costs time and
 * nothing else. Values are sealed by whoever puts them. No method ever rejects: what a cache cannot do is a miss.
 */
export interface Cache {
  readonly name: string;
  /** null: it is not there, or the cache did not say so in time. Never a proof of anything. */
  get(key: RecordKey): Promise<Uint8Array | null>;
  /** Keeps the value until `until` by the caller's clock, at most. Resolves when it was put, or when that failed. */
  put(key: RecordKey, sealed: Uint8Array, until: Instant): Promise<void>;
  drop(key: RecordKey): Promise<void>;
  /** `open`: it failed lately, and is not asked for a while. */
  state(): "closed" | "open";
  close(): Promise<void>;
}

/** Why a store did not do what it was asked. `unavailable`: proved, nothing was written. `in_doubt`: it may have been. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "unavailable" | "in_doubt";
  /** Both may be retried; `in_doubt` only by the very same swap. */
  readonly retryable = true;

  constructor(code: "unavailable" | "in_doubt", message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The row that holds the authority's identity, epoch, check value and quarantines. Never due, never dropped. */
export const AUTHORITY_KEY: RecordKey = "!authority" as RecordKey;

/** Cryptography, as the kernel sees it. Implemented outside, on keys that the kernel never holds. */
export interface Vault {
  /** HMAC under the naming secret: the record key of a length-prefixed tuple. */
  name(message: Uint8Array): RecordKey;
  /** HMAC under a fingerprint secret; null: its id is unknown here. A null id asks for the current secret. */
  fingerprint(secretId: string | null, message: Uint8Array): Readonly<{ secretId: string; digest: string }> | null;
  /** Encrypts what rests, bound to the record key. `clear` is lent for the call: its bytes change after it. */
  seal(purpose: SealPurpose, key: RecordKey, clear: Uint8Array): Uint8Array;
  /** null: sealed under an id that is unknown here. Throws CorruptError where the bytes were changed or belong elsewhere. */
  open(purpose: SealPurpose, key: RecordKey, sealed: Uint8Array): Uint8Array | null;
  /** Keyed digest of a text, for what a bounded history drops. */
  digest(text: string): string;
}
export type SealPurpose = "secrets" | "answer" | "cache";

/** Stored bytes that are not what was written. Never replayed, never taken for a first request. */
export class CorruptError extends Error {
  override readonly name = "CorruptError";
  readonly code = "corrupt";
  readonly retryable = false;
}
