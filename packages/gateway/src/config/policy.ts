import {
  DEADLINE_MS,
  HORIZON_MS,
  LAG_UNDECLARED_MS,
  type Ladder,
  LEASE_MARGIN_MS,
  leaseMs,
  type Policy,
  RETAIN_MS,
  SEND_WITHIN_MS,
  SKEW_MS,
} from "@semel/core/record";
import { CLIENT_TIMEOUT, DEADLINE, DOUBT_AFTER, horizonBound, RETAIN, RETRY_WITHIN, SEND_WITHIN } from "./bounds.ts";
import type { Path } from "./document.ts";
import type { RouteFields } from "./file.ts";
import type { Origin } from "./origin.ts";
import { type Bound, duration, durationText } from "./quantity.ts";
import type { Reading } from "./reading.ts";

/** Times of a route that no record needs. */
export type RouteTimes = Readonly<{
  /** How long clients retry a key. */
  retryWithinMs: number;
  /** How long its clients wait for an answer, null: undeclared. */
  clientTimeoutMs: number | null;
}>;

const RETRY_WITHIN_MS = 12 * 60 * 60_000;

export type PolicyInput = Readonly<{ path: Path; upstream: string; ladder: Ladder; durable: boolean }>;

/** The numbers of a route, each within its bound, and all of them together. */
export function readPolicy(
  reading: Reading,
  origin: Origin,
  { path, upstream, ladder, durable }: PolicyInput,
): Readonly<{ policy: Policy; times: RouteTimes }> {
  const time = (name: keyof RouteFields, read: (it: RouteFields) => string | undefined, bound: Bound, ms: number) => {
    const picked = origin.pick(name, read, durationText(ms));
    return duration(reading, picked.path ?? path, picked.value, bound);
  };
  const doubtAfter = origin.pick("doubtAfter", (it) => it.doubtAfter, "auto");
  const client = origin.pick<string | null>("clientTimeout", (it) => it.clientTimeout, null, "undeclared");
  const policy: Policy = {
    upstream,
    ladder,
    sendWithinMs: time("sendWithin", (it) => it.sendWithin, SEND_WITHIN, SEND_WITHIN_MS),
    deadlineMs: time("deadline", (it) => it.deadline, DEADLINE, DEADLINE_MS),
    leaseMarginMs: LEASE_MARGIN_MS,
    skewMs: SKEW_MS,
    undeclaredLagMs: LAG_UNDECLARED_MS,
    doubtAfterMs:
      doubtAfter.value === "auto" ? null : duration(reading, doubtAfter.path ?? path, doubtAfter.value, DOUBT_AFTER),
    retainMs: time("retain", (it) => it.retain, RETAIN, RETAIN_MS),
    horizonMs: HORIZON_MS,
    unknownHistory: origin.pick("unknownHistory", (it) => it.unknownHistory, "refuse").value,
    quarantine: null,
  };
  const bound = horizonBound(leaseMs(policy, policy.deadlineMs), durable);
  const horizonMs = time("horizon", (it) => it.horizon, bound, HORIZON_MS);
  const times: RouteTimes = {
    retryWithinMs: time("retryWithin", (it) => it.retryWithin, RETRY_WITHIN, RETRY_WITHIN_MS),
    clientTimeoutMs:
      client.value === null ? null : duration(reading, client.path ?? path, client.value, CLIENT_TIMEOUT),
  };
  const complete = { ...policy, horizonMs };
  checkTogether(reading, path, complete, times);
  return { policy: complete, times };
}

function checkTogether(reading: Reading, path: Path, policy: Policy, { retryWithinMs }: RouteTimes): void {
  const { ladder, horizonMs } = policy;
  if (retryWithinMs > horizonMs) {
    reading.refuse(
      path,
      `lets clients retry a key for ${durationText(retryWithinMs)} (retryWithin), and forgets it after ` +
        `${durationText(horizonMs)} (horizon): a retry after that would run again. Lengthen horizon, or shorten retryWithin`,
    );
  }
  if (ladder.repeat === null) return;
  const lagMs = ladder.ask?.settleAfterMs ?? policy.undeclaredLagMs;
  const marginMs = policy.sendWithinMs + policy.deadlineMs + lagMs + policy.skewMs;
  if (ladder.repeat.windowMs > marginMs) return;
  reading.warn(
    path,
    `can never repeat at upstream ${policy.upstream}: its window is ${durationText(ladder.repeat.windowMs)}, and a ` +
      `repetition needs ${durationText(marginMs)} of it (sendWithin + deadline + settleAfter + skew)`,
  );
}
