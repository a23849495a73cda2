import { forkFile, type Server } from "./child.ts";
import type { Load, Loaded } from "./load.ts";
import type { Slot } from "./round.ts";

/** To send 50,000 keys once takes half a minute on a busy machine. */
const PRIMES_WITHIN_MS = 180_000;

/** `answered`: requests since the warm-up began. */
type LoadSlot = Slot & Readonly<{ answered: number }>;

/** One slot of the generator, in a process of its own, on a server. */
export async function loadOn({ port, pid }: Server, load: Omit<Load, "port" | "pid">): Promise<LoadSlot> {
  const argv = [JSON.stringify({ ...load, port, pid } satisfies Load)];
  const { first } = await forkFile<Loaded>("./load.ts", argv, PRIMES_WITHIN_MS + load.warmMs + load.slotMs);
  const { answered, requests, seconds, cpuSeconds, serverSeconds } = first;
  if (requests === 0) throw new Error("The generator got no answer within its slot");
  const micros = (used: number): number => (used * 1e6) / requests;
  const slot = { answered, perSecond: requests / seconds, cpuMicros: micros(cpuSeconds) };
  return load.server === undefined ? slot : { ...slot, serverMicros: micros(serverSeconds) };
}
