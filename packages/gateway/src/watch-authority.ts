import { randomUUID } from "node:crypto";
import type { Clock, Notify } from "@semel/core/engine";
import { type RecordKey, type RecordStore, StoreError } from "@semel/core/record";
import { AuthorityWatch, type Loss, openAuthority } from "@semel/core/store/authority";
import type { NodeVault } from "@semel/core/vault";
import type { LoadedConfig } from "./config/index.ts";
import { systemClock, systemRandom } from "./world.ts";

/** Three times in the time after which a process that has heard nothing claims nothing. */
const LOOK_EVERY_MS = 3_000;
const WATCH = "!authority" as RecordKey;

/** What this process knows of the store's history: heard before anything is claimed. */
export async function watchOf(
  { times }: Pick<LoadedConfig, "times">,
  store: RecordStore,
  { check }: Pick<NodeVault, "check">,
  lost: (loss: Loss) => void,
): Promise<AuthorityWatch> {
  const random = systemRandom().fenceDigits;
  const opened = await openAuthority(store, { check, identity: randomUUID, random });
  const retryWithinMs = Math.max(...[...times.values()].map((it) => it.retryWithinMs));
  const watch = new AuthorityWatch({ store, opened, clock: systemClock, random, retryWithinMs, lost });
  await watch.look();
  return watch;
}

/** Looks at the authority again and again, until it is told to stop. A store that does not answer is asked again. */
export function watchAuthority(watch: AuthorityWatch, clock: Clock, notify: Notify): () => void {
  let cancel = (): void => {};
  let stopped = false;
  const lookLater = (): void => {
    if (!stopped) cancel = clock.later(LOOK_EVERY_MS, look);
  };
  const look = (): void => {
    watch
      .look()
      .catch((error: unknown) => {
        // Claims stop by themselves where it lasts. Anything but a silent store is for an operator to hear of.
        if (!(error instanceof StoreError)) notify({ notice: "failed", key: WATCH, error });
      })
      .finally(lookLater);
  };
  lookLater();
  return () => {
    stopped = true;
    cancel();
  };
}
