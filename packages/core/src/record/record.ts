import type { Fence } from "./fence.ts";
import type { History } from "./history.ts";
import type { Instant } from "./instant.ts";
import type { Ladder } from "./policy.ts";

/** The store's key of a record: 43 base64url characters, a keyed hash of who asked for what under which idempotency key. */
export type RecordKey = string & { readonly __brand: "RecordKey" };

/** A keyed digest of the request. `scheme` names the secret and the canonicaliser: only equal schemes compare. */
export type Fingerprint = Readonly<{ scheme: string; digest: string }>;

/** Bytes that rest encrypted. `clear` until the swap that first writes them, `sealed` in every copy read back. */
export type Part<T> = Readonly<{ clear: T } | { sealed: Uint8Array }>;

/** What a takeover needs and nobody else may read. */
export type Secrets = Readonly<{
  /** The key as the client sent it, for operators. */
  clientKey: string;
  /** The key that goes upstream, byte for byte; empty where the upstream is sent none. */
  upstreamKey: string;
  /** Values of the question to the upstream, by name. */
  vars: Readonly<{ [name: string]: string }>;
}>;

export const NO_SECRETS: Secrets = { clientKey: "", upstreamKey: "", vars: {} };

/** An upstream's answer: what every retry gets. `headers` is a flat list, name and value in turn, in the order received. */
export type Answer = Readonly<{ status: number; headers: readonly string[]; body: Uint8Array }>;

/** Pinned by the claim: a takeover sends this key to this upstream, and relies on no more than this ladder. */
export type Pins = Readonly<{ upstream: string; ladder: Ladder; deadlineMs: number }>;

/** One permission to send. `id` is the fence of its claim. Nothing leaves after `sendBy`; its socket is gone `deadlineMs` later. */
export type Attempt = Readonly<{ id: Fence; sendBy: Instant; deadlineMs: number }>;

/** What came of a key, in the clear: enough to tell a client whose answer is gone. */
export type Outcome = Readonly<{
  /** Two outcomes contradict each other when their sense differs; bytes may vary from call to call. */
  sense: "success" | "failure";
  status: number;
  source: "upstream" | "asked" | "operator";
  /** base64url SHA-256 of the answer's body, null where there was none to see. */
  digest: string | null;
}>;

export type State =
  /** `doubtSince`: the key was in doubt when it was claimed, and is again if this claim settles nothing. */
  | Readonly<{
      kind: "running";
      purpose: "send" | "ask";
      attempt: Attempt;
      leaseUntil: Instant;
      doubtSince: Instant | null;
    }>
  | Readonly<{ kind: "idle" }>
  | Readonly<{ kind: "inDoubt"; since: Instant }>
  | Readonly<{ kind: "completed"; outcome: Outcome; answer: Kept; retainUntil: Instant }>;

/** Where a completed record's answer is. Only `kept` can be replayed. */
export type Kept = "kept" | "notRetained" | "expired" | "erased";

/** Everything known of one key. Pure data: the same on every store. */
export type KeyRecord = Readonly<{
  format: 1;
  /** null: erased, or settled by an operator for a key that the store did not know. */
  fingerprint: Fingerprint | null;
  route: string;
  account: string;
  profile: string;
  pins: Pins;
  /** F: the first possible send. Pinned by the first claim, never moved. */
  firstSendAt: Instant;
  state: State;
  /** Attempts that were perhaps sent: no final answer, no proof of no effect. Bounded; a full list refuses claims. */
  open: readonly Attempt[];
  /** Questions put to the upstream since the key became suspect, and when the next one may be put. */
  asks: Readonly<{ count: number; nextAt: Instant }>;
  /** The last transition: horizons count from it. */
  changedAt: Instant;
  secrets: Part<Secrets>;
  answer: Part<Answer> | null;
  history: History;
}>;
