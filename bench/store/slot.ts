import { familyCpuSeconds } from "../cpu.ts";
import type { Slot } from "../round.ts";

export const CALLERS = 64;

/** `server`: the process of a database server, whose CPU is counted too. */
export type Times = Readonly<{ warmMs: number; slotMs: number; server?: number | undefined }>;

/** Runs `batch`, which returns the pairs that it did, for the warm-up and then for a slot. */
export async function measure(times: Times, batch: () => Promise<number>): Promise<Slot> {
  for (const end = performance.now() + times.warmMs; performance.now() < end; ) await batch();
  const from = performance.now();
  const slotOf = begin(times.server);
  let pairs = 0;
  while (performance.now() - from < times.slotMs) pairs += await batch();
  return slotOf(pairs);
}

/** Begins a slot. What it returns ends it, with what was done in it. */
export function begin(server: number | undefined): (count: number) => Slot {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  const serverCpu = server === undefined ? 0 : familyCpuSeconds(server);
  return (count) => {
    const seconds = (performance.now() - from) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const slot = { perSecond: count / seconds, cpuMicros: (user + system) / count };
    if (server === undefined) return slot;
    return { ...slot, serverMicros: ((familyCpuSeconds(server) - serverCpu) * 1e6) / count };
  };
}

/** Callers, each of which begins a new pair as soon as its last one is durable. */
export async function closedLoop(times: Times, pair: () => Promise<void>, count: number = CALLERS): Promise<Slot> {
  const loop = startLoop(pair, count);
  const slot = await measure(times, async () => {
    const before = loop.done();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return loop.done() - before;
  });
  await loop.stop();
  return slot;
}

export type Loop = Readonly<{ done: () => number; stop: () => Promise<void> }>;

export function startLoop(pair: () => Promise<void>, count: number): Loop {
  let [pairs, isOver] = [0, false];
  const call = async (): Promise<void> => {
    while (!isOver) {
      await pair();
      pairs += 1;
    }
  };
  const callers = Promise.all(Array.from({ length: count }, call));
  return {
    done: () => pairs,
    stop: async () => {
      isOver = true;
      await callers;
    },
  };
}
