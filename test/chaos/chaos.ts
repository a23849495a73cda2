import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { KINDS } from "./kind.ts";
import { Lane } from "./lane.ts";
import type { Options } from "./options.ts";
import { complaintsOf, type Outcome } from "./outcome.ts";
import { evidence, liveLine, table } from "./report.ts";

const LIVE_EVERY_MS = 5_000;

/** The whole run: four gateways side by side, each with its own customers and faults. */
export async function chaos(
  options: Options,
  folder: string,
  say: (text: string) => void,
  stopped: AbortSignal,
): Promise<Outcome> {
  const { minutes, seed, perSecond } = options;
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  await using lanes = await openLanes(options, folder);
  const startedAt = performance.now();
  const over = new AbortController();
  const stop = new Promise<never>((_, reject) => {
    stopped.addEventListener("abort", () => reject(stopped.reason as Error));
  });
  // Nobody may be listening when it comes.
  stop.catch(() => {});
  const live = (async () => {
    while (!over.signal.aborted) {
      await sleep(LIVE_EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
      say(liveLine((performance.now() - startedAt) / 1_000, lanes.all));
    }
  })();
  try {
    const unlessStopped = <T>(work: readonly Promise<T>[]): Promise<T[]> => Promise.race([Promise.all(work), stop]);
    await unlessStopped(lanes.all.map((lane) => lane.run(perSecond, minutes * 60_000)));
    say("the faults are over; everything settles");
    const verdicts = await unlessStopped(lanes.all.map((lane) => lane.conclude()));
    const outcome: Outcome = { minutes, lanes: lanes.all, verdicts, stallMs: stalls.max / 1e6 };
    over.abort();
    await live;
    say(table(outcome));
    if (complaintsOf(outcome).length > 0) await report(outcome, folder, seed, say);
    return outcome;
  } finally {
    over.abort();
    await live;
  }
}

async function report(outcome: Outcome, folder: string, seed: number, say: (text: string) => void): Promise<void> {
  for (const complaint of complaintsOf(outcome)) say(`NOT KEPT: ${complaint}`);
  say(`seed ${seed}; stores, logs and evidence are kept in ${folder}`);
  await evidence(outcome, folder, say);
}

type Lanes = AsyncDisposable & Readonly<{ all: readonly Lane[] }>;

async function openLanes({ seed, lyingBanks }: Options, folder: string): Promise<Lanes> {
  const all: Lane[] = [];
  const close = async (): Promise<void> => {
    for (const lane of all) await lane[Symbol.asyncDispose]();
  };
  try {
    // Seeds far apart: each lane draws from several streams that begin beside each other.
    for (const [at, kind] of KINDS.entries()) {
      all.push(await Lane.start(kind, { seed: seed * 1_000 + at * 100, lyingBanks, folder: join(folder, kind) }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { all, [Symbol.asyncDispose]: close };
}
