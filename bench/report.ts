import type { Spread } from "./round.ts";
import type { Absolute, Finding, Row } from "./row.ts";

/** The table for people: each ratio, what it was made of, and how far the same thing differs from itself. */
export function table(findings: readonly Finding[]): string {
  return findings
    .map(({ row, noise, noiseOf, absolutes }) =>
      [
        row.figure,
        `  ratio    ${say({ median: row.ratio, low: row.low, high: row.high }, 2)}   ${verdict(row)}`,
        `  A/A      ${say(noise, 2)}   the noise: ${noiseOf} against itself`,
        ...absolutes.map(line),
      ].join("\n"),
    )
    .join("\n\n");
}

function line({ name, cpuMicros, serverMicros, perSecond }: Absolute): string {
  const server = serverMicros === null ? "" : ` and ${say(serverMicros, 1)} in the server`;
  return `  ${name.padEnd(8)} ${say(cpuMicros, 1)} µs CPU each${server}, ${say(perSecond, 0)} a second`;
}

function say({ median, low, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function verdict({ ratio, better, must, aim }: Row): string {
  if (must === null) return "shown, nothing is asked of it";
  const meets = (goal: number): boolean => (better === "lower" ? ratio <= goal : ratio >= goal);
  const sign = better === "lower" ? "≤" : "≥";
  if (aim === null) return `must ${sign}${must}: the must is ${meets(must) ? "met" : "missed"}`;
  const word = meets(aim) ? "the aim is met" : meets(must) ? "the must is met" : "the must is missed";
  return `must ${sign}${must}, aim ${sign}${aim}: ${word}`;
}
