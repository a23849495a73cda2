import { randomUUID } from "node:crypto";
import type { PolicyOf } from "@semel/core/engine";
import {
  type Browser,
  type Instant,
  type Outbox,
  type Quarantine,
  type RecordStore,
  SKEW_MS,
  SURVIVALS,
} from "@semel/core/record";
import { type Authority, openAuthority } from "@semel/core/store/authority";
import { memoryStore } from "@semel/core/store/memory";
import { sqliteStore } from "@semel/core/store/sqlite";
import { type NodeVault, nodeVault } from "@semel/core/vault";
import { AdminEvents } from "./admin/events.ts";
import { type AdminServer, adminServer } from "./admin/server.ts";
import { guaranteeOf, type LoadedConfig, type StoreChoice } from "./config/index.ts";
import { Gateway } from "./gateway.ts";
import { keepNames } from "./keep-names.ts";
import { pages } from "./pages/pages.ts";
import { unreachable } from "./probe.ts";
import { StartError } from "./start-error.ts";
import { type Log, openLog } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import { systemClock, systemRandom } from "./world.ts";

export type StartOptions = Readonly<{
  /** How long to wait for another process that still owns the store. */
  waitLockMs: number;
  /** Where logs go: a file's path, or null for standard error. */
  logTo: string | null;
}>;

export type Running = Readonly<{
  gatewayPort: number;
  adminPort: number;
  store: RecordStore;
  authority: Authority;
  /** What was wrong at the start and may mend itself. */
  warnings: readonly string[];
  /** Refuses new requests, lets sent ones finish, and closes. False: something was cut off. */
  stop: () => Promise<boolean>;
}>;

type AnyStore = RecordStore & Browser & Outbox;
type Opened = Readonly<{ store: AnyStore; authority: Authority; vault: NodeVault; log: Log }>;

/** Brings up a checked configuration: store, authority, gateway, admin. What cannot work is refused before it listens. */
export async function startSemel(config: LoadedConfig, options: StartOptions): Promise<Running> {
  if (config.secrets === null) {
    throw new StartError(
      "secrets_missing",
      "The configuration has no secrets: add the section `secrets` (see the README).",
    );
  }
  if (config.admin.tokens.length === 0) {
    const advice =
      "add `admin: { tokens: [{ name: ana, role: operator, secret: … }] }` with a secret of yours, made with: openssl rand -base64 32";
    throw new StartError(
      "admin_tokens_missing",
      `The configuration has no admin token, and nobody could settle doubt: ${advice}.`,
    );
  }
  const vault = nodeVault(config.secrets);
  const log = openLog({ level: "info", file: options.logTo });
  const store = await openStore(config.store, options.waitLockMs);
  try {
    refuseWeakStore(config, store);
    const digits = systemRandom().fenceDigits;
    const { authority } = await openAuthority(store, { check: vault.check, identity: randomUUID, random: digits });
    await keepNames(config);
    return await serve(config, { store, authority, vault, log });
  } catch (error) {
    await store.close();
    await log.close();
    throw error;
  }
}

async function openStore(choice: StoreChoice, waitLockMs: number): Promise<AnyStore> {
  switch (choice.kind) {
    case "memory":
      return memoryStore();
    case "sqlite":
      return await sqliteStore({ path: choice.path, waitLockMs });
    default:
      return choice satisfies never;
  }
}

/** What a route requires is held against what the opened store was measured to survive. */
function refuseWeakStore(config: LoadedConfig, store: RecordStore): void {
  const { survives } = store.guarantees;
  for (const { id, requires } of config.routes) {
    if (SURVIVALS.indexOf(requires) <= SURVIVALS.indexOf(survives)) continue;
    const has = `the store ${store.name} survives ${survives.replace("-", " ")}`;
    const advice = "Use a store that survives more, or lower `requires` of the route";
    throw new StartError(
      "store_too_weak",
      `Route ${id} requires ${requires.replace("-", " ")}, and ${has}. ${advice}.`,
    );
  }
}

