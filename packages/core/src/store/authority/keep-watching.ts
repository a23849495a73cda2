import { StoreError } from "../../record/index.ts";
import type { AuthorityWatch } from "./watch.ts";

type Later = (ms: number, call: () => void) => () => void;

/**
 * Looks again and again, until it is told to stop. A store that does not answer is asked again: claims stop by themselves where
 * that lasts. `failed`: anything else, which an operator should hear of.
 */
export function keepWatching(watch: AuthorityWatch, later: Later, failed: (error: unknown) => void): () => void {
  let cancel = (): void => {};
  let stopped = false;
  const lookLater = (): void => {
    if (!stopped) cancel = later(watch.times.lookEveryMs, look);
  };
  const look = (): void => {
    watch
      .look()
      .catch((error: unknown) => {
        if (!(error instanceof StoreError)) failed(error);
      })
      .finally(lookLater);
  };
  lookLater();
  return () => {
    stopped = true;
    cancel();
  };
}
