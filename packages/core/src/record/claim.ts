import type { Command, Identity } from "./command.ts";
import type { Decision } from "./decision.ts";
import { NO_HISTORY } from "./history.ts";
import { after, type Instant } from "./instant.ts";
import { effectiveDeadlineMs, mayRepeat, noRungLeft, rungs } from "./ladder.ts";
import { OPEN_ATTEMPTS_MAX } from "./limits.ts";
import { leaseMs, type Policy } from "./policy.ts";
import type { Attempt, Fingerprint, KeyRecord, Part, Pins, Secrets, State } from "./record.ts";
import {
  doubtSince,
  isOpen,
  isSuspect,
  LOST_ATTEMPT,
  lostAttempt,
  perhapsSent,
  UNLISTED_ATTEMPT,
  withUnlisted,
} from "./suspicion.ts";
import { stay, swap, tell } from "./transition.ts";

type Claim = Command & { kind: "claim" };

/** A first request runs; a retry is compared, then answered from the record; a suspect key climbs its ladder. */
export function claim(record: KeyRecord | null, command: Claim, now: Instant, policy: Policy): Decision {
  if (record === null) return claimUnknown(command, now, policy);
  const difference = compare(record.fingerprint, command);
  if (difference !== null) return stay(difference);
  if (record.state.kind === "completed") return stay(tell(record, now, policy));
  if (command.shadow) return writeDown(record, command, now, policy);
  if (record.state.kind === "running") return stay(tell(record, now, policy));
  if (isOpening(now, policy)) return stay({ kind: "pending", retryAfterMs: openingLeftMs(now, policy) });
  return isSuspect(record, null)
    ? climb(record, command, now, policy)
    : run(pinned(record, command, policy), command, now, policy);
}

