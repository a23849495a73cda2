import { randomUUID } from "node:crypto";
import type { RecordStore } from "@semel/core/record";
import { AuthorityWatch, type Loss, openAuthority } from "@semel/core/store/authority";
import type { NodeVault } from "@semel/core/vault";
import type { LoadedConfig } from "./config/index.ts";
import { systemClock, systemRandom } from "./world.ts";

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
