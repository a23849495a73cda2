import { ask } from "./claim.ts";
import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import type { Instant } from "./instant.ts";
import { noRungLeft, rungs } from "./ladder.ts";
import type { Policy } from "./policy.ts";
import type { KeyRecord } from "./record.ts";
import { isSuspect } from "./suspicion.ts";
import { horizonAt, isDoubtful, stay, swap, tell } from "./transition.ts";

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
  if (state.kind === "running") return stay({ kind: "done" });
  if (now > horizonAt(record, policy)) return { kind: "drop" };
  if (state.kind === "completed") return dropAnswer(record, now, policy);
  if (!isSuspect(record, null)) return stay({ kind: "done" });

  const ladder = rungs(record, policy);
  if (ladder.settledAt !== null && record.asks.nextAt <= now) return ask(record, command.attempt, now, policy);
  const mustReport = state.kind === "idle" && isDoubtful(record, now, policy);
  if (mustReport) {
    const note = noRungLeft(ladder, now) ? "no rung left" : "unsettled for too long";
    const next: KeyRecord = { ...record, state: { kind: "inDoubt", since: now } };
    const change = { record: next, did: "inDoubt", attempt: null, note, publish: "inDoubt" } as const;
    return swap(change, now, policy, (written) => tell(written, now, policy));
  }
  if (record === stored) return stay({ kind: "done" });
  // The lease is over and nothing else is to be done yet: write that down, with the next instant to look.
  const change = { record, did: "ambiguous", attempt: null, note: "lease over", publish: null } as const;
  return swap(change, now, policy, () => ({ kind: "done" }));
}

function dropAnswer(record: KeyRecord, now: Instant, policy: Policy): Decision {
  const { state } = record;
  if (state.kind !== "completed" || state.answer !== "kept" || now <= state.retainUntil) return stay({ kind: "done" });
  const next: KeyRecord = { ...record, answer: null, state: { ...state, answer: "expired" } };
  const change = { record: next, did: "expired", attempt: null, note: null, publish: null } as const;
  return swap(change, now, policy, () => ({ kind: "done" }));
}
