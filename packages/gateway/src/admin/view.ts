import {
  asOf,
  CorruptError,
  decodeRecord,
  horizonAt,
  type Instant,
  isSuspect,
  type KeyRecord,
  NEVER,
  type Policy,
  type RecordKey,
  type Row,
  rungs,
  type State,
  tell,
} from "@semel/core/record";

export const STATES = ["running", "idle", "in-doubt", "completed", "unreadable"] as const;
export type StateWord = (typeof STATES)[number];

/** One line of a list: what the clear head of a row says. Times are ISO 8601. */
export type KeyLine = Readonly<{
  run: RecordKey;
  state: StateWord;
  suspect: boolean;
  route: string;
  account: string;
  firstSendAt: string | null;
  changedAt: string | null;
  dueAt: string | null;
  openAttempts: number;
  asks: number;
  answer: string | null;
  outcome: Readonly<{ sense: string; status: number; source: string; digest: string | null }> | null;
}>;

/** A record as its holders would find it at `now`: leases that are over are over, whether or not anybody wrote so. */
function lineOf(run: RecordKey, dueAt: Instant, stored: KeyRecord, now: Instant, policy: Policy): KeyLine {
  const record = asOf(stored, now, policy);
  const { state } = record;
  return {
    run,
    state: wordOf(record, now, policy),
    suspect: isSuspect(record, null),
    route: record.route,
    account: record.account,
    firstSendAt: time(record.firstSendAt),
    changedAt: time(record.changedAt),
    dueAt: time(dueAt),
    openAttempts: record.open.length,
    asks: record.asks.count,
    answer: state.kind === "completed" ? state.answer : null,
    outcome: state.kind === "completed" ? state.outcome : null,
  };
}

/** Everything but what is sealed. */
export function headOf(run: RecordKey, dueAt: Instant, stored: KeyRecord, now: Instant, policy: Policy): object {
  const record = asOf(stored, now, policy);
  const { history, pins, asks, state } = record;
  return {
    ...lineOf(run, dueAt, stored, now, policy),
    profile: record.profile,
    upstream: pins.upstream,
    ladder: pins.ladder,
    deadlineMs: pins.deadlineMs,
    ...timesOf(state),
    /** "No effect" is accepted after this: nothing that was sent can take effect any more. */
    quietAt: record.open.length === 0 ? null : time(rungs(record, policy).quietAt),
    forgottenAt: time(horizonAt(record, policy)),
    attempts: record.open.map(({ id, sendBy, deadlineMs }) => ({ id, sendBy: time(sendBy), deadlineMs })),
    asked: { count: asks.count, nextAt: record.open.length === 0 ? null : time(asks.nextAt) },
    history: {
      older: history.older,
      olderDigest: history.olderDigest === "" ? null : history.olderDigest,
      entries: history.entries.map(({ at, did, attempt, note }) => ({ at: time(at), did, attempt, note })),
    },
  };
}

/** A row whose head cannot be read is shown, not hidden. */
export function lineOfRow(row: Row, now: Instant, policyOf: (route: string) => Policy): KeyLine {
  const record = readable(row);
  if (record === null) return { ...UNREADABLE, run: row.key, dueAt: time(row.dueAt) };
  return lineOf(row.key, row.dueAt, record, now, policyOf(record.route));
}

export function readable(row: Row): KeyRecord | null {
  try {
    return decodeRecord(row.doc);
  } catch (error) {
    if (error instanceof CorruptError) return null;
    throw error;
  }
}

export function time(at: Instant): string | null {
  return at >= NEVER ? null : new Date(at).toISOString();
}

const UNREADABLE: Omit<KeyLine, "run" | "dueAt"> = {
  state: "unreadable",
  suspect: false,
  route: "",
  account: "",
  firstSendAt: null,
  changedAt: null,
  openAttempts: 0,
  asks: 0,
  answer: null,
  outcome: null,
};

/** Doubt is told to clients as soon as no rung is left; the due loop writes it down a moment later. */
function wordOf(record: KeyRecord, now: Instant, policy: Policy): StateWord {
  const { kind } = record.state;
  if (kind === "inDoubt") return "in-doubt";
  if (kind !== "idle") return kind;
  return tell(record, now, policy).kind === "inDoubt" ? "in-doubt" : "idle";
}

function timesOf(state: State): object {
  return {
    purpose: state.kind === "running" ? state.purpose : null,
    leaseUntil: state.kind === "running" ? time(state.leaseUntil) : null,
    doubtSince: state.kind === "inDoubt" ? time(state.since) : null,
    retainUntil: state.kind === "completed" ? time(state.retainUntil) : null,
  };
}
