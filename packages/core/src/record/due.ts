import { ask } from "./claim.ts";
import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import type { Instant } from "./instant.ts";
import { noRungLeft, rungs } from "./ladder.ts";
import type { Policy } from "./policy.ts";
import type { KeyRecord } from "./record.ts";
import { isSuspect } from "./suspicion.ts";
import { dueAt, horizonAt, isDoubtful, stay, swap, tell } from "./transition.ts";

type Due = Command & { kind: "due" };

/** The record's time has come: ask, report doubt, drop an answer past its retention, or drop the row past its horizon. */
export function due(
  stored: KeyRecord | null,
  record: KeyRecord | null,
  command: Due,
  now: Instant,
  policy: Policy,
): Decision {
  if (stored === null || record === null) return stay({ kind: "done" });
  const { state } = record;
  if (state.kind === "running") return again(record, command, now, policy);
  if (now > horizonAt(record, policy)) return { kind: "drop" };
  if (state.kind === "completed") return dropAnswer(record, command, now, policy);
  if (!isSuspect(record, null)) return again(record, command, now, policy);

  const ladder = rungs(record, policy);
  const mustReport = state.kind === "idle" && isDoubtful(record, now, policy);
  const mayAsk = ladder.settledAt !== null && record.asks.nextAt <= now;
  // A key that has just become suspect is asked about before it is reported; one that is overdue is reported first.
  if (mayAsk && !(mustReport && record.asks.count > 0)) return ask(record, command.attempt, now, policy);
  if (mustReport) {
    const note = noRungLeft(ladder, now) ? "no rung left" : "unsettled for too long";
    const next: KeyRecord = { ...record, state: { kind: "inDoubt", since: now } };
    const change = { record: next, did: "inDoubt", attempt: null, note, publish: "inDoubt" } as const;
    return swap(change, now, policy, (written) => tell(written, now, policy));
  }
  if (record === stored) return again(record, command, now, policy);
  // The lease is over and nothing else is to be done yet: write that down, with the next instant to look.
  const change = { record, did: "ambiguous", attempt: null, note: "lease over", publish: null } as const;
  return swap(change, now, policy, () => ({ kind: "done" }));
}

/** Nothing to do: where the policy has changed since, the row is told when there will be. No transition of the key. */
function again(record: KeyRecord, command: Due, now: Instant, policy: Policy): Decision {
  const at = dueAt(record, now, policy);
  if (at === command.dueAt || at <= now) return stay({ kind: "done" });
  return { kind: "swap", next: record, dueAt: at, publish: null, verdict: { kind: "done" } };
}

function dropAnswer(record: KeyRecord, command: Due, now: Instant, policy: Policy): Decision {
  const { state } = record;
  if (state.kind !== "completed" || state.answer !== "kept" || now <= state.retainUntil) {
    return again(record, command, now, policy);
  }
  const next: KeyRecord = { ...record, answer: null, state: { ...state, answer: "expired" } };
  const change = { record: next, did: "expired", attempt: null, note: null, publish: null } as const;
  return swap(change, now, policy, () => ({ kind: "done" }));
}
