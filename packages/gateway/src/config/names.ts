import { nodeVault } from "@semel/core/vault";
import type { Accounts, Route, Upstream } from "../flow/route.ts";
import type { LoadedConfig } from "./load.ts";
import type { StoreChoice } from "./store.ts";

/** Everything that a key's name is made of. Another value of any of it, and a retry is a first request. */
export type Names = Readonly<{
  format: 1;
  /** Shows which naming secret it is without revealing it; null: the file names none. */
  namingCheck: string | null;
  accounts: Readonly<{ kind: Accounts["kind"]; header: string | null }>;
  /** In their order: the first that matches names the key. */
  routes: readonly RouteNames[];
}>;

export type RouteNames = Readonly<{
  id: string;
  methods: readonly string[];
  segments: readonly string[];
  keyHeaders: readonly string[];
  keyBody: string | null;
  /** In order of the alphabet: their order in the file names nothing. */
  scopeHeaders: readonly string[];
  upstream: string;
  upstreamKey: Upstream["key"];
}>;

export function namesOf({ secrets, accounts, routes }: Pick<LoadedConfig, "secrets" | "accounts" | "routes">): Names {
  return {
    format: 1,
    namingCheck: secrets === null ? null : nodeVault(secrets).check,
    accounts: { kind: accounts.kind, header: accounts.kind === "single" ? null : accounts.header },
    routes: routes.map(routeNames),
  };
}

function routeNames({ id, methods, segments, key, scopeHeaders, upstream }: Route): RouteNames {
  return {
    id,
    methods,
    segments,
    keyHeaders: key.headers,
    keyBody: key.body,
    scopeHeaders: [...scopeHeaders].sort(),
    upstream: upstream.id,
    upstreamKey: upstream.key,
  };
}

/** Where the names of the last start are kept: beside the store; null: it keeps nothing. */
export function namesPath(store: StoreChoice): string | null {
  return store.kind === "sqlite" ? `${store.path}.names.json` : null;
}

/** The snapshot of an earlier start; null: the text is none of this version. */
export function parseNames(text: string): Names | null {
  try {
    const names = JSON.parse(text) as Names;
    return names.format === 1 && Array.isArray(names.routes) && typeof names.accounts.kind === "string" ? names : null;
  } catch {
    return null;
  }
}
