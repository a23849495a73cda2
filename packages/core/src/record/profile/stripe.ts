import { KEY_BYTES_MAX } from "../limits.ts";
import { type Profile, type ProfileRow, RESPONSE_HEADERS } from "./profile.ts";

const DOCS = "docs.stripe.com/api/idempotent_requests";
const CLIENT =
  "stripe-node 23.1.0 sends 409 and >= 500 again with the same key unless Stripe-Should-Retry says otherwise";

const final = (status: number, source: string): ProfileRow => ({
  status,
  retryable: false,
  retryAfter: false,
  shouldRetry: false,
  source,
});
const retry = (status: number, source: string): ProfileRow => ({
  status,
  retryable: true,
  retryAfter: false,
  shouldRetry: true,
  source,
});

/** API v1. */
export const STRIPE: Profile = {
  name: "stripe",
  version: "stripe-v1",
  dialect: "stripe",
  key: { headers: ["Idempotency-Key"], body: null, bytesMax: KEY_BYTES_MAX },
  // Stripe-Context supersedes Stripe-Account (docs.stripe.com/context); a request has one of them.
  scopeHeaders: ["Stripe-Account", "Stripe-Context"],
  fingerprintHeaders: ["Stripe-Version"],
  responseHeaders: RESPONSE_HEADERS,
  retention:
    "Stripe forgets a key after at least 24 hours and then runs it again. Semel never does: a key past its retention is answered 410.",
  rows: {
    missing: { status: "pass", source: `${DOCS}: the header is optional` },
    malformed: final(400, `${DOCS}: keys have up to 255 characters; ${CLIENT}`),
    mismatch: final(400, `${DOCS}: other parameters under a used key are an error, idempotency_error; ${CLIENT}`),
    conflict: retry(409, `docs.stripe.com/error-codes, idempotency_key_in_use; ${CLIENT}`),
    pending: retry(409, `Semel: as a conflict; ${CLIENT}`),
    inDoubt: final(409, `Semel: another try settles nothing; ${CLIENT}`),
    expired: final(410, "Semel: Stripe would run the request again"),
    notRetained: final(410, "Semel: Stripe keeps every answer"),
    erased: final(410, "Semel: Stripe keeps every answer"),
    unavailable: retry(503, `Semel: refused rather than run unprotected; ${CLIENT}`),
    upstreamAmbiguous: retry(502, `Semel: the same key is safe to send again; ${CLIENT}`),
    upstreamTimeout: retry(504, `Semel: the same key is safe to send again; ${CLIENT}`),
  },
};
