import { Chance } from "../simulation/chance.ts";
import { type Case, type Ground, type Judged, judge } from "./case.ts";
import { LADDERS, SCRIPTS, type Script } from "./script.ts";
import { BLOWS, type Blow } from "./strike.ts";

export type Failed = Readonly<{ case: Case; judged: Judged }>;

/** `unexplained`: cases that ended with a key neither settled nor in doubt. `violations`: those that broke anything else. */
export type Matrix = Readonly<{
  points: number;
  cases: number;
  violations: number;
  unexplained: number;
  struck: Readonly<Record<string, number>>;
  failed: readonly Failed[];
}>;

/** Of two blows the second may fall on a call that only the first one caused. */
const LATER_MAX = 8;

/** Every call of every script, struck in every way; then pairs of blows, drawn by `seed`. */
export async function runMatrix(
  ground: Ground,
  doubles: number,
  seed: number,
  chosen: readonly Script[] = SCRIPTS,
): Promise<Matrix> {
  const all = await counted(chosen, ground);
  const singles = all.flatMap(({ script, ladder, points }) =>
    Array.from({ length: points }, (_, at) =>
      BLOWS.map((blow): Case => ({ script, ladder, blows: new Map([[at, blow]]) })),
    ),
  );
  const cases = [...singles.flat(), ...pairs(all, doubles, new Chance(seed, "pairs"))];
  const struck: { [blow: string]: number } = {};
  const failed: Failed[] = [];
  let [violations, unexplained] = [0, 0];
  for (const one of cases) {
    const judged = await judge(one, ground);
    for (const blow of judged.struck) struck[blow] = (struck[blow] ?? 0) + 1;
    if (judged.violations.length === 0) continue;
    failed.push({ case: one, judged });
    if (judged.violations.every(({ invariant }) => invariant === "I8")) unexplained += 1;
    else violations += 1;
  }
  const points = all.reduce((sum, script) => sum + script.points, 0);
  return { points, cases: cases.length, violations, unexplained, struck, failed };
}

type Counted = Pick<Case, "script" | "ladder"> & Readonly<{ points: number }>;

/** How many calls each script makes where nothing goes wrong, under each ladder. */
async function counted(chosen: readonly Script[], ground: Ground): Promise<readonly Counted[]> {
  const all: Counted[] = [];
  for (const script of chosen) {
    for (const ladder of Object.keys(LADDERS) as (keyof typeof LADDERS)[]) {
      const { calls, violations } = await judge({ script, ladder, blows: new Map() }, ground);
      if (violations.length > 0)
        throw new Error(`${script.name}, ${ladder}: broken without a blow: ${violations[0]!.what}`);
      all.push({ script, ladder, points: calls.length });
    }
  }
  return all;
}

function pairs(all: readonly Counted[], count: number, chance: Chance): readonly Case[] {
  return Array.from({ length: count }, () => {
    const { script, ladder, points } = chance.pick(all);
    const first = chance.between(0, points - 1);
    const second = chance.between(first + 1, points + LATER_MAX);
    const blows = new Map<number, Blow>([
      [first, chance.pick(BLOWS)],
      [second, chance.pick(BLOWS)],
    ]);
    return { script, ladder, blows };
  });
}
