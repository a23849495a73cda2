import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lane } from "./lane.ts";
import { faultsOf, type Outcome, summary } from "./outcome.ts";

/** Of offending keys, so many are told in full on the terminal; the file has more. */
const TOLD_MAX = 3;
const KEPT_MAX = 200;
const COLUMN = 12;
const LINE_CHARS_MAX = 200;

export function liveLine(seconds: number, lanes: readonly Lane[]): string {
  const total = (pick: (lane: Lane) => number): number => lanes.reduce((all, lane) => all + pick(lane), 0);
  const faults = faultsOf(lanes);
  const others = Object.entries(faults).reduce((all, [name, count]) => all + (name === "sigkill" ? 0 : count), 0);
  const open = total(({ load }) => load.histories.filter(({ final }) => final === null).length);
  const keys = total(({ load }) => load.histories.length);
  const wrong = total(({ load }) => load.histories.reduce((all, { violations }) => all + violations.length, 0));
  return (
    `${seconds.toFixed(0).padStart(4)} s  ${total(({ requests }) => requests)} requests, ${keys} keys, ` +
    `${open} open, ${faults["sigkill"]} kills, ${others} other faults, ${wrong} violations`
  );
}

export function table(outcome: Outcome): string {
  const { lanes, verdicts, stallMs } = outcome;
  const rows: string[][] = [["", ...lanes.map(({ kind }) => kind)]];
  const row = (name: string, pick: (lane: Lane, at: number) => number): void =>
    void rows.push([name, ...lanes.map((lane, at) => String(pick(lane, at)))]);
  row("keys", ({ load }) => load.histories.length);
  row("requests", ({ requests }) => requests);
  row("effects", (_, at) => verdicts[at]!.effects);
  row("answered", ({ load }) => load.histories.filter(({ final }) => final !== null).length);
  row("in doubt", (_, at) => verdicts[at]!.inDoubt);
  row("violations", (_, at) => verdicts[at]!.violations.length);
  row("unexplained", (_, at) => verdicts[at]!.unexplained.length);
  row("ended itself", ({ exits }) => exits.length);
  for (const name of Object.keys(faultsOf([]))) row(name, (lane) => faultsOf([lane])[name]!);
  const lines = rows.map(([name, ...cells]) => name!.padEnd(14) + cells.map((cell) => cell.padStart(COLUMN)).join(""));
  const { kills, violations, unexplained, inDoubt } = summary(outcome);
  const notRun = notRunOf(lanes);
  return [
    "",
    ...lines,
    "",
    `${kills} kills, ${violations} violations, ${unexplained} unexplained, ${inDoubt} in doubt; ` +
      `the wires stood still for ${stallMs.toFixed(0)} ms at most`,
    ...lanes.flatMap(({ kind, exits }) =>
      exits.map((exit) => `${kind}: the gateway ended itself: ${lastLineOf(exit)}`),
    ),
    ...notRun.map((what) => `NOT RUN: ${what}`),
  ].join("\n");
}

/** A process that gives up says why last. */
function lastLineOf(output: string): string {
  return output.trim().split("\n").at(-1)!.slice(0, LINE_CHARS_MAX);
}

function notRunOf(lanes: readonly Lane[]): string[] {
  const any = (fault: "clock" | "disk"): boolean => lanes.some(({ possible }) => possible.has(fault));
  return [
    ...(any("clock") ? [] : ["clock jumps: libfaketime is not installed (Debian: faketime)"]),
    ...(any("disk") ? [] : ["disk full: this machine mounts no file system for us (Linux, root, a loop device)"]),
  ];
}

/** Writes down what is known of the offending keys, and tells of the first. */
export async function evidence(
  { lanes, verdicts }: Outcome,
  folder: string,
  say: (text: string) => void,
): Promise<void> {
  let told = 0;
  const kept: string[] = [];
  for (const [at, lane] of lanes.entries()) {
    const { violations, unexplained } = verdicts[at]!;
    const offences = [...violations, ...unexplained.map((it) => ({ ...it, kind: "unexplained" }))];
    for (const { kind, key, detail } of offences.slice(0, KEPT_MAX)) {
      const history = lane.load.histories.find((it) => it.key === key);
      const known = history === undefined ? "" : await lane.evidence(history);
      const text = `${kind}: ${key} (${lane.kind})\n${detail}\n${known}\n`;
      kept.push(text);
      told += 1;
      if (told <= TOLD_MAX) say(text);
    }
    kept.push(...lane.exits.map((exit) => `${lane.kind}: the gateway ended itself: ${exit}`));
  }
  await writeFile(join(folder, "evidence.txt"), kept.join("\n"));
}
