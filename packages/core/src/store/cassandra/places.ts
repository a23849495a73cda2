import type { Instant } from "../../record/index.ts";
import { BoundedMap } from "./bounded-map.ts";
import { bucketOf, endOf, nameOf, type Place } from "./bucket.ts";

/**
 * A hint may arrive this long after the time it was written for: skew between processes (5 s) and one call (4 s). What is
 * later still is found when its place is swept.
 */
export const LATE_MS = 10_000;
/** A place is swept, and given up if it is empty, this long after its time: far beyond any skew and any call. */
export const SWEEP_AFTER_MS: number = 10 * 60_000;
/** Places remembered: a day's arrears. One that is forgotten is read from its beginning once more. */
const PLACES_MAX = 24_000;

/** How far a place was read. */
type Progress = { from: number; drained: boolean; swept: boolean };

/** What to read of a place now. */
export type Reading = Readonly<{ from: Instant; sweeping: boolean }>;

/**
 * How far each place of hints was read, by this process. Deleted hints stay in Cassandra for hours: reading each place from
 * its beginning, every half second, would be reading the dead.
 */
export class Places {
  readonly #progress = new BoundedMap<string, Progress>(PLACES_MAX);

  /** null: there is nothing new to be seen. */
  next(place: Place, now: Instant): Reading | null {
    const { from, drained, swept } = this.#of(place);
    const over = endOf(place.bucket) + SWEEP_AFTER_MS < now;
    if (over && !swept) return { from: 0 as Instant, sweeping: true };
    return drained && !over ? null : { from: from as Instant, sweeping: over };
  }

  /** All hints from there up to `until` were read; `first`: the earliest one that is left. */
  saw(place: Place, { sweeping }: Reading, first: Instant | null, until: Instant): void {
    const progress = this.#of(place);
    progress.from = Math.max(0, Math.min(first ?? until, until - LATE_MS));
    progress.drained = first === null && endOf(place.bucket) + LATE_MS < until;
    progress.swept ||= sweeping;
    this.#progress.set(nameOf(place), progress);
  }

  /** A hint was written into it. */
  touched(place: Place): void {
    const progress = this.#progress.get(nameOf(place));
    if (progress !== undefined) progress.drained = false;
  }

  forget(place: Place): void {
    this.#progress.delete(nameOf(place));
  }

  #of(place: Place): Progress {
    return this.#progress.get(nameOf(place)) ?? { from: 0, drained: false, swept: false };
  }
}

/**
 * From which bucket on places are looked for. Those given up lie before it, deleted but not gone: 2,880 in three hours, and
 * Cassandra warns at 1,000. Places are only ever made for the present and later, so none comes before the oldest, except by
 * a wrong clock: hence a look from the beginning now and then.
 */
export class Start {
  #oldest = 0;
  #lookedAt = 0;

  next(now: Instant): number {
    if (now - this.#lookedAt > SWEEP_AFTER_MS) this.#oldest = 0;
    return this.#oldest;
  }

  /** `first`: the oldest bucket of a look. */
  saw(first: number | null, now: Instant): void {
    if (this.#oldest === 0) this.#lookedAt = now;
    const present = bucketOf((now - SWEEP_AFTER_MS) as Instant);
    this.#oldest = Math.max(0, Math.min(first ?? present, present));
  }
}
