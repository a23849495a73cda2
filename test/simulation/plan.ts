import type { Ladder, Policy } from "@semel/core/record";
import type { Chance } from "./chance.ts";
import { FAULTS, type Fault } from "./faults.ts";

/** One seed's world: what is in it, and what goes wrong how often. Drawn once, printed with a failure. */
export type Plan = Readonly<{
  nodes: number;
  keys: number;
  clients: number;
  /** The safety phase: faults strike until then. */
  faultsUntil: number;
  /** The liveness phase: nothing goes wrong any more, and everything must settle by then. */
  until: number;
  /** What processes are configured with: the first, then perhaps the second. */
  policies: readonly [Policy, Policy];
  upstreamKey: "forward" | "derived" | "none";
  /** What the upstream really does: it keeps what the policies declare of it, and not a moment more. */
  upstream: Readonly<{ honoursKeys: boolean; marksReplays: boolean }>;
  /** The upstream declines nothing. */
  alwaysPays: boolean;
  /** Everything that may take until a limit takes nearly until then, and clients come as a limit passes. */
  edgy: boolean;
  waitMs: number;
  docBytesMax: number;
  /** The store's engine tells of its history, so that a loss is found out. Otherwise somebody must say so. */
  tellsHistory: boolean;
  /** Ordinary delays, one way, in ms. */
  delays: Readonly<{ store: number; upstream: number; client: number }>;
  /** Probability of each fault where it may strike; 0: it does not in this world. */
  rates: Readonly<Record<Fault, number>>;
}>;

/** Where a fault's rate begins and ends: per call for what strikes calls, per second and process for what strikes processes. */
const RATE_MOST: Readonly<Record<Fault, number>> = {
  crash: 0.1,
  crashAtAwait: 0.02,
  crashInRecovery: 0.2,
  pause: 0.1,
  pauseAtAwait: 0.02,
  suspend: 0.05,
  leave: 0.05,
  clockStep: 0.3,
  clockJump: 0.2,
  storeUnavailable: 0.1,
  storeOutage: 0.03,
  partition: 0.1,
  storeSlow: 0.2,
  storeSilent: 0.05,
  lostAck: 0.15,
  lateWrite: 0.1,
  neverWritten: 0.1,
  staleHint: 0.3,
  connectRefused: 0.1,
  connectSlow: 0.1,
  resetBeforeEffect: 0.15,
  resetAfterEffect: 0.2,
  halfAnswer: 0.1,
  upstreamTimeout: 0.1,
  upstream5xx: 0.2,
  lateLanding: 0.2,
  duplicatedDelivery: 0.1,
  inFront: 0.5,
  slowQuestion: 0.3,
  largeAnswer: 0.1,
  clientAbort: 0.2,
  duplicateRequest: 0.2,
  reorderedRequest: 0.2,
  otherBody: 0.15,
  otherAccount: 0.2,
  historyLoss: 1,
  newerFormat: 0.3,
  secretRotation: 0.1,
  policyChange: 0.4,
  lateRetry: 0.3,
  operator: 0.5,
};

export function drawPlan(chance: Chance): Plan {
  const policy = drawPolicy(chance);
  const edgy = chance.happens(0.3);
  const upstreamKey = chance.pick(KEYS_FOR[rungOf(policy.ladder)]);
  // Most worlds are short; some are long enough for rows to be dropped.
  const faultsUntil = chance.happens(0.25) ? chance.between(35_000, 60_000) : chance.between(6_000, 20_000);
  const rates = { ...drawRates(chance, policy.ladder, upstreamKey), ...(edgy ? EDGY : {}) };
  const { repeat } = policy.ladder;
  const honoursKeys = repeat !== null || chance.happens(0.2);
  return {
    nodes: chance.between(1, 3),
    keys: chance.between(1, 3),
    clients: chance.between(4, 16),
    faultsUntil,
    until: faultsUntil + LIVENESS_MS,
    policies: [policy, rates.historyLoss === 0 && chance.happens(0.5) ? better(policy) : weaker(policy, chance)],
    upstreamKey,
    upstream: {
      honoursKeys,
      marksReplays: chance.happens(0.5),
    },
    alwaysPays: false,
    edgy,
    waitMs: chance.happens(0.5) ? chance.between(100, 3_000) : 0,
    docBytesMax: chance.happens(0.3) ? DOC_BYTES_MAX_SMALL : 1_000_000,
    delays: { store: chance.skewed(1, 60), upstream: chance.skewed(5, 300), client: chance.skewed(1, 50) },
    rates,
    tellsHistory: chance.happens(0.5),
  };
}

/** Room for the head of any record of a run, and not for the largest of the bank's answers. */
export const DOC_BYTES_MAX_SMALL = 24_000;

/** Long enough for the slowest settlement, the pauses between questions, and the last client's patience. */
export const LIVENESS_MS = 90_000;

