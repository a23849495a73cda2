import { PAUSE_MS_MAX } from "./cluster.ts";
import { loseHistory } from "./loss.ts";
import { operate } from "./operator.ts";
import type { World } from "./world.ts";

/** How often each process is looked at for the faults of processes. Their rates are per second. */
const TICK_MS = 250;
const OUTAGE_MS_MAX = 4_000;
const LOST_MS_MAX = 8_000;

type PerSecond =
  | "crash"
  | "pause"
  | "partition"
  | "suspend"
  | "clockStep"
  | "clockJump"
  | "storeOutage"
  | "leave"
  | "operator";

/** What befalls processes, machines and the store as a whole, until the liveness phase. */
export function plague(world: World): void {
  const { timeline, chance, cluster, authority } = world;
  const strikes = (fault: PerSecond): boolean => chance.happens(TICK_MS / 1_000) && world.strikes(fault);
  const tick = (): void => {
    if (world.isHealed()) return;
    for (const node of cluster.nodes) {
      if (node.gateway === null) continue;
      if (strikes("crash")) cluster.crash(node, "");
      else if (strikes("pause")) cluster.pause(node, chance.between(0, PAUSE_MS_MAX));
      else if (strikes("suspend")) cluster.suspend(node, chance.between(0, PAUSE_MS_MAX));
      else if (strikes("clockStep")) cluster.stepClock(node);
      else if (strikes("clockJump")) cluster.jumpClock(node);
      else if (strikes("partition")) cluster.partition(node, chance.between(0, PAUSE_MS_MAX));
      else if (strikes("leave")) cluster.leave(node);
      else if (strikes("operator")) operate(node, world);
    }
    if (strikes("storeOutage")) authority.outUntil = timeline.now + chance.between(0, OUTAGE_MS_MAX);
    timeline.after(TICK_MS, "plague", tick);
  };
  timeline.after(TICK_MS, "plague", tick);
  loseHistoryOnce(world);
}

/** A backup is made, and some time later it is all that is left. */
function loseHistoryOnce(world: World): void {
  const { timeline, plan, chance, authority, faults } = world;
  if (!chance.happens(plan.rates.historyLoss)) return;
  const backupAt = chance.fraction() * plan.faultsUntil * 0.6;
  timeline.after(backupAt, "backup", () => authority.keepBackup());
  timeline.after(backupAt + chance.fraction() * LOST_MS_MAX, "history is lost", () => {
    if (world.isHealed() || !authority.hasBackup) return;
    faults.hit("historyLoss");
    loseHistory(world);
  });
}
