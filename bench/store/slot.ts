import type { Slot } from "../round.ts";

export const CALLERS = 64;

export type Times = Readonly<{ warmMs: number; slotMs: number }>;

/** Runs `batch`, which returns the pairs that it did, for the warm-up and then for a slot. */
export async function measure(times: Times, batch: () => Promise<number>): Promise<Slot> {
  for (const end = performance.now() + times.warmMs; performance.now() < end; ) await batch();
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  let pairs = 0;
  while (performance.now() - from < times.slotMs) pairs += await batch();
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (pairs * 1_000) / (performance.now() - from), cpuMicros: (user + system) / pairs };
}

/** 64 callers, each of which begins a new pair as soon as its last one is durable. */
export async function closedLoop(times: Times, pair: () => Promise<void>): Promise<Slot> {
  let [pairs, isOver] = [0, false];
  const call = async (): Promise<void> => {
    while (!isOver) {
      await pair();
      pairs += 1;
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  const slot = await measure(times, async () => {
    const before = pairs;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return pairs - before;
  });
  isOver = true;
  await Promise.all(callers);
  return slot;
}
