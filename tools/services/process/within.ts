import { setTimeout as sleep } from "node:timers/promises";

/** Seldom enough to cost nothing, often enough that nobody waits for it. */
const LOOK_EACH_MS = 40;

/** Whether a condition comes to hold in this time. */
export async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const until = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > until) return false;
    await sleep(LOOK_EACH_MS);
  }
  return true;
}
