import {
  advance,
  begin,
  type Command,
  type Event,
  fenceAfter,
  type Reply,
  type Run,
  type Seen,
  type World,
} from "../record/index.ts";
import { ask, drop, isUnreadable, pauseMs, rowOf, type Submitted, send, submit } from "./acts.ts";
import type { Errand, Parts } from "./parts.ts";

/** `changed`: a write was won or a row dropped, so that looking at the key again may find something else. */
export type Carried = Readonly<{ changed: boolean }>;

/** Carries one run to its end: the pure machine of record/run.ts decides every step, this loop does what it says. */
export async function carry(command: Command, seen: Seen | null, errand: Errand, parts: Parts): Promise<Carried> {
  const course: Course = { told: false, sent: false, changed: false };
  try {
    await steps(command, seen, errand, parts, course);
  } catch (error) {
    // A row that cannot be read is neither free nor replayed: the client is told to come back, the operator why.
    parts.notify({ notice: isUnreadable(error) ? "unreadable" : "failed", key: errand.key, error });
    // Once something may have been sent, nobody is told that nothing happened.
    const unknown: Reply = { kind: "pending", retryAfterMs: 1_000 };
    const unreadable: Reply = { kind: "cannotCompare", scheme: "unreadable" };
    errand.claimed?.(false);
    tell(!course.sent && isUnreadable(error) ? unreadable : unknown, errand, course);
  }
  return { changed: course.changed };
}

type Course = { told: boolean; sent: boolean; changed: boolean };

function tell(reply: Reply | null, errand: Errand, course: Course): void {
  if (course.told || reply === null) return;
  course.told = true;
  errand.tell(reply);
}

async function steps(command: Command, seen: Seen | null, errand: Errand, parts: Parts, course: Course): Promise<void> {
  const { clock } = parts;
  // The monotonic clock is read first: sendBy must not be measured from anything later than the decision to claim.
  let decidedAtMs = clock.monotonicMs();
  let run = begin(command, seen, worldOf(errand, parts));
  let current = null as Submitted | null;
  for (;;) {
    const { act } = run;
    let event: Event;
    switch (act.act) {
      case "swap": {
        tell(act.tell, errand, course);
        // A repeated write is the very same bytes: sealed once, under its own fence.
        if (current?.write !== act.write)
          current = { write: act.write, row: rowOf(act.write, current, errand.key, parts) };
        if (current.row.doc.length > parts.store.guarantees.docBytesMax && act.write.next.answer !== null) {
          event = { event: "tooLarge" };
          break;
        }
        if (act.tries > 0) await clock.sleep(pauseMs(act.tries, parts.random));
        const waitingMs = waitMs(run, act.tries, decidedAtMs, errand, parts);
        // Only a first try: of a write that may have happened, every repetition is wanted.
        const wanted = run.command.kind === "claim" && act.tries === 0 ? (errand.wanted ?? null) : null;
        event = await submit(current, act.tries, waitingMs, wanted, parts);
        course.changed ||= event.event === "won";
        break;
      }
      case "send":
        errand.claimed?.(true);
        course.sent = true;
        event = await send(act, decidedAtMs, errand, parts);
        break;
      case "ask":
        errand.claimed?.(true);
        event = await ask(act, errand, parts);
        break;
      case "drop":
        course.changed = await drop(act, errand.key, parts);
        event = { event: "dropped" };
        break;
      case "reply":
        errand.claimed?.(false);
        tell(act.reply, errand, course);
        return;
      default:
        return act satisfies never;
    }
    const atMs = clock.monotonicMs();
    const next: Run = advance(run, event, worldOf(errand, parts));
    if (next.act.act === "swap" && next.act.write !== current?.write) decidedAtMs = atMs;
    run = next;
  }
}

/** A claim is waited for until its time to send is over, a completion until its lease is: then the client is told. */
function waitMs(run: Run, tries: number, decidedAtMs: number, errand: Errand, { clock, clocks }: Parts): number {
  if (run.told) return Number.POSITIVE_INFINITY;
  if (run.command.kind === "claim") {
    return Math.max(0, decidedAtMs + errand.policy().sendWithinMs - clock.monotonicMs());
  }
  const state = run.seen?.record.state;
  if (state?.kind !== "running") return Number.POSITIVE_INFINITY;
  // By the time that the run goes by: by another one it would wait for nothing, and still have nothing to tell.
  const leftMs = state.leaseUntil - clocks.now(errand.policy().skewMs);
  // Who comes after the lease has one try like any other before anybody is told.
  return leftMs <= 0 && tries === 0 ? Number.POSITIVE_INFINITY : Math.max(0, leftMs);
}

function worldOf(errand: Errand, parts: Parts): World {
  const policy = errand.policy();
  return {
    now: parts.clocks.now(policy.skewMs),
    monotonicMs: parts.clock.monotonicMs(),
    policy,
    mint: (previous, now) => fenceAfter(previous, now, parts.random.fenceDigits()),
  };
}
