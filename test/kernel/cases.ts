import type { Request } from "../../packages/core/src/record/command.ts";
import type { Fence } from "../../packages/core/src/record/fence.ts";
import { NO_HISTORY } from "../../packages/core/src/record/history.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import type { Ladder, Policy } from "../../packages/core/src/record/policy.ts";
import type { Answer, Attempt, KeyRecord, Part } from "../../packages/core/src/record/record.ts";

/** Records, requests and policies for the kernel's own tests. Not exported by the package. */
export const NOW: Instant = 1_800_000_000_000 as Instant;

/** A fence that is easy to read: its clock is `n`. */
export function fence(n: number): Fence {
  return (n.toString(16).padStart(12, "0") + "0".repeat(20)) as Fence;
}

export const LADDERS: { readonly [name in "neither" | "repeat" | "ask" | "both"]: Ladder } = {
  neither: { repeat: null, ask: null },
  repeat: { repeat: { windowMs: 86_400_000 }, ask: null },
  ask: { repeat: null, ask: { settleAfterMs: 60_000 } },
  both: { repeat: { windowMs: 86_400_000 }, ask: { settleAfterMs: 60_000 } },
};

/** The times that an operator gets who sets none, with nothing declared of the upstream. */
export const POLICY: Policy = {
  upstream: "bank",
  ladder: LADDERS.neither,
  sendWithinMs: 2_000,
  deadlineMs: 30_000,
  leaseMarginMs: 5_000,
  skewMs: 5_000,
  undeclaredLagMs: 60_000,
  doubtAfterMs: null,
  retainMs: 86_400_000,
  horizonMs: 30 * 86_400_000,
  unknownHistory: "refuse",
  quarantine: null,
};

/** The attempts that a command may come from: the one that runs, the one that is open, and one the record never had. */
export const BY = { running: fence(1), open: fence(2), unknown: fence(3) } as const;

const attempt = (id: Fence): Attempt => ({ id, sendBy: after(NOW, 1_000), deadlineMs: 30_000 });

export const OTHERS: readonly Attempt[] = [attempt(BY.open)];

export const STATES = {
  running: {
    kind: "running",
    purpose: "send",
    attempt: attempt(BY.running),
    leaseUntil: after(NOW, 36_000),
    doubtSince: null,
  },
  idle: { kind: "idle" },
  inDoubt: { kind: "inDoubt", since: NOW },
  completed: {
    kind: "completed",
    outcome: { sense: "success", status: 201, source: "upstream", digest: "stored" },
    answer: "kept",
    retainUntil: after(NOW, 86_400_000),
  },
} as const;

export const ANSWER: Part<Answer> = { clear: { status: 201, headers: [], body: new Uint8Array([1]) } };

export function record(more: Partial<KeyRecord>): KeyRecord {
  return {
    format: 1,
    fingerprint: { scheme: "f1.raw.1", digest: "same" },
    route: "pay",
    account: "a",
    profile: "ietf-07",
    pins: { upstream: "bank", ladder: LADDERS.neither, deadlineMs: 30_000 },
    firstSendAt: after(NOW, -1_000),
    state: { kind: "idle" },
    open: [],
    asks: { count: 0, nextAt: NOW },
    changedAt: after(NOW, -1_000),
    secrets: { clear: { clientKey: "k", upstreamKey: "k", vars: {} } },
    answer: null,
    history: NO_HISTORY,
    ...more,
  };
}

export function request(digest: string): Request {
  return {
    identity: { route: "pay", account: "a", profile: "ietf-07" },
    fingerprint: (scheme) => ({ scheme: scheme ?? "f1.raw.1", digest }),
    secrets: { clear: { clientKey: "k", upstreamKey: "k", vars: {} } },
  };
}
