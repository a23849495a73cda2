import type { Notify, PolicyOf } from "@semel/core/engine";
import { AUTHORITY_KEY, type RecordStore } from "@semel/core/record";
import { type Authority, type AuthorityWatch, keepWatching, type Loss } from "@semel/core/store/authority";
import type { NodeVault } from "@semel/core/vault";
import { AdminEvents } from "./admin/events.ts";
import { type AdminServer, adminServer } from "./admin/server.ts";
import { guaranteeOf, type LoadedConfig } from "./config/index.ts";
import type { AnswerCache } from "./flow/index.ts";
import { Gateway } from "./gateway.ts";
import { cacheWarnings } from "./open-cache.ts";
import type { AnyStore } from "./open-store.ts";
import { pages } from "./pages/pages.ts";
import { unreachable } from "./probe.ts";
import { clockWarnings, lossWarnings } from "./start-warnings.ts";
import { storeDesk } from "./store-desk.ts";
import type { Log } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import { systemClock } from "./world.ts";

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

/** What is there before anything listens. */
export type Opened = AnyStore &
  Readonly<{
    watch: AuthorityWatch;
    /** What is to be told of a loss, once there is somebody to tell. */
    losses: { tell: (loss: Loss) => void };
    vault: NodeVault;
    cache: AnswerCache | null;
    log: Log;
    /** How far the store's clock is ahead of this machine's, in ms. */
    storeAheadMs: number;
  }>;

/** Everything that listens, wired together. Admin first: who cannot be looked at must not take payments. */
export async function serve(config: LoadedConfig, opened: Opened): Promise<Running> {
  const { store, watch, log } = opened;
  const wired = wire(config, opened);
  const { gateway, admin } = wired;
  const adminPort = await admin.start(config.listen.admin.host, config.listen.admin.port);
  try {
    const warnings = await warningsOf(config, opened);
    const gatewayPort = await gateway.start();
    log.say(`gateway listens on ${config.listen.gateway.host}:${gatewayPort}`);
    const stopWatching = keepWatching(watch, systemClock.later, (error) =>
      wired.notify({ notice: "failed", key: AUTHORITY_KEY, error }),
    );
    const stop = async (): Promise<boolean> => {
      const clean = await stopAll(wired, opened, stopWatching);
      log.say(clean ? "stopped" : "stopped with requests unfinished");
      await log.close();
      return clean;
    };
    return { gatewayPort, adminPort, store, authority: watch.authority, warnings, stop };
  } catch (error) {
    await admin.stop();
    throw error;
  }
}

type Wired = Readonly<{ gateway: Gateway; admin: AdminServer; notify: Notify }>;

function wire(config: LoadedConfig, opened: Opened): Wired {
  const { store, watch, losses, vault, cache, log, storeAheadMs } = opened;
  const events = new AdminEvents();
  const notify: Notify = (notice) => {
    metrics.notice(notice);
    log.notice(notice);
    events.notice(notice);
  };
  const gateway: Gateway = new Gateway({
    ...{ routes: config.routes, upstreams: config.upstreams, accounts: config.accounts, store, vault, cache },
    epoch: () => watch.authority.epoch,
    quarantine: () => watch.quarantine(),
    isFresh: () => watch.isFresh(),
    publishes: false,
    storeAheadMs,
    listen: config.listen.gateway,
    page: (request, response) => page(request, response),
    seen: (exchange) => {
      metrics.seen(exchange);
      log.seen(exchange);
    },
    notify,
  });
  const metrics = metricsOf(config, gateway, opened);
  losses.tell = ({ since, endsAt, why }) => {
    gateway.memory.clear();
    notify({ notice: "historyLost", since, endsAt, why });
  };
  const { routes, accounts } = config;
  const policyOf: PolicyOf = (route) => gateway.policyOf(route);
  const page = pages({ routes, accounts, store, vault, policyOf, now: systemClock.now });
  return { gateway, admin: adminOf(config, opened, { gateway, metrics, events }), notify };
}

type Admined = Readonly<{ gateway: Gateway; metrics: Metrics; events: AdminEvents }>;

function adminOf(config: LoadedConfig, opened: Opened, { gateway, metrics, events }: Admined): AdminServer {
  const { store, browser, watch, vault, cache, log } = opened;
  const policyOf: PolicyOf = (route) => gateway.policyOf(route);
  return adminServer({
    ...{ engine: gateway.engine, store, browser, vault, routes: config.routes, policyOf, events },
    tokens: config.admin.tokens,
    hosts: [],
    metrics: { text: metrics.text, contentType: metrics.contentType, open: false },
    desk: storeDesk({ store, watch, due: gateway.engine.due, clock: systemClock }),
    // A cache that is lost costs time only: whoever balances load need not know.
    ready: async () => (watch.isFresh() ? [] : ["history_unknown"]),
    guarantees: new Map(config.routes.map((route) => [route.id, guaranteeOf(route).sentence])),
    forget: (run) => {
      gateway.memory.drop(run);
      void cache?.drop(run);
    },
    acted: log.acted,
    now: systemClock.now,
  });
}

function metricsOf({ routes }: LoadedConfig, gateway: Gateway, { store, watch, cache }: Opened): Metrics {
  return createMetrics({
    routes: routes.map(({ id }) => id),
    inFlight: () => gateway.engine.inFlight,
    slots: () => [...gateway.slots].map(([id, slots]) => [id, slots.taken] as const),
    store: () => ({
      name: store.name,
      survives: store.guarantees.survives,
      isFresh: watch.isFresh(),
      isQuarantined: watch.quarantine() !== null,
      epoch: watch.authority.epoch,
    }),
    cache,
  });
}

async function warningsOf(config: LoadedConfig, opened: Opened): Promise<readonly string[]> {
  return [
    ...opened.warnings,
    ...clockWarnings(opened.storeAheadMs),
    ...lossWarnings(opened.watch.authority.quarantines),
    ...cacheWarnings(opened.cache),
    ...(await unreachable(config.upstreams.values())),
  ];
}

async function stopAll({ gateway, admin }: Wired, opened: Opened, stopWatching: () => void): Promise<boolean> {
  const clean = await gateway.stop();
  await admin.stop();
  stopWatching();
  await opened.cache?.close();
  await opened.store.close();
  return clean;
}
