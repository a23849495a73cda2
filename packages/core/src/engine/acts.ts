import {
  type Act,
  CorruptError,
  decodeRecord,
  type Event,
  encodeRecord,
  type Instant,
  maySend,
  type RecordKey,
  type Row,
  type Seen,
  StoreError,
  type Swapped,
  type Write,
} from "../record/index.ts";
import type { Errand, Parts } from "./parts.ts";
import type { Random } from "./ports.ts";
import { inTime } from "./silence.ts";

/** Pauses between tries of a write of unknown fate: short at first, for a dropped connection is back in milliseconds. */
const REPEAT_PAUSE_MS = 20;
const REPEAT_PAUSE_MS_MAX = 2_000;

/** A write and the row that it would leave. */
export type Submitted = Readonly<{ write: Write; row: Row }>;

/** Submits a write, once. Whatever is not known to have failed may have happened, and is repeated beside a silent try. */
export async function submit(
  { write, row }: Submitted,
  tries: number,
  waitMs: number,
  wanted: (() => boolean) | null,
  parts: Parts,
): Promise<Event> {
  const { epoch, publishes, notify } = parts;
  const { key, fence, doc } = row;
  const publish =
    write.publish === null || !publishes ? null : { key, epoch: epoch(), fence, kind: write.publish, doc };
  let swapped: Settled;
  try {
    const swap = { key, expect: write.expect, next: row, publish };
    swapped = await inTime(parts.store.swap(wanted === null ? swap : { ...swap, wanted }), parts.clock, waitMs);
  } catch (error) {
    swapped = error instanceof StoreError && error.code === "unavailable" ? "unavailable" : "inDoubt";
  }
  const result = swapped === "inDoubt" || swapped === "unavailable" ? swapped : swapped.won ? "won" : "lost";
  notify({ notice: "swap", key, result, tries, publish: write.publish });
  if (swapped === "inDoubt" || swapped === "unavailable") return { event: swapped };
  if (!swapped.won) return { event: "lost", current: swapped.current === null ? null : seenIn(swapped.current) };
  if (write.publish === "incident") {
    notify({ notice: "incident", key, note: write.next.history.entries.at(-1)?.note ?? "" });
  }
  return { event: "won" };
}

type Settled = Swapped | "inDoubt" | "unavailable";

/** Sends under a claim. Whatever the sender throws, the claim does not hang on it. */
export async function send(
  act: Act & { act: "send" },
  decidedAtMs: number,
  errand: Errand,
  parts: Parts,
): Promise<Event> {
  const { clock } = parts;
  const { attempt, record } = act;
  const sendByMs = decidedAtMs + errand.policy().sendWithinMs;
  let started = false;
  const mayStart = (): boolean => {
    started = maySend(attempt, clock.now(), errand.policy()) && clock.monotonicMs() < sendByMs;
    return started;
  };
  const startWithinMs = Math.max(0, sendByMs - clock.monotonicMs());
  try {
    return await errand.send({ key: errand.key, attempt, record, mayStart, startWithinMs });
  } catch (error) {
    parts.notify({ notice: "failed", key: errand.key, error });
    return { event: started ? "ambiguous" : "unsent", note: "the sender failed" };
  } finally {
    errand.sent?.();
  }
}

/** Puts the question. An asker that throws has learnt nothing. */
export async function ask(act: Act & { act: "ask" }, errand: Errand, parts: Parts): Promise<Event> {
  const askedAt: Instant = parts.clocks.now(errand.policy().skewMs);
  try {
    return { event: "asked", askedAt, said: await errand.ask(errand.key, act.record) };
  } catch (error) {
    parts.notify({ notice: "failed", key: errand.key, error });
    return { event: "asked", askedAt, said: { kind: "unknown", note: "the asker failed" } };
  }
}

/** Removes a row past its horizon, if the clocks can be believed. Otherwise it stays: keeping is never wrong. */
export async function drop(act: Act & { act: "drop" }, key: RecordKey, parts: Parts): Promise<boolean> {
  if (!(await parts.purge.mayDrop())) return false;
  await inTime(parts.store.drop([{ key, fence: act.fence }]), parts.clock);
  return true;
}

export function seenIn(row: Row): Seen {
  return { fence: row.fence, record: decodeRecord(row.doc) };
}

export function rowOf(write: Write, before: Submitted | null, key: RecordKey, parts: Parts): Row {
  const written = before === null ? null : { record: before.write.next, doc: before.row.doc };
  const { next, fence, dueAt } = write;
  return { key, fence, dueAt, doc: encodeRecord(next, key, parts.vault, written) };
}

export function pauseMs(tries: number, random: Random): number {
  return Math.min(REPEAT_PAUSE_MS * 2 ** (tries - 1), REPEAT_PAUSE_MS_MAX) * (0.5 + random.fraction() / 2);
}

export function isUnreadable(error: unknown): error is CorruptError {
  return error instanceof CorruptError;
}
