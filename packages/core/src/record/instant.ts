/** A point in time: integer milliseconds since the Unix epoch. */
export type Instant = number & { readonly __brand: "Instant" };

/** Later than anything: a row with this `dueAt` waits for nobody (the largest value a JavaScript date may hold). */
export const NEVER: Instant = 8_640_000_000_000_000 as Instant;

export function instant(ms: number): Instant {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`An instant is an integer number of milliseconds, not ${ms}`);
  return ms as Instant;
}

/** `at` moved by `ms`, never past NEVER. */
export function after(at: Instant, ms: number): Instant {
  return Math.min(at + ms, NEVER) as Instant;
}
