import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Job, Sum } from "./worker.ts";

/** One in a hundred seeds is run again, by another way to bring promises to their end. */
const TWICE_OF = 100;
const WORKERS_MAX = 8;

/** Runs seeds on all cores: each worker takes every so-manieth. */
export async function runSeeds(from: number, seeds: number, untilMs: number): Promise<Sum> {
  const workers = Math.min(availableParallelism(), WORKERS_MAX, seeds);
  const jobs = Array.from({ length: workers }, (_, at): Job => {
    const most =
      seeds === Number.POSITIVE_INFINITY ? seeds : Math.floor(seeds / workers) + (at < seeds % workers ? 1 : 0);
    return { from: from + at, step: workers, most, untilMs, twiceOf: TWICE_OF, stopAtFirst: false };
  });
  const sums = await Promise.all(jobs.map((job) => runJob(new URL("./worker.ts", import.meta.url), job)));
  return sums.reduce(addUp);
}

export function runJob(worker: URL, job: Job): Promise<Sum> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, { workerData: job });
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}

function addUp(a: Sum, b: Sum): Sum {
  return {
    seeds: a.seeds + b.seeds,
    again: a.again + b.again,
    operations: a.operations + b.operations,
    effects: a.effects + b.effects,
    lateCopies: a.lateCopies + b.lateCopies,
    words: counts(a.words, b.words),
    faults: counts(a.faults, b.faults),
    bad: [...a.bad, ...b.bad].sort((one, other) => one.seed - other.seed),
  };
}

function counts(a: Sum["words"], b: Sum["words"]): Sum["words"] {
  const sum: { [name: string]: number } = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
