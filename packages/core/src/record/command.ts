import type { Fence } from "./fence.ts";
import type { Instant } from "./instant.ts";
import type { Answer, Fingerprint, KeyRecord, Outcome, Part, Secrets } from "./record.ts";

/** What an upstream's answer means: the effect is settled, provably absent, or unknown. */
export type Word = "final" | "noEffect" | "ambiguous";

/** Both columns of the outcome table. `decide` picks one against the row that it sees, again after every lost swap. */
export type Words = Readonly<{ notSuspect: Word; suspect: Word }>;

/** Where a key belongs. */
export type Identity = Readonly<{ route: string; account: string; profile: string }>;

/** A client's request, as far as its record is concerned. */
export type Request = Readonly<{
  identity: Identity;
  /** The request's fingerprint under `scheme`, null where this process cannot compute it; `null` asks for the current one. */
  fingerprint: (scheme: string | null) => Fingerprint | null;
  secrets: Part<Secrets>;
  /**
   * In shadow mode, where the request goes out as it came: which rungs hold for it beside `pinned`, the key that a takeover
   * would repeat under or ask about. Absent: it goes out under that very key.
   */
  unchanged?: (pinned: Part<Secrets>) => Holds;
}>;

/** Which rungs of a ladder may be relied on. */
export type Holds = Readonly<{ repeat: boolean; ask: boolean }>;

export type Command =
  | Readonly<{
      kind: "claim";
      /** The fence of the swap that this claim becomes. */
      attempt: Fence;
      request: Request;
      /** An earlier decision of this command saw a row: to find none now means that it was dropped, not that we are first. */
      sawRow: boolean;
      /** The request goes out whatever the record says: it is only written down, so that enforcing later knows it. */
      shadow: boolean;
    }>
  | Readonly<{
      kind: "answer";
      attempt: Fence;
      words: Words;
      outcome: Outcome;
      /** null: over the cap, completed as not retained. */
      answer: Part<Answer> | null;
      /** The record as this attempt claimed it, in case the row is gone. */
      held: KeyRecord;
    }>
  | Readonly<{ kind: "end"; attempt: Fence; how: "unsent" | "ambiguous"; note: string }>
  | Readonly<{ kind: "asked"; attempt: Fence; askedAt: Instant; said: Said }>
  | Readonly<{ kind: "resolve"; resolution: Resolution; note: string; identity: Identity | null }>
  | Readonly<{ kind: "erase"; note: string }>
  /** `dueAt`: when the row said that it was due. Where that is not so any more, the row is told when it will be. */
  | Readonly<{ kind: "due"; attempt: Fence; dueAt: Instant }>;

export type CommandKind = Command["kind"];

/** What an upstream said when it was asked. Whatever is neither yes nor no proves nothing. */
export type Said =
  | Readonly<{ kind: "yes"; outcome: Outcome; answer: Part<Answer> | null }>
  | Readonly<{ kind: "no" }>
  | Readonly<{ kind: "unknown"; note: string }>;

export type Resolution =
  | Readonly<{ kind: "effect"; outcome: Outcome; answer: Part<Answer> | null }>
  /** `lookedAt`: when it was seen that nothing had happened. It says nothing about what was sent later, or had not settled. */
  | Readonly<{ kind: "noEffect"; lookedAt: Instant }>;