/** In shadow mode the request goes out whatever stands here, a quarantine that opens included: so it is always written down. */
function writeDown(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Decision {
  const known = relied(pinned(record, command, policy), command);
  if (!hasPlace(known)) return coverUnlisted(known, command, now, policy);
  return record.state.kind === "running" ? openBeside(known, command, now, policy) : run(known, command, now, policy);
}

/** Whether one more attempt fits, beside the place that is kept for all that get none. */
function hasPlace(record: KeyRecord): boolean {
  const kept = isOpen(record, UNLISTED_ATTEMPT) ? 0 : 1;
  return perhapsSent(record) + kept < OPEN_ATTEMPTS_MAX;
}

/** No place is left, and L must not be understated: one entry stands for everything that is sent from here on. */
function coverUnlisted(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Decision {
  const attempt = attemptOf(record, command, now, policy);
  const covered: KeyRecord = { ...record, open: withUnlisted(record, attempt) };
  const note = "shadow duplicate, without an entry of its own";
  const change = { record: covered, did: "claimed", attempt: attempt.id, note, publish: null } as const;
  return swap(change, now, policy, (next) => tell(next, now, policy));
}

/** A duplicate in shadow mode is sent while the first one runs: one more attempt that may have had an effect. */
function openBeside(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Decision {
  const attempt = attemptOf(record, command, now, policy);
  const beside: KeyRecord = { ...record, open: [...record.open, attempt] };
  const change = {
    record: beside,
    did: "claimed",
    attempt: attempt.id,
    note: "shadow duplicate",
    publish: null,
  } as const;
  return swap(change, now, policy, (next) => ({ kind: "run", attempt, record: next }));
}

function claimUnknown(command: Claim, now: Instant, policy: Policy): Decision {
  // Who expected a row and finds none came after its horizon: never a first request.
  if (command.sawRow) return stay({ kind: "expired", outcome: null });
  if (isOpening(now, policy) && !command.shadow) {
    return stay({ kind: "pending", retryAfterMs: openingLeftMs(now, policy) });
  }
  const { identity, fingerprint, secrets } = command.request;
  const first = recordOf(identity, fingerprint(null), secrets, now, policy);
  const { quarantine } = policy;
  if (quarantine === null || now > quarantine.endsAt) return run(relied(first, command), command, now, policy);
  const open = [lostAttempt(quarantine, policy)];
  const covered: KeyRecord = { ...first, firstSendAt: quarantine.since, open };
  return command.shadow ? run(relied(covered, command), command, now, policy) : climb(covered, command, now, policy);
}

type Difference = Readonly<{ kind: "erased" } | { kind: "mismatch" } | { kind: "cannotCompare"; scheme: string }>;

function compare(stored: Fingerprint | null, command: Claim): Difference | null {
  if (stored === null) return { kind: "erased" };
  const mine = command.request.fingerprint(stored.scheme);
  if (mine === null) return { kind: "cannotCompare", scheme: stored.scheme };
  return mine.digest === stored.digest ? null : { kind: "mismatch" };
}

/** (1) repeat, with the pinned key; (2) ask, under a lease so that one process asks; (3) in doubt. */
function climb(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Decision {
  const ladder = rungs(record, policy);
  const full = record.open.length >= OPEN_ATTEMPTS_MAX;
  if (mayRepeat(ladder, now) && !full) return run(record, command, now, policy);
  if (ladder.settledAt !== null) return ask(record, command.attempt, now, policy);
  if (noRungLeft(ladder, now) && isAcceptedAsUnknown(record, policy)) return run(record, command, now, policy);
  if (record.state.kind === "inDoubt") return stay({ kind: "inDoubt" });
  if (full && !noRungLeft(ladder, now)) return stay({ kind: "refused", why: "attemptsFull", until: null });
  const doubtful: KeyRecord = { ...record, state: { kind: "inDoubt", since: now } };
  const change = { record: doubtful, did: "inDoubt", attempt: null, note: "no rung left", publish: "inDoubt" } as const;
  return swap(change, now, policy, () => ({ kind: "inDoubt" }));
}

/** A key of a lost stretch of history that no rung can settle, on a route that would rather run it than refuse it. */
function isAcceptedAsUnknown(record: KeyRecord, policy: Policy): boolean {
  return policy.unknownHistory === "accept" && record.open.every((attempt) => attempt.id === LOST_ATTEMPT);
}

/** Claims the key for asking: nothing may be sent under it, F and the open attempts stay as they are. */
export function ask(record: KeyRecord, id: Attempt["id"], now: Instant, policy: Policy): Decision {
  const deadlineMs = effectiveDeadlineMs(record, policy);
  const attempt: Attempt = { id, sendBy: after(now, policy.sendWithinMs), deadlineMs };
  const leaseUntil = after(now, leaseMs(policy, deadlineMs));
  const state: State = {
    kind: "running",
    purpose: "ask",
    attempt,
    leaseUntil,
    doubtSince: doubtSince(record),
  };
  const asking: KeyRecord = { ...record, state };
  const change = { record: asking, did: "asking", attempt: id, note: null, publish: null } as const;
  return swap(change, now, policy, (next) => ({ kind: "ask", attempt, record: next }));
}

function run(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Decision {
  const attempt = attemptOf(record, command, now, policy);
  const leaseUntil = after(attempt.sendBy, attempt.deadlineMs + policy.leaseMarginMs);
  const state: State = {
    kind: "running",
    purpose: "send",
    attempt,
    leaseUntil,
    doubtSince: doubtSince(record),
  };
  const running: KeyRecord = { ...record, state };
  const change = { record: running, did: "claimed", attempt: attempt.id, note: null, publish: null } as const;
  return swap(change, now, policy, (next) => ({ kind: "run", attempt, record: next }));
}

/**
 * In shadow mode a request waits `sendWithin` for its claim, and leaves without it: from then on it may look for a connection
 * as long as its deadline. That is recorded as its `sendBy`: what begins later than L says lets a "no" count too early.
 */
function attemptOf(record: KeyRecord, command: Claim, now: Instant, policy: Policy): Attempt {
  const deadlineMs = effectiveDeadlineMs(record, policy);
  const startWithinMs = command.shadow ? policy.sendWithinMs + deadlineMs : policy.sendWithinMs;
  return { id: command.attempt, sendBy: after(now, startWithinMs), deadlineMs };
}

/** A record that nothing has happened to yet. F is now. */
export function recordOf(
  identity: Identity,
  fingerprint: Fingerprint | null,
  secrets: Part<Secrets>,
  now: Instant,
  policy: Policy,
): KeyRecord {
  return {
    format: 1,
    fingerprint,
    ...identity,
    pins: pinsOf(policy),
    firstSendAt: now,
    state: { kind: "idle" },
    open: [],
    asks: { count: 0, nextAt: now },
    changedAt: now,
    secrets,
    answer: null,
    history: NO_HISTORY,
  };
}

function pinsOf(policy: Policy): Pins {
  return { upstream: policy.upstream, ladder: policy.ladder, deadlineMs: policy.deadlineMs };
}

/** Nothing is open and nothing runs: nothing sent under the old pins can still take effect, so today's are pinned. F stays. */
function pinned(record: KeyRecord, command: Claim, policy: Policy): KeyRecord {
  if (isSuspect(record, null)) return record;
  return { ...record, pins: pinsOf(policy), secrets: command.request.secrets };
}

/**
 * What went out as it came went out under the client's key, not under ours. A rung that needs the pinned key is relied on
 * only where the upstream saw that key, and saw it from every attempt that is open: else a repetition is one more payment.
 */
function relied(record: KeyRecord, { request }: Claim): KeyRecord {
  if (request.unchanged === undefined) return record;
  const holds = request.unchanged(record.secrets);
  const { repeat, ask } = record.pins.ladder;
  const ladder = { repeat: holds.repeat ? repeat : null, ask: holds.ask ? ask : null };
  return { ...record, pins: { ...record.pins, ladder } };
}

/** While a quarantine opens, whoever claimed before it may still send: nobody else may yet. */
function isOpening(now: Instant, policy: Policy): boolean {
  return openingLeftMs(now, policy) > 0;
}

/** How long a quarantine that opens still keeps everybody from claiming, in ms; 0: none does. */
export function openingLeftMs(now: Instant, policy: Policy): number {
  const { quarantine } = policy;
  if (quarantine === null || now > quarantine.endsAt) return 0;
  return Math.max(0, quarantine.until + policy.sendWithinMs + policy.skewMs + 1 - now);
}
