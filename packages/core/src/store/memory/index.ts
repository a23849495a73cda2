import {
  AUTHORITY_KEY,
  type Browser,
  type Fence,
  type Guarantees,
  type Instant,
  NEVER,
  type Outbox,
  type OutboxBatch,
  type OutboxEntry,
  type Page,
  type PageFilter,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "../../record/index.ts";

export type MemoryStore = RecordStore & Outbox & Browser;
export type MemoryStoreOptions = Readonly<{
  /** Milliseconds since the Unix epoch. Default: the wall clock. */
  wallClock?: () => number;
  docBytesMax?: number;
}>;

/** Room for the largest answer that the kernel keeps (1 MiB), its headers and the record's head. */
const DOC_BYTES_MAX = 2 * 1024 * 1024;

/** The reference: what a store means, in as few lines as possible. It forgets everything when the process ends. */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new Memory(options.wallClock ?? Date.now, options.docBytesMax ?? DOC_BYTES_MAX);
}

/** `order` rises with each new key: pages go by it. */
type Slot = Readonly<{ order: number; row: Row }>;

/** Every method runs to its end without a pause, so each is atomic. */
class Memory implements MemoryStore {
  readonly name = "memory";
  readonly guarantees: Guarantees;
  readonly #slots = new Map<RecordKey, Slot>();
  readonly #entries = new Map<number, OutboxEntry>();
  readonly #wallClock: () => number;
  #counter = 0;
  #now = 0;
  #closed = false;

  constructor(wallClock: () => number, docBytesMax: number) {
    this.guarantees = { linearizable: true, survives: "nothing", docBytesMax };
    this.#wallClock = wallClock;
  }

  async now(): Promise<Instant> {
    this.#refuseClosed();
    this.#now = Math.max(this.#now, this.#wallClock());
    return this.#now as Instant;
  }

  async lineage(): Promise<null> {
    this.#refuseClosed();
    return null;
  }

  async read(key: RecordKey): Promise<Row | null> {
    this.#refuseClosed();
    const slot = this.#slots.get(key);
    return slot === undefined ? null : copyOf(slot.row);
  }

  async swap({ key, expect, next, publish }: Swap): Promise<Swapped> {
    this.#refuseClosed();
    this.#refuseLarge(next.doc);
    const slot = this.#slots.get(key);
    const fence = slot?.row.fence ?? null;
    if (fence !== expect) return { won: false, current: slot === undefined ? null : copyOf(slot.row) };
    this.#slots.set(key, { order: slot?.order ?? ++this.#counter, row: copyOf({ ...next, key }) });
    if (publish !== null) this.#entries.set(++this.#counter, copyOf(publish));
    return { won: true };
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    return this.#rows()
      .filter(({ dueAt }) => dueAt <= now && dueAt < NEVER)
      .sort((a, b) => a.dueAt - b.dueAt)
      .slice(0, limit)
      .map(copyOf);
  }

  async drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    this.#refuseClosed();
    for (const { key, fence } of rows) {
      if (key !== AUTHORITY_KEY && this.#slots.get(key)?.row.fence === fence) this.#slots.delete(key);
    }
  }

  async take(limit: number): Promise<OutboxBatch> {
    this.#refuseClosed();
    const taken = [...this.#entries].slice(0, limit);
    return { entries: taken.map(([, entry]) => copyOf(entry)), ticket: taken.map(([id]) => id).join() };
  }

  async ack({ ticket }: OutboxBatch): Promise<void> {
    this.#refuseClosed();
    for (const id of ticket.split(",")) this.#entries.delete(Number(id));
  }

  async page({ dueFrom, dueTo, limit }: PageFilter, cursor: string | null): Promise<Page> {
    const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
    if (Number.isNaN(before)) throw new RangeError(`"${cursor}" is not a cursor of this store`);
    const left = this.#rows()
      .map((row) => this.#slots.get(row.key) as Slot)
      .filter(({ order, row }) => order < before && (dueFrom ?? 0) <= row.dueAt && row.dueAt <= (dueTo ?? NEVER))
      .sort((a, b) => b.order - a.order);
    const slots = left.slice(0, limit);
    return { rows: slots.map(({ row }) => copyOf(row)), next: left.length > limit ? `${slots.at(-1)?.order}` : null };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** The rows of keys: the authority's own row is for those who ask for it by name. */
  #rows(): Row[] {
    this.#refuseClosed();
    return [...this.#slots.values()].map(({ row }) => row).filter(({ key }) => key !== AUTHORITY_KEY);
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreError("unavailable", "The store is closed");
  }

  #refuseLarge(doc: Uint8Array): void {
    const max = this.guarantees.docBytesMax;
    if (doc.length > max)
      throw new StoreError("unavailable", `A doc of ${doc.length} bytes is over the limit of ${max}`);
  }
}

/** What is inside and what is outside share no bytes. */
function copyOf<T extends { doc: Uint8Array }>(kept: T): T {
  return { ...kept, doc: kept.doc.slice() };
}
