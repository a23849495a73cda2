import type { Instant } from "./instant.ts";
import type { Attempt, KeyRecord, Outcome } from "./record.ts";

/** What to do. `swap`: write `next`, and only if that is won do what `verdict` says. `stay`: nothing to write. `drop`: garbage. */
export type Decision =
  | Readonly<{ kind: "swap"; next: KeyRecord; dueAt: Instant; publish: Publication | null; verdict: Verdict }>
  | Readonly<{ kind: "stay"; verdict: Verdict }>
  | Readonly<{ kind: "drop" }>;

/** What a relay is told with the swap. */
export type Publication = "completed" | "inDoubt" | "incident" | "resolved" | "erased";

export type Verdict =
  /** Send now, under this attempt; the record's secrets hold the pinned key. */
  | Readonly<{ kind: "run"; attempt: Attempt; record: KeyRecord }>
  /** Ask the upstream; nothing may be sent. */
  | Readonly<{ kind: "ask"; attempt: Attempt; record: KeyRecord }>
  /** Nothing is open any more: a waiting client may claim. */
  | Readonly<{ kind: "free" }>
  | Reply;

/** What a client, an operator or the due loop is told. */
export type Reply =
  /** The stored answer; `mine`: this very request brought it, and it still has the bytes in hand. */
  | Readonly<{ kind: "answer"; record: KeyRecord; how: "mine" | "replayed" | "recovered" }>
  /** The upstream's answer proves that nothing happened: passed on, not stored. */
  | Readonly<{ kind: "noEffect" }>
  /** Claimed elsewhere. */
  | Readonly<{ kind: "conflict"; retryAfterMs: number }>
  /** Outcome unknown, recovery goes on. */
  | Readonly<{ kind: "pending"; retryAfterMs: number }>
  | Readonly<{ kind: "inDoubt" }>
  | Readonly<{ kind: "mismatch" }>
  | Readonly<{ kind: "cannotCompare"; scheme: string }>
  | Readonly<{ kind: "expired"; outcome: Outcome | null }>
  | Readonly<{ kind: "notRetained"; outcome: Outcome }>
  | Readonly<{ kind: "erased" }>
  /** An operator's command that the record's state does not allow; `until`: when it may be tried again. */
  | Readonly<{ kind: "refused"; why: "running" | "unsettled" | "absent" | "attemptsFull"; until: Instant | null }>
  /** Proved: this request changed nothing. */
  | Readonly<{ kind: "unavailable"; why: "store" | "unsent" | "slot" | "leaving" | "clock" | "history" }>
  | Readonly<{ kind: "done" }>;
