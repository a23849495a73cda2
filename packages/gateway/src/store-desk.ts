import type { DueLoop } from "@semel/core/engine";
import type { Guarantees, Instant, RecordStore } from "@semel/core/record";
import type { AuthorityWatch, Loss } from "@semel/core/store/authority";

/** What a store says of itself, and what is known of its history. Instants in ms. */
export type StoreStatus = Readonly<{
  name: string;
  guarantees: Guarantees;
  now: Instant;
  /** How far its clock is ahead of this machine's, in ms. */
  aheadMs: number;
  identity: string;
  epoch: number;
  /** null: the engine cannot tell, and a loss must be declared. */
  lineage: string | null;
  /** What was acknowledged before is there, whatever became of the engine; null: it cannot tell. */
  keptUntil: Instant | null;
  quarantines: readonly Loss[];
}>;

/** What operators do to a whole store. */
export type StoreDesk = Readonly<{
  status: () => Promise<StoreStatus>;
  /** Declares that history since `since` may be lost. */
  fence: (since: Instant, why: string) => Promise<Loss>;
  /** What keys were named by at the last start; null: nothing was started yet. */
  names: () => string | null;
  keepNames: (names: string) => Promise<void>;
  /** Visits what is due until nothing is, or the time for it is over. */
  prune: () => Promise<Readonly<{ visited: number; done: boolean }>>;
}>;

/** An operator waits for it; what is left is visited by the due loop, or by the next call. */
const PRUNE_MS_MAX = 20_000;

export type DeskParts = Readonly<{
  store: RecordStore;
  watch: AuthorityWatch;
  due: Pick<DueLoop, "look">;
  clock: Readonly<{ now: () => Instant; monotonicMs: () => number }>;
}>;

export function storeDesk({ store, watch, due, clock }: DeskParts): StoreDesk {
  return {
    status: async () => {
      await watch.look();
      const [now, lineage] = await Promise.all([store.now(), store.lineage()]);
      const { identity, epoch, quarantines } = watch.authority;
      const { name, guarantees } = store;
      const kept = { lineage: lineage?.id ?? null, keptUntil: lineage?.keptUntil ?? null };
      return { name, guarantees, now, aheadMs: now - clock.now(), identity, epoch, ...kept, quarantines };
    },
    fence: (since, why) => watch.declare(since, why),
    names: () => watch.authority.names,
    keepNames: (names) => watch.keepNames(names, () => {}),
    prune: async () => {
      const untilMs = clock.monotonicMs() + PRUNE_MS_MAX;
      let visited = 0;
      for (;;) {
        const changed = await due.look();
        visited += changed;
        if (changed === 0) return { visited, done: true };
        if (clock.monotonicMs() > untilMs) return { visited, done: false };
      }
    },
  };
}
