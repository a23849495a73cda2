import type { LaneOutcome } from "./lane-outcome.ts";
import type { StoreName } from "./names.ts";
import type { StoreLane } from "./store-lane.ts";

/** The first lane is the store under chaos; what befell it once, on servers of its own, comes after it. */
export type StoreOutcome = Readonly<{ name: StoreName; lanes: readonly LaneOutcome[] }>;

type Counts = Readonly<{
  requests: number;
  keys: number;
  kills: number;
  faults: Readonly<Record<string, number>>;
  effects: number;
  inDoubt: number;
  recovered: number;
  violations: number;
  unexplained: number;
}>;

/** What `--json` prints, and nothing else. */
export type StoresSummary = Readonly<{
  minutes: number;
  stores: Readonly<
    Record<string, Counts & Readonly<{ notes: readonly string[]; scenes: Readonly<Record<string, Counts>> }>>
  >;
  violations: number;
  unexplained: number;
}>;

export function complaintsOf({ lanes }: StoreOutcome): string[] {
  return lanes.flatMap(({ name, complaints }) => complaints.map((complaint) => `${name}: ${complaint}`));
}

export function summaryOf(minutes: number, outcomes: readonly StoreOutcome[]): StoresSummary {
  const stores = outcomes.map(({ name, lanes }) => {
    const scenes = Object.fromEntries(lanes.slice(1).map((lane) => [lane.name, countsOf([lane])]));
    return [name, { ...countsOf(lanes), notes: lanes.flatMap(({ notes }) => notes), scenes }] as const;
  });
  const all = outcomes.flatMap(({ lanes }) => lanes);
  return {
    minutes,
    stores: Object.fromEntries(stores),
    violations: sum(all, ({ violations }) => violations),
    unexplained: sum(all, ({ unexplained }) => unexplained),
  };
}

function countsOf(lanes: readonly LaneOutcome[]): Counts {
  const faults: Record<string, number> = {};
  for (const lane of lanes) {
    for (const [name, count] of Object.entries(lane.faults)) faults[name] = (faults[name] ?? 0) + count;
  }
  return {
    requests: sum(lanes, ({ requests }) => requests),
    keys: sum(lanes, ({ keys }) => keys),
    kills: (faults["gatewayKill"] ?? 0) + (faults["serverKill"] ?? 0) + (faults["nodeKill"] ?? 0),
    faults,
    effects: sum(lanes, ({ effects }) => effects),
    inDoubt: sum(lanes, ({ inDoubt }) => inDoubt),
    recovered: sum(lanes, ({ recovered }) => recovered),
    violations: sum(lanes, ({ violations }) => violations),
    unexplained: sum(lanes, ({ unexplained }) => unexplained),
  };
}

function sum(lanes: readonly LaneOutcome[], pick: (lane: LaneOutcome) => number): number {
  return lanes.reduce((total, lane) => total + pick(lane), 0);
}

const COUNTED = ["requests", "keys", "effects", "inDoubt", "recovered", "violations", "unexplained"] as const;
const COLUMN = 13;

export function tableOf({ name, lanes }: StoreOutcome): string {
  const width = Math.max(...lanes.map((lane) => lane.name.length)) + 1;
  const row = (first: string, cells: readonly (string | number)[]): string =>
    first.padEnd(width) + cells.map((cell) => String(cell).padStart(COLUMN)).join("");
  const faults = Object.entries(countsOf(lanes).faults).map(([fault, count]) => `${fault} ${count}`);
  return [
    "",
    row(name, COUNTED),
    ...lanes.map((lane) =>
      row(
        lane.name,
        COUNTED.map((it) => lane[it]),
      ),
    ),
    "",
    `faults: ${faults.join(", ")}`,
    ...lanes.flatMap((lane) => lane.notes.map((note) => `${lane.name}: ${note}`)),
  ].join("\n");
}

export function liveLine(seconds: number, { name, requests, load, faults }: StoreLane): string {
  const { histories } = load;
  const open = histories.filter(({ final }) => final === null).length;
  const wrong = histories.reduce((all, { violations }) => all + violations.length, 0);
  const struck = Object.values(faults).reduce((all, count) => all + count, 0);
  return (
    `${seconds.toFixed(0).padStart(4)} s  ${name}: ${requests} requests, ${histories.length} keys, ${open} open, ` +
    `${struck} faults, ${wrong} violations`
  );
}
