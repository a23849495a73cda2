import { type Command, CorruptError, type Fence, type RecordKey, type Row, type Seen } from "../record/index.ts";
import type { Ask, PolicyOf } from "./ports.ts";
import { carry, type Parts, seenIn } from "./run.ts";

/** Rows fetched at a time. A visit is a swap, sometimes with a question upstream: 64 keep a store's batches full. */
const VISITS_MAX = 64;
/** Between two looks at an idle store. Recovery is counted in seconds; a look is one indexed query. */
const PAUSE_MS = 500;
/** A row that cannot be read is looked at again after this long: it must neither be forgotten nor head the list for ever. */
const UNREADABLE_PAUSE_MS = 60_000;

const UNMINTED = "0".repeat(32) as Fence;

/** Visits rows whose time has come: asks upstreams, reports doubt, drops answers and rows. One loop a process. */
export class DueLoop {
  readonly #parts: Parts;
  readonly #policyOf: PolicyOf;
  readonly #ask: Ask;
  readonly #setAside = new Map<RecordKey, number>();
  #stopped = false;
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
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      let visited = 0;
      try {
        visited = await this.look();
      } catch (error) {
        this.#parts.notify({ notice: "failed", key: "!due" as RecordKey, error });
      }
      if (visited < VISITS_MAX) await this.#parts.clock.sleep(PAUSE_MS);
    }
  }

  /** One look: visits what is due now. Resolves to the number of rows visited. */
  async look(): Promise<number> {
    const { store, clock } = this.#parts;
    const rows = await store.due(clock.now(), VISITS_MAX + this.#setAside.size);
    const visits = rows.filter((row) => this.#mayVisit(row)).slice(0, VISITS_MAX);
    await Promise.all(visits.map((row) => this.#visit(row)));
    return visits.length;
  }

  async #visit(row: Row): Promise<void> {
    let seen: Seen;
    try {
      seen = seenIn(row);
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error;
      this.#putAside(row.key);
      this.#parts.notify({ notice: "unreadable", key: row.key, error });
      return;
    }
    const command: Command = { kind: "due", attempt: UNMINTED };
    const policy = () => this.#policyOf(seen.record.route);
    const send = () => Promise.reject(new Error("The due loop has no request to send"));
    const errand = { key: row.key, policy, send, ask: this.#ask, tell: () => {} };
    await carry(command, seen, errand, this.#parts);
  }

  #mayVisit(row: Row): boolean {
    const until = this.#setAside.get(row.key);
    if (until === undefined) return true;
    if (until > this.#parts.clock.monotonicMs()) return false;
    this.#setAside.delete(row.key);
    return true;
  }

  #putAside(key: RecordKey): void {
    this.#setAside.set(key, this.#parts.clock.monotonicMs() + UNREADABLE_PAUSE_MS);
  }
}