/** First attempts take effect and are not heard of; what follows comes as late as it may. */
const EDGY = {
  resetAfterEffect: 0.5,
  lateLanding: 0.5,
  connectSlow: 0.5,
  slowQuestion: 0.5,
  inFront: 0.3,
  pauseAtAwait: 0.03,
  partition: 0.1,
} as const;

/** Half of the faults, each at a rate of its own: worlds in which everything happens at once hide what single faults do. */
function drawRates(chance: Chance, ladder: Ladder, upstreamKey: Plan["upstreamKey"]): Record<Fault, number> {
  const share = chance.pick([0, 0.2, 0.5, 0.5, 0.8]);
  const rates = {} as Record<Fault, number>;
  for (const fault of FAULTS) {
    const most = RATE_MOST[fault];
    rates[fault] = chance.happens(share) ? most * (0.1 + 0.9 * chance.fraction()) : 0;
  }
  // Where it does not honour keys, one delivery too many is one effect too many, whoever stands in front.
  if (ladder.repeat === null) rates.duplicatedDelivery = 0;
  // A clock that is an hour wrong is beyond what a rung that counts time assumes. Without one the promise holds by any clock.
  if (ladder.repeat !== null || ladder.ask !== null) rates.clockJump = 0;
  // Two accounts may use one key only where the upstream is sent two.
  if (upstreamKey !== "derived") rates.otherAccount = 0;
  return rates;
}

/** A rung needs a key that the upstream knows; only where there is none may it be sent none. */
const KEYS_FOR = {
  some: ["forward", "derived"],
  none: ["forward", "derived", "none"],
} as const;

function rungOf({ repeat, ask }: Ladder): keyof typeof KEYS_FOR {
  return repeat === null && ask === null ? "none" : "some";
}

/**
 * The upstream declares more, and does more for what is first sent from then on. What was sent before has it pinned in its
 * record; where records were lost nothing has, so no rung may be relaxed until their quarantine ends.
 */
function better(policy: Policy): Policy {
  const { repeat, ask } = policy.ladder;
  const ladder: Ladder = {
    repeat: repeat === null ? null : { windowMs: repeat.windowMs * 2 },
    ask: ask === null ? null : { settleAfterMs: Math.ceil(ask.settleAfterMs / 3) },
  };
  return { ...policy, ladder };
}

/** Another configuration that is true of the same upstream: a shorter window, a longer settlement, or a rung less. */
function weaker(policy: Policy, chance: Chance): Policy {
  const { repeat, ask } = policy.ladder;
  const ladder: Ladder = {
    repeat: repeat === null || chance.happens(0.3) ? null : { windowMs: Math.ceil(repeat.windowMs * 0.7) },
    ask: ask === null || chance.happens(0.3) ? null : { settleAfterMs: ask.settleAfterMs * 2 },
  };
  return { ...policy, ladder, deadlineMs: Math.ceil(policy.deadlineMs * (0.5 + chance.fraction())) };
}

/** Times are seconds where an operator's are minutes: what matters is how they stand to each other. */
function drawPolicy(chance: Chance): Policy {
  const times = {
    sendWithinMs: chance.between(400, 2_000),
    deadlineMs: chance.between(500, 2_500),
    leaseMarginMs: chance.between(100, 2_000),
    skewMs: chance.between(20, 400),
    undeclaredLagMs: chance.between(500, 3_000),
  };
  return {
    upstream: "bank",
    ladder: drawLadder(chance, times),
    ...times,
    doubtAfterMs: chance.happens(0.5) ? chance.between(3_000, 20_000) : 30_000,
    retainMs: chance.pick([1_000, 5_000, 20_000, 300_000]),
    horizonMs: chance.pick([HORIZON_MS_MIN, HORIZON_MS_MIN, 600_000]),
    unknownHistory: "refuse",
    quarantine: null,
  };
}

/** No write, pause or outage of a run is longer than a third of it: a claim must not outlive its row (what `semel check` enforces). */
const HORIZON_MS_MIN = 30_000;

type Times = Pick<Policy, "sendWithinMs" | "deadlineMs" | "skewMs" | "undeclaredLagMs">;

function drawLadder(chance: Chance, { sendWithinMs, deadlineMs, skewMs, undeclaredLagMs }: Times): Ladder {
  const ask = { settleAfterMs: chance.between(300, 3_000) };
  const shape = chance.pick(["repeat", "ask", "both", "neither"] as const);
  const lagMs = shape === "both" ? ask.settleAfterMs : undeclaredLagMs;
  // Windows that end in the midst of things: what matters happens near their ends.
  const windowMs = sendWithinMs + deadlineMs + lagMs + skewMs + chance.skewed(500, 20_000);
  return {
    repeat: shape === "repeat" || shape === "both" ? { windowMs } : null,
    ask: shape === "ask" || shape === "both" ? ask : null,
  };
}
