import { PROBLEMS, PROFILES, type Profile, problemPath, SITUATIONS } from "@semel/core/record";
import type { KeyFormat, Route } from "../flow/index.ts";

/** An erased answer may be replayed from a process's memory for this long: what flow/replay-memory.ts keeps, at most. */
const ERASURE_DELAY_SECONDS = 60;

/** What clients may rely on. It names no upstream: that is nobody's business but the operator's. */
export type Policy = Readonly<{
  erasureDelaySeconds: number;
  lookUp: Readonly<{ byRun: string; byKey: string; text: string }>;
  problems: string;
  routes: readonly RoutePolicy[];
  profiles: readonly ProfilePolicy[];
}>;

export type RoutePolicy = Readonly<{
  /** What `Semel-Operation` takes. */
  operation: string;
  mode: Route["mode"];
  profile: string;
  key: Readonly<{
    headers: readonly string[];
    body: string | null;
    required: boolean;
    bytesMax: number;
    format: string;
  }>;
  scopeHeaders: readonly string[];
  fingerprint: string;
  /** The answer is replayed this long after it was given, and the key is remembered this long after it was last used. */
  retentionSeconds: number;
  rememberedSeconds: number;
  concurrent: string;
  limits: Readonly<{ requestBytes: number; answerBytes: number }>;
}>;

export type ProfilePolicy = Readonly<{
  name: string;
  version: string;
  retention: string;
  responseHeaders: Profile["responseHeaders"];
  situations: readonly SituationPolicy[];
}>;

export type SituationPolicy = Readonly<{
  situation: string;
  /** "pass": the request goes through without protection. */
  status: number | "pass";
  retryable: boolean | null;
  hints: readonly string[];
  problem: string;
  source: string;
}>;

/** The published policy, from the routes in force and the profiles that they name. */
export function policyOf(routes: readonly Route[]): Policy {
  const profiles = [...new Set(routes.map(({ profile }) => profile))].map((name) => PROFILES.get(name));
  return {
    erasureDelaySeconds: ERASURE_DELAY_SECONDS,
    lookUp: {
      byRun: "/.semel/runs/{Idempotency-Run}",
      byKey: "/.semel/runs",
      text: "GET, for the account that the run belongs to; by key: send Idempotency-Key and Semel-Operation. Prefer: wait=N waits for an outcome.",
    },
    problems: problemPath(""),
    routes: routes.map(routePolicy),
    profiles: profiles.filter((profile) => profile !== undefined).map(profilePolicy),
  };
}

const FORMATS: Readonly<Record<KeyFormat, string>> = {
  any: "any printable ASCII",
  uuid: "a UUID",
  uuidv7: "a UUID of version 7",
  ulid: "a ULID",
};

const BODIES: Readonly<Record<Route["fingerprint"]["body"], string>> = {
  raw: "the body, byte for byte",
  json: "the body's JSON value (RFC 8785)",
  multipart: "the body's parts",
};

function routePolicy(route: Route): RoutePolicy {
  const { id, mode, profile, key, scopeHeaders, fingerprint, policy, limits, waitMs } = route;
  const compared = ["method", "path", "query", "Content-Type", ...fingerprint.headers, BODIES[fingerprint.body]];
  const wait = waitMs === 0 ? "is answered at once" : `waits up to ${waitMs / 1_000} s for the answer of the first`;
  return {
    operation: id,
    mode,
    profile,
    key: {
      headers: key.headers,
      body: key.body,
      required: key.required,
      bytesMax: key.bytesMax,
      format: `${FORMATS[key.format]}, quoted as a structured-field String (RFC 9651) or bare`,
    },
    scopeHeaders,
    fingerprint: `A retry must equal the first request in: ${compared.join(", ")}.`,
    retentionSeconds: policy.retainMs / 1_000,
    rememberedSeconds: policy.horizonMs / 1_000,
    concurrent: `A second request under a running key ${wait}; Prefer: wait=N asks for another wait.`,
    limits: { requestBytes: limits.requestBytes, answerBytes: limits.answerBytes },
  };
}

function profilePolicy({ name, version, retention, responseHeaders, rows }: Profile): ProfilePolicy {
  const situations = SITUATIONS.map((situation): SituationPolicy => {
    const row = rows[situation];
    const problem = problemPath(PROBLEMS[situation].name);
    if (row.status === "pass") {
      return { situation, status: "pass", retryable: null, hints: [], problem, source: row.source };
    }
    const hints = [
      ...(row.retryAfter ? ["Retry-After"] : []),
      ...(row.shouldRetry === null ? [] : [`Stripe-Should-Retry: ${row.shouldRetry}`]),
    ];
    return { situation, status: row.status, retryable: row.retryable, hints, problem, source: row.source };
  });
  return { name, version, retention, responseHeaders, situations };
}
