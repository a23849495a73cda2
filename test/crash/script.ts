import type { Ladder, Policy } from "@semel/core/record";
import { FAULTS, type Fault } from "../simulation/faults.ts";
import type { Plan } from "../simulation/plan.ts";

/** What becomes of the first payments that leave, one after the other. Whatever comes after them is answered. */
export type Fate =
  | "paid"
  /** Paid, and the connection falls before its answer. */
  | "lost"
  /** Refused in front: nothing happened. */
  | "refused"
  | "declined";

export type Script = Readonly<{ name: string; fates: readonly Fate[] }>;

/** One payment and its retries, in the ways that it can go without any fault of ours. */
export const SCRIPTS: readonly Script[] = [
  { name: "answered at once", fates: ["paid"] },
  { name: "answer lost", fates: ["lost"] },
  { name: "refused, then paid", fates: ["refused"] },
  { name: "declined", fates: ["declined"] },
];

const REPEAT = { windowMs: 60_000 };
const ASK = { settleAfterMs: 1_000 };

export const LADDERS: Readonly<Record<"repeat" | "ask" | "both" | "neither", Ladder>> = {
  repeat: { repeat: REPEAT, ask: null },
  ask: { repeat: null, ask: ASK },
  both: { repeat: REPEAT, ask: ASK },
  neither: { repeat: null, ask: null },
};

const POLICY: Omit<Policy, "ladder"> = {
  upstream: "bank",
  sendWithinMs: 1_000,
  deadlineMs: 1_000,
  leaseMarginMs: 500,
  skewMs: 100,
  undeclaredLagMs: 1_000,
  doubtAfterMs: 10_000,
  retainMs: 100 * 60_000,
  horizonMs: 300 * 60_000,
  unknownHistory: "refuse",
  quarantine: null,
};

/** Faults are struck until here; then everything is well. */
export const FAULTS_UNTIL_MS = 30_000;

/** A world in which nothing goes wrong by itself. `nodes`: more than one only where a store may have several owners. */
export function planOf(ladder: Ladder, nodes: number): Plan {
  const policy = { ...POLICY, ladder };
  return {
    nodes,
    keys: 1,
    clients: 0,
    faultsUntil: FAULTS_UNTIL_MS,
    until: FAULTS_UNTIL_MS + 90_000,
    policies: [policy, policy],
    upstreamKey: "forward",
    upstream: { honoursKeys: ladder.repeat !== null, marksReplays: true },
    alwaysPays: true,
    edgy: false,
    waitMs: 0,
    docBytesMax: 1_000_000,
    tellsHistory: true,
    delays: { store: 1, upstream: 5, client: 1 },
    rates: Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>,
  };
}
