import { PROBLEMS, type ProblemText, type StatusWord } from "./problem-text.ts";
import type { Dialect, Profile, ProfileRow } from "./profile/profile.ts";
import type { Situation } from "./profile/situation.ts";
import type { Outcome, RecordKey } from "./record.ts";

/** What is known about this very request. */
export type Facts = Readonly<{
  /** Why it was refused, said to the client; null: the problem's own text. */
  why: string | null;
  run: RecordKey | null;
  /** What came of the first request, as far as it is remembered. */
  outcome: Outcome | null;
  /** For the request that saw an ambiguous answer: no rung is left, so that another try settles nothing. */
  inDoubt: boolean;
}>;

export const NO_FACTS: Facts = { why: null, run: null, outcome: null, inDoubt: false };

/** What the client is to be sent, or `pass`: the request goes on without protection. */
export type ErrorAnswer =
  | Readonly<{ kind: "pass"; word: "ignored" }>
  | Readonly<{
      kind: "error";
      status: number;
      contentType: string;
      body: string;
      word: StatusWord | null;
      retryable: boolean;
      retryAfter: boolean;
      shouldRetry: boolean | null;
    }>;

export function errorAnswer(profile: Profile, situation: Situation, facts: Facts): ErrorAnswer {
  const row = profile.rows[situation];
  if (row.status === "pass") return { kind: "pass", word: "ignored" };
  const isDoubtful = facts.inDoubt && SEEN_FIRST_HAND.has(situation);
  const { status, retryable, retryAfter, shouldRetry } = isDoubtful ? withoutRetry(row) : row;
  const text = isDoubtful ? { ...PROBLEMS[situation], advice: PROBLEMS.inDoubt.advice } : PROBLEMS[situation];
  const problem = problemOf(situation, text, { status, retryable }, facts);
  const { contentType, body } = DIALECTS[profile.dialect](situation, problem);
  const word = isDoubtful ? "in-doubt" : text.word;
  return { kind: "error", status, contentType, body: JSON.stringify(body), word, retryable, retryAfter, shouldRetry };
}

/** Where the type of a problem leads, at the gateway. */
export function problemPath(name: string): string {
  return `/.well-known/idempotency/problems/${name}`;
}

const SEEN_FIRST_HAND: ReadonlySet<Situation> = new Set(["upstreamAmbiguous", "upstreamTimeout"]);
const SETTLED: ReadonlySet<Situation> = new Set(["expired", "notRetained"]);

function withoutRetry(row: ProfileRow): ProfileRow {
  return { ...row, retryable: false, retryAfter: false, shouldRetry: row.shouldRetry === null ? null : false };
}

type Problem = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  retryable: boolean;
  run?: RecordKey;
  /** null: it is not remembered. Absent: the problem has none. */
  outcome?: Outcome | null;
}>;

function problemOf(
  situation: Situation,
  text: ProblemText,
  { status, retryable }: Readonly<{ status: number; retryable: boolean }>,
  { why, run, outcome }: Facts,
): Problem {
  const settled = SETTLED.has(situation);
  const remembered = settled ? ` ${toldOutcome(outcome)}` : "";
  return {
    type: problemPath(text.name),
    title: text.title,
    status,
    detail: why ?? `${text.happened}${remembered} ${text.advice}`,
    code: text.code,
    retryable,
    ...(run === null ? {} : { run }),
    ...(settled ? { outcome } : {}),
  };
}

function toldOutcome(outcome: Outcome | null): string {
  if (outcome === null) return "How it ended is not remembered.";
  return `It ended in ${outcome.sense}, with status ${outcome.status}.`;
}

type Written = Readonly<{ contentType: string; body: object }>;

const DIALECTS: Readonly<Record<Dialect, (situation: Situation, problem: Problem) => Written>> = {
  problem: (_, problem) => ({ contentType: "application/problem+json", body: problem }),
  // Stripe's clients take any body without `error` for a success, whatever its status.
  stripe: (situation, problem) => ({
    contentType: "application/json",
    body: { ...problem, error: { type: stripeType(situation), code: problem.code, message: problem.detail } },
  }),
};

/** What the client can mend in its use of the key, against what happened to us. */
function stripeType(situation: Situation): "idempotency_error" | "api_error" {
  switch (situation) {
    case "pending":
    case "inDoubt":
    case "unavailable":
    case "upstreamAmbiguous":
    case "upstreamTimeout":
      return "api_error";
    default:
      return "idempotency_error";
  }
}
