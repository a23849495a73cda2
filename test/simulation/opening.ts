import type { Clock } from "@semel/core/engine";
import { type Instant, type RecordStore, StoreError } from "@semel/core/record";
import { AuthorityWatch, type Loss, openAuthority, type WatchTimes } from "@semel/core/store/authority";
import { Chance } from "./chance.ts";
import { JUMP_MS_MAX } from "./cluster.ts";
import type { Process } from "./machine.ts";
import type { World } from "./world.ts";

/** Seconds where those of a gateway are minutes: what matters is how they stand to each other. */
const TIMES: WatchTimes = { lookEveryMs: 1_000, freshMs: 3_000, sinceMarginMs: 6_000 };
const PATIENCE_MS = 4_000;
/** Of the one naming secret that all processes of a world have. */
const CHECK = "check";

export type Opening = Readonly<{
  store: RecordStore;
  clock: Clock;
  chance: Chance;
  retryWithinMs: number;
  lost: () => void;
}>;

/** `lost`: what the process remembers is of a history that is not there any more. */
export function openingOf(store: RecordStore, process: Process, { seed, plan }: World, lost: () => void): Opening {
  const chance = new Chance(seed, `${process.name} watches`);
  // Longer than any run, and than any clock of it is wrong.
  const retryWithinMs = plan.until + 2 * JUMP_MS_MAX;
  return { store, clock: process.clock, chance, lost, retryWithinMs };
}

/** What a process does with the store's authority before it takes requests, as the gateway does it. */
export async function openStore({ store, clock, chance, retryWithinMs, lost }: Opening): Promise<AuthorityWatch> {
  const random = (): string => chance.hex(20);
  const opened = await openAuthority(store, { check: CHECK, identity: () => `store-${chance.hex(8)}`, random });
  const watch = new AuthorityWatch({ store, opened, clock, random, retryWithinMs, lost, times: TIMES });
  await watch.look();
  return watch;
}

/** An operator says what was lost, and says it again until it is written down. */
export async function declare(since: Instant, opening: Opening, failed: (error: unknown) => void): Promise<Loss> {
  for (;;) {
    try {
      const watch = await patiently(openStore(opening), opening.clock);
      return await watch.declare(since, "a backup was restored");
    } catch (error) {
      failed(error);
      await opening.clock.sleep(TIMES.lookEveryMs);
    }
  }
}

/** Who waits for a command that hangs ends it, and gives it again. */
function patiently<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.later(PATIENCE_MS, () => reject(new StoreError("in_doubt", "The command hangs")));
    answer.then(resolve, reject).finally(cancel);
  });
}
