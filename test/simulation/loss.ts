import { type Instant, StoreError } from "@semel/core/record";
import { Chance } from "./chance.ts";
import { Connection } from "./connection.ts";
import { EPOCH_MS, Machine, Process } from "./machine.ts";
import { declare, openingOf } from "./opening.ts";
import type { World } from "./world.ts";

/**
 * The store falls back to its last backup. Where its engine tells of its history, processes find out while they run. Where it
 * does not, whoever restores it stops them all, and says what was lost before any is started again.
 */
export function loseHistory(world: World): void {
  const { authority, oracle, chance, plan, cluster } = world;
  world.note(`history since ${Math.round(authority.backupAt)} is lost`);
  if (!plan.tellsHistory) cluster.hold("so that a backup can be restored");
  void authority.loseHistory();
  oracle.historyLost();
  if (plan.tellsHistory) {
    for (const node of cluster.nodes) if (chance.happens(0.5)) cluster.crash(node, "as its store is gone");
  } else declareLoss(world).catch((error: unknown) => world.failed(error));
}

async function declareLoss(world: World): Promise<void> {
  const { plan, timeline, faults, authority, seed, cluster } = world;
  const process = new Process("operator", new Machine("desk", timeline), timeline);
  const chance = new Chance(seed, process.name);
  const { isNewer } = cluster;
  const store = new Connection({ process, plan, timeline, faults, chance, authority, isNewer });
  const since = Math.floor(EPOCH_MS + authority.backupAt) as Instant;
  await declare(
    since,
    openingOf(store, process, world, () => {}),
    (error) => {
      if (!(error instanceof StoreError)) world.failed(error);
    },
  );
  cluster.letGo();
}
