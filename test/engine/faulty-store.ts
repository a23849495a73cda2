import {
  type Fence,
  type Guarantees,
  type Instant,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "@semel/core/record";

/** What happens to one swap instead of what should. */
export type SwapFault =
  /** Nothing is written, and nobody answers. */
  | "silent"
  /** It is written, and nobody answers. */
  | "silentlyWritten"
  /** Nobody answers; it is written when `land` is called. */
  | "late"
  | "inDoubt"
  | "unavailable"
  /** It is written, and the acknowledgement is lost. */
  | "lostAck"
  | "none";

const never = (): Promise<never> => new Promise(() => {});

/** A store between the engine and a sound one, which fails as it is told to. */
export class FaultyStore implements RecordStore {
  readonly name = "faulty";
  /** Faults of the coming swaps, one each; after them comes `otherwise`. */
  readonly next: SwapFault[] = [];
  otherwise: SwapFault = "none";
  /** All swaps that were submitted, and all looks for due rows. */
  readonly swaps: Swap[] = [];
  looks = 0;
  /** What everything but swaps does. */
  reads: "answer" | "hang" | "fail" = "answer";
  /** Looks for due rows are answered all the same. */
  dueAnswers = false;
  /** Its clock, against the engine's. */
  apartMs = 0;
  readonly #inner: RecordStore;
  readonly #late: Swap[] = [];

  constructor(inner: RecordStore) {
    this.#inner = inner;
  }

  get guarantees(): Guarantees {
    return this.#inner.guarantees;
  }

  async now(): Promise<Instant> {
    return await this.#reading(async () => ((await this.#inner.now()) + this.apartMs) as Instant);
  }

  async read(key: RecordKey): Promise<Row | null> {
    return await this.#reading(() => this.#inner.read(key));
  }

  async lineage(): Promise<null> {
    return null;
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    this.looks += 1;
    return this.dueAnswers ? await this.#inner.due(now, limit) : await this.#reading(() => this.#inner.due(now, limit));
  }

  async drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    await this.#reading(() => this.#inner.drop(rows));
  }

  async swap(swap: Swap): Promise<Swapped> {
    this.swaps.push(swap);
    switch (this.next.shift() ?? this.otherwise) {
      case "none":
        return await this.#inner.swap(swap);
      case "silent":
        return await never();
      case "silentlyWritten":
        await this.#inner.swap(swap);
        return await never();
      case "late":
        this.#late.push(swap);
        return await never();
      case "inDoubt":
        throw new StoreError("in_doubt", "Nobody knows");
      case "unavailable":
        throw new StoreError("unavailable", "Not now");
      case "lostAck":
        await this.#inner.swap(swap);
        throw new StoreError("in_doubt", "The acknowledgement was lost");
    }
  }

  /** What was on its way arrives now. */
  async land(): Promise<void> {
    for (const swap of this.#late.splice(0)) await this.#inner.swap(swap);
  }

  /** A row as it rests, whatever is wrong with the way to it. */
  async rowOf(key: RecordKey): Promise<Row | null> {
    return await this.#inner.read(key);
  }

  /** Writes behind the engine's back. */
  async put(row: Row): Promise<void> {
    const before = await this.#inner.read(row.key);
    await this.#inner.swap({ key: row.key, expect: before?.fence ?? null, next: row, publish: null });
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    if (this.reads === "hang") return await never();
    if (this.reads === "fail") throw new StoreError("unavailable", "Not now");
    return await read();
  }
}
