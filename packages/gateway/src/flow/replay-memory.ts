import { after, type Fingerprint, type Instant, type KeyRecord, type RecordKey } from "@semel/core/record";
import type { Outgoing } from "./exchange.ts";

/** Erasure reaches every process within this time: a published delay. */
const REMEMBER_MS = 60_000;
/** Answers kept in one process. A thousand keys of 600 bytes need one; the rest is for large answers. */
const MEMORY_BYTES_MAX = 64 * 1024 * 1024;
/** Per entry, beside its body and headers: objects and the map's own. */
const ENTRY_BYTES = 1_024;

/**
 * `asked`: all that the record key was made of. `sent`: the key as the remembered exchange wrote it, which its answer
 * echoes.
 */
export type Remembered = Readonly<{ asked: string; sent: string }>;
type Entry = Remembered & Readonly<{ fingerprint: Fingerprint; outgoing: Outgoing; until: Instant; bytes: number }>;

/** Answers of completed keys that were replayed before: it holds positive, immutable facts, and nothing else. */
export class ReplayMemory {
  readonly #entries = new Map<RecordKey, Entry>();
  readonly #names = new Map<string, RecordKey>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** The record key of what is remembered: a keyed hash saved, and no more known than the hash would say. */
  nameOf(asked: string): RecordKey | undefined {
    return this.#names.get(asked);
  }

  /** The answer of a completed key with this very request; null: ask the store, whatever the reason. */
  get(
    key: RecordKey,
    sent: string,
    fingerprint: (scheme: string) => Fingerprint | null,
    now: Instant,
  ): Outgoing | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.sent !== sent) return null;
    if (now > entry.until) {
      this.drop(key);
      return null;
    }
    const mine = fingerprint(entry.fingerprint.scheme);
    return mine !== null && mine.digest === entry.fingerprint.digest ? entry.outgoing : null;
  }

  put(key: RecordKey, { asked, sent }: Remembered, record: KeyRecord, outgoing: Outgoing, now: Instant): void {
    const { state, fingerprint } = record;
    if (state.kind !== "completed" || fingerprint === null || record.answer === null || outgoing.rest !== null) return;
    // What is not the stored answer itself (its seal cannot be opened here) is not remembered as one.
    if (outgoing.status !== state.outcome.status) return;
    const bytes = ENTRY_BYTES + outgoing.body.length + outgoing.headers.join().length + asked.length;
    if (bytes > MEMORY_BYTES_MAX / 16) return;
    this.drop(key);
    const until = Math.min(after(now, REMEMBER_MS), state.retainUntil) as Instant;
    this.#entries.set(key, { fingerprint, asked, sent, outgoing, until, bytes });
    this.#names.set(asked, key);
    this.#bytes += bytes;
    while (this.#bytes > MEMORY_BYTES_MAX) this.drop(this.#entries.keys().next().value!);
  }

  drop(key: RecordKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
    this.#names.delete(entry.asked);
  }
}
