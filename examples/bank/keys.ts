import type { Effect } from "./effect.ts";

export type Claim =
  | Readonly<{ kind: "run" }>
  | Readonly<{ kind: "replay"; effect: Effect }>
  | Readonly<{ kind: "conflict" }>
  | Readonly<{ kind: "mismatch" }>;

type Entry = { fingerprint: string; receivedAt: number; effect: Effect | null };

/** The keys of a bank that honours them: for `windowMs` from the first receipt, then it really forgets. */
export class HonouredKeys {
  readonly #windowMs: number;
  /** In the order of receipt, so that the forgotten ones are at the front. */
  readonly #entries = new Map<string, Entry>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Whoever is told to run must `complete` or `release` the key. */
  claim({ key, fingerprint, now }: { key: string; fingerprint: string; now: number }): Claim {
    this.#forget(now);
    const entry = this.#remembered(key, now);
    if (!entry) {
      this.#enter(key, { fingerprint, receivedAt: now, effect: null });
      return { kind: "run" };
    }
    if (entry.fingerprint !== fingerprint) return { kind: "mismatch" };
    return entry.effect ? { kind: "replay", effect: entry.effect } : { kind: "conflict" };
  }

  complete(key: string, effect: Effect): void {
    const entry = this.#entries.get(key);
    if (entry) entry.effect = effect;
  }

  /** Nothing was executed under the key: it may be used again, for anything. */
  release(key: string): void {
    this.#entries.delete(key);
  }

  /** Called for the effects of an earlier run of the bank, oldest first. */
  restore(effect: Effect): void {
    const { key, fingerprint, receivedAt } = effect;
    if (key === null || this.#remembered(key, receivedAt)) return;
    this.#enter(key, { fingerprint, receivedAt, effect });
  }

  #enter(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #remembered(key: string, now: number): Entry | null {
    const entry = this.#entries.get(key);
    return entry && !this.#isOver(entry, now) ? entry : null;
  }

  #forget(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (!this.#isOver(entry, now)) return;
      this.#entries.delete(key);
    }
  }

  /** A running one is never over, even if it takes longer than the window: its duplicate must not run too. */
  #isOver(entry: Entry, now: number): boolean {
    return entry.effect !== null && now >= entry.receivedAt + this.#windowMs;
  }
}
