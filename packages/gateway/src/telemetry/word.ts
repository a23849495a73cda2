import type { Seen } from "../http/server.ts";

/** How an exchange ended, as `Idempotency-Status` would say it or close to it: a bounded set, so that each may be a label. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["mine", "fresh"],
  ["inDoubt", "in-doubt"],
  ["noEffect", "no-effect"],
  ["cannotCompare", "cannot-compare"],
  ["notRetained", "not-retained"],
  ...[
    "replayed",
    "recovered",
    "conflict",
    "pending",
    "mismatch",
    "expired",
    "erased",
    "refused",
    "unavailable",
    "missing",
    "malformed",
    "unauthorised",
    "ignored",
    "passed",
    "shadow",
    "page",
    "gone",
    "too-large",
    "done",
  ].map((word) => [word, word] as const),
]);

/** Anything else is an error of our own, whose text is nobody's label. */
export function wordOf({ word }: Pick<Seen, "word">): string {
  return WORDS.get(word) ?? "error";
}
