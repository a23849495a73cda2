import { after, type Instant } from "./instant.ts";
import { ASK_BACKOFF_MS, ASK_BACKOFF_MS_MAX, DOUBT_AFTER_ASK_MS, DOUBT_AFTER_REPEAT_MS } from "./limits.ts";
import type { Ladder, Policy } from "./policy.ts";
import type { KeyRecord } from "./record.ts";

/** What is left of the recovery ladder for one suspect key. */
export type Rungs = Readonly<{
  /** Repeating is safe before this instant, null: not at all. */
  repeatBefore: Instant | null;
  /** A "no" to a question put after this instant is final, null: nobody can be asked. */
  settledAt: Instant | null;
  /** After this instant nothing that was sent can still take effect. What an operator waits for. */
  quietAt: Instant;
}>;

/**
 * A rung counts only where the claim pinned it and today's policy still declares it: the smaller window, the larger
 * settlement and deadline. Another upstream than the pinned one: no rung.
 */
export function rungs(record: KeyRecord, policy: Policy): Rungs {
  const { pins, firstSendAt } = record;
  const deadlineMs = effectiveDeadlineMs(record, policy);
  const lagMs = Math.max(lagOf(pins.ladder, policy), lagOf(policy.ladder, policy));
  const lastOverAt = lastSocketGoneAt(record, deadlineMs);
  const quietAt = after(lastOverAt, lagMs + policy.skewMs);
  if (pins.upstream !== policy.upstream) return { repeatBefore: null, settledAt: null, quietAt };

  const windowMs = smaller(pins.ladder.repeat?.windowMs, policy.ladder.repeat?.windowMs);
  const settleMs = larger(pins.ladder.ask?.settleAfterMs, policy.ladder.ask?.settleAfterMs);
  // The repeated request must have landed before the upstream forgets our key: it leaves within sendWithin, its socket
  // lives for the deadline, the upstream may execute for `lag` after that, and clocks differ by skew.
  const marginMs = policy.sendWithinMs + deadlineMs + lagMs + policy.skewMs;
  // What was sent in shadow mode may still be looking for a connection: it must land before the upstream forgets the key, too.
  const mayLandAfter = windowMs !== null && quietAt > firstSendAt + windowMs;
  return {
    repeatBefore: windowMs === null || mayLandAfter ? null : after(firstSendAt, windowMs - marginMs),
    settledAt: settleMs === null ? null : after(lastOverAt, settleMs + policy.skewMs),
    quietAt,
  };
}

export function mayRepeat(ladder: Rungs, now: Instant): boolean {
  return ladder.repeatBefore !== null && now < ladder.repeatBefore;
}

export function noRungLeft(ladder: Rungs, now: Instant): boolean {
  return ladder.settledAt === null && !mayRepeat(ladder, now);
}

/** The deadline of an attempt at this key: the larger of what was pinned and what is declared today. */
export function effectiveDeadlineMs(record: KeyRecord, policy: Policy): number {
  return Math.max(record.pins.deadlineMs, policy.deadlineMs);
}

/** When doubt about a suspect key is to be reported. */
export function doubtAt(record: KeyRecord, policy: Policy): Instant {
  const { firstSendAt, pins } = record;
  if (policy.doubtAfterMs !== null) return after(firstSendAt, policy.doubtAfterMs);
  const settleMs = larger(pins.ladder.ask?.settleAfterMs, policy.ladder.ask?.settleAfterMs);
  const byRepeat = policy.ladder.repeat === null ? 0 : DOUBT_AFTER_REPEAT_MS;
  const sendMs = policy.sendWithinMs + effectiveDeadlineMs(record, policy) + policy.skewMs;
  const byAsk = settleMs === null ? 0 : sendMs + settleMs + DOUBT_AFTER_ASK_MS;
  return after(firstSendAt, Math.max(byRepeat, byAsk));
}

/** When to ask again after `count` questions: with growing pauses, but not later than the moment when a "no" becomes final. */
export function nextAskAt(count: number, now: Instant, ladder: Rungs): Instant {
  const pauseMs = Math.min(ASK_BACKOFF_MS * 2 ** Math.min(count, 20), ASK_BACKOFF_MS_MAX);
  const settled = ladder.settledAt;
  if (settled !== null && settled >= now && settled + 1 < now + pauseMs) return after(settled, 1);
  return after(now, pauseMs);
}

/** L plus its deadline: the instant by which the socket of every open attempt is gone. */
function lastSocketGoneAt(record: KeyRecord, deadlineMs: number): Instant {
  let last = record.firstSendAt;
  for (const attempt of record.open) {
    const goneAt = after(attempt.sendBy, Math.max(attempt.deadlineMs, deadlineMs));
    if (goneAt > last) last = goneAt;
  }
  return last;
}

function lagOf(ladder: Ladder, policy: Policy): number {
  return ladder.ask?.settleAfterMs ?? policy.undeclaredLagMs;
}

function smaller(a: number | undefined, b: number | undefined): number | null {
  return a === undefined || b === undefined ? null : Math.min(a, b);
}

function larger(a: number | undefined, b: number | undefined): number | null {
  return a === undefined || b === undefined ? null : Math.max(a, b);
}
