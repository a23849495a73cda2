import type { Command, Word } from "./command.ts";
import type { Decision, Reply } from "./decision.ts";
import type { Fence } from "./fence.ts";
import type { Deed } from "./history.ts";
import type { Instant } from "./instant.ts";
import { noRungLeft, rungs } from "./ladder.ts";
import { RETRY_AFTER_MS } from "./limits.ts";
import type { Policy } from "./policy.ts";
import type { KeyRecord } from "./record.ts";
import { doubtSince, isOpen, isSuspect, LOST_ATTEMPT, unclaimed, without } from "./suspicion.ts";
import { completed, stay, swap, tell } from "./transition.ts";

const UNSENT: Reply = { kind: "unavailable", why: "unsent" };
const PENDING: Reply = { kind: "pending", retryAfterMs: RETRY_AFTER_MS };

type AnswerCommand = Command & { kind: "answer" };
type EndCommand = Command & { kind: "end" };

/**
 * An upstream answered attempt a. What its answer means depends on what else may have happened, as seen now. Where
 * history was lost, an attempt that the record does not know may be the very one that it stands in doubt about.
 */
export function answer(record: KeyRecord | null, command: AnswerCommand, now: Instant, policy: Policy): Decision {
  if (record === null) return answerToNothing(command, now, policy);
  if (record.state.kind === "completed") return answerToCompleted(record, command, now, policy);
  if (!isKnown(record, command.attempt) && !isOpen(record, LOST_ATTEMPT))
    return answerOfClosed(record, command, now, policy);
  const word = isSuspect(record, command.attempt) ? command.words.suspect : command.words.notSuspect;
  if (word !== "final") return end(record, command.attempt, word, `status ${command.outcome.status}`, now, policy);
  const next = completed(record, command.outcome, command.answer, now, policy);
  const change = {
    record: next,
    did: "completed",
    attempt: command.attempt,
    note: null,
    publish: "completed",
  } as const;
  return swap(change, now, policy, (written) => ({ kind: "answer", record: written, how: "mine" }));
}

/** The row is gone: dropped, or its history lost. Nobody can say what else happened, so the suspect column counts. */
function answerToNothing(command: AnswerCommand, now: Instant, policy: Policy): Decision {
  if (command.words.suspect !== "final") return stay(PENDING);
  const next = completed(command.held, command.outcome, command.answer, now, policy);
  const note = "completed a key whose row was gone";
  const change = { record: next, did: "incident", attempt: command.attempt, note, publish: "incident" } as const;
  return swap(change, now, policy, (written) => ({ kind: "answer", record: written, how: "mine" }));
}

/** Stored answers never change: who comes late gets the stored one, and a contradiction is written down. */
function answerToCompleted(record: KeyRecord, command: AnswerCommand, now: Instant, policy: Policy): Decision {
  const { state } = record;
  const contradicts =
    state.kind === "completed" && command.words.notSuspect === "final" && state.outcome.sense !== command.outcome.sense;
  if (!contradicts) return stay(tell(record, now, policy));
  return incident(record, command.attempt, `late answer ${command.outcome.status} contradicts`, now, policy);
}

/**
 * The attempt is neither running nor open. A final answer means that whoever closed it was wrong. Any other answer may
 * have closed it itself, in a try that was written and then written over: nothing to add.
 */
function answerOfClosed(record: KeyRecord, command: AnswerCommand, now: Instant, policy: Policy): Decision {
  if (command.words.notSuspect !== "final") return stay(tell(record, now, policy));
  return incident(record, command.attempt, `answer ${command.outcome.status} of a closed attempt`, now, policy);
}

/** Attempt a ended without a final answer. */
export function endAttempt(record: KeyRecord | null, command: EndCommand, now: Instant, policy: Policy): Decision {
  const nothingSent = command.how === "unsent";
  if (record === null) return stay(nothingSent ? UNSENT : PENDING);
  if (record.state.kind === "completed") return stay(tell(record, now, policy));
  // Closed before: by this very command, whose earlier try was written and then written over, or as proved without effect.
  if (!isKnown(record, command.attempt)) return stay(nothingSent ? UNSENT : tell(record, now, policy));
  return end(record, command.attempt, command.how, command.note, now, policy);
}

type How = "unsent" | Exclude<Word, "final">;

function end(record: KeyRecord, attempt: Fence, how: How, note: string, now: Instant, policy: Policy): Decision {
  const runs = record.state.kind === "running" && record.state.attempt.id === attempt;
  const provesNothing = how === "ambiguous" || (how === "noEffect" && isSuspect(record, attempt));
  if (provesNothing) return runs ? leaveOpen(record, attempt, note, now, policy) : stay(tell(record, now, policy));

  const did: Deed = how === "unsent" ? "unsent" : "noEffect";
  const rest: KeyRecord = { ...record, open: without(record.open, attempt) };
  const held = rest.state.kind === "running" && !runs;
  const next: KeyRecord = held ? rest : { ...rest, state: unclaimed(rest.open, doubtSince(rest)) };
  return swap({ record: next, did, attempt, note, publish: null }, now, policy, () =>
    how === "unsent" ? UNSENT : { kind: "noEffect" },
  );
}

function leaveOpen(record: KeyRecord, attempt: Fence, note: string, now: Instant, policy: Policy): Decision {
  if (record.state.kind !== "running") return stay(tell(record, now, policy));
  const open = [...record.open, record.state.attempt];
  const opened: KeyRecord = { ...record, open, asks: { count: 0, nextAt: now } };
  const since = doubtSince(record) ?? (noRungLeft(rungs(opened, policy), now) ? now : null);
  const next: KeyRecord = { ...opened, state: unclaimed(open, since) };
  const publish = since === now ? "inDoubt" : null;
  return swap({ record: next, did: "ambiguous", attempt, note, publish }, now, policy, (written) =>
    tell(written, now, policy),
  );
}

/** The attempt runs, or is open. */
function isKnown(record: KeyRecord, attempt: Fence): boolean {
  const { state } = record;
  const runs = state.kind === "running" && state.purpose === "send" && state.attempt.id === attempt;
  return runs || isOpen(record, attempt);
}

/** Something that cannot be right is written down and published; what is stored stays. */
export function incident(
  record: KeyRecord,
  attempt: Fence | null,
  note: string,
  now: Instant,
  policy: Policy,
): Decision {
  const change = { record, did: "incident", attempt, note, publish: "incident" } as const;
  return swap(change, now, policy, (written) => tell(written, now, policy));
}
