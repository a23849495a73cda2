import type { Command, Said, Words } from "./command.ts";
import { decide } from "./decide.ts";
import type { Publication, Reply, Verdict } from "./decision.ts";
import type { Fence } from "./fence.ts";
import { after, type Instant } from "./instant.ts";
import { SWAP_REPEAT_MS } from "./limits.ts";
import type { Policy } from "./policy.ts";
import type { Answer, Attempt, KeyRecord, Outcome, Part } from "./record.ts";

/** A row as the store last showed it. */
export type Seen = Readonly<{ fence: Fence; record: KeyRecord }>;

/** One write, decided once. Until its fate is known, exactly this write is repeated. */
export type Write = Readonly<{
  expect: Fence | null;
  fence: Fence;
  next: KeyRecord;
  dueAt: Instant;
  publish: Publication | null;
}>;

/** What the shell is to do next. Every act but `reply` is answered by one event. */
export type Act =
  /** Submit the write. `tell`: first tell the client this; the run goes on without it. */
  | Readonly<{ act: "swap"; write: Write; tell: Reply | null; tries: number }>
  | Readonly<{ act: "send"; attempt: Attempt; record: KeyRecord }>
  | Readonly<{ act: "ask"; attempt: Attempt; record: KeyRecord }>
  | Readonly<{ act: "drop"; fence: Fence }>
  /** The run is over. null: the client was told before. */
  | Readonly<{ act: "reply"; reply: Reply | null }>;

export type Event =
  | Readonly<{ event: "won" }>
  | Readonly<{ event: "lost"; current: Seen | null }>
  /** Nobody knows whether the write happened. */
  | Readonly<{ event: "inDoubt" }>
  /** Proved: this try wrote nothing. */
  | Readonly<{ event: "unavailable" }>
  /** The write does not fit into the store with its answer. Nothing was written. */
  | Readonly<{ event: "tooLarge" }>
  | Readonly<{ event: "unsent"; note: string }>
  | Readonly<{ event: "ambiguous"; note: string }>
  | Readonly<{ event: "answered"; words: Words; outcome: Outcome; answer: Part<Answer> | null }>
  | Readonly<{ event: "asked"; askedAt: Instant; said: Said }>
  | Readonly<{ event: "dropped" }>;

/** The world that a step needs: the time, the policy, and a fence that follows another. */
export type World = Readonly<{
  now: Instant;
  monotonicMs: number;
  policy: Policy;
  mint: (previous: Fence | null, now: Instant) => Fence;
}>;

/** One command on its way: a client's request from claim to answer, a visit of the due loop, or an operator's word. */
export type Run = Readonly<{
  /** What the run began with: where it returns to when a suspect key turns out to be free. */
  origin: Command;
  command: Command;
  seen: Seen | null;
  act: Act;
  /** What follows when the write under way is won. */
  verdict: Verdict | null;
  /** A try of the write under way may have happened. */
  mayBeWritten: boolean;
  told: boolean;
  /** When the run began, on the monotonic clock. */
  sinceMs: number;
}>;

/** Begins with what is known of the row: null for a first request, which learns of any row by losing to it. */
export function begin(command: Command, seen: Seen | null, world: World): Run {
  const act: Act = { act: "reply", reply: null };
  const run: Run = {
    origin: command,
    command,
    seen,
    act,
    verdict: null,
    mayBeWritten: false,
    told: false,
    sinceMs: world.monotonicMs,
  };
  return decideOn(run, command, world);
}

/** The next step. Pure, so that the same code serves requests, and is explored state by state. */
export function advance(run: Run, event: Event, world: World): Run {
  switch (event.event) {
    case "won":
      return afterWin(run, world);
    case "lost":
      return afterLoss(run, event.current, world);
    case "inDoubt":
      return repeat({ ...run, mayBeWritten: true }, world);
    case "unavailable":
      return afterRefusal(run, world);
    case "tooLarge":
      return decideOn(run, withoutAnswer(run.command), world);
    case "unsent":
      return decideOn(run, end(run, "unsent", event.note), world);
    case "ambiguous":
      return decideOn(run, end(run, "ambiguous", event.note), world);
    case "answered":
      return decideOn(run, answered(run, event), world);
    case "asked":
      return decideOn(run, asked(run, event.askedAt, event.said), world);
    case "dropped":
      return finish(run, { kind: "done" });
    default:
      return event satisfies never;
  }
}

