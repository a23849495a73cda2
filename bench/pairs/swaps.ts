import type { RecordStore } from "@semel/core/record";
import { nextPair } from "../store/rows.ts";

/** A pair by two swaps of a store. */
export function swapsOn(store: RecordStore): () => Promise<void> {
  return async () => {
    const { claim, completion } = nextPair();
    const claimed = await store.swap({ key: claim.key, expect: null, next: claim, publish: null });
    const done = await store.swap({ key: claim.key, expect: claim.fence, next: completion, publish: null });
    if (!claimed.won || !done.won) throw new Error("A swap lost");
  };
}
