import {
  type ErrorAnswer,
  errorAnswer,
  type Facts,
  type Instant,
  NO_FACTS,
  type Profile,
  type RecordKey,
  type Reply,
  type Situation,
} from "../../record/index.ts";
import { type RawHeaders, withoutHeaders } from "./headers.ts";

/** What one exchange adds to an answer: who asked under which key. */
export type Marks = Readonly<{ clientKey: string; run: RecordKey }>;

/** An error, ready to be sent. */
export type Refusal = Readonly<{ status: number; headers: readonly string[]; body: string }>;

/** The situation that a reply without an answer puts the client in. `saw`: this request saw the upstream fail. */
export function situationOf(
  reply: Exclude<Reply, { kind: "answer" | "noEffect" }>,
  saw: "broken" | "timeout" | null,
): Situation {
  switch (reply.kind) {
    case "pending":
    case "inDoubt":
      if (saw === null) return reply.kind;
      return saw === "timeout" ? "upstreamTimeout" : "upstreamAmbiguous";
    case "refused":
      return reply.why === "attemptsFull" ? "pending" : "unavailable";
    case "cannotCompare":
    case "unavailable":
    case "done":
      return "unavailable";
    case "conflict":
    case "mismatch":
    case "expired":
    case "notRetained":
    case "erased":
      return reply.kind;
    default:
      return reply satisfies never;
  }
}

export function factsOf(reply: Reply, run: RecordKey | null): Facts {
  const outcome = reply.kind === "expired" || reply.kind === "notRetained" ? reply.outcome : null;
  return { ...NO_FACTS, run, outcome, inDoubt: reply.kind === "inDoubt" };
}

/** The error in the profile's dialect, with its headers. null: the profile lets such a request pass. */
export function refuse(
  profile: Profile,
  situation: Situation,
  facts: Facts,
  marks: Marks | null,
  retryAfterMs: number,
): Refusal | null {
  const error = errorAnswer(profile, situation, facts);
  return error.kind === "pass" ? null : refusal(profile, error, marks, retryAfterMs);
}

function refusal(
  profile: Profile,
  error: ErrorAnswer & { kind: "error" },
  marks: Marks | null,
  retryAfterMs: number,
): Refusal {
  const names = profile.responseHeaders;
  const headers = ["Content-Type", error.contentType, "Cache-Control", "no-store", "Link", POLICY_LINK];
  if (error.word !== null) headers.push(names.status, error.word);
  if (marks !== null) headers.push(names.key, marks.clientKey, names.run, marks.run);
  if (error.retryAfter) headers.push("Retry-After", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  if (error.shouldRetry !== null) headers.push("Stripe-Should-Retry", String(error.shouldRetry));
  return { status: error.status, headers, body: error.body };
}

const POLICY_LINK = '</.well-known/idempotency>; rel="describedby"';

/** An upstream that has an idempotency layer of its own sets the same headers: the client gets ours. */
export function unmarked(headers: RawHeaders, profile: Profile): string[] {
  let ours = marked.get(profile);
  if (ours === undefined) {
    ours = new Set(Object.values(profile.responseHeaders).map((name) => name.toLowerCase()));
    marked.set(profile, ours);
  }
  return withoutHeaders(headers, ours);
}

const marked = new WeakMap<Profile, ReadonlySet<string>>();

export type AnswerWord = "fresh" | "replayed" | "recovered";

/** What Semel adds to a stored answer's own headers. */
export function answerMarks(profile: Profile, word: AnswerWord, marks: Marks, expiresAt: Instant | null): string[] {
  const names = profile.responseHeaders;
  const headers = [names.status, word, names.key, marks.clientKey, names.run, marks.run, "Link", POLICY_LINK];
  if (word !== "fresh") headers.push(names.replayed, "true");
  if (expiresAt !== null) headers.push(names.expires, httpDate(expiresAt));
  return headers;
}

/** IMF-fixdate (RFC 9110, section 5.6.7). */
export function httpDate(at: Instant): string {
  const second = Math.floor(at / 1_000);
  if (second !== written.second) written = { second, text: new Date(at).toUTCString() };
  return written.text;
}

/** Answers of one second expire in one second. */
let written = { second: Number.NaN, text: "" };
