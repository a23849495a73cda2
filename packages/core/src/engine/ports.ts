import type {
  Answer,
  Attempt,
  Instant,
  KeyRecord,
  Outcome,
  Part,
  Policy,
  Publication,
  RecordKey,
  Said,
  Words,
} from "../record/index.ts";

/** Time, as the engine sees it. Two clocks, because a suspended machine stops one of them and an operator turns the other. */
export interface Clock {
  now(): Instant;
  /** Milliseconds that never go back; where they began means nothing. */
  monotonicMs(): number;
  /** Resolves after `ms`, and keeps the process up until then: somebody's write is waiting for it. */
  sleep(ms: number): Promise<void>;
  /** Calls after `ms`, unless cancelled by the function that it returns. Does not keep the process up. */
  later(ms: number, call: () => void): () => void;
}

export interface Random {
  /** 20 hex digits, unpredictable and never the same. */
  fenceDigits(): string;
  /** 0 <= x < 1, for jitter. */
  fraction(): number;
}

/** What came of one attempt to send. */
export type Sent =
  /** Proved: not one byte left. */
  | Readonly<{ event: "unsent"; note: string }>
  /** Anything else but a whole answer. */
  | Readonly<{ event: "ambiguous"; note: string }>
  | Readonly<{ event: "answered"; words: Words; outcome: Outcome; answer: Part<Answer> | null }>;

/**
 * One permission to send: `mayStart` is asked immediately before the first byte, and after it nothing may be
 * retried. `startWithinMs`: what is left until it says no; whatever has not started by then is unsent.
 */
export type Sending = Readonly<{
  key: RecordKey;
  attempt: Attempt;
  record: KeyRecord;
  mayStart: () => boolean;
  startWithinMs: number;
}>;
export type Send = (sending: Sending) => Promise<Sent>;

/** Asks the pinned upstream about a key. Never throws: what it cannot tell is `unknown`. */
export type Ask = (key: RecordKey, record: KeyRecord) => Promise<Said>;

export type PolicyOf = (route: string) => Policy;

/** What the engine tells the outside of: logs, metrics and alarms are made of it. */
export type Notice =
  /** `publish`: what the write tells the world, once it is won. */
  | Readonly<{
      notice: "swap";
      key: RecordKey;
      result: "won" | "lost" | "inDoubt" | "unavailable";
      tries: number;
      publish: Publication | null;
    }>
  | Readonly<{ notice: "incident"; key: RecordKey; note: string }>
  /** Clocks disagree, and no row is dropped until they agree again: wall against monotonic, store against wall, in ms. */
  | Readonly<{ notice: "purgeStopped"; jumpMs: number; apartMs: number }>
  /** This process's wall clock and the store's disagree by so much at least, and nothing is claimed until they agree again. */
  | Readonly<{ notice: "claimsStopped"; apartMs: number }>
  /** History of the store may be lost since then: a quarantine covers it. */
  | Readonly<{ notice: "historyLost"; since: Instant; endsAt: Instant; why: string }>
  | Readonly<{ notice: "unreadable"; key: RecordKey; error: unknown }>
  | Readonly<{ notice: "failed"; key: RecordKey; error: unknown }>;
export type Notify = (notice: Notice) => void;
