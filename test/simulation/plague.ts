import { PAUSE_MS_MAX, type World } from "./world.ts";

/** How often each process is looked at for the faults of processes. Their rates are per second. */
const TICK_MS = 250;
const OUTAGE_MS_MAX = 4_000;

/** What befalls processes, machines and the store as a whole, until the liveness phase. */
export function plague(world: World): void {
  const { timeline, nodes, chance } = world;
  const perTick = (fault: "crash" | "pause" | "suspend" | "clockStep" | "storeOutage" | "leave" | "operator"): boolean =>
    chance.happens(TICK_MS / 1_000) && world.strikes(fault);
  const tick = (): void => {
    if (world.isHealed()) return;
    for (const node of nodes) {
      if (node.gateway === null) continue;
      const pauseMs = chance.between(0, PAUSE_MS_MAX);
      if (perTick("crash")) world.crash(node, "");
      else if (perTick("pause")) world.pause(node, pauseMs);
      else if (perTick("suspend")) world.suspend(node, pauseMs);
      else if (perTick("clockStep")) world.stepClock(node);
    }
    for (const node of nodes) {
      if (node.gateway !== null && perTick("leave")) world.leave(node);
      if (node.gateway !== null && perTick("operator")) world.operate(node);
    }
    if (perTick("storeOutage")) world.outage(chance.between(0, OUTAGE_MS_MAX));
    timeline.after(TICK_MS, "plague", tick);
  };
  timeline.after(TICK_MS, "plague", tick);
  loseHistoryOnce(world);
}

/** A backup is made, and some time later it is all that is left. */
function loseHistoryOnce(world: World): void {
  const { timeline, plan, chance, authority } = world;
  if (!chance.happens(plan.rates.historyLoss)) return;
  const backupAt = chance.fraction() * plan.faultsUntil * 0.6;
  timeline.after(backupAt, "backup", () => authority.keepBackup());
  timeline.after(backupAt + chance.fraction() * LOST_MS_MAX, "history is lost", () => {
    if (world.isHealed()) return;
    world.tally.hit("historyLoss");
    world.loseHistory();
  });
}

const LOST_MS_MAX = 8_000;