/**
 * The check that guards the first byte: made against both clocks of the holder, immediately before it is written. A claim
 * decided before a quarantine opened is not sent after: the row that it would have lost to may be what was lost.
 */
export function maySend(attempt: Attempt, now: Instant, policy: Policy): boolean {
  const { quarantine, sendWithinMs, skewMs } = policy;
  if (quarantine !== null && attempt.sendBy <= quarantine.until + sendWithinMs + skewMs) return false;
  return now < attempt.sendBy;
}

function decideOn(run: Run, command: Command, world: World): Run {
  const fence = world.mint(run.seen?.fence ?? null, world.now);
  const dated = withAttempt(command, fence, run.seen !== null);
  const next: Run = { ...run, command: dated, mayBeWritten: false, verdict: null };
  const decision = decide(run.seen?.record ?? null, dated, world.now, world.policy);
  switch (decision.kind) {
    case "stay":
      return follow(next, decision.verdict, world);
    case "swap": {
      const { next: record, dueAt, publish } = decision;
      const write: Write = { expect: run.seen?.fence ?? null, fence, next: record, dueAt, publish };
      return { ...next, act: { act: "swap", write, tell: null, tries: 0 }, verdict: decision.verdict };
    }
    case "drop":
      return run.seen === null
        ? finish(next, { kind: "done" })
        : { ...next, act: { act: "drop", fence: run.seen.fence } };
    default:
      return decision satisfies never;
  }
}

function withAttempt(command: Command, fence: Fence, seesRow: boolean): Command {
  if (command.kind === "claim") return { ...command, attempt: fence, sawRow: command.sawRow || seesRow };
  return command.kind === "due" ? { ...command, attempt: fence } : command;
}

function follow(run: Run, verdict: Verdict, world: World): Run {
  switch (verdict.kind) {
    case "run":
      return { ...run, act: { act: "send", attempt: verdict.attempt, record: verdict.record } };
    case "ask":
      return { ...run, act: { act: "ask", attempt: verdict.attempt, record: verdict.record } };
    case "free":
      return run.origin.kind === "claim" && !run.told
        ? decideOn(run, run.origin, world)
        : finish(run, { kind: "done" });
    default:
      return finish(run, verdict);
  }
}

function afterWin(run: Run, world: World): Run {
  const { act, verdict } = run;
  if (act.act !== "swap" || verdict === null) throw new Error("A swap was won that was never submitted");
  const won: Run = { ...run, seen: { fence: act.write.fence, record: act.write.next } };
  // The client was told that nothing happened while the claim's fate was unknown: it must stay so.
  if (run.told && (verdict.kind === "run" || verdict.kind === "ask")) return release(won, verdict, world);
  return follow(won, verdict, world);
}

function afterLoss(run: Run, current: Seen | null, world: World): Run {
  if (run.act.act !== "swap") throw new Error("A swap was lost that was never submitted");
  const { write } = run.act;
  // Fences are unique per write: the row carries ours if and only if this very write happened, however it was answered.
  if (current !== null && current.fence === write.fence) return afterWin(run, world);
  if (current !== null && bearsClaim(current.record, write.fence)) return afterLateWin(run, current, world);
  // A claim that was told unavailable is not tried on a new row: its client has gone. In shadow mode its request has gone
  // upstream, so it is: the row that is in the way knows nothing of it, and may yet say that nothing happened.
  const isOver = run.told && run.command.kind === "claim" && !isShadow(run);
  if (isOver) return finish(run, { kind: "unavailable", why: "store" });
  const sawRow = write.expect !== null || current !== null;
  const command = run.command.kind === "claim" ? { ...run.command, sawRow: run.command.sawRow || sawRow } : run.command;
  return decideOn({ ...run, seen: current }, command, world);
}

/** A claim's fence is its attempt's id: it stays in the row when somebody else writes there before we learn that we won. */
function bearsClaim(record: KeyRecord, attempt: Fence): boolean {
  const { state, open } = record;
  return (state.kind === "running" && state.attempt.id === attempt) || open.some((other) => other.id === attempt);
}

