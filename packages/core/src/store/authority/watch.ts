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

export type WatchTimes = Readonly<{
  lookEveryMs: number;
  /**
   * Who has not heard from the store's authority for so long claims nothing: so a loss that is written down is known to all
   * processes after it, or they stand still. Three looks.
   */
  freshMs: number;
  /** What was lost was decided before it was acknowledged, by clocks that differ: far more than both. */
  sinceMarginMs: number;
}>;

const WATCH_TIMES: WatchTimes = { lookEveryMs: 2_000, freshMs: 6_000, sinceMarginMs: 60_000 };

/** Others write the authority's row once in months. */
const TRIES_MAX = 8;

export type WatchOptions = Readonly<{
  store: RecordStore;
  opened: OpenedAuthority;
  clock: Readonly<{
    now: () => Instant;
    monotonicMs: () => number;
    later: (ms: number, call: () => void) => () => void;
  }>;
  /** 20 hex digits for a fence. */
  random: () => string;
  /** How long clients retry a key: a quarantine ends so long after it was opened. */
  retryWithinMs: number;
  /** Default: WATCH_TIMES. */
  times?: WatchTimes;
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
  /** Found out or declared here, and not yet written down. */
  #suspected: Loss | null = null;
  #heardMs: number;
  readonly times: WatchTimes;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.times = options.times ?? WATCH_TIMES;
    this.#authority = options.opened.authority;
    this.#heardMs = options.clock.monotonicMs();
  }

  get authority(): Authority {
    return this.#authority;
  }

  /** False: something may have been lost that this process has not heard of, and nothing may be claimed. */
  isFresh(): boolean {
    return this.#suspected === null && this.#options.clock.monotonicMs() - this.#heardMs <= this.times.freshMs;
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
    const startedMs = this.#options.clock.monotonicMs();
    await this.#agree(await this.#hear(), null);
    this.#heardMs = startedMs;
  }

  /** Opens a quarantine for a loss since `since` that the store itself cannot show. */
  async declare(since: Instant, why: string): Promise<Loss> {
    const lineage = await this.#hear();
    const loss = this.#loss(since, why, await this.#inTime(this.#options.store.now()));
    // From here on this process claims nothing until it is written: others see to theirs as they hear of it.
    this.#suspected ??= loss;
    await this.#agree(lineage, loss);
    return loss;
  }

  /**
   * Where the history is another one, what is remembered is forgotten at once, and nothing is claimed until the loss is written
   * down. It is written by the store's clock: by one that is behind, what others still claim would lie after it.
   */
  async #hear(): Promise<Lineage | null> {
    const { store, clock, lost } = this.#options;
    const lineage = await this.#inTime(store.lineage());
    if (lineage === null || !isOther(lineage, this.#authority)) return lineage;
    const since = after(lineage.keptUntil, -this.times.sinceMarginMs);
    const why = `the store's history is ${lineage.id} and was ${this.#authority.lineage}`;
    if (this.#suspected?.why !== why) {
      this.#suspected = this.#loss(since, why, clock.now());
      lost(this.#suspected);
    }
    this.#suspected = this.#loss(since, why, await this.#inTime(store.now()));
    return lineage;
  }

  /** Writes down what keys are named by. `judge` is shown what was written before, and throws where it must not be replaced. */
  async keepNames(names: string, judge: (kept: string | null) => void): Promise<void> {
    const { store, random, clock } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const row = await this.#inTime(store.read(AUTHORITY_KEY));
      const found = row === null ? this.#authority : decodeAuthority(row.doc);
      judge(found.names);
      if (found.names === names) return;
      const next = rowOf({ ...found, names }, fenceAfter(row?.fence ?? null, clock.now(), random()));
      const swapped = await this.#inTime(
        store.swap({ key: AUTHORITY_KEY, expect: row?.fence ?? null, next, publish: null }),
      );
      if (swapped.won) return;
    }
    throw tooMany();
  }

  /** It ends when it is written, and everybody has heard of it: each within the time for which knowledge is fresh. */
  #loss(since: Instant, why: string, now: Instant): Loss {
    const until = after(now, 2 * this.times.freshMs);
    const endsAt = after(until, this.#options.retryWithinMs);
    return { since: Math.max(0, Math.min(since, until)) as Instant, until, endsAt, why };
  }

  /** Until the authority's row says all that this process knows, and this process knows all that the row says. */
  async #agree(lineage: Lineage | null, declared: Loss | null): Promise<void> {
    const { store, opened, random, clock } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const row = await this.#inTime(store.read(AUTHORITY_KEY));
      const found = row === null ? null : decodeAuthority(row.doc);
      if (found !== null) checkNaming(found, opened.authority.check);
      const known = found ?? { ...opened.authority, quarantines: [] };
      const late = await this.#heardTooLate(known);
      const next = this.#next(known, lineage, [...late, ...(declared === null ? [] : [declared])]);
      if (row !== null && next === null) return this.#take(known);
      const written = rowOf(next ?? known, fenceAfter(row?.fence ?? null, clock.now(), random()));
      const swap = { key: AUTHORITY_KEY, expect: row?.fence ?? null, next: written, publish: null };
      const swapped = await this.#inTime(store.swap(swap));
      if (swapped.won) return this.#take(next ?? known);
    }
    throw tooMany();
  }

  /**
   * Losses that were written down so slowly that this process may have claimed in ignorance after their end. Its claims lie
   * within them as they are returned.
   */
  async #heardTooLate({ quarantines }: Authority): Promise<readonly Loss[]> {
    const news = quarantines.filter((loss) => !hasAll(this.#authority.quarantines, [loss], loss.until));
    if (news.length === 0) return [];
    const { store, clock } = this.#options;
    const now = await this.#inTime(store.now());
    const staleMs = Math.max(0, clock.monotonicMs() - this.#heardMs - this.times.freshMs);
    const claimedUntil = this.#suspected === null ? now - staleMs : 0;
    return news
      .filter(({ until }) => until < claimedUntil)
      .map(({ since, why }) => this.#loss(since, `${why} (some heard of it late)`, now));
  }

  /** What the row should say; null: it says it. */
  #next(found: Authority, lineage: Lineage | null, more: readonly Loss[]): Authority | null {
    const now = this.#options.clock.now();
    // Whoever opened the quarantine of this history knew when it began better than who comes after its first marks.
    const mine = this.#suspected !== null && isOther(lineage, found) ? [this.#suspected] : [];
    const news = [...this.#authority.quarantines, ...mine, ...more];
    const id = lineage?.id ?? found.lineage;
    if (id === found.lineage && hasAll(found.quarantines, news, now)) return null;
    const epoch = Math.max(found.epoch, this.#authority.epoch) + 1;
    return { ...found, lineage: id, epoch, quarantines: united(found.quarantines, news, now) };
  }

  /** A store that never answers would otherwise be the last that this process hears of. */
  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const over = (): void => reject(new StoreError("in_doubt", "The store does not answer"));
      const cancel = this.#options.clock.later(this.times.freshMs, over);
      answer.then(resolve, reject).finally(cancel);
    });
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
