import {
  AUTHORITY_KEY,
  type Fence,
  type Guarantees,
  type Instant,
  type Lineage,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "@semel/core/record";
import type { Authority } from "./authority.ts";
import type { Chance } from "./chance.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Process } from "./machine.ts";
import type { Plan } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

/** A write that was reported lost may land this much later: far within any horizon. */
const LATE_MS_MAX = 4_000;
const SLOW_MS_MAX = 3_000;

/** The second byte of a doc is its format. The next version of Semel writes another one, and reads both. */
const FORMAT_AT = 1;
const FORMAT = 2;
const NEXT_FORMAT = 3;

function inFormat(doc: Uint8Array, format: number): Uint8Array {
  const copy = doc.slice();
  copy[FORMAT_AT] = format;
  return copy;
}

export function inOldFormat(doc: Uint8Array): Uint8Array {
  return doc[FORMAT_AT] === NEXT_FORMAT ? inFormat(doc, FORMAT) : doc;
}

/** A process's connection to the authority: slow, lossy and at times broken, but it never reports what did not happen. */
export class Connection implements RecordStore {
  readonly name = "simulated";
  readonly #authority: Authority;
  readonly #process: Process;
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #faults: Faults;
  #era: number;
  readonly #isNewer: boolean;
  readonly #timeline: Timeline;
  #hint: readonly Row[] = [];
  #closed = false;
  /** Until then nothing of this process arrives at the store, and others know nothing of it. */
  cutUntil = 0;

  constructor(parts: ConnectionParts) {
    this.#authority = parts.authority;
    this.#process = parts.process;
    this.#plan = parts.plan;
    this.#chance = parts.chance;
    this.#faults = parts.faults;
    this.#timeline = parts.timeline;
    this.#era = parts.authority.era;
    this.#isNewer = parts.isNewer;
  }

  get guarantees(): Guarantees {
    return this.#authority.guarantees;
  }

  now(): Promise<Instant> {
    return this.#reading("clock", async () => this.#authority.now());
  }

  /** What it was told of is the history that it writes into from then on. */
  lineage(): Promise<Lineage | null> {
    if (!this.#plan.tellsHistory) return Promise.resolve(null);
    const asked = async () => ({ era: this.#authority.era, lineage: this.#authority.lineage() });
    return this.#reading("lineage", asked, true).then(({ era, lineage }) => {
      this.#era = era;
      return lineage;
    });
  }

  read(key: RecordKey): Promise<Row | null> {
    return this.#reading("read", () => this.#look(key));
  }

  async #look(key: RecordKey): Promise<Row | null> {
    const row = await this.#authority.read(key);
    return row === null ? null : this.#asRead(row);
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    const stale = this.#strikes("staleHint");
    const rows = await this.#reading("due", async () =>
      (await this.#authority.due(now, limit)).map((row) => this.#asRead(row)),
    );
    const hint = stale ? this.#hint : rows;
    this.#hint = rows;
    return hint;
  }

  drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    return this.#writing("drop", () => this.#authority.drop(rows));
  }

  swap(swap: Swap): Promise<Swapped> {
    const { next } = swap;
    // The authority's row is of one format in both versions: whoever reads it first must understand it.
    const isNewer = this.#isNewer && swap.key !== AUTHORITY_KEY;
    const written = isNewer ? { ...swap, next: { ...next, doc: inFormat(next.doc, NEXT_FORMAT) } } : swap;
    if (swap.wanted?.() === false) return this.#refuse("nobody waits for it");
    return this.#writing("swap", async () => {
      const swapped = await this.#authority.swap(written, this.#process);
      return swapped.won || swapped.current === null ? swapped : { won: false, current: this.#asRead(swapped.current) };
    });
  }

  #asRead(row: Row): Row {
    return this.#isNewer ? { ...row, doc: inOldFormat(row.doc) } : row;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #writing<T>(label: string, land: () => Promise<T>): Promise<T> {
    if (this.#closed || this.#strikes("storeUnavailable")) return this.#refuse("refused");
    if (this.#strikes("neverWritten")) return this.#fail(label);
    if (this.#strikes("lateWrite")) {
      this.#land(this.#chance.between(0, LATE_MS_MAX), label, land, () => {});
      return this.#fail(label);
    }
    const lost = this.#strikes("lostAck");
    const silent = !lost && this.#strikes("storeSilent");
    return this.#process.call(label, (answer) =>
      this.#land(this.#wayMs(), label, land, (settle) => {
        if (silent) return;
        answer(this.#wayMs(), lost ? inDoubt : settle);
      }),
    );
  }

  #reading<T>(label: string, look: () => Promise<T>, inAnyEra = false): Promise<T> {
    if (this.#closed || this.#strikes("storeUnavailable")) return this.#refuse("refused");
    const silent = this.#strikes("storeSilent");
    return this.#process.call(label, (answer) =>
      this.#land(
        this.#wayMs(),
        label,
        look,
        (settle) => {
          if (!silent) answer(this.#wayMs(), settle);
        },
        inAnyEra,
      ),
    );
  }

  /** Arrives at the authority: from then on it has happened, whatever its sender learns of it. */
  #land<T>(ms: number, label: string, land: () => Promise<T>, then: (settle: () => T) => void, inAnyEra = false): void {
    const era = this.#era;
    this.#timeline.after(ms, `${label} lands`, () => {
      if ((!inAnyEra && era !== this.#authority.era) || this.#timeline.now < this.cutUntil) return then(inDoubt);
      if (this.#timeline.now < this.#authority.outUntil) return then(inDoubt);
      land().then(
        (value) => then(() => value),
        (error: unknown) =>
          then(() => {
            throw error;
          }),
      );
    });
  }

  #refuse<T>(why: string): Promise<T> {
    return this.#process.call("refused", (answer) =>
      answer(this.#wayMs(), () => {
        throw new StoreError("unavailable", `Simulated: ${why}`);
      }),
    );
  }

  #fail<T>(label: string): Promise<T> {
    return this.#process.call(label, (answer) => answer(this.#wayMs(), inDoubt));
  }

  #wayMs(): number {
    const slow = this.#strikes("storeSlow") ? this.#chance.between(0, SLOW_MS_MAX) : 0;
    return this.#chance.skewed(0, this.#plan.delays.store) + slow;
  }

  #strikes(fault: Fault): boolean {
    return this.#faults.strikes(fault, this.#chance);
  }
}

export type ConnectionParts = Readonly<{
  authority: Authority;
  process: Process;
  plan: Plan;
  chance: Chance;
  faults: Faults;
  timeline: Timeline;
  /** The process is of the next version, whose records have another format. */
  isNewer: boolean;
}>;

function inDoubt(): never {
  throw new StoreError("in_doubt", "Simulated: nobody knows");
}
