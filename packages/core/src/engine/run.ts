import {
  advance,
  begin,
  type Command,
  CorruptError,
  decodeRecord,
  type Event,
  encodeRecord,
  fenceAfter,
  maySend,
  type Policy,
  type RecordKey,
  type RecordStore,
  type Reply,
  type Row,
  type Run,
  type Seen,
  StoreError,
  type Vault,
  type World,
  type Write,
} from "../record/index.ts";
import type { Ask, Clock, Notify, Random, Send } from "./ports.ts";

export type Parts = Readonly<{
  store: RecordStore;
  vault: Vault;
  clock: Clock;
  random: Random;
  epoch: number;
  /** Entries for the outbox are written only where a relay reads them. */
  publishes: boolean;
  notify: Notify;
}>;

/** One command's surroundings: whose key, under which policy, and how to reach the upstream. */
export type Errand = Readonly<{
  key: RecordKey;
  policy: () => Policy;
  send: Send;
  ask: Ask;
  /** Called once, as soon as there is something to tell. The run may go on after it. */
  tell: (reply: Reply) => void;
  /** Called when the claim is known: durable, or answered by what is stored. */
  claimed?: (runs: boolean) => void;
}>;

/** Pauses between tries of a write of unknown fate: short at first, for a dropped connection is back in milliseconds. */
const REPEAT_PAUSE_MS = 20;
const REPEAT_PAUSE_MS_MAX = 2_000;

/** Carries one run to its end: the pure machine of record/run.ts decides every step, this loop does what it says. */
export async function carry(command: Command, seen: Seen | null, errand: Errand, parts: Parts): Promise<void> {
  let told = false;
  const tell = (reply: Reply | null): void => {
    if (told || reply === null) return;
    told = true;
    errand.tell(reply);
  };
  try {
    await steps(command, seen, errand, parts, tell);
  } catch (error) {
    // A row that cannot be read is neither free nor replayed: the client is told to come back, the operator why.
    const notice = error instanceof CorruptError ? "unreadable" : "failed";
    parts.notify({ notice, key: errand.key, error });
    tell(
      error instanceof CorruptError
        ? { kind: "cannotCompare", scheme: "unreadable" }
        : { kind: "pending", retryAfterMs: 1_000 },
    );
  }
}

async function steps(
  command: Command,
  seen: Seen | null,
  errand: Errand,
  parts: Parts,
  tell: (r: Reply | null) => void,
): Promise<void> {
  const { clock } = parts;
  let world = worldOf(errand, parts);
  let decidedAtMs = clock.monotonicMs();
  let run = begin(command, seen, world);
  let row: Row | null = null;
  let write: Write | null = null;
  for (;;) {
    const { act } = run;
    let event: Event;
    switch (act.act) {
      case "swap":
        tell(act.tell);
        // A repeated write is the very same bytes: sealed once, under its own fence.
        if (act.write !== write || row === null) row = rowOf(act.write, errand.key, parts);
        write = act.write;
        if (act.tries > 0) await clock.sleep(pauseMs(act.tries, parts.random));
        event = await submit(write, row, act.tries, parts);
        break;
      case "send": {
        errand.claimed?.(true);
        const { attempt, record } = act;
        const sendByMs = decidedAtMs + errand.policy().sendWithinMs;
        const mayStart = (): boolean =>
          maySend(attempt, clock.now(), errand.policy()) && clock.monotonicMs() < sendByMs;
        event = await errand.send({ key: errand.key, attempt, record, mayStart });
        break;
      }
      case "ask": {
        errand.claimed?.(true);
        const askedAt = clock.now();
        event = { event: "asked", askedAt, said: await errand.ask(errand.key, act.record) };
        break;
      }
      case "drop":
        await parts.store.drop([{ key: errand.key, fence: act.fence }]);
        event = { event: "dropped" };
        break;
      case "reply":
        errand.claimed?.(false);
        tell(act.reply);
        return;
      default:
        return act satisfies never;
    }
    world = worldOf(errand, parts);
    // Read before the step is taken: sendBy must not be measured from anything later than the decision to claim.
    const atMs = clock.monotonicMs();
    const next: Run = advance(run, event, world);
    if (next.act.act === "swap" && next.act.write !== write) decidedAtMs = atMs;
    run = next;
  }
}

function worldOf(errand: Errand, parts: Parts): World {
  return {
    now: parts.clock.now(),
    policy: errand.policy(),
    mint: (previous, now) => fenceAfter(previous, now, parts.random.fenceDigits()),
  };
}

async function submit(write: Write, row: Row, tries: number, parts: Parts): Promise<Event> {
  const { store, epoch, publishes, notify } = parts;
  const { key, fence, doc } = row;
  const publish = write.publish === null || !publishes ? null : { key, epoch, fence, kind: write.publish, doc };
  try {
    const swapped = await store.swap({ key, expect: write.expect, next: row, publish });
    notify({ notice: "swap", key, result: swapped.won ? "won" : "lost", tries, publish: write.publish });
    if (swapped.won && write.publish === "incident") {
      notify({ notice: "incident", key, note: write.next.history.entries.at(-1)?.note ?? "" });
    }
    if (swapped.won) return { event: "won" };
    return { event: "lost", current: swapped.current === null ? null : seenIn(swapped.current) };
  } catch (error) {
    // Nothing is known of a write that failed in a way nobody foresaw: it may have happened.
    const result = error instanceof StoreError && error.code === "unavailable" ? "unavailable" : "inDoubt";
    if (error instanceof CorruptError) throw error;
    notify({ notice: "swap", key, result, tries, publish: write.publish });
    return { event: result };
  }
}

export function seenIn(row: Row): Seen {
  return { fence: row.fence, record: decodeRecord(row.doc) };
}

function rowOf(write: Write, key: RecordKey, parts: Parts): Row {
  return { key, fence: write.fence, dueAt: write.dueAt, doc: encodeRecord(write.next, key, write.fence, parts.vault) };
}

function pauseMs(tries: number, random: Random): number {
  return Math.min(REPEAT_PAUSE_MS * 2 ** (tries - 1), REPEAT_PAUSE_MS_MAX) * (0.5 + random.fraction() / 2);
}
