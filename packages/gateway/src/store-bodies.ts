import type { Instant } from "@semel/core/record";
import type { Loss } from "@semel/core/store/authority";
import type { StoreStatus } from "./store-desk.ts";

/** How the admin API, and `semel store` without it, write down what they know of a store. */
export const storeBodies = {
  status: ({ guarantees, now, keptUntil, quarantines, ...rest }: StoreStatus): object => ({
    ...rest,
    ...guarantees,
    now: iso(now),
    keptUntil: keptUntil === null ? null : iso(keptUntil),
    quarantines: quarantines.map(lossBody),
  }),
  fenced: (loss: Loss): object => ({ result: "fenced", loss: lossBody(loss) }),
  pruned: (pruned: Readonly<{ visited: number; done: boolean }>): object => ({ result: "pruned", ...pruned }),
  instant: (text: string): Instant => Date.parse(text) as Instant,
};

function lossBody({ since, until, endsAt, why }: Loss): object {
  return { since: iso(since), until: iso(until), endsAt: iso(endsAt), why };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
