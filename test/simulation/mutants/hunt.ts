import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runJob } from "../seeds.ts";
import type { Mutant } from "./mutant.ts";
import { withMutant } from "./tree.ts";

/** Of each mutant so many seeds are run, and no longer than this: most are found within a hundred, the last at some 24,000. */
const SEEDS_MOST = 40_000;
const HUNT_MS_MOST = 150_000;
/** What is known to live is looked at all the same: should it ever be found, its verdict is wrong. */
const SEEDS_OF_SURVIVORS = 1_000;

/** `seed`: the first that finds it, null: it lives. */
export type Hunted = Readonly<{
  mutant: Mutant;
  seed: number | null;
  seeds: number;
  found: string;
}>;

/** Hunts every mutant, one on each core. `tell` is called for each in the order in which they are done. */
export async function hunt(mutants: readonly Mutant[], tell: (hunted: Hunted) => void): Promise<readonly Hunted[]> {
  const done: Hunted[] = [];
  const queue = [...mutants];
  const lane = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const hunted = await huntOne(mutant);
      done.push(hunted);
      tell(hunted);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return mutants.map((mutant) => done.find((hunted) => hunted.mutant === mutant)!);
}

async function huntOne(mutant: Mutant): Promise<Hunted> {
  const { seeds, bad } = await withMutant(mutant, (folder) =>
    runJob(pathToFileURL(join(folder, "test/simulation/worker.ts")), {
      from: mutant.from ?? 1,
      step: 1,
      most: mutant.verdict === undefined ? SEEDS_MOST : SEEDS_OF_SURVIVORS,
      untilMs: HUNT_MS_MOST,
      twiceOf: 0,
      stopAtFirst: true,
    }),
  );
  const [first] = bad;
  const violation = first?.violations[0];
  const found = violation === undefined ? "" : `${violation.invariant}: ${violation.what}`;
  return { mutant, seed: first?.seed ?? null, seeds, found };
}
