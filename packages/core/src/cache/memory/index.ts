import type { Cache, Instant, RecordKey } from "../../record/index.ts";

export type MemoryCacheOptions = Readonly<{
  /** Of all values together, with their keys. */
  bytesMax?: number;
  /** Of one value: a larger one is not kept. */
  valueBytesMax?: number;
  /** Milliseconds since the Unix epoch. Default: the wall clock. */
  wallClock?: () => number;
}>;

/** Some hundred thousand answers of 500 bytes. */
const BYTES_MAX = 64 * 1024 * 1024;
/** As with Redis: payment answers are a hundredth of it. */
const VALUE_BYTES_MAX = 256 * 1024;
/** Beside the value: its key, the objects around it and the map's own. */
const ENTRY_BYTES = 200;

/** The reference of a cache, for tests and for what is one process. Who was asked for longest ago goes first. */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  const { bytesMax = BYTES_MAX, valueBytesMax = VALUE_BYTES_MAX, wallClock = Date.now } = options;
  return new MemoryCache(bytesMax, valueBytesMax, wallClock);
}

type Entry = Readonly<{ sealed: Uint8Array; until: Instant }>;

class MemoryCache implements Cache {
  readonly name = "memory";
  readonly #entries = new Map<RecordKey, Entry>();
  readonly #bytesMax: number;
  readonly #valueBytesMax: number;
  readonly #wallClock: () => number;
  #bytes = 0;
  #isClosed = false;

  constructor(bytesMax: number, valueBytesMax: number, wallClock: () => number) {
    this.#bytesMax = bytesMax;
    this.#valueBytesMax = valueBytesMax;
    this.#wallClock = wallClock;
  }

  async get(key: RecordKey): Promise<Uint8Array | null> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#remove(key);
    if (this.#wallClock() >= entry.until) return null;
    this.#add(key, entry);
    return Uint8Array.from(entry.sealed);
  }

  async put(key: RecordKey, sealed: Uint8Array, until: Instant): Promise<void> {
    if (this.#isClosed || sealed.length > this.#valueBytesMax) return;
    this.#remove(key);
    this.#add(key, { sealed: Uint8Array.from(sealed), until });
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#remove(oldest);
    }
  }

  async drop(key: RecordKey): Promise<void> {
    this.#remove(key);
  }

  state(): "closed" {
    return "closed";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#entries.clear();
    this.#bytes = 0;
  }

  #add(key: RecordKey, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.sealed.length + ENTRY_BYTES;
  }

  #remove(key: RecordKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.sealed.length + ENTRY_BYTES;
  }
}
