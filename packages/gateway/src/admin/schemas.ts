import type { Schema } from "./endpoint.ts";
import { STATES } from "./view.ts";

/** Notes stand in a bounded history, in the clear: short, on one line, printable. */
const words = (description: string, most: number): Schema => ({
  type: "string",
  minLength: 1,
  maxLength: most,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
  description,
});
const object = (properties: Schema, required: readonly string[]): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
  required,
});
const orNull = (type: string): Schema => ({ type: [type, "null"] });
const TIME = { type: ["string", "null"], description: "ISO 8601; null: never" };

const REASON = words("Why; kept in the record's history in the clear. No card numbers, no idempotency keys", 200);

export const RESOLVE_BODY: Schema = object(
  {
    effect: { type: "boolean", description: "true: the payment took effect; false: it did not and cannot any more" },
    reason: REASON,
    evidence: words("Where the proof is: a provider's id, a ticket. Without it a second person has to approve", 120),
    answer: object(
      {
        status: { type: "integer", minimum: 200, maximum: 399 },
        headers: {
          type: "array",
          items: { type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 },
          description: "Name and value",
        },
        body: { type: "string", description: "base64" },
      },
      ["status", "headers", "body"],
    ),
  },
  ["effect", "reason"],
);

export const APPROVE_BODY: Schema = object({ proposal: { type: "string", maxLength: 32 } }, ["proposal"]);
export const ERASE_BODY: Schema = object({ reason: REASON }, ["reason"]);

export const FENCE_BODY: Schema = object(
  {
    lostSince: {
      type: "string",
      format: "date-time",
      description:
        "What was acknowledged since then may be lost: the time of the backup, or of the last write of a standby",
    },
    reason: words("What happened; kept beside the store's identity", 200),
  },
  ["lostSince", "reason"],
);

export const LIST_QUERY: Schema = object(
  {
    state: { type: "string", enum: [...STATES, "suspect"] },
    route: { type: "string", maxLength: 512 },
    account: { type: "string", maxLength: 512 },
    limit: {
      type: "string",
      pattern: "^([1-9][0-9]?|1[0-9]{2}|200)$",
      description: "1 to 200; a page may hold up to twice as many",
    },
    cursor: { type: "string", maxLength: 512, description: "`next` of the page before" },
  },
  [],
);

const OUTCOME: Schema = {
  ...object(
    {
      sense: { type: "string", enum: ["success", "failure"] },
      status: { type: "integer" },
      source: { type: "string", enum: ["upstream", "asked", "operator"] },
      digest: { type: ["string", "null"], description: "base64url SHA-256 of the answer's body" },
    },
    ["sense", "status", "source", "digest"],
  ),
  type: ["object", "null"],
};

const LINE = {
  run: { type: "string", description: "The run id, as in the header Idempotency-Run" },
  state: { type: "string", enum: [...STATES] },
  suspect: { type: "boolean", description: "An attempt may have had an effect that nobody has seen" },
  route: { type: "string" },
  account: { type: "string" },
  firstSendAt: TIME,
  changedAt: TIME,
  dueAt: TIME,
  openAttempts: { type: "integer" },
  asks: { type: "integer" },
  answer: { type: ["string", "null"], enum: ["kept", "notRetained", "expired", "erased", null] },
  outcome: OUTCOME,
};

export const KEYS: Schema = object(
  {
    keys: { type: "array", items: object(LINE, Object.keys(LINE)) },
    next: { type: ["string", "null"], description: "Where the next page begins; null: this was the last" },
    scanned: { type: "integer", description: "Rows read for this page" },
  },
  ["keys", "next", "scanned"],
);

const PROPOSAL: Schema = {
  ...object(
    {
      id: { type: "string" },
      by: { type: "string" },
      effect: { type: "boolean" },
      reason: { type: "string" },
      expiresAt: TIME,
      outcome: OUTCOME,
    },
    ["id", "by", "effect", "reason", "expiresAt", "outcome"],
  ),
  type: ["object", "null"],
};

const HEAD = {
  ...LINE,
  profile: { type: "string" },
  upstream: { type: "string" },
  ladder: { type: "object", description: "What the claim pinned of the upstream's recovery ladder" },
  deadlineMs: { type: "integer" },
  purpose: { type: ["string", "null"], enum: ["send", "ask", null] },
  leaseUntil: TIME,
  doubtSince: TIME,
  retainUntil: TIME,
  quietAt: { ...TIME, description: "`no effect` is accepted after this instant; null: nothing is open" },
  forgottenAt: TIME,
  attempts: {
    type: "array",
    items: object({ id: { type: "string" }, sendBy: TIME, deadlineMs: { type: "integer" } }, ["id"]),
  },
  asked: object({ count: { type: "integer" }, nextAt: TIME }, ["count", "nextAt"]),
  history: object(
    {
      older: { type: "integer", description: "Transitions that the bounded list has dropped" },
      olderDigest: orNull("string"),
      entries: {
        type: "array",
        items: object({ at: TIME, did: { type: "string" }, attempt: orNull("string"), note: orNull("string") }, [
          "at",
          "did",
        ]),
      },
    },
    ["older", "olderDigest", "entries"],
  ),
  proposal: PROPOSAL,
};

export const KEY: Schema = object(
  {
    ...HEAD,
    clientKey: {
      type: ["string", "null"],
      description: "For operators only; null: erased, or sealed under an unknown secret",
    },
  },
  Object.keys(HEAD),
);

export const SETTLED: Schema = object(
  { result: { type: "string", enum: ["completed", "freed", "unchanged", "proposed", "erased"] }, key: KEY },
  ["result", "key"],
);

export const PROBLEM: Schema = {
  type: "object",
  description: "RFC 9457",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "Never changes" },
    retryable: { type: "boolean" },
    until: TIME,
  },
  required: ["type", "title", "status", "detail", "code", "retryable"],
};

const LOSS: Schema = object(
  { since: { type: "string" }, until: { type: "string" }, endsAt: { type: "string" }, why: { type: "string" } },
  ["since", "until", "endsAt", "why"],
);

export const FENCED: Schema = object({ result: { type: "string", enum: ["fenced"] }, loss: LOSS }, ["result", "loss"]);

export const PRUNED: Schema = object(
  {
    result: { type: "string", enum: ["pruned"] },
    visited: { type: "integer", description: "Rows whose time had come, and that were changed or dropped" },
    done: { type: "boolean", description: "false: there is more, and the gateway goes on with it" },
  },
  ["result", "visited", "done"],
);

const STORE_FIELDS = {
  name: { type: "string" },
  survives: { type: "string", description: "What an acknowledged write survives, as it was measured" },
  linearizable: { type: "boolean" },
  docBytesMax: { type: "integer" },
  now: TIME,
  aheadMs: { type: "integer", description: "How far the store's clock is ahead of the gateway's" },
  identity: { type: "string" },
  epoch: { type: "integer", description: "Rises with every loss of history" },
  lineage: { ...orNull("string"), description: "Changes with a failover or a restore; null: the engine cannot tell" },
  keptUntil: TIME,
  quarantines: { type: "array", items: LOSS },
};

export const STORE: Schema = object(STORE_FIELDS, Object.keys(STORE_FIELDS));

export const READY: Schema = object(
  { ready: { type: "boolean" }, reasons: { type: "array", items: { type: "string" } } },
  ["ready", "reasons"],
);
