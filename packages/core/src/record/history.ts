import type { Fence } from "./fence.ts";
import type { Instant } from "./instant.ts";
import { HISTORY_MAX } from "./limits.ts";

export type Deed =
  | "claimed"
  | "asking"
  | "asked"
  | "unsent"
  | "noEffect"
  | "ambiguous"
  | "completed"
  | "inDoubt"
  | "closed"
  | "expired"
  | "erased"
  | "incident";

/** One transition: when, what, by which attempt, and in a few words why. Digests and codes only, never bodies. */
export type Transition = Readonly<{ at: Instant; did: Deed; attempt: Fence | null; note: string | null }>;

/** The latest transitions in order; of what came before, a count and a running digest. */
export type History = Readonly<{ entries: readonly Transition[]; older: number; olderDigest: string }>;

export const NO_HISTORY: History = { entries: [], older: 0, olderDigest: "" };

export function withTransition(history: History, transition: Transition): History {
  return { ...history, entries: [...history.entries, transition] };
}

/** Brings a history within its bound. `digest` is keyed, so that a dropped entry cannot be replaced unseen. */
export function boundHistory(history: History, digest: (text: string) => string): History {
  if (history.entries.length <= HISTORY_MAX) return history;
  const dropped = history.entries.slice(0, -HISTORY_MAX);
  let olderDigest = history.olderDigest;
  for (const entry of dropped) olderDigest = digest(`${olderDigest}\n${JSON.stringify(entry)}`);
  return { entries: history.entries.slice(-HISTORY_MAX), older: history.older + dropped.length, olderDigest };
}
