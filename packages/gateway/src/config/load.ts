import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Secrets } from "@semel/core/vault";
import type { Accounts, Route, Upstream } from "../flow/route.ts";
import { readAccounts } from "./accounts.ts";
import { UPSTREAMS_MAX } from "./bounds.ts";
import { readYaml } from "./document.ts";
import { ConfigError, type Fault } from "./fault.ts";
import type { ConfigFile } from "./file.ts";
import { type Listen, readListen } from "./listen.ts";
import type { Origins } from "./origin.ts";
import type { RouteTimes } from "./policy.ts";
import { type Outside, Reading } from "./reading.ts";
import { readRoute } from "./route.ts";
import { refuseStrayReferences, unreadableAdvice } from "./secret.ts";
import { type AdminToken, readSecrets, readTokens } from "./secrets.ts";
import { checkShadowed } from "./shadowed.ts";
import { checkShape } from "./shape.ts";
import { type CacheChoice, readCache, readStore, refuseLater, type StoreChoice } from "./store.ts";
import { type ReadUpstream, readUpstream } from "./upstream.ts";

export type LoadedConfig = Readonly<{
  /** The file, absolute. */
  path: string;
  version: 1;
  store: StoreChoice;
  cache: CacheChoice;
  listen: Listen;
  /** null: left out. */
  secrets: Secrets | null;
  admin: Readonly<{ tokens: readonly AdminToken[] }>;
  accounts: Accounts;
  upstreams: ReadonlyMap<string, Upstream>;
  routes: readonly Route[];
  /** By route id. */
  times: ReadonlyMap<string, RouteTimes>;
  /** By route id: where each effective value comes from, its upstream's too. */
  provenance: ReadonlyMap<string, Origins>;
  warnings: readonly Fault[];
}>;

export type ParseOptions = Outside & Readonly<{ path: string }>;

/** Reads and checks a file. Throws a ConfigError with everything that is wrong with it. */
export async function loadConfig(path: string, env: Outside["env"]): Promise<LoadedConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new ConfigError([
      { file: path, path: "", line: 1, column: 1, message: `cannot be read (${code}). ${unreadableAdvice(code)}` },
    ]);
  }
  return parseConfig(text, { path, env, readSecret: (file) => readFileSync(file) });
}

/** The same from a text. `path` names the file in messages, and relative paths begin at its folder. */
export function parseConfig(text: string, { path, env, readSecret }: ParseOptions): LoadedConfig {
  const reading = new Reading(readYaml(text, path), { env, readSecret });
  const file = reading.faults.length > 0 ? null : checkShape(reading);
  if (file === null) throw new ConfigError(inOrder(reading.faults));
  refuseStrayReferences(reading);
  const loaded = readAll(reading, file);
  if (reading.faults.length > 0) throw new ConfigError(inOrder(reading.faults));
  return { ...loaded, path: resolve(path), warnings: inOrder(reading.warnings) };
}

function readAll(reading: Reading, file: ConfigFile): Omit<LoadedConfig, "path" | "warnings"> {
  const store = readStore(reading, file.store);
  const cache = readCache(reading, file.cache);
  refuseLater(reading, "outbox", file.outbox);
  const listen = readListen(reading, file.listen);
  const secrets = readSecrets(reading, file.secrets);
  const tokens = readTokens(reading, file.admin);
  const accounts = readAccounts(reading, file.accounts);

  const upstreams = new Map<string, ReadUpstream | null>();
  const declared = Object.entries(file.upstreams);
  if (declared.length > UPSTREAMS_MAX) reading.refuse(["upstreams"], `has more than ${UPSTREAMS_MAX} entries`);
  for (const [id, upstream] of declared) upstreams.set(id, readUpstream(reading, id, upstream, accounts));

  const around = { defaults: file.defaults, upstreams, store };
  const routes = file.routes.flatMap((route, at) => {
    const read = readRoute(reading, at, route, around);
    return read === null ? [] : [{ ...read, at }];
  });
  checkShadowed(reading, routes);
  return {
    version: 1,
    store,
    cache,
    listen,
    secrets,
    admin: { tokens },
    accounts,
    upstreams: new Map([...upstreams].flatMap(([id, read]) => (read === null ? [] : [[id, read.upstream]]))),
    routes: routes.map(({ route }) => route),
    times: new Map(routes.map(({ route, times }) => [route.id, times])),
    provenance: new Map(routes.map(({ route, origins }) => [route.id, origins])),
  };
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
