import {
  AUTHORITY_KEY,
  type Fence,
  type Guarantees,
  type Instant,
  type Lineage,
  type RecordKey,
  type RecordStore,
  type Row,
  type Swap,
  type Swapped,
} from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { EPOCH_MS, type Process } from "./machine.ts";
import type { Timeline } from "./timeline.ts";

/** A store marks its time this often: what a history kept is known to be that much older than it is. */
const MARK_EVERY_MS = 1_000;

export type Landed = Readonly<{ swap: Swap; result: Swapped; before: Row | null; by: Process }>;

/** The one truth, outside of all processes: the reference store, and everybody's way to it. */
export class Authority {
  readonly #timeline: Timeline;
  readonly #docBytesMax: number;
  #rows: RecordStore;
  /** Every row as it is now, and as it was when a backup was made. */
  readonly current = new Map<RecordKey, Row>();
  /** The authority's own row, which is nobody's key. */
  #own: Row | null = null;
  #backup: Readonly<{ rows: Row[]; own: Row | null }> | null = null;
  backupAt = 0;
  /** Of the history that processes are connected to: a connection to a lost one answers nothing. */
  era = 0;
  /** The whole store is out of reach until then. */
  outUntil = 0;
  /** Calls that the store behind it has not answered: simulated time waits for them. */
  pending = 0;
  onLanding: (landed: Landed) => void = () => {};
  onDrop: (row: Row) => void = () => {};

  /** `rows`: a real store, instead of the reference. */
  constructor(timeline: Timeline, docBytesMax: number, rows: RecordStore | null = null) {
    this.#timeline = timeline;
    this.#docBytesMax = docBytesMax;
    this.#rows = rows ?? this.#fresh();
  }

  get guarantees(): Guarantees {
    return this.#rows.guarantees;
  }

  now(): Instant {
    return Math.floor(EPOCH_MS + this.#timeline.now) as Instant;
  }

  /** What the engine would say of its history. */
  lineage(): Lineage {
    const keptUntil = this.era === 0 ? this.now() : Math.floor(EPOCH_MS + this.backupAt - MARK_EVERY_MS);
    return { id: `history ${this.era}`, keptUntil: keptUntil as Instant };
  }

  async swap(swap: Swap, by: Process): Promise<Swapped> {
    if (swap.key === AUTHORITY_KEY) return await this.#swapOwn(swap);
    const before = this.current.get(swap.key) ?? null;
    const result = await this.#real(this.#rows.swap(swap));
    if (result.won) this.current.set(swap.key, swap.next);
    this.onLanding({ swap, result, before, by });
    return result;
  }

  async #swapOwn(swap: Swap): Promise<Swapped> {
    const swapped = await this.#real(this.#rows.swap(swap));
    if (swapped.won) this.#own = swap.next;
    return swapped;
  }

  async read(key: RecordKey): Promise<Row | null> {
    return await this.#real(this.#rows.read(key));
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    const rows = await this.#real(this.#rows.due(now, limit));
    // A real store may hold rows of other runs.
    return rows.filter(({ key }) => this.current.has(key));
  }

  async drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    await this.#real(this.#rows.drop(rows));
    for (const { key } of rows) {
      const row = this.current.get(key);
      if (row === undefined || (await this.#real(this.#rows.read(key))) !== null) continue;
      this.current.delete(key);
      this.onDrop(row);
    }
  }

  /** Of a store that was opened: one from before that is a new store, which nothing tells from the lost one. */
  keepBackup(): void {
    if (this.#own === null) return;
    this.#backup = { rows: [...this.current.values()], own: this.#own };
    this.backupAt = this.#timeline.now;
  }

  /** Falls back to what it was when the backup was made: what came after never happened. */
  async loseHistory(): Promise<void> {
    this.era += 1;
    this.#rows = this.#fresh();
    this.current.clear();
    const { rows, own } = this.#backup ?? { rows: [], own: null };
    this.#own = own;
    for (const row of own === null ? rows : [...rows, own]) {
      if (row !== own) this.current.set(row.key, row);
      await this.#rows.swap({ key: row.key, expect: null, next: row, publish: null });
    }
  }

  get hasBackup(): boolean {
    return this.#backup !== null;
  }

  async #real<T>(answer: Promise<T>): Promise<T> {
    this.pending += 1;
    try {
      return await answer;
    } finally {
      this.pending -= 1;
    }
  }

  #fresh(): RecordStore {
    return memoryStore({ wallClock: () => this.now(), docBytesMax: this.#docBytesMax });
  }
}
