import type { Instant } from "./instant.ts";

/**
 * The identity of one write to one key: 32 hex digits. The upper 48 bits are `max(clock in ms, previous + 1)`, so that
 * fences of a key rise; the other 80 are random, so that no two writes ever share one, not even when two processes
 * read the same clock. A claim's fence is also the id of its attempt.
 */
export type Fence = string & { readonly __brand: "Fence" };

const CLOCK_DIGITS = 12;
const RANDOM_DIGITS = 20;
const CLOCK_MAX = 2 ** 48 - 1;

/** Mints the fence that follows `previous` (null: the key has no row). `random`: 20 hex digits. */
export function fenceAfter(previous: Fence | null, now: Instant, random: string): Fence {
  if (random.length !== RANDOM_DIGITS) throw new RangeError(`A fence needs ${RANDOM_DIGITS} random hex digits`);
  const floor = previous === null ? 0 : fenceClock(previous) + 1;
  const clock = Math.max(now, floor);
  if (clock > CLOCK_MAX) throw new RangeError("The clock does not fit into a fence; it is past the year 10889");
  if (clock !== written.clock) written = { clock, digits: clock.toString(16).padStart(CLOCK_DIGITS, "0") };
  return (written.digits + random) as Fence;
}

/** Many fences of one millisecond are minted one after the other, and a large number is slow to be written in hex. */
let written = { clock: -1, digits: "" };

/** The upper 48 bits: how two fences of one key are ordered. */
export function fenceClock(fence: Fence): number {
  return Number.parseInt(fence.slice(0, CLOCK_DIGITS), 16);
}

export function isFence(text: string): text is Fence {
  return /^[0-9a-f]{32}$/.test(text);
}
