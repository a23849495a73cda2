import { type Command, CorruptError, type Fence, type RecordKey, type Row, type Seen } from "../record/index.ts";
import { seenIn } from "./acts.ts";
import type { Parts } from "./parts.ts";
import type { Ask, PolicyOf } from "./ports.ts";
import { carry } from "./run.ts";
import { inTime } from "./silence.ts";

/** Rows fetched at a time. A visit is a swap, sometimes with a question upstream: 64 keep a store's batches full. */
const VISITS_MAX = 64;
/** Between two looks at an idle store. Recovery is counted in seconds; a look is one indexed query. */
const PAUSE_MS = 500;
/**
 * A row that cannot be read, or that a visit did not change, is looked at again after this long: it must neither be
 * forgotten nor head the list for ever.
 */
const ASIDE_MS = 60_000;
/** Rows set aside at a time. Beyond it the loop pauses between looks, as it does when there is nothing to do. */
const ASIDE_MAX = 10_000;

const UNMINTED = "0".repeat(32) as Fence;

/** Visits rows whose time has come: asks upstreams, reports doubt, drops answers and rows. One loop a process. */
export class DueLoop {
  readonly #parts: Parts;
  readonly #policyOf: PolicyOf;
  readonly #ask: Ask;
  readonly #setAside = new Map<RecordKey, Readonly<{ fence: Fence; untilMs: number }>>();
  #stopped = false;
  #wake = (): void => {};
  #running: Promise<void> | null = null;

  constructor(parts: Parts, policyOf: PolicyOf, ask: Ask) {
    this.#parts = parts;
    this.#policyOf = policyOf;
    this.#ask = ask;
  }

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Resolves when the visits under way have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      let changed = 0;
      try {
        changed = await this.look();
      } catch (error) {
        this.#parts.notify({ notice: "failed", key: "!due" as RecordKey, error });
      }
      // Only a full look that got something done is followed by another at once.
      if (changed < VISITS_MAX && !this.#stopped) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.later(PAUSE_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One look: visits what is due now. Resolves to the number of rows that changed by it. */
  async look(): Promise<number> {
    const { store, clock, clocks } = this.#parts;
    clocks.refresh();
    const rows = await inTime(store.due(clock.now(), VISITS_MAX + this.#setAside.size), clock);
    const visits = rows.filter((row) => this.#mayVisit(row)).slice(0, VISITS_MAX);
    const changed = await Promise.all(visits.map((row) => this.#visit(row)));
    return changed.filter(Boolean).length;
  }

  async #visit(row: Row): Promise<boolean> {
    let seen: Seen;
    try {
      seen = seenIn(row);
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error;
      this.#putAside(row);
      this.#parts.notify({ notice: "unreadable", key: row.key, error });
      return false;
    }
    const command: Command = { kind: "due", attempt: UNMINTED, dueAt: row.dueAt };
    const policy = () => this.#policyOf(seen.record.route);
    // By a wrong clock a lease is over early, and an upstream's "no" is final too soon: the next look comes in half a second.
    if (!this.#parts.clocks.agree(policy().skewMs) || !this.#parts.isFresh()) return false;
    const send = () => Promise.reject(new Error("The due loop has no request to send"));
    const errand = { key: row.key, policy, send, ask: this.#ask, tell: () => {} };
    const { changed } = await carry(command, seen, errand, this.#parts);
    if (!changed) this.#putAside(row);
    return changed;
  }

  #mayVisit(row: Row): boolean {
    const aside = this.#setAside.get(row.key);
    if (aside === undefined) return true;
    // A row that somebody has written since is another row.
    if (aside.fence === row.fence && aside.untilMs > this.#parts.clock.monotonicMs()) return false;
    this.#setAside.delete(row.key);
    return true;
  }

  #putAside({ key, fence }: Row): void {
    if (this.#setAside.size >= ASIDE_MAX) this.#setAside.delete(this.#setAside.keys().next().value!);
    this.#setAside.set(key, { fence, untilMs: this.#parts.clock.monotonicMs() + ASIDE_MS });
  }
}
