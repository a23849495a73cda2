import { evidenceOf } from "./evidence.ts";
import { saidBy } from "./logs.ts";
import type { StoreLane } from "./store-lane.ts";

/** What is left of a lane once its processes are gone. */
export type LaneOutcome = Readonly<{
  name: string;
  kind: string;
  requests: number;
  keys: number;
  faults: Readonly<Record<string, number>>;
  effects: number;
  inDoubt: number;
  violations: number;
  unexplained: number;
  /** Keys whose answer the store has lost and found again. */
  recovered: number;
  notes: readonly string[];
  /** Why it does not count as passed. */
  complaints: readonly string[];
}>;

/** Lets a lane settle, judges it, and keeps what is known of keys that were not treated as promised. */
export async function outcomeOf(lane: StoreLane, forMs: number, say: (text: string) => void): Promise<LaneOutcome> {
  const verdict = await lane.conclude();
  const { histories } = lane.load;
  const [violations, unexplained] = [verdict.violations.length, verdict.unexplained.length];
  const complaints = [
    ...(violations > 0 ? [`${violations} violations`] : []),
    ...(unexplained > 0 ? [`${unexplained} keys that nobody can explain`] : []),
    ...(verdict.effects === 0 ? ["no payment took effect"] : []),
    ...lane.collapses.map((exit) => `a gateway that was serving ended: ${exit.trim().split("\n").at(-1)}`),
    ...neverStruck(lane, forMs),
    ...lane.ground.complaints(),
    ...lane.remarks,
  ];
  if (violations + unexplained > 0) await evidenceOf(lane, verdict, say);
  return {
    ...{ name: lane.name, kind: lane.kind, requests: lane.requests, keys: histories.length, faults: lane.faults },
    ...{ effects: verdict.effects, inDoubt: verdict.inDoubt, violations, unexplained },
    recovered: histories.filter(({ recovered }) => recovered).length,
    ...{ notes: [...lane.ground.notes(), ...lane.notes, ...logged(lane)], complaints },
  };
}

/** What operators would hear of, where there is any. Incidents are late answers that a key could not take any more. */
function logged({ gateways }: StoreLane): string[] {
  const found = (["incident", "failure", "unreadable"] as const).map((what) => {
    return { what, count: gateways.reduce((total, gateway) => total + saidBy(gateway, what).length, 0) };
  });
  return found.filter(({ count }) => count > 0).map(({ what, count }) => `logged as ${what}: ${count}`);
}

/** From so many requests on, wires must have broken in every way: the rarest, at the clients' side, is one in 66. */
const REQUESTS_ENOUGH = 1_500;

function neverStruck({ faults, ground, requests }: StoreLane, forMs: number): string[] {
  const expected = forMs >= ground.firstRoundMs ? Object.keys(ground.faults) : [];
  const wires = Object.keys(faults).filter((name) => (/^store[A-Z]/.test(name) ? expected.length > 0 : true));
  const enough = new Set(requests >= REQUESTS_ENOUGH ? [...expected, ...wires] : expected);
  return [...enough].filter((name) => (faults[name] ?? 0) === 0).map((name) => `${name} never struck`);
}
