import type { Reply } from "@semel/core/record";
import type { Seen } from "../http/server.ts";

/** What the kernel's replies are called on the way: a new one does not compile until it has its label here. */
type ReplyWord = Exclude<Reply["kind"], "answer"> | (Reply & { kind: "answer" })["how"];

/** What flow and server say by themselves. A test reads their sources: a word of theirs that is missing here fails it. */
type OwnWord =
  | "missing"
  | "malformed"
  | "unauthorised"
  | "ignored"
  | "passed"
  | "shadow"
  | "shadow-duplicate"
  | "shadow-mismatch"
  | "shadow-unrecorded"
  | "page"
  | "gone"
  | "too-large"
  | "error";

/** How an exchange ended, as `Idempotency-Status` would say it or close to it: a bounded set, so that each may be a label. */
const LABELS: Readonly<Record<ReplyWord | OwnWord, string>> = {
  mine: "fresh",
  replayed: "replayed",
  recovered: "recovered",
  noEffect: "no-effect",
  conflict: "conflict",
  pending: "pending",
  inDoubt: "in-doubt",
  mismatch: "mismatch",
  cannotCompare: "cannot-compare",
  expired: "expired",
  notRetained: "not-retained",
  erased: "erased",
  refused: "refused",
  unavailable: "unavailable",
  done: "done",
  missing: "missing",
  malformed: "malformed",
  unauthorised: "unauthorised",
  ignored: "ignored",
  passed: "passed",
  shadow: "shadow",
  "shadow-duplicate": "shadow-duplicate",
  "shadow-mismatch": "shadow-mismatch",
  "shadow-unrecorded": "shadow-unrecorded",
  page: "page",
  gone: "gone",
  "too-large": "too-large",
  error: "error",
};
const KNOWN: ReadonlyMap<string, string> = new Map(Object.entries(LABELS));

/** Anything else is an error of our own, whose text is nobody's label. */
export function wordOf({ word }: Pick<Seen, "word">): string {
  return KNOWN.get(word) ?? LABELS.error;
}
