import { SKEW_MS } from "@semel/core/record";
import type { Loss } from "@semel/core/store/authority";
import { systemClock } from "./world.ts";

/** Nothing is claimed by such a clock, and nobody should have to find out why from a 503. */
export function clockWarnings(storeAheadMs: number): readonly string[] {
  if (Math.abs(storeAheadMs) <= SKEW_MS) return [];
  const apart = `${Math.round(Math.abs(storeAheadMs) / 1_000)} s ${storeAheadMs > 0 ? "behind" : "ahead of"}`;
  return [
    `This machine's clock is ${apart} the latest time of the store, and no payment is taken by it: set the clock, or wait until they agree.`,
  ];
}

export function lossWarnings(losses: readonly Loss[]): readonly string[] {
  return losses
    .filter(({ endsAt }) => systemClock.now() <= endsAt)
    .map(({ since, endsAt, why }) => {
      const [from, to] = [since, endsAt].map((at) => new Date(at).toISOString());
      return `History since ${from} may be lost (${why}): until ${to} every key that the store does not know climbs the ladder of its route.`;
    });
}
