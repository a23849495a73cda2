import { KEY_BYTES_MAX } from "../limits.ts";
import { type Profile, type ProfileRow, RESPONSE_HEADERS } from "./profile.ts";

const DRAFT = "draft-ietf-httpapi-idempotency-key-header-07";
const SILENT = `${DRAFT} is silent; Semel`;

const final = (status: number, source: string): ProfileRow => ({
  status,
  retryable: false,
  retryAfter: false,
  shouldRetry: null,
  source,
});
const retry = (status: number, source: string): ProfileRow => ({
  status,
  retryable: true,
  retryAfter: true,
  shouldRetry: null,
  source,
});

export const IETF: Profile = {
  name: "ietf",
  version: "ietf-07",
  dialect: "problem",
  key: { headers: ["Idempotency-Key"], body: null, bytesMax: KEY_BYTES_MAX },
  scopeHeaders: [],
  fingerprintHeaders: [],
  responseHeaders: RESPONSE_HEADERS,
  retention: `The draft leaves expiry to the server, which must publish it (${DRAFT}, sections 2.3 and 2.5.2).`,
  rows: {
    missing: final(400, `${DRAFT}, section 2.7`),
    malformed: final(400, `${SILENT}: as a missing key; the field is a structured-field String by section 2.1`),
    mismatch: final(422, `${DRAFT}, section 2.7`),
    conflict: retry(409, `${DRAFT}, section 2.7; Retry-After: RFC 9110, section 10.2.3`),
    pending: retry(409, `${SILENT}: the first request is outstanding, as in section 2.7`),
    inDoubt: final(409, `${SILENT}: the state of the resource is in conflict (RFC 9110, section 15.5.10)`),
    expired: final(410, `${SILENT}: gone for good (RFC 9110, section 15.5.11)`),
    notRetained: final(410, `${SILENT}: gone for good (RFC 9110, section 15.5.11)`),
    erased: final(410, `${SILENT}: gone for good (RFC 9110, section 15.5.11)`),
    unavailable: retry(503, `${SILENT}: refused rather than run unprotected (RFC 9110, section 15.6.4)`),
    upstreamAmbiguous: retry(502, `${SILENT}: RFC 9110, section 15.6.3`),
    upstreamTimeout: retry(504, `${SILENT}: RFC 9110, section 15.6.5`),
  },
};
