import { absolute, type Figure, noise, type Round, ratio, type Spread } from "./round.ts";

/** One line of the table of figures: what is measured, against what, and with which goal. null: shown, and nothing is asked of it. */
export type Row = Readonly<{
  figure: string;
  ratio: number;
  low: number;
  high: number;
  better: "lower" | "higher";
  must: number | null;
  aim: number | null;
}>;

/** What a row says beside its ratio. */
export type Finding = Readonly<{ row: Row; noise: Spread; noiseOf: string; absolutes: readonly Absolute[] }>;
/** `serverMicros`: null where there is no server beside what is measured. */
export type Absolute = Readonly<{ name: string; cpuMicros: Spread; serverMicros: Spread | null; perSecond: Spread }>;

export type Goal = Readonly<{
  figure: string;
  of: Figure;
  name: string;
  than: string;
  better: "lower" | "higher";
  must: number | null;
  aim: number | null;
}>;

export function finding(rounds: readonly Round[], goal: Goal): Finding {
  const { figure, of, name, than, better, must, aim } = goal;
  const { median, low, high } = ratio(rounds, of, name, than);
  const absolutes = [than, name].map((it) => ({
    name: it,
    cpuMicros: absolute(rounds, "cpuMicros", it),
    serverMicros: hasServer(rounds, it) ? absolute(rounds, "serverMicros", it) : null,
    perSecond: absolute(rounds, "perSecond", it),
  }));
  const row = { figure, ratio: rounded(median), low: rounded(low), high: rounded(high), better, must, aim };
  return { row, noise: noise(rounds, of, than), noiseOf: than, absolutes };
}

export type NumberGoal = Readonly<{ figure: string; than: number; must: number }>;

/** What was measured is held against a number, not against something else that was measured. More is better. */
export function findingOf(slots: readonly (readonly number[])[], name: string, goal: NumberGoal): Finding {
  const { figure, than, must } = goal;
  const rounds = slots.map((numbers) => new Map([[name, numbers.map((perSecond) => ({ perSecond, cpuMicros: 0 }))]]));
  const { median, low, high } = absolute(rounds, "perSecond", name);
  const [ratio, least, most] = [median, low, high].map((number) => rounded(number / than)) as [number, number, number];
  const row = { figure, ratio, low: least, high: most, better: "higher", must, aim: null } as const;
  return { row, noise: noise(rounds, "perSecond", name), noiseOf: name, absolutes: [] };
}

function hasServer(rounds: readonly Round[], name: string): boolean {
  return rounds.every((round) => round.get(name)!.every(({ serverMicros }) => serverMicros !== undefined));
}

function rounded(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
