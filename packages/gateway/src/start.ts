import type { Notify, PolicyOf } from "@semel/core/engine";
import { type RecordStore, SKEW_MS } from "@semel/core/record";
import type { Authority, AuthorityWatch, Loss } from "@semel/core/store/authority";
import { type NodeVault, nodeVault } from "@semel/core/vault";
import { AdminEvents } from "./admin/events.ts";
import { type AdminServer, adminServer } from "./admin/server.ts";
import { guaranteeOf, type LoadedConfig } from "./config/index.ts";
import { Gateway } from "./gateway.ts";
import { keepNames } from "./keep-names.ts";
import { type AnyStore, openStore, refuseWeakStore } from "./open-store.ts";
import { pages } from "./pages/pages.ts";
import { unreachable } from "./probe.ts";
import { StartError } from "./start-error.ts";
import { storeDesk } from "./store-desk.ts";
import { type Log, openLog } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import { watchAuthority, watchOf } from "./watch-authority.ts";
import { systemClock } from "./world.ts";

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

type Opened = AnyStore &
  Readonly<{
    watch: AuthorityWatch;
    /** What is to be told of a loss, once there is somebody to tell. */
    losses: { tell: (loss: Loss) => void };
    vault: NodeVault;
    log: Log;
  }>;

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
  const opened = await openStore(config.store, options.waitLockMs);
  try {
    refuseWeakStore(config.routes, opened.store);
    const losses: Opened["losses"] = { tell: () => {} };
    const watch = await watchOf(config, opened.store, vault, (loss) => losses.tell(loss));
    await keepNames(config, watch);
    return await serve(config, { ...opened, watch, losses, vault, log });
  } catch (error) {
    await opened.store.close();
    await log.close();
    throw error;
  }
}

/** Everything that listens, wired together. Admin first: who cannot be looked at must not take payments. */
async function serve(config: LoadedConfig, opened: Opened): Promise<Running> {
  const { store, browser, watch, losses, vault, log } = opened;
  const events = new AdminEvents();
  const storeAheadMs = (await store.now()) - systemClock.now();
  const gateway: Gateway = new Gateway({
    ...{ routes: config.routes, upstreams: config.upstreams, accounts: config.accounts, store, vault },
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
    notify: (notice) => notify(notice),
  });
  const metrics = metricsOf(config, gateway);
  const notify: Notify = (notice) => {
    metrics.notice(notice);
    log.notice(notice);
    events.notice(notice);
  };
  losses.tell = ({ since, endsAt, why }) => {
    gateway.memory.clear();
    notify({ notice: "historyLost", since, endsAt, why });
  };
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
    ...{ engine: gateway.engine, store, browser, vault, routes: config.routes, policyOf, events },
    tokens: config.admin.tokens,
    hosts: [],
    metrics: { text: metrics.text, contentType: metrics.contentType, open: false },
    desk: storeDesk({ store, watch, due: gateway.engine.due, clock: systemClock }),
    ready: async () => (watch.isFresh() ? [] : ["history_unknown"]),
    guarantees: new Map(config.routes.map((route) => [route.id, guaranteeOf(route).sentence])),
    forget: (run) => gateway.memory.drop(run),
    acted: log.acted,
    now: systemClock.now,
  });
  const adminPort = await admin.start(config.listen.admin.host, config.listen.admin.port);
  try {
    const warnings = [
      ...clockWarnings(storeAheadMs),
      ...lossWarnings(watch.authority.quarantines),
      ...(await unreachable(config.upstreams.values())),
    ];
    const gatewayPort = await gateway.start();
    log.say(`gateway listens on ${config.listen.gateway.host}:${gatewayPort}`);
    const stopWatching = watchAuthority(watch, systemClock, notify);
    const stop = async (): Promise<boolean> => {
      const clean = await stopAll(gateway, admin);
      stopWatching();
      await store.close();
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

/** Nothing is claimed by such a clock, and nobody should have to find out why from a 503. */
function clockWarnings(storeAheadMs: number): readonly string[] {
  if (Math.abs(storeAheadMs) <= SKEW_MS) return [];
  const apart = `${Math.round(Math.abs(storeAheadMs) / 1_000)} s ${storeAheadMs > 0 ? "behind" : "ahead of"}`;
  return [
    `This machine's clock is ${apart} the latest time of the store, and no payment is taken by it: set the clock, or wait until they agree.`,
  ];
}

function lossWarnings(losses: readonly Loss[]): readonly string[] {
  return losses
    .filter(({ endsAt }) => systemClock.now() <= endsAt)
    .map(({ since, endsAt, why }) => {
      const [from, to] = [since, endsAt].map((at) => new Date(at).toISOString());
      return `History since ${from} may be lost (${why}): until ${to} every key that the store does not know climbs the ladder of its route.`;
    });
}

function metricsOf(config: LoadedConfig, gateway: Gateway): Metrics {
  return createMetrics({
    routes: config.routes.map(({ id }) => id),
    inFlight: () => gateway.engine.inFlight,
    slots: () => [...gateway.slots].map(([id, slots]) => [id, slots.taken] as const),
  });
}

async function stopAll(gateway: Gateway, admin: AdminServer): Promise<boolean> {
  const clean = await gateway.stop();
  await admin.stop();
  return clean;
}
