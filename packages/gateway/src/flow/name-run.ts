import { headerLines, headerValue } from "@semel/core/http/protocol";
import { nameMessage, type RecordKey, type Vault } from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import type { Route } from "./route.ts";

/** The record key of a request: who asks for what, under which key and which scope headers. */
export function nameRun(request: Incoming, route: Route, account: string, key: string, vault: Vault): RecordKey {
  return vault.name(nameMessage({ tenant: "", account, operation: route.id, scope: scopeOf(request, route), key }));
}

/** All that a record key is made of, as text: what memory finds a key by, without a keyed hash. */
export function textOfName(request: Incoming, route: Route, account: string, key: string): string {
  const scope = route.scopeHeaders.length === 0 ? "" : JSON.stringify(scopeOf(request, route));
  return `${account.length} ${route.id.length} ${key.length} ${account}${route.id}${key}${scope}`;
}

/** All that a fingerprint is made of, as text: who sends the same again is known without a keyed hash. */
export function textOfContent(request: Incoming, route: Route, digest: (body: Uint8Array) => string): string {
  const { method, target, headers, body } = request;
  const named = route.fingerprint.headers;
  const more = named.length === 0 ? "" : JSON.stringify(named.map((name) => headerLines(headers, name)));
  return `${method} ${target}\n${headerValue(headers, "content-type") ?? ""}\n${digest(body)}${more}`;
}

function scopeOf(request: Incoming, route: Route): (readonly [string, string])[] {
  return route.scopeHeaders.flatMap((name) =>
    headerLines(request.headers, name).map((value) => [name, value] as const),
  );
}
