import { headerLines } from "@semel/core/http/protocol";
import { nameMessage, type RecordKey, type Vault } from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import type { Route } from "./route.ts";

/** The record key of a request: who asks for what, under which key and which scope headers. */
export function nameRun(request: Incoming, route: Route, account: string, key: string, vault: Vault): RecordKey {
  const scope = route.scopeHeaders.flatMap((name) =>
    headerLines(request.headers, name).map((value) => [name, value] as const),
  );
  return vault.name(nameMessage({ tenant: "", account, operation: route.id, scope, key }));
}
