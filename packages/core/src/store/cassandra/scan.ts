import { types } from "cassandra-driver";
import { AUTHORITY_KEY, type Fence, type Instant, NEVER, type RecordKey } from "../../record/index.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { NodeClock } from "./clock.ts";
import type { Cql } from "./cql.ts";
import { type Answer, numberOf, type Session } from "./session.ts";

/** Partitions and entries of one page. Docs are not read: about 100 KB. */
const PAGE_ROWS = 1_000;
/**
 * Between two pages. At 1,000 rows a second 100 million rows take a day, and a lost hint costs no more than such a pass; the
 * processes of a store share one position, so that ten of them are ten times as fast.
 */
export const PAGE_EVERY_MS = 1_000;
/** What is overdue for less than this is found by its hint, or will be. */
const OVERDUE_MS = 60_000;
/** What was found and not yet dealt with; the oldest are forgotten, for the next pass. */
const FOUND_MAX = 1_000;
const FIRST = types.Long.MIN_VALUE;

type OverdueRow = Readonly<{ key: RecordKey; dueAt: Instant }>;
type WaitingEntry = Readonly<{ key: RecordKey; fence: Fence }>;

/** A slow walk through all records behind the hints: what a hint should have led to, and did not, is found here. */
export class Scan {
  readonly #session: Session;
  readonly #cql: Cql;
  readonly #space: string;
  readonly #clock: NodeClock;
  readonly #everyMs: number;
  readonly #rows = new BoundedMap<RecordKey, OverdueRow>(FOUND_MAX);
  readonly #entries = new BoundedMap<string, WaitingEntry>(FOUND_MAX);
  #nextAt = 0;
  #walking: Promise<void> | null = null;

  constructor(session: Session, cql: Cql, space: string, clock: NodeClock, everyMs: number = PAGE_EVERY_MS) {
    this.#session = session;
    this.#cql = cql;
    this.#space = space;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Starts a page if it is time for one. Nobody waits for it, and one that fails is tried again. */
  nudge(): void {
    this.#walking ??= this.#walk()
      .catch(() => {})
      .finally(() => {
        this.#walking = null;
      });
  }

  /** Resolves when no page is under way. */
  async idle(): Promise<void> {
    await this.#walking;
  }

  overdue(): OverdueRow[] {
    return this.#rows.values();
  }

  waiting(): WaitingEntry[] {
    return this.#entries.values();
  }

  forget(key: RecordKey): void {
    this.#rows.delete(key);
  }

  forgetEntry({ key, fence }: WaitingEntry): void {
    this.#entries.delete(`${key} ${fence}`);
  }

  async #walk(): Promise<void> {
    const now = await this.#clock.roughly();
    if (now < this.#nextAt) return;
    this.#nextAt = now + this.#everyMs;
    const markName = `${this.#space}scan`;
    const [mark] = await this.#session.read(this.#cql.readMark, [markName]);
    const answers = await this.#session.read(this.#cql.scan, [mark?.["value"] ?? FIRST, PAGE_ROWS]);
    for (const answer of answers) this.#note(answer, now);
    await this.#session.write(this.#cql.mark, [markName, resumeAfter(answers)]);
  }

  #note({ key: partition, entry, fence, due_at: dueAt }: Answer, now: Instant): void {
    if (!(partition as string).startsWith(this.#space)) return;
    const key = (partition as string).slice(this.#space.length) as RecordKey;
    if (entry !== null) this.#entries.set(`${key} ${entry}`, { key, fence: entry as Fence });
    if (fence === null || key === AUTHORITY_KEY) return;
    const row = { key, dueAt: numberOf(dueAt) as Instant };
    if (row.dueAt < NEVER && row.dueAt + OVERDUE_MS <= now) this.#rows.set(key, row);
  }
}

/** The token after which the next page begins. A page may end in the midst of a partition, which then is read once more. */
export function resumeAfter(answers: readonly Readonly<{ [name: string]: unknown }>[]): types.Long {
  if (answers.length < PAGE_ROWS) return FIRST;
  const tokens = answers.map(({ at }) => at as types.Long);
  const last = tokens.at(-1) as types.Long;
  const before = tokens.findLast((token) => !token.equals(last));
  return before ?? last;
}
