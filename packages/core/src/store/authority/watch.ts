import {
  AUTHORITY_KEY,
  after,
  fenceAfter,
  type Instant,
  type Lineage,
  type Quarantine,
  type RecordStore,
  StoreError,
} from "../../record/index.ts";
import { checkNaming, type OpenedAuthority } from "./open.ts";
import { hasAll, inForce, united } from "./quarantines.ts";
import { type Authority, decodeAuthority, type Loss, rowOf } from "./row.ts";

/**
 * Who has not heard from the store's authority for so long claims nothing: so a loss that one process writes down is known to
 * all of them after it, or they stand still. Looks come every 3 s.
 */
const FRESH_MS = 10_000;
/** What was lost was decided before it was acknowledged, by clocks that differ: far more than both. */
const SINCE_MARGIN_MS = 60_000;
/** Others write the authority's row once in months. */
const TRIES_MAX = 8;

export type WatchOptions = Readonly<{
  store: RecordStore;
  opened: OpenedAuthority;
  clock: Readonly<{ now: () => Instant; monotonicMs: () => number }>;
  /** 20 hex digits for a fence. */
  random: () => string;
  /** How long clients retry a key: a quarantine ends so long after it was opened. */
  retryWithinMs: number;
  /** History may be lost: what was remembered of it must be forgotten. Called before anything else can happen. */
  lost: (loss: Loss) => void;
}>;

/**
 * One process's knowledge of what its store may have lost. A history that is another one than before opens a quarantine by
 * itself, an operator opens one by declaring the loss, and every process learns of it or claims nothing.
 */
export class AuthorityWatch {
  readonly #options: WatchOptions;
  #authority: Authority;
  /** Found out here, and not yet written down. */
  #suspected: Loss | null = null;
  #heardMs: number;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#authority = options.opened.authority;
    this.#heardMs = options.clock.monotonicMs();
  }

  get authority(): Authority {
    return this.#authority;
  }

  /** False: something may have been lost that this process has not heard of, and nothing may be claimed. */
  isFresh(): boolean {
    return this.#suspected === null && this.#options.clock.monotonicMs() - this.#heardMs <= FRESH_MS;
  }

  /** The quarantines in force as one. Asked several times a payment, and there nearly never is one. */
  quarantine(): Quarantine | null {
    const { quarantines } = this.#authority;
    if (quarantines.length === 0 && this.#suspected === null) return null;
    const losses = this.#suspected === null ? quarantines : [...quarantines, this.#suspected];
    return inForce(losses, this.#options.clock.now());
  }

  /** Hears what the store says of its history, and what others have written about it. Rejects with what the store throws. */
  async look(): Promise<void> {
    const { store, clock } = this.#options;
    const startedMs = clock.monotonicMs();
    const lineage = await store.lineage();
    if (isOther(lineage, this.#authority)) this.#suspect(lineage!);
    await this.#agree(lineage, null);
    this.#heardMs = startedMs;
  }

  /** Opens a quarantine for a loss since `since` that the store itself cannot show. */
  async declare(since: Instant, why: string): Promise<Loss> {
    const lineage = await this.#options.store.lineage();
    if (isOther(lineage, this.#authority)) this.#suspect(lineage!);
    const loss = this.#loss(since, why);
    await this.#agree(lineage, loss);
    return loss;
  }

  /** Writes down what keys are named by. `judge` is shown what was written before, and throws where it must not be replaced. */
  async keepNames(names: string, judge: (kept: string | null) => void): Promise<void> {
    const { store, random, clock } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const row = await store.read(AUTHORITY_KEY);
      const found = row === null ? this.#authority : decodeAuthority(row.doc);
      judge(found.names);
      if (found.names === names) return;
      const next = rowOf({ ...found, names }, fenceAfter(row?.fence ?? null, clock.now(), random()));
      const swapped = await store.swap({ key: AUTHORITY_KEY, expect: row?.fence ?? null, next, publish: null });
      if (swapped.won) return;
    }
    throw tooMany();
  }

  /** What is remembered is forgotten at once; and until it is written down, nothing is claimed. */
  #suspect({ id, keptUntil }: Lineage): void {
    const why = `the store's history is ${id} and was ${this.#authority.lineage}`;
    this.#suspected = this.#loss(after(keptUntil, -SINCE_MARGIN_MS), why);
    this.#options.lost(this.#suspected);
  }

  #loss(since: Instant, why: string): Loss {
    const { clock, retryWithinMs } = this.#options;
    const until = after(clock.now(), FRESH_MS);
    return { since: Math.max(0, Math.min(since, until)) as Instant, until, endsAt: after(until, retryWithinMs), why };
  }

  /** Until the authority's row says all that this process knows, and this process knows all that the row says. */
  async #agree(lineage: Lineage | null, declared: Loss | null): Promise<void> {
    const { store, opened, random, clock } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const row = await store.read(AUTHORITY_KEY);
      const found = row === null ? null : decodeAuthority(row.doc);
      if (found !== null) checkNaming(found, opened.authority.check);
      const known = found ?? { ...opened.authority, quarantines: [] };
      const next = this.#next(known, lineage, declared);
      if (row !== null && next === null) return this.#take(known);
      const written = rowOf(next ?? known, fenceAfter(row?.fence ?? null, clock.now(), random()));
      const swap = { key: AUTHORITY_KEY, expect: row?.fence ?? null, next: written, publish: null };
      const swapped = await store.swap(swap);
      if (swapped.won) return this.#take(next ?? known);
    }
    throw tooMany();
  }

  /** What the row should say; null: it says it. */
  #next(found: Authority, lineage: Lineage | null, declared: Loss | null): Authority | null {
    const now = this.#options.clock.now();
    // Whoever opened the quarantine of this history knew when it began better than who comes after its first marks.
    const mine = this.#suspected !== null && isOther(lineage, found) ? [this.#suspected] : [];
    const news = [...this.#authority.quarantines, ...mine, ...(declared === null ? [] : [declared])];
    const id = lineage?.id ?? found.lineage;
    if (id === found.lineage && hasAll(found.quarantines, news, now)) return null;
    const epoch = Math.max(found.epoch, this.#authority.epoch) + 1;
    return { ...found, lineage: id, epoch, quarantines: united(found.quarantines, news, now) };
  }

  #take(authority: Authority): void {
    const news = authority.quarantines.filter((loss) => !hasAll(this.#authority.quarantines, [loss], loss.until));
    this.#authority = authority;
    this.#suspected = null;
    for (const loss of news) this.#options.lost(loss);
  }
}

function tooMany(): StoreError {
  return new StoreError("unavailable", "The authority's row is written by too many at once");
}

/** A store that never told of its history has lost nothing by telling of it now. */
function isOther(lineage: Lineage | null, { lineage: before }: Authority): boolean {
  return lineage !== null && before !== null && lineage.id !== before;
}