/** Our claim happened, and the row has been written since. Where it is over by now, nothing of it was sent: close it. */
function afterLateWin(run: Run, current: Seen, world: World): Run {
  const { verdict } = run;
  const late: Run = { ...run, seen: current };
  if (verdict?.kind !== "run" && verdict?.kind !== "ask") return decideOn(late, run.command, world);
  const { state } = current.record;
  const held = state.kind === "running" && state.attempt.id === verdict.attempt.id;
  return held && !run.told
    ? follow(late, { ...verdict, record: current.record }, world)
    : release(late, verdict, world);
}

/** Gives a claim back that was won too late to be used. */
function release(run: Run, verdict: Verdict & { kind: "run" | "ask" }, world: World): Run {
  const attempt = verdict.attempt.id;
  const note = "claim known too late";
  // In shadow mode the request went out without waiting for its claim.
  const how = isShadow(run) ? "ambiguous" : "unsent";
  if (verdict.kind === "run") return decideOn(run, { kind: "end", attempt, how, note }, world);
  const said: Said = { kind: "unknown", note };
  return decideOn(run, { kind: "asked", attempt, askedAt: world.now, said }, world);
}

function isShadow({ origin }: Run): boolean {
  return origin.kind === "claim" && origin.shadow;
}

function afterRefusal(run: Run, world: World): Run {
  if (run.mayBeWritten) return repeat(run, world);
  const { kind } = run.command;
  const mustBeWritten = kind === "answer" || kind === "end" || kind === "asked";
  return mustBeWritten ? repeat(run, world) : finish(run, { kind: "unavailable", why: "store" });
}

/** The same write again: a read may show that it happened, never that it did not. */
function repeat(run: Run, world: World): Run {
  if (run.act.act !== "swap") throw new Error("Only a swap can be repeated");
  if (world.monotonicMs > run.sinceMs + SWAP_REPEAT_MS) return finish(run, sayMeanwhile(run));
  const late = !run.told && world.now >= answerBy(run, world);
  const tell = late ? sayMeanwhile(run) : null;
  const act: Act = { ...run.act, tell, tries: run.act.tries + 1 };
  return { ...run, act, told: run.told || late };
}

/** Until when a client waits for a write of unknown fate: a claim is useless past its sendBy, a completion past its lease. */
function answerBy(run: Run, { now, policy }: World): Instant {
  if (run.act.act !== "swap") return now;
  // In shadow mode the request leaves then, claimed or not.
  if (isShadow(run)) return after(run.act.write.next.changedAt, policy.sendWithinMs);
  const before = run.command.kind === "claim" ? run.act.write.next : run.seen?.record;
  const state = before?.state;
  if (state?.kind !== "running") return now;
  return run.command.kind === "claim" ? state.attempt.sendBy : after(state.leaseUntil, 0);
}

/** A claim sends nothing once it is late, so nothing happened. A completion's effect may have happened: never "failed". */
function sayMeanwhile(run: Run): Reply {
  if (run.command.kind === "claim") return { kind: "unavailable", why: "store" };
  return { kind: "pending", retryAfterMs: 1_000 };
}

function finish(run: Run, reply: Reply): Run {
  return { ...run, act: { act: "reply", reply: run.told ? null : reply }, told: true };
}

/** The outcome alone, where the store has no room for its bytes: completed as not retained. */
function withoutAnswer(command: Command): Command {
  switch (command.kind) {
    case "answer":
      return { ...command, answer: null };
    case "asked":
      return command.said.kind === "yes" ? { ...command, said: { ...command.said, answer: null } } : command;
    case "resolve": {
      const { resolution } = command;
      return resolution.kind === "effect" ? { ...command, resolution: { ...resolution, answer: null } } : command;
    }
    default:
      throw new Error(`A ${command.kind} carries no answer to leave out`);
  }
}

function end(run: Run, how: "unsent" | "ambiguous", note: string): Command {
  if (run.act.act !== "send") throw new Error("An attempt ended that was never sent");
  return { kind: "end", attempt: run.act.attempt.id, how, note };
}

function answered(run: Run, event: Event & { event: "answered" }): Command {
  if (run.act.act !== "send") throw new Error("An attempt was answered that was never sent");
  const { attempt, record } = run.act;
  const { words, outcome, answer } = event;
  return { kind: "answer", attempt: attempt.id, words, outcome, answer, held: record };
}

function asked(run: Run, askedAt: Instant, said: Said): Command {
  if (run.act.act !== "ask") throw new Error("An answer came to a question that was never put");
  return { kind: "asked", attempt: run.act.attempt.id, askedAt, said };
}
