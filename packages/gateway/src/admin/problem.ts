/** Why the admin API refused. Codes never change: scripts hold them. */
export type ProblemCode =
  | "answer_invalid"
  | "approval_pending"
  | "bad_request"
  | "contradicts_record"
  | "host_refused"
  | "internal"
  | "looked_too_early"
  | "not_allowed"
  | "not_found"
  | "not_listed"
  | "outcome_unknown"
  | "proposal_unknown"
  | "run_unknown"
  | "running"
  | "same_person"
  | "store_unavailable"
  | "too_many_listeners"
  | "too_many_proposals"
  | "token_refused"
  | "unreadable"
  | "unsettled"
  | "not_completed";

type Text = Readonly<{ status: number; title: string; retryable: boolean }>;

const TEXTS: Readonly<Record<ProblemCode, Text>> = {
  answer_invalid: { status: 400, title: "The answer could not be replayed", retryable: false },
  approval_pending: { status: 409, title: "Another proposal for this run waits for approval", retryable: false },
  bad_request: { status: 400, title: "The request is malformed", retryable: false },
  contradicts_record: { status: 409, title: "The record says the opposite", retryable: false },
  host_refused: { status: 421, title: "The admin API is not known by this name", retryable: false },
  internal: { status: 500, title: "Internal error", retryable: true },
  looked_too_early: { status: 409, title: "Something was sent after the run was looked at", retryable: false },
  not_allowed: { status: 403, title: "The token's role does not allow this", retryable: false },
  not_found: { status: 404, title: "There is nothing at this address", retryable: false },
  not_listed: { status: 501, title: "This store cannot list its keys", retryable: false },
  outcome_unknown: { status: 503, title: "It is not known whether the command was written", retryable: true },
  proposal_unknown: { status: 404, title: "No such proposal waits for approval", retryable: false },
  run_unknown: { status: 404, title: "The run is unknown", retryable: false },
  running: { status: 409, title: "The run is still going on", retryable: true },
  same_person: { status: 403, title: "A second person has to approve", retryable: false },
  store_unavailable: { status: 503, title: "The store does not answer", retryable: true },
  too_many_listeners: { status: 503, title: "Too many listeners", retryable: true },
  too_many_proposals: { status: 503, title: "Too many proposals wait for approval", retryable: true },
  token_refused: { status: 401, title: "A valid token is needed", retryable: false },
  unreadable: { status: 500, title: "The record cannot be read", retryable: false },
  unsettled: { status: 409, title: "What was sent may still take effect", retryable: true },
  not_completed: { status: 409, title: "There is nothing to erase yet", retryable: false },
};

/** Ends a request with a problem (RFC 9457). `more`: further members. */
export class AdminProblem extends Error {
  override readonly name = "AdminProblem";
  readonly code: ProblemCode;
  readonly more: Readonly<{ [member: string]: unknown }>;

  constructor(code: ProblemCode, detail: string, more: Readonly<{ [member: string]: unknown }> = {}) {
    super(detail);
    this.code = code;
    this.more = more;
  }

  get status(): number {
    return TEXTS[this.code].status;
  }

  get body(): object {
    const { status, title, retryable } = TEXTS[this.code];
    return { type: "about:blank", title, status, detail: this.message, code: this.code, retryable, ...this.more };
  }
}
