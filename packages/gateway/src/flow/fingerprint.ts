import { headerLines, headerValue } from "@semel/core/http/protocol";
import {
  type Comparison,
  comparisonOf,
  type Fingerprint,
  fingerprintMessage,
  parseScheme,
  schemeOf,
  type Vault,
} from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import type { Route } from "./route.ts";

/** The request's fingerprints, by scheme and each computed once. `refused`: its body cannot be compared the route's way. */
export type Fingerprints = Readonly<{
  of: (scheme: string | null) => Fingerprint | null;
  refused: string | null;
}>;

export function fingerprintsOf(request: Incoming, route: Route, vault: Vault): Fingerprints {
  let older: Map<string, Fingerprint | null> | null = null;
  const current = compute(request, route, route.fingerprint.body, null, vault);
  const refused = "why" in current ? current.why : null;
  const of = (scheme: string | null): Fingerprint | null => {
    if (!("why" in current) && (scheme === null || scheme === current.scheme)) return current;
    if (scheme === null) return null;
    older ??= new Map();
    if (!older.has(scheme)) older.set(scheme, computeAs(request, route, scheme, vault));
    return older.get(scheme) ?? null;
  };
  return { of, refused };
}

/** As an older record was fingerprinted: under its secret and its canonicaliser, if this process knows both. */
function computeAs(request: Incoming, route: Route, scheme: string, vault: Vault): Fingerprint | null {
  const parsed = parseScheme(scheme);
  const how = parsed === null ? null : comparisonOf(parsed.canonicaliser);
  if (parsed === null || how === null) return null;
  const computed = compute(request, route, how, parsed.secretId, vault);
  return "why" in computed ? null : computed;
}

function compute(
  request: Incoming,
  route: Route,
  how: Comparison,
  secretId: string | null,
  vault: Vault,
): Fingerprint | Readonly<{ why: string }> {
  const [path, query] = splitTarget(request.target);
  const headers = route.fingerprint.headers.flatMap((name) =>
    headerLines(request.headers, name).map((value) => [name, value] as const),
  );
  const contentType = headerValue(request.headers, "content-type");
  const built = fingerprintMessage(
    { method: request.method, path, query, contentType, headers, body: request.body },
    how,
  );
  if (built.kind === "refused") return { why: built.why };
  const digest = vault.fingerprint(secretId, built.message);
  if (digest === null) return { why: `fingerprint secret ${secretId} is unknown here` };
  return { scheme: schemeOf(digest.secretId, built.canonicaliser), digest: digest.digest };
}

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf("?");
  return mark === -1 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}
