import { parentPort, workerData } from "node:worker_threads";
import { type Outcome, runSeed, runSeedSlowly } from "./run.ts";

/** Seeds of one worker: `from`, and every `step`th after it, until it is told to stop or has done `most`. */
export type Job = Readonly<{
  from: number;
  step: number;
  most: number;
  untilMs: number;
  /** Of so many seeds one is run again by another way, and must come to the same; 0: none. */
  twiceOf: number;
  stopAtFirst: boolean;
}>;

export type Sum = Readonly<{
  seeds: number;
  again: number;
  operations: number;
  effects: number;
  lateCopies: number;
  words: Readonly<Record<string, number>>;
  faults: Readonly<Record<string, number>>;
  /** Seeds in which something broke. */
  bad: readonly Outcome[];
}>;

const BAD_MAX = 20;

async function work({ from, step, most, untilMs, twiceOf, stopAtFirst }: Job): Promise<Sum> {
  const sum = {
    seeds: 0,
    again: 0,
    operations: 0,
    effects: 0,
    lateCopies: 0,
    words: {},
    faults: {},
    bad: [] as Outcome[],
  };
  const began = performance.now();
  for (let seed = from; sum.seeds < most && performance.now() - began < untilMs; seed += step) {
    const outcome = await fromATimer(() => runSeed(seed));
    sum.seeds += 1;
    sum.operations += told(outcome);
    sum.effects += outcome.effects;
    sum.lateCopies += outcome.lateCopies;
    add(sum.words, outcome.words);
    add(sum.faults, outcome.faults);
    const again = twiceOf > 0 && seed % twiceOf === 0 ? await runSeedSlowly(seed) : outcome;
    if (again !== outcome) sum.again += 1;
    const differs = again.hash !== outcome.hash;
    if ((outcome.violations.length > 0 || differs) && sum.bad.length < BAD_MAX) {
      const violation = { invariant: "same", at: 0, key: "", what: "two runs of this seed took different ways" };
      sum.bad.push(differs ? { ...outcome, violations: [...outcome.violations, violation] } : outcome);
      if (stopAtFirst) break;
    }
  }
  return sum;
}

function told({ words }: Outcome): number {
  return [...words.values()].reduce((sum, count) => sum + count, 0);
}

/** A run must not begin within a promise job. */
function fromATimer<T>(call: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(call());
      } catch (error) {
        reject(error);
      }
    });
  });
}

function add(sum: { [name: string]: number }, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sum[name] = (sum[name] ?? 0) + count;
}

parentPort?.postMessage(await work(workerData as Job));
