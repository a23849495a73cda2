import type { Situation } from "./situation.ts";

/** What clients see in one situation. */
export type ProfileRow = Readonly<{
  status: number;
  /** The same request with the same key may be sent again, and this helps. */
  retryable: boolean;
  /** `Retry-After` is sent. */
  retryAfter: boolean;
  /** The value of `Stripe-Should-Retry`; null: not sent. */
  shouldRetry: boolean | null;
  /** Where this row comes from. */
  source: string;
}>;

/** A request without a key goes through, unprotected and marked as such. */
export type Pass = Readonly<{ status: "pass"; source: string }>;

/** How errors are written: a problem (RFC 9457), or a problem with the `error` member that Stripe's clients look for. */
export type Dialect = "problem" | "stripe";

/** What clients see, as data: one file per profile. A profile never decides what completes. */
export type Profile = Readonly<{
  name: string;
  /** What records carry. It names the text or the API generation that the profile follows. */
  version: string;
  dialect: Dialect;
  /** Where the key is looked for: headers by falling rank, or a JSON pointer into the body. */
  key: Readonly<{ headers: readonly string[]; body: string | null; bytesMax: number }>;
  /** Headers that say whose request it is: part of the record's name. */
  scopeHeaders: readonly string[];
  /** Headers that change what the request means: part of its fingerprint. */
  fingerprintHeaders: readonly string[];
  /** How the response headers are called. */
  responseHeaders: ResponseHeaders;
  /** What the published policy says about retention. */
  retention: string;
  rows: Readonly<Record<Exclude<Situation, "missing">, ProfileRow> & { missing: ProfileRow | Pass }>;
}>;

export type ResponseHeaders = Readonly<{ key: string; replayed: string; status: string; expires: string; run: string }>;

export const RESPONSE_HEADERS: ResponseHeaders = {
  key: "Idempotency-Key",
  replayed: "Idempotent-Replayed",
  status: "Idempotency-Status",
  expires: "Idempotency-Expires",
  run: "Idempotency-Run",
};
