import {
  after,
  type Cache,
  type Cached,
  CorruptError,
  decodeCached,
  encodeCached,
  type Fingerprint,
  type Instant,
  type KeyRecord,
  openAnswer,
  type RecordKey,
  SKEW_MS,
  type Vault,
} from "@semel/core/record";

/** Erasure reaches the cache within this time: with process memory's minute it is the published delay. */
const CACHED_MS = 60 * 60_000;

/** Of what is sealed, the compressor's dictionary included. */
const FORMAT = 1;
/** Format, whether the answer is deflated, and the length of the facts in two bytes. */
const HEAD_BYTES = 4;

/** What came of asking, and of putting, since the process began. */
export type CacheCounts = { hits: number; misses: number; bad: number; timeouts: number; errors: number };

export function noCounts(): CacheCounts {
  return { hits: 0, misses: 0, bad: 0, timeouts: 0, errors: 0 };
}

export type AnswerCacheParts = Readonly<{
  cache: Cache;
  vault: Vault;
  /** Fewer bytes for the same ones; null: there are none. */
  deflate: (bytes: Uint8Array) => Uint8Array | null;
  inflate: (deflated: Uint8Array) => Uint8Array;
  counts: CacheCounts;
}>;

/**
 * Answers of completed keys, sealed, in a cache that other processes read too. Nobody's word is taken for anything: what does not
 * open under this very key is dropped, and a miss is the authority's to answer. Nothing here ever rejects.
 */
export class AnswerCache {
  readonly counts: Readonly<CacheCounts>;
  readonly #counts: CacheCounts;
  readonly #parts: AnswerCacheParts;

  constructor(parts: AnswerCacheParts) {
    this.#parts = parts;
    this.#counts = parts.counts;
    this.counts = parts.counts;
  }

  /** The answer of a completed key to whoever sends the same request; null: ask the authority, whatever the reason. */
  async get(
    run: RecordKey,
    fingerprintOf: (scheme: string) => Fingerprint | null,
    now: () => Instant,
  ): Promise<Cached | null> {
    const sealed = await this.#parts.cache.get(run);
    const cached = sealed === null ? null : this.#opened(run, sealed);
    const isMine = cached !== null && isFresh(cached, now()) && isSame(cached.fingerprint, fingerprintOf);
    if (isMine) this.#counts.hits += 1;
    else this.#counts.misses += 1;
    return isMine ? cached : null;
  }

  /** Keeps the answer of a record that is durably completed; anything else is not kept. */
  async put(run: RecordKey, record: KeyRecord, now: Instant): Promise<void> {
    const { state, answer } = record;
    if (state.kind !== "completed" || answer === null) return;
    // Sealing takes longer than asking; whether it is asked again is found out by a get.
    if (this.#parts.cache.state() === "open") return;
    const until = Math.min(state.retainUntil, after(now, CACHED_MS)) as Instant;
    const sealed = this.#sealed(run, record, until);
    if (sealed !== null) await this.#parts.cache.put(run, sealed, until);
  }

  async drop(run: RecordKey): Promise<void> {
    await this.#parts.cache.drop(run);
  }

  state(): "closed" | "open" {
    return this.#parts.cache.state();
  }

  async close(): Promise<void> {
    await this.#parts.cache.close();
  }

  #sealed(run: RecordKey, record: KeyRecord, until: Instant): Uint8Array | null {
    const { vault, deflate } = this.#parts;
    try {
      const answer = openAnswer(record.answer!, run, vault);
      const bytes = answer === null ? null : encodeCached(record, answer, until);
      if (bytes === null) return null;
      const deflated = deflate(bytes.answer);
      const rest = deflated ?? bytes.answer;
      const clear = new Uint8Array(HEAD_BYTES + bytes.facts.length + rest.length);
      clear.set([FORMAT, deflated === null ? 0 : 1, bytes.facts.length >> 8, bytes.facts.length & 0xff]);
      clear.set(bytes.facts, HEAD_BYTES);
      clear.set(rest, HEAD_BYTES + bytes.facts.length);
      return vault.seal("cache", run, clear);
    } catch {
      this.#counts.errors += 1;
      return null;
    }
  }

  /** null: it is damaged, of another key, another secret or another format. It stood in the way, and is dropped. */
  #opened(run: RecordKey, sealed: Uint8Array): Cached | null {
    try {
      const clear = this.#parts.vault.open("cache", run, sealed);
      if (clear !== null) return this.#read(clear);
    } catch {
      // What is wrong with it is nobody's question: it is of no use.
    }
    this.#counts.bad += 1;
    void this.drop(run);
    return null;
  }

  #read(clear: Uint8Array): Cached {
    const [format, isDeflated, high = 0, low = 0] = clear;
    if (format !== FORMAT) throw new CorruptError(`A cached answer is sealed in format ${format}, not ${FORMAT}`);
    const factsEnd = HEAD_BYTES + (high << 8) + low;
    const rest = clear.subarray(factsEnd);
    const answer = isDeflated === 1 ? this.#parts.inflate(rest) : rest;
    return decodeCached({ facts: clear.subarray(HEAD_BYTES, factsEnd), answer });
  }
}

/** By a clock that is an hour behind the one of who put it, it would be kept for two. */
function isFresh({ state, until }: Cached, now: Instant): boolean {
  return now <= state.retainUntil && now <= until && until <= after(now, CACHED_MS + SKEW_MS);
}

/** Who sends something else, or cannot compare, is told so by the authority. */
function isSame({ scheme, digest }: Fingerprint, fingerprintOf: (scheme: string) => Fingerprint | null): boolean {
  return fingerprintOf(scheme)?.digest === digest;
}
