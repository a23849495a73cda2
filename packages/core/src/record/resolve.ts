import { incident } from "./answer.ts";
import { recordOf } from "./claim.ts";
import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import { after, type Instant } from "./instant.ts";
import { nextAskAt, type Rungs, rungs } from "./ladder.ts";
import type { Policy } from "./policy.ts";
import { type KeyRecord, NO_SECRETS, type Outcome } from "./record.ts";
import { unclaimed } from "./suspicion.ts";
import { completed, isDoubtful, stay, swap, tell } from "./transition.ts";

type Asked = Command & { kind: "asked" };
type Resolve = Command & { kind: "resolve" };

/** The upstream was asked under attempt a. A "no" counts only if it was asked for after everything sent had settled. */
export function asked(record: KeyRecord | null, command: Asked, now: Instant, policy: Policy): Decision {
  if (record === null) return stay({ kind: "expired", outcome: null });
  const { state } = record;
  const { said, attempt } = command;
  const asking = state.kind === "running" && state.purpose === "ask" && state.attempt.id === attempt;
  if (state.kind === "completed") {
    const contradicts = said.kind === "yes" && said.outcome.sense !== state.outcome.sense;
    return contradicts
      ? incident(record, attempt, "asked: yes, against the record", now, policy)
      : stay(tell(record, now, policy));
  }
  if (state.kind === "running" && !asking) return stay(tell(record, now, policy));
  if (said.kind === "yes") {
    const next = completed(record, said.outcome, said.answer, now, policy);
    const change = { record: next, did: "completed", attempt, note: "asked: yes", publish: "completed" } as const;
    return swap(change, now, policy, (written) => tell(written, now, policy));
  }
  const ladder = rungs(record, policy);
  if (said.kind === "no" && ladder.settledAt !== null && command.askedAt > ladder.settledAt) {
    return closeAll(record, "asked: no", now, policy);
  }
  if (!asking) return stay(tell(record, now, policy));
  const since = state.doubtSince ?? (isDoubtful(record, now, policy) ? now : null);
  const asks = now < record.asks.nextAt ? record.asks : later(record.asks.count + 1, now, ladder);
  const next: KeyRecord = { ...record, state: unclaimed(record.open, since), asks };
  const note = said.kind === "no" ? "no, too early to be final" : said.note;
  const publish = since === now ? "inDoubt" : null;
  return swap({ record: next, did: "asked", attempt, note, publish }, now, policy, (written) =>
    tell(written, now, policy),
  );
}

/** Clients ask whenever they like: only a question that was due makes the pause before the next one longer. */
function later(count: number, now: Instant, ladder: Rungs): KeyRecord["asks"] {
  return { count, nextAt: nextAskAt(count, now, ladder) };
}

/** An operator or reconciliation has evidence. "No effect" must have been seen after everything that was sent had settled. */
export function resolve(record: KeyRecord | null, command: Resolve, now: Instant, policy: Policy): Decision {
  const { resolution, note } = command;
  if (record === null) return resolveUnknown(command, now, policy);
  const { state } = record;
  switch (state.kind) {
    case "running":
      return stay({ kind: "refused", why: "running", until: after(state.leaseUntil, policy.skewMs + 1) });
    case "completed":
      return agrees(state.outcome, command)
        ? stay(tell(record, now, policy))
        : incident(record, null, note, now, policy);
    case "idle":
    case "inDoubt": {
      if (resolution.kind === "effect") {
        const next = completed(record, resolution.outcome, resolution.answer, now, policy);
        const change = { record: next, did: "completed", attempt: null, note, publish: "resolved" } as const;
        return swap(change, now, policy, (written) => tell(written, now, policy));
      }
      const { quietAt } = rungs(record, policy);
      // A swap that is lost is decided anew, perhaps on a row in which a retry has been sent since: what counts is the look.
      const { lookedAt } = resolution;
      // Who has looked later than now has a wrong clock: when that was nobody knows.
      const isUnknown = lookedAt > after(now, policy.skewMs);
      if (record.open.length > 0 && (resolution.lookedAt <= quietAt || isUnknown)) {
        return stay({ kind: "refused", why: "unsettled", until: after(quietAt, 1) });
      }
      return closeAll(record, note, now, policy);
    }
    default:
      return state satisfies never;
  }
}

/** Evidence of an effect for a key that the store does not know: remembered, so that no retry ever runs it. */
function resolveUnknown(command: Resolve, now: Instant, policy: Policy): Decision {
  const { resolution, note, identity } = command;
  if (resolution.kind === "noEffect" || identity === null) return stay({ kind: "refused", why: "absent", until: null });
  const unknown = recordOf(identity, null, { clear: NO_SECRETS }, now, policy);
  const next = completed(unknown, resolution.outcome, resolution.answer, now, policy);
  const change = { record: next, did: "incident", attempt: null, note, publish: "incident" } as const;
  return swap(change, now, policy, (written) => tell(written, now, policy));
}

function agrees(stored: Outcome, command: Resolve): boolean {
  return command.resolution.kind === "effect" && command.resolution.outcome.sense === stored.sense;
}

/** No attempt so far had an effect, and none can have one any more. */
function closeAll(record: KeyRecord, note: string, now: Instant, policy: Policy): Decision {
  const next: KeyRecord = { ...record, state: { kind: "idle" }, open: [] };
  const change = { record: next, did: "closed", attempt: null, note, publish: "resolved" } as const;
  return swap(change, now, policy, () => ({ kind: "free" }));
}
