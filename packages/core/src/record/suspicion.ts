import type { Fence } from "./fence.ts";
import { after, type Instant } from "./instant.ts";
import { OPEN_ATTEMPTS_MAX } from "./limits.ts";
import type { Policy, Quarantine } from "./policy.ts";
import type { Attempt, KeyRecord, State } from "./record.ts";

/** Stands for whatever a lost stretch of history may have sent. No claim can mint it: a fence's clock is never 0. */
export const LOST_ATTEMPT: Fence = "0".repeat(32) as Fence;

/**
 * Stands for all requests in shadow mode for which the list had no place. Nobody can prove it away by proving something of one
 * request: only what settles the whole key does.
 */
export const UNLISTED_ATTEMPT: Fence = `${"0".repeat(31)}1` as Fence;

/** The record as it is at `now`: a lease that is over has made its attempt open, and a quarantine covers what it covers. */
export function asOf(record: KeyRecord, now: Instant, policy: Policy): KeyRecord {
  return coveredByQuarantine(withLeaseOver(record, now, policy), now, policy);
}

function withLeaseOver(record: KeyRecord, now: Instant, policy: Policy): KeyRecord {
  const { state } = record;
  if (state.kind !== "running" || now <= state.leaseUntil + policy.skewMs) return record;
  const open = state.purpose === "send" ? [...record.open, state.attempt] : record.open;
  return { ...record, state: unclaimed(open, state.doubtSince), open };
}

/** The state of a record that nobody holds any more: in doubt as before its claim, unless nothing is open. */
export function unclaimed(open: readonly Attempt[], doubtSince: Instant | null): State {
  return doubtSince === null || open.length === 0 ? { kind: "idle" } : { kind: "inDoubt", since: doubtSince };
}

/** Since when the key has been in doubt, through any claim. */
export function doubtSince(record: KeyRecord): Instant | null {
  const { state } = record;
  if (state.kind === "inDoubt") return state.since;
  return state.kind === "running" ? state.doubtSince : null;
}

/** A row last written before the quarantine opened may be an old version of itself; only completed records never change. */
function coveredByQuarantine(record: KeyRecord, now: Instant, policy: Policy): KeyRecord {
  const { quarantine } = policy;
  if (quarantine === null || now > quarantine.endsAt || record.state.kind === "completed") return record;
  const mayBeOld = record.changedAt <= quarantine.until + policy.skewMs;
  if (!mayBeOld || record.open.some((attempt) => attempt.id === LOST_ATTEMPT)) return record;
  return {
    ...record,
    firstSendAt: Math.min(record.firstSendAt, quarantine.since) as Instant,
    open: [...record.open, lostAttempt(quarantine, policy)],
  };
}

export function lostAttempt(quarantine: Quarantine, policy: Policy): Attempt {
  const sendBy = after(quarantine.until, policy.sendWithinMs + policy.skewMs);
  return { id: LOST_ATTEMPT, sendBy, deadlineMs: policy.deadlineMs };
}

/** True where an attempt other than `attempt` may have had an effect that nobody has seen. */
export function isSuspect(record: KeyRecord, attempt: Fence | null): boolean {
  const { state, open } = record;
  const othersRun = state.kind === "running" && state.purpose === "send" && state.attempt.id !== attempt;
  return othersRun || open.some((other) => other.id !== attempt);
}

export function isOpen(record: KeyRecord, attempt: Fence): boolean {
  return record.open.some((other) => other.id === attempt);
}

/** The open attempts without `attempt`: it is proved to have had no effect. */
export function without(open: readonly Attempt[], attempt: Fence): readonly Attempt[] {
  return open.filter((other) => other.id !== attempt);
}

/** How many attempts of the key may have had an effect: the running one will be open too, unless it proves otherwise. */
export function perhapsSent({ state, open }: KeyRecord): number {
  return open.length + (state.kind === "running" && state.purpose === "send" ? 1 : 0);
}

/**
 * The open attempts with `attempt` under the entry that stands for many, which ends with the last of them. Where even that one
 * has no place it takes the oldest's: an answer to that is an incident from here on, but its suspicion stays.
 */
export function withUnlisted(record: KeyRecord, attempt: Attempt): readonly Attempt[] {
  const { open } = record;
  const before = open.find(({ id }) => id === UNLISTED_ATTEMPT);
  const isFull = perhapsSent(record) >= OPEN_ATTEMPTS_MAX;
  const taken = before ?? (isFull ? open.find(({ id }) => id !== LOST_ATTEMPT) : undefined);
  const sendBy = Math.max(attempt.sendBy, taken?.sendBy ?? 0) as Instant;
  const deadlineMs = Math.max(attempt.deadlineMs, taken?.deadlineMs ?? 0);
  const rest = taken === undefined ? open : without(open, taken.id);
  return [...rest, { id: UNLISTED_ATTEMPT, sendBy, deadlineMs }];
}
