import type { Lane } from "./lane.ts";
import type { Verdict } from "./oracle.ts";
import { PROCESS_FAULTS, type ProcessFault } from "./plan.ts";
import { type Counted, STRUCK } from "./strikes.ts";
import { WIRE_FAULTS } from "./weather.ts";

export type Outcome = Readonly<{
  minutes: number;
  lanes: readonly Lane[];
  verdicts: readonly Verdict[];
  /** The longest time for which this process, and so every wire, stood still. */
  stallMs: number;
}>;

/** What `--json` prints, and nothing else. */
export type Summary = Readonly<{
  minutes: number;
  requests: number;
  keys: number;
  kills: number;
  faults: Readonly<Record<string, number>>;
  effects: number;
  inDoubt: number;
  violations: number;
  unexplained: number;
}>;

/** By which count a planned fault shows that it struck. */
const SHOWS: Readonly<Record<ProcessFault, readonly Counted[]>> = {
  kill: ["sigkill"],
  deploy: ["sigterm"],
  stop: ["sigstop"],
  clock: ["clockAhead", "clockBack"],
  disk: ["diskFull"],
  descriptors: ["descriptors"],
};
/** From so many requests on, each wire fault must have struck: the rarest is one in 66. */
const REQUESTS_ENOUGH = 1_500;

export function summary({ minutes, lanes, verdicts }: Outcome): Summary {
  const sum = (pick: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + pick(verdict), 0);
  const faults = faultsOf(lanes);
  return {
    minutes,
    requests: lanes.reduce((total, { requests }) => total + requests, 0),
    keys: lanes.reduce((total, { load }) => total + load.histories.length, 0),
    kills: faults["sigkill"] ?? 0,
    faults,
    effects: sum(({ effects }) => effects),
    inDoubt: sum((verdict) => verdict.inDoubt),
    violations: sum(({ violations }) => violations.length),
    unexplained: sum(({ unexplained }) => unexplained.length),
  };
}

/** Every kind of fault with its count, also those that never struck. */
export function faultsOf(lanes: readonly Pick<Lane, "struck" | "proxies">[]): Record<string, number> {
  const faults: Record<string, number> = {};
  for (const name of STRUCK) faults[name] = lanes.reduce((total, { struck }) => total + struck[name], 0);
  for (const name of WIRE_FAULTS) {
    faults[name] = lanes.reduce(
      (total, { proxies }) => total + proxies.reduce((all, { struck }) => all + struck[name], 0),
      0,
    );
  }
  return faults;
}

/** Why the run does not count as passed. A run in which nothing happened proves nothing. */
export function complaintsOf(outcome: Outcome): string[] {
  const { lanes } = outcome;
  const { violations, unexplained, kills, effects, requests, faults } = summary(outcome);
  const complaints: string[] = [];
  if (violations > 0) complaints.push(`${violations} violations`);
  if (unexplained > 0) complaints.push(`${unexplained} keys that nobody can explain`);
  if (kills === 0) complaints.push("no gateway was ever killed");
  if (effects === 0) complaints.push("no payment took effect");
  for (const fault of PROCESS_FAULTS) {
    const planned = lanes.reduce((total, lane) => total + lane.planned[fault], 0);
    for (const name of SHOWS[fault]) {
      if (planned > 0 && faults[name] === 0) complaints.push(`${name} was planned and never struck`);
    }
  }
  for (const name of WIRE_FAULTS) {
    if (requests >= REQUESTS_ENOUGH && faults[name] === 0) complaints.push(`${name} never struck`);
  }
  for (const { kind, remarks } of lanes) complaints.push(...remarks.map((remark) => `${kind}: ${remark}`));
  return complaints;
}
