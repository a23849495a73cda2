import { after, type Instant, type KeyRecord, type RecordKey } from "@semel/core/record";
import type { Outgoing } from "./exchange.ts";

/** Erasure reaches every process within this time: a published delay. */
const REMEMBER_MS = 60_000;
/** Answers kept in one process. A thousand keys of 600 bytes need one; the rest is for large answers. */
const MEMORY_BYTES_MAX = 64 * 1024 * 1024;
/** Per entry, beside its body and headers: objects and the map's own. */
const ENTRY_BYTES = 1_024;

/**
 * A request as memory knows it, in texts that must not leave the process: `name` holds all that its record key is made of,
 * `content` all that its fingerprint is, `sent` is the key as its client wrote it, which its answer echoes.
 */
export type Remembered = Readonly<{ name: string; sent: string; content: string }>;
/** Of a record, what says that its answer may be remembered. */
export type Replayable = Pick<KeyRecord, "state" | "fingerprint" | "answer">;
type Entry = Remembered &
  Readonly<{ run: RecordKey; outgoing: Outgoing; since: Instant; until: Instant; bytes: number }>;

/**
 * Answers of completed keys that were replayed before: it holds positive, immutable facts, and nothing else. A request that is
 * not the very same one goes the long way, where its fingerprint decides.
 */
export class ReplayMemory {
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<RecordKey, string>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** The answer of a completed key with this very request; null: ask the store, whatever the reason. */
  get(name: string, sent: string, content: () => string, now: Instant): Outgoing | null {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.sent !== sent) return null;
    // A clock that was turned back would keep what is over, or erased elsewhere.
    if (now > entry.until || now < entry.since) {
      this.drop(entry.run);
      return null;
    }
    return entry.content === content() ? entry.outgoing : null;
  }

  put(run: RecordKey, asked: Remembered, record: Replayable, outgoing: Outgoing, now: Instant): void {
    const { state } = record;
    if (state.kind !== "completed" || record.fingerprint === null || record.answer === null) return;
    // What is not the stored answer itself (its seal cannot be opened here) is not remembered as one.
    if (outgoing.rest !== null || outgoing.status !== state.outcome.status) return;
    const { name, sent, content } = asked;
    const texts = outgoing.headers.join().length + name.length + sent.length + content.length;
    const bytes = ENTRY_BYTES + outgoing.body.length + texts;
    if (bytes > MEMORY_BYTES_MAX / 16) return;
    this.drop(run);
    const until = Math.min(after(now, REMEMBER_MS), state.retainUntil) as Instant;
    // A copy: the body is a slice of a larger page, and would keep all of it.
    const kept = { ...outgoing, body: Uint8Array.from(outgoing.body) };
    this.#entries.set(name, { name, sent, content, run, outgoing: kept, since: now, until, bytes });
    this.#names.set(run, name);
    this.#bytes += bytes;
    while (this.#bytes > MEMORY_BYTES_MAX) this.drop(this.#entries.values().next().value!.run);
  }

  /** After a loss of history nothing is remembered of what was before it. */
  clear(): void {
    this.#entries.clear();
    this.#names.clear();
    this.#bytes = 0;
  }

  drop(run: RecordKey): void {
    const entry = this.#entries.get(this.#names.get(run) ?? "");
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(entry.name);
    this.#names.delete(run);
  }
}
