import { open } from "lmdb";
import type { Slot } from "../round.ts";
import { nextPair } from "./rows.ts";
import { closedLoop, type Times } from "./slot.ts";

/**
 * LMDB with the easier job: a version number stands for the fence, and there is no index of what is due. Its commits are on
 * disk when they resolve: `overlappingSync: false` is durable and faster here than waiting for `flushed`.
 */
export async function lmdbLoop(path: string, times: Times): Promise<Slot> {
  const db = open<Uint8Array, string>({
    path,
    encoding: "binary",
    useVersions: true,
    noSubdir: true,
    overlappingSync: false,
  });
  const slot = await closedLoop(times, async () => {
    const { claim, completion } = nextPair();
    const claimed = await db.ifNoExists(claim.key, () => db.put(claim.key, claim.doc, 1));
    const completed = await db.put(claim.key, completion.doc, 2, 1);
    if (!claimed || !completed) throw new Error("A swap lost");
  });
  await db.close();
  return slot;
}
