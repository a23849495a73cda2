import { sqliteStore } from "@semel/core/store/sqlite";
import type { Slot } from "../round.ts";
import { nextPair } from "./rows.ts";
import { closedLoop, type Times } from "./slot.ts";

export async function storeLoop(path: string, times: Times): Promise<Slot> {
  const store = await sqliteStore({ path });
  const slot = await closedLoop(times, async () => {
    const { claim, completion } = nextPair();
    await store.swap({ key: claim.key, expect: null, next: claim, publish: null });
    const done = await store.swap({ key: claim.key, expect: claim.fence, next: completion, publish: null });
    if (!done.won) throw new Error("A completion lost");
  });
  await store.close();
  return slot;
}
