import type { Instant } from "../../packages/core/src/record/instant.ts";
import type { Ladder, Policy } from "../../packages/core/src/record/policy.ts";
import type { Budget, Landing, Role, Scenario } from "./world.ts";

/** One tick stands for the grain of time: every duration is as short as it can be and still be told from none. */
const TICKS = { sendWithinMs: 1, deadlineMs: 1, leaseMarginMs: 0, undeclaredLagMs: 1, retainMs: 3, horizonMs: 40 };
const SETTLE = 1;
const NO_FAULTS: Budget = { crash: 0, lostAck: 0, lateWrite: 0, unavailable: 0, unsent: 0, policyChange: 0 };

export const REPEAT = (windowMs: number): Ladder => ({ repeat: { windowMs }, ask: null });
export const ASK: Ladder = { repeat: null, ask: { settleAfterMs: SETTLE } };
export const BOTH = (windowMs: number): Ladder => ({ repeat: { windowMs }, ask: { settleAfterMs: SETTLE } });
export const NEITHER: Ladder = { repeat: null, ask: null };

export function policy(ladder: Ladder, skewMs: number, change: Partial<Policy> = {}): Policy {
  return {
    upstream: "bank",
    ladder,
    ...TICKS,
    skewMs,
    doubtAfterMs: null,
    unknownHistory: "refuse",
    quarantine: null,
    ...change,
  };
}

type Choice = Partial<Omit<Scenario, "budget">> & {
  name: string;
  policies: readonly Policy[];
  budget: Partial<Budget>;
};

export function scenario(choice: Choice): Scenario {
  const roles: readonly Role[] = choice.roles ?? ["request", "request"];
  const landings: readonly Landing[] = choice.landings ?? ["ok", "lost", "broken", "refused", "busy"];
  return {
    offsets: [],
    upstreamLag: SETTLE,
    lossAt: null,
    until: 8,
    ...choice,
    roles,
    landings,
    budget: { ...NO_FAULTS, ...choice.budget },
  };
}

/** History may be lost at tick 1; the next policy declares it, as `semel store fence` does. */
export function LOSS(name: string, ladder: Ladder, change: Partial<Choice> = {}): Scenario {
  const quarantine = { since: 0 as Instant, until: 1 as Instant, endsAt: 20 as Instant };
  const policies = [policy(ladder, 0), policy(ladder, 0, { quarantine })];
  return scenario({
    name,
    policies,
    lossAt: 1,
    budget: { unsent: 1 },
    until: 6,
    landings: ["ok", "lost", "refused"],
    ...change,
  });
}

/** Runs a key that a lost history may have known. What was claimed before the loss is the risk that its operator took. */
export const ACCEPTS = { unknownHistory: "accept" } as const;

/** History may be lost at tick 1, on a route that accepts it. */
export function ACCEPTED(name: string, ladder: Ladder, landings: readonly Landing[]): Scenario {
  const lost = LOSS(name, ladder, { landings });
  return { ...lost, policies: lost.policies.map((it) => ({ ...it, ...ACCEPTS })) };
}

export const NONE: Policy = policy(NEITHER, 0);
export const REPEATS: Policy = policy(REPEAT(7), 0);
export const ASKS: Policy = policy(ASK, 0);
export const THREE: readonly Role[] = ["request", "request", "request"];
