import type { Finding } from "../row.ts";
import { cachedRow } from "./cached-row.ts";
import { freshRow } from "./fresh-row.ts";
import { growthRow } from "./growth-row.ts";
import { horizonRow } from "./horizon-row.ts";
import { otherRows, postgresRow } from "./pairs-rows.ts";
import type { Run } from "./run.ts";

const ROWS: ReadonlyMap<number, (run: Run) => Promise<Finding[]>> = new Map([
  [5, postgresRow],
  [6, freshRow],
  [7, cachedRow],
  [8, otherRows],
  [9, horizonRow],
  [10, growthRow],
]);

/** The rows about stores on servers, one after the other: each has the machine to itself. */
export async function serverRows(run: Run): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [row, measure] of ROWS) if (run.settings.rows.includes(row)) findings.push(...(await measure(run)));
  return findings;
}
