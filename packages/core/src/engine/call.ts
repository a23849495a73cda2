import type { RecordKey, Request } from "../record/index.ts";
import type { Parts } from "./parts.ts";
import type { Ask, PolicyOf, Send } from "./ports.ts";

/** One client's request. */
export type Call = Readonly<{
  key: RecordKey;
  request: Request;
  send: Send;
  /** How long to wait for another request with this key before `conflict`; 0: not at all. */
  waitMs: number;
  waitersPerKey: number;
  slot: Slot;
  /** True once the client has gone. What was claimed by then runs to its end; what was not is never claimed. */
  gone?: () => boolean;
}>;

/** A place at the upstream, taken before the claim: nothing may queue between claim and send. */
export type Slot = Readonly<{ take: () => boolean; release: () => void }>;

export type EngineOptions = Omit<Parts, "purge" | "clocks" | "isFresh"> &
  Readonly<{
    policyOf: PolicyOf;
    ask: Ask;
    /** False while this process may not have heard of a loss of history: nothing is claimed, asked or settled. Absent: it has. */
    isFresh?: () => boolean;
    /** How far the store's clock was ahead of the wall clock as the process started, in ms; absent: it was the same. */
    storeAheadMs?: number;
  }>;
