import type { Decision, Publication, Reply, Verdict } from "./decision.ts";
import type { Fence } from "./fence.ts";
import { type Deed, withTransition } from "./history.ts";
import { after, type Instant, NEVER } from "./instant.ts";
import { doubtAt, mayRepeat, noRungLeft, rungs } from "./ladder.ts";
import { RETRY_AFTER_MS } from "./limits.ts";
import type { Policy } from "./policy.ts";
import type { Answer, Kept, KeyRecord, Outcome, Part, State } from "./record.ts";
import { isSuspect } from "./suspicion.ts";

/** What a transition changes; the rest of the record is copied. */
export type Change = Readonly<{
  record: KeyRecord;
  did: Deed;
  attempt: Fence | null;
  note: string | null;
  publish: Publication | null;
}>;

export const stay = (verdict: Verdict): Decision => ({ kind: "stay", verdict });

/** Writes `change` down: history, the instant, and when the record next needs attention. */
export function swap(change: Change, now: Instant, policy: Policy, verdict: (next: KeyRecord) => Verdict): Decision {
  const { record, did, attempt, note, publish } = change;
  const history = withTransition(record.history, { at: now, did, attempt, note });
  const next: KeyRecord = { ...record, changedAt: now, history };
  return { kind: "swap", next, dueAt: dueAt(next, now, policy), publish, verdict: verdict(next) };
}

/** Completes `record`: every open attempt is answered by this outcome, and none is ever run again. */
export function completed(
  record: KeyRecord,
  outcome: Outcome,
  answer: Part<Answer> | null,
  now: Instant,
  policy: Policy,
): KeyRecord {
  const kept: Kept = answer === null ? "notRetained" : "kept";
  const state: State = { kind: "completed", outcome, answer: kept, retainUntil: after(now, policy.retainMs) };
  return { ...record, state, open: [], answer };
}

/** A row is dropped past this instant and at no other: a suspect row has none until it is settled. */
export function horizonAt(record: KeyRecord, policy: Policy): Instant {
  const { state } = record;
  if (state.kind === "running" || isSuspect(record, null)) return NEVER;
  const byTransition = after(record.changedAt, policy.horizonMs);
  return state.kind === "completed" ? (Math.max(state.retainUntil, byTransition) as Instant) : byTransition;
}

/** When the due loop should next look at the record. A hint: `decide` decides what is to be done then. */
export function dueAt(record: KeyRecord, now: Instant, policy: Policy): Instant {
  const { state } = record;
  switch (state.kind) {
    case "running":
      return after(state.leaseUntil, policy.skewMs + 1);
    case "completed":
      return after(state.answer === "kept" ? state.retainUntil : horizonAt(record, policy), 1);
    case "inDoubt":
      return rungs(record, policy).settledAt === null ? NEVER : record.asks.nextAt;
    case "idle": {
      if (!isSuspect(record, null)) return after(horizonAt(record, policy), 1);
      const ladder = rungs(record, policy);
      if (noRungLeft(ladder, now)) return now;
      const doubt = after(doubtAt(record, policy), 1);
      const asking = ladder.settledAt === null ? NEVER : record.asks.nextAt;
      const repeatOver = ladder.settledAt === null ? (ladder.repeatBefore ?? NEVER) : NEVER;
      return Math.min(doubt, asking, repeatOver) as Instant;
    }
    default:
      return state satisfies never;
  }
}

/** What the record, as it stands, tells someone who has nothing left to do about it. */
export function tell(record: KeyRecord, now: Instant, policy: Policy): Reply {
  const { state } = record;
  switch (state.kind) {
    case "running":
      return { kind: state.purpose === "send" ? "conflict" : "pending", retryAfterMs: RETRY_AFTER_MS };
    case "inDoubt":
      return { kind: "inDoubt" };
    case "idle": {
      const lost = isSuspect(record, null) && !mayRepeat(rungs(record, policy), now) && isDoubtful(record, now, policy);
      return lost ? { kind: "inDoubt" } : { kind: "pending", retryAfterMs: RETRY_AFTER_MS };
    }
    case "completed":
      return recall(record, state, now);
    default:
      return state satisfies never;
  }
}

/** Past the instant at which doubt is reported, or with nothing left to try. */
export function isDoubtful(record: KeyRecord, now: Instant, policy: Policy): boolean {
  return noRungLeft(rungs(record, policy), now) || now > doubtAt(record, policy);
}

function recall(record: KeyRecord, state: State & { kind: "completed" }, now: Instant): Reply {
  const { outcome } = state;
  if (state.answer === "erased") return { kind: "erased" };
  if (state.answer === "notRetained") return { kind: "notRetained", outcome };
  if (state.answer === "expired" || now > state.retainUntil) return { kind: "expired", outcome };
  return { kind: "answer", record, how: howOf(outcome) };
}

/** What a retry is told of where its answer comes from. */
export function howOf({ source }: Outcome): "replayed" | "recovered" {
  return source === "upstream" ? "replayed" : "recovered";
}
