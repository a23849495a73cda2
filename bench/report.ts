import type { Spread } from "./round.ts";
import type { Absolute, Finding, Row } from "./row.ts";

/** The table for people: each ratio, what it was made of, and how far the same thing differs from itself. */
export function table(findings: readonly Finding[]): string {
  return findings
    .map(({ row, noise, absolutes }) =>
      [
        row.figure,
        `  ratio    ${say({ median: row.ratio, low: row.low, high: row.high }, 2)}   ${verdict(row)}`,
        `  A/A      ${say(noise, 2)}   the noise: ${absolutes[0]!.name} against itself`,
        ...absolutes.map(line),
      ].join("\n"),
    )
    .join("\n\n");
}

function line({ name, cpuMicros, perSecond }: Absolute): string {
  return `  ${name.padEnd(8)} ${say(cpuMicros, 1)} µs CPU each, ${say(perSecond, 0)} a second`;
}

function say({ median, low, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function verdict({ ratio, better, must, aim }: Row): string {
  const meets = (goal: number): boolean => (better === "lower" ? ratio <= goal : ratio >= goal);
  const sign = better === "lower" ? "≤" : "≥";
  const word = meets(aim) ? "the aim is met" : meets(must) ? "the must is met" : "the must is missed";
  return `must ${sign}${must}, aim ${sign}${aim}: ${word}`;
}
