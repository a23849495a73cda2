import { hash } from "node:crypto";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { storedHeaders } from "@semel/core/http/protocol";
import type { Answer, Outcome } from "@semel/core/record";
import type { Route } from "../flow/index.ts";
import { AdminProblem } from "./problem.ts";

/** An answer as an operator writes it down. `headers`: name and value; `body`: base64. */
export type WrittenAnswer = Readonly<{
  status: number;
  headers: readonly (readonly [string, string])[];
  body: string;
}>;

export type OperatorOutcome = Readonly<{ outcome: Outcome; answer: Answer | null }>;

/** What clients are told about an effect whose answer nobody wrote down: the fact, and this status. */
const STATUS_UNKNOWN_ANSWER = 200;

/** What every retry gets from now on: refused here, or it would fail at each replay. */
export function operatorOutcome(written: WrittenAnswer | null, limits: Route["limits"]): OperatorOutcome {
  if (written === null) {
    const outcome = { sense: "success", status: STATUS_UNKNOWN_ANSWER, source: "operator", digest: null } as const;
    return { outcome, answer: null };
  }
  const body = Buffer.from(written.body, "base64");
  if (body.toString("base64") !== written.body) throw invalid("Its body is not base64 (RFC 4648, with padding).");
  if (body.length > limits.answerBytes)
    throw invalid(`Its body is over the route's limit of ${limits.answerBytes} bytes.`);
  if (written.headers.length > limits.headers) throw invalid(`It has more than ${limits.headers} headers.`);
  for (const [name, value] of written.headers) requireHeader(name, value);
  const { status } = written;
  const outcome = { sense: "success", status, source: "operator", digest: hash("sha256", body, "base64url") } as const;
  return { outcome, answer: { status, headers: storedHeaders(written.headers.flat()), body } };
}

function requireHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalid("One of its headers has a name or a value that HTTP does not allow.");
  }
}

function invalid(why: string): AdminProblem {
  return new AdminProblem("answer_invalid", `${why} Nothing was written.`);
}