/** The quarantines in force as one: from the earliest loss to the latest discovery. */
function inForce(quarantines: readonly Quarantine[], now: () => Instant): Quarantine | null {
  // Asked several times a payment, and there nearly never is one.
  if (quarantines.length === 0) return null;
  const [first, ...others] = quarantines.filter(({ endsAt }) => now() <= endsAt);
  if (first === undefined) return null;
  return others.reduce(
    (all, { since, until, endsAt }) => ({
      since: Math.min(all.since, since) as Instant,
      until: Math.max(all.until, until) as Instant,
      endsAt: Math.max(all.endsAt, endsAt) as Instant,
    }),
    first,
  );
}

/** Everything that listens, wired together. Admin first: who cannot be looked at must not take payments. */
async function serve(config: LoadedConfig, { store, authority, vault, log }: Opened): Promise<Running> {
  const events = new AdminEvents();
  const storeAheadMs = (await store.now()) - systemClock.now();
  const gateway: Gateway = new Gateway({
    ...{ routes: config.routes, upstreams: config.upstreams, accounts: config.accounts, store, vault },
    epoch: authority.epoch,
    quarantine: () => inForce(authority.quarantines, systemClock.now),
    publishes: false,
    storeAheadMs,
    listen: config.listen.gateway,
    page: (request, response) => page(request, response),
    seen: (exchange) => {
      metrics.seen(exchange);
      log.seen(exchange);
    },
    notify: (notice) => {
      metrics.notice(notice);
      log.notice(notice);
      events.notice(notice);
    },
  });
  const metrics = metricsOf(config, gateway);
  const policyOf: PolicyOf = (route) => gateway.policyOf(route);
  const page = pages({
    routes: config.routes,
    accounts: config.accounts,
    store,
    vault,
    policyOf,
    now: systemClock.now,
  });
  const admin = adminServer({
    ...{ engine: gateway.engine, store, browser: store, vault, routes: config.routes, policyOf, events },
    tokens: config.admin.tokens,
    hosts: [],
    metrics: { text: metrics.text, contentType: metrics.contentType, open: false },
    ready: async () => [],
    guarantees: new Map(config.routes.map((route) => [route.id, guaranteeOf(route).sentence])),
    forget: (run) => gateway.memory.drop(run),
    acted: log.acted,
    now: systemClock.now,
  });
  const adminPort = await admin.start(config.listen.admin.host, config.listen.admin.port);
  try {
    const warnings = [...clockWarnings(storeAheadMs), ...(await unreachable(config.upstreams.values()))];
    const gatewayPort = await gateway.start();
    log.say(`gateway listens on ${config.listen.gateway.host}:${gatewayPort}`);
    const stop = async (): Promise<boolean> => await stopAll(gateway, admin, store, log);
    return { gatewayPort, adminPort, store, authority, warnings, stop };
  } catch (error) {
    await admin.stop();
    throw error;
  }
}

/** Nothing is claimed by such a clock, and nobody should have to find out why from a 503. */
function clockWarnings(storeAheadMs: number): readonly string[] {
  if (Math.abs(storeAheadMs) <= SKEW_MS) return [];
  const apart = `${Math.round(Math.abs(storeAheadMs) / 1_000)} s ${storeAheadMs > 0 ? "behind" : "ahead of"}`;
  return [
    `This machine's clock is ${apart} the latest time of the store, and no payment is taken by it: set the clock, or wait until they agree.`,
  ];
}

function metricsOf(config: LoadedConfig, gateway: Gateway): Metrics {
  return createMetrics({
    routes: config.routes.map(({ id }) => id),
    inFlight: () => gateway.engine.inFlight,
    slots: () => [...gateway.slots].map(([id, slots]) => [id, slots.taken] as const),
  });
}

async function stopAll(gateway: Gateway, admin: AdminServer, store: RecordStore, log: Log): Promise<boolean> {
  const clean = await gateway.stop();
  await admin.stop();
  await store.close();
  log.say(clean ? "stopped" : "stopped with requests unfinished");
  await log.close();
  return clean;
}
