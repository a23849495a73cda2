import { canonicalJson } from "./canonical-json.ts";
import { type HeaderPairs, headerTuple } from "./header-pairs.ts";
import { readForm } from "./multipart.ts";
import { Refusal, refusedOr } from "./refusal.ts";
import { tuple } from "./tuple.ts";

/** What a retry must repeat. */
export type FingerprintRequest = Readonly<{
  method: string;
  path: string;
  /** As it was sent: the order of parameters counts. */
  query: string;
  /** null: the request has none. */
  contentType: string | null;
  /** The fingerprint headers that the request has. */
  headers: HeaderPairs;
  body: Uint8Array;
}>;

/** How bodies are compared: byte for byte, as JSON values, or as forms. */
export const COMPARISONS = ["raw", "json", "multipart"] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type FingerprintMessage =
  | Readonly<{ kind: "message"; message: Uint8Array; canonicaliser: string }>
  | Readonly<{ kind: "refused"; why: string }>;

/**
 * How a message is built, under a name that every stored fingerprint carries. Whoever changes a byte of a message gives
 * it a new number and keeps the old one, or retries of yesterday's requests are taken for other requests.
 */
const CANONICALISERS = { raw: "raw.1", json: "json.1", multipart: "multipart.1" } as const;

/** What a fingerprint secret turns into the digest of the request. */
export function fingerprintMessage(request: FingerprintRequest, how: Comparison): FingerprintMessage {
  return refusedOr(() => {
    const canonicaliser = CANONICALISERS[how];
    const { method, path, query, headers } = request;
    const message = tuple([canonicaliser, method, path, query, headerTuple(headers), ...content(request, how)]);
    return { kind: "message", message, canonicaliser };
  });
}

/** The content type and the body. Requests without a body are compared as such, however bodies are. */
function content({ contentType, body }: FingerprintRequest, how: Comparison): [string | Uint8Array, Uint8Array] {
  const type = contentType ?? "";
  if (how === "raw" || body.length === 0) return [type, body];
  if (how === "multipart") {
    const form = readForm(type, body);
    return [form.contentType, tuple(form.parts)];
  }
  const canonical = canonicalJson(body);
  if (canonical.kind === "refused") throw new Refusal(canonical.why);
  return [type, canonical.bytes];
}

/** How a stored fingerprint compares, null where this version does not know its canonicaliser. */
export function comparisonOf(canonicaliser: string): Comparison | null {
  return COMPARISONS.find((how) => CANONICALISERS[how] === canonicaliser) ?? null;
}

/** What names a fingerprint's secret and canonicaliser: only fingerprints of one scheme compare. */
export function schemeOf(secretId: string, canonicaliser: string): string {
  return `${secretId}.${canonicaliser}`;
}

export function parseScheme(scheme: string): Readonly<{ secretId: string; canonicaliser: string }> | null {
  const [, secretId, canonicaliser] = /^(.+)\.([a-z]+\.[0-9]+)$/.exec(scheme) ?? [];
  return secretId === undefined || canonicaliser === undefined ? null : { secretId, canonicaliser };
}
