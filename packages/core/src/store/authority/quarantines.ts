import type { Instant, Quarantine } from "../../record/index.ts";
import { CorruptError } from "../../record/index.ts";
import type { Loss } from "./row.ts";

/** Losses in one retry time. More is a store that should not be worked with. */
const QUARANTINES_MAX = 32;

/** The quarantines in force as one: from the earliest loss to the latest discovery. */
export function inForce(losses: readonly Loss[], now: Instant): Quarantine | null {
  const [first, ...others] = losses.filter(({ endsAt }) => now <= endsAt);
  if (first === undefined) return null;
  return others.reduce<Quarantine>(
    (all, { since, until, endsAt }) => ({
      since: Math.min(all.since, since) as Instant,
      until: Math.max(all.until, until) as Instant,
      endsAt: Math.max(all.endsAt, endsAt) as Instant,
    }),
    { since: first.since, until: first.until, endsAt: first.endsAt },
  );
}

/** All of them, each once, without those that are over. */
export function united(some: readonly Loss[], others: readonly Loss[], now: Instant): readonly Loss[] {
  const all = new Map([...some, ...others].map((loss) => [nameOf(loss), loss]));
  const left = [...all.values()].filter(({ endsAt }) => now <= endsAt).sort((a, b) => a.until - b.until);
  if (left.length <= QUARANTINES_MAX) return left;
  throw new CorruptError(`The store has lost history more than ${QUARANTINES_MAX} times lately: look after it first`);
}

export function hasAll(some: readonly Loss[], others: readonly Loss[], now: Instant): boolean {
  const names = new Set(some.map(nameOf));
  return others.every((loss) => now > loss.endsAt || names.has(nameOf(loss)));
}

function nameOf({ since, until, endsAt }: Loss): string {
  return `${since}/${until}/${endsAt}`;
}
