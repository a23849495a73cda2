import { headerLines } from "@semel/core/http/protocol";
import { nameMessage, type RecordKey, type Vault } from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import type { Route } from "./route.ts";

/** The record key of a request: who asks for what, under which key and which scope headers. */
export function nameRun(request: Incoming, route: Route, account: string, key: string, vault: Vault): RecordKey {
  return vault.name(nameMessage({ tenant: "", account, operation: route.id, scope: scopeOf(request, route), key }));
}

/** All that a record key is made of, as text: what memory finds a key by without hashing. It must not leave the process. */
export function askedOf(request: Incoming, route: Route, account: string, key: string): string {
  return JSON.stringify([account, route.id, key, scopeOf(request, route)]);
}

function scopeOf(request: Incoming, route: Route): (readonly [string, string])[] {
  return route.scopeHeaders.flatMap((name) =>
    headerLines(request.headers, name).map((value) => [name, value] as const),
  );
}
