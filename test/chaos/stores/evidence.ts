import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Verdict } from "../oracle.ts";
import type { StoreLane } from "./store-lane.ts";

/** Of offending keys, so many are told in full on the terminal; the file has more. */
const TOLD_MAX = 3;
const KEPT_MAX = 100;

/** Writes down what is known of the offending keys, and tells of the first. */
export async function evidenceOf(lane: StoreLane, verdict: Verdict, say: (text: string) => void): Promise<void> {
  const offences = [...verdict.violations, ...verdict.unexplained.map((it) => ({ ...it, kind: "unexplained" }))];
  const kept: string[] = [];
  for (const { kind, key, detail } of offences.slice(0, KEPT_MAX)) {
    const history = lane.load.histories.find((it) => it.key === key);
    const known = history === undefined ? "" : await lane.evidence(history);
    kept.push(`${kind}: ${key} (${lane.kind})\n${detail}\n${known}\n`);
  }
  for (const text of kept.slice(0, TOLD_MAX)) say(text);
  await writeFile(join(lane.folder, `${lane.name}-evidence.txt`), kept.join("\n"));
}
