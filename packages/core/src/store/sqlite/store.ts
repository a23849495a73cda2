import {
  type Browser,
  type Guarantees,
  type Instant,
  type Outbox,
  type OutboxBatch,
  type Page,
  type PageFilter,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Survival,
  type Swap,
  type Swapped,
} from "../../record/index.ts";
import { Lane } from "../lane/lane.ts";
import type { Clock, ClockReading } from "./clock.ts";
import type { Link } from "./link.ts";
import type { Dropped } from "./message.ts";
import { packSwaps } from "./pack.ts";

export type SqliteStore = RecordStore & Outbox & Browser & Readonly<{ clock(): ClockReading }>;

/**
 * Room for the largest answer that the kernel keeps (1 MiB), its headers and the record's head. Everything in a commit waits for
 * its largest doc.
 */
const DOC_BYTES_MAX = 2 * 1024 * 1024;
/** Swaps of one commit. Twice as many gain less than a tenth, and the first waits for the last. */
const SWAPS_PER_COMMIT_MAX = 256;
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;
/** About half a second's work of a healthy disk. What comes on top would be refused by its own deadline anyway. */
const WAITING_MAX = 10_000;
const READS_PER_MESSAGE_MAX = 256;
/** A commit of them takes some 10 ms, and swaps wait for it. */
const DROPS_PER_COMMIT_MAX = 256;
/** The clock's mark is on disk at most this long after `now()`; horizons are hours long. */
const MARK_EVERY_MS = 1_000;

const WON: Swapped = { won: true };

/** The side of the caller: gathers, asks the worker, hands out the answers. */
export class Sqlite implements SqliteStore {
  readonly name = "sqlite";
  readonly guarantees: Guarantees;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #swaps: Lane<Swap, Swapped>;
  readonly #reads: Lane<RecordKey, Row | null>;
  readonly #drops: Lane<Dropped, null>;
  #mark: Instant;
  #closing: Promise<void> | null = null;

  constructor(link: Link, clock: Clock, survives: Survival) {
    this.guarantees = { linearizable: true, survives, docBytesMax: DOC_BYTES_MAX };
    this.#link = link;
    this.#clock = clock;
    this.#mark = clock.now();
    this.#swaps = new Lane({
      countMax: SWAPS_PER_COMMIT_MAX,
      bytesMax: COMMIT_BYTES_MAX,
      waitingMax: WAITING_MAX,
      atOnce: 1,
      weigh: ({ next, publish }) => next.doc.length + (publish?.doc.length ?? 0),
      wanted: ({ wanted }) => wanted === undefined || wanted(),
      send: (swaps) => this.#commit(swaps),
    });
    this.#reads = new Lane({
      countMax: READS_PER_MESSAGE_MAX,
      bytesMax: Number.POSITIVE_INFINITY,
      waitingMax: WAITING_MAX,
      atOnce: 1,
      weigh: () => 0,
      send: (keys) => link.ask("reads", keys),
    });
    this.#drops = new Lane({
      countMax: DROPS_PER_COMMIT_MAX,
      bytesMax: Number.POSITIVE_INFINITY,
      waitingMax: WAITING_MAX,
      atOnce: 1,
      weigh: () => 0,
      send: async (rows) => {
        await link.ask("drop", rows);
        return rows.map(() => null);
      },
    });
  }

  async now(): Promise<Instant> {
    this.#refuseClosed();
    const now = this.#clock.now();
    if (now - this.#mark >= MARK_EVERY_MS) {
      this.#mark = now;
      await this.#link.ask("mark", now);
    }
    return now;
  }

  /** A file that was replaced by its own backup looks like itself. */
  async lineage(): Promise<null> {
    this.#refuseClosed();
    return null;
  }

  clock(): ClockReading {
    return this.#clock.read();
  }

  async read(key: RecordKey): Promise<Row | null> {
    this.#refuseClosed();
    return this.#reads.add(key);
  }

  swap(swap: Swap): Promise<Swapped> {
    if (this.#closing !== null) return Promise.reject(closed());
    const bytes = Math.max(swap.next.doc.length, swap.publish?.doc.length ?? 0);
    if (bytes <= DOC_BYTES_MAX) return this.#swaps.add(swap);
    const message = `A doc of ${bytes} bytes is over the limit of ${DOC_BYTES_MAX}`;
    return Promise.reject(new StoreError("unavailable", message));
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    this.#refuseClosed();
    return this.#link.ask("due", { now, limit });
  }

  async drop(rows: readonly Dropped[]): Promise<void> {
    this.#refuseClosed();
    await Promise.all(rows.map((row) => this.#drops.add(row)));
  }

  async take(limit: number): Promise<OutboxBatch> {
    this.#refuseClosed();
    return this.#link.ask("take", limit);
  }

  async ack({ ticket }: OutboxBatch): Promise<void> {
    this.#refuseClosed();
    await this.#link.ask("ack", ticket);
  }

  async page(filter: PageFilter, cursor: string | null): Promise<Page> {
    this.#refuseClosed();
    if (cursor !== null && !/^\d{1,15}$/.test(cursor))
      throw new RangeError(`"${cursor}" is not a cursor of this store`);
    const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor);
    return this.#link.ask("page", { filter, before });
  }

  /** What was asked before is still answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#swaps.idle(), this.#reads.idle(), this.#drops.idle()]);
    try {
      await this.#link.ask("close", this.#clock.now());
    } finally {
      await this.#link.end();
    }
  }

  async #commit(swaps: readonly Swap[]): Promise<readonly (Swapped | StoreError)[]> {
    const packed = packSwaps(swaps);
    const now = this.#clock.now();
    const { lost, failed } = await this.#link.ask("swaps", { packed, now }, [packed.docs.buffer]);
    const outs = new Array<Swapped | StoreError>(swaps.length).fill(WON);
    for (const [index, current] of lost) outs[index] = { won: false, current };
    for (const [index, code, message] of failed) outs[index] = new StoreError(code, message);
    return outs;
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw closed();
  }
}

function closed(): StoreError {
  return new StoreError("unavailable", "The store is closed");
}
