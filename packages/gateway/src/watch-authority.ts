import type { Clock, Notify } from "@semel/core/engine";
import { type RecordKey, StoreError } from "@semel/core/record";
import type { AuthorityWatch } from "@semel/core/store/authority";

/** Three times in the time after which a process that has heard nothing claims nothing. */
const LOOK_EVERY_MS = 3_000;
const WATCH = "!authority" as RecordKey;

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
