import { absolute, type Figure, noise, type Round, ratio, type Spread } from "./round.ts";

/** One line of the table of figures: what is measured, against what, and with which goal. */
export type Row = Readonly<{
  figure: string;
  ratio: number;
  low: number;
  high: number;
  better: "lower" | "higher";
  must: number;
  aim: number;
}>;

/** What a row says beside its ratio. */
export type Finding = Readonly<{ row: Row; noise: Spread; absolutes: readonly Absolute[] }>;
export type Absolute = Readonly<{ name: string; cpuMicros: Spread; perSecond: Spread }>;

export type Goal = Readonly<{
  figure: string;
  of: Figure;
  name: string;
  than: string;
  better: "lower" | "higher";
  must: number;
  aim: number;
}>;

export function finding(rounds: readonly Round[], goal: Goal): Finding {
  const { figure, of, name, than, better, must, aim } = goal;
  const { median, low, high } = ratio(rounds, of, name, than);
  const absolutes = [than, name].map((it) => ({
    name: it,
    cpuMicros: absolute(rounds, "cpuMicros", it),
    perSecond: absolute(rounds, "perSecond", it),
  }));
  const row = { figure, ratio: rounded(median), low: rounded(low), high: rounded(high), better, must, aim };
  return { row, noise: noise(rounds, of, than), absolutes };
}

function rounded(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
