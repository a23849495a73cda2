import type { Notice } from "@semel/core/engine";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Seen } from "../http/server.ts";
import { type CacheSource, cacheMetrics } from "./cache.ts";
import { requests } from "./requests.ts";
import { type StoreSource, storeMetrics } from "./store.ts";

export type MetricsSources = Readonly<{
  /** The configured routes: nothing else becomes a label. */
  routes: readonly string[];
  inFlight: () => number;
  /** Upstream id and the slots taken there. */
  slots: () => readonly (readonly [string, number])[];
  store: StoreSource;
  /** null: there is none. */
  cache: CacheSource | null;
}>;

export type Metrics = Readonly<{
  seen: (exchange: Seen) => void;
  notice: (notice: Notice) => void;
  text: () => Promise<string>;
  contentType: string;
}>;

/** What Prometheus is told: routes, words and counts, on a registry of this gateway alone. */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauges(registry, sources);
  storeMetrics(registry, sources.store);
  if (sources.cache !== null) cacheMetrics(registry, sources.cache);
  return {
    seen: requests(registry, new Set(sources.routes)),
    notice: notices(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function gauges(registry: Registry, { inFlight, slots }: MetricsSources): void {
  new Gauge({
    name: "semel_in_flight",
    help: "Keyed requests between claim and completion",
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
  new Gauge({
    name: "semel_slots_taken",
    help: "Places taken at each upstream",
    labelNames: ["upstream"],
    registers: [registry],
    collect() {
      for (const [upstream, taken] of slots()) this.set({ upstream }, taken);
    },
  });
}

function notices(registry: Registry): Metrics["notice"] {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const tries = swaps(registry);
  const repeats = counter("semel_swap_repeats_total", "Tries beyond the first of a write whose fate was unknown");
  const doubts = counter("semel_in_doubt_total", "Runs reported in doubt");
  const incidents = counter("semel_incidents_total", "Contradictions between a record and what came later");
  const unreadable = counter("semel_unreadable_rows_total", "Times that a row could not be read");
  const purgeStops = counter("semel_purge_stops_total", "Times that no row was dropped because clocks disagree");
  const clockStops = counter(
    "semel_clock_stops_total",
    "Times that a clock was found so wrong that nothing was claimed",
  );
  const losses = counter(
    "semel_history_losses_total",
    "Times that the store was found, or declared, to have lost history",
  );
  const failed = counter("semel_failures_total", "Errors that nobody foresaw");
  return (notice) => {
    switch (notice.notice) {
      case "swap":
        tries(notice.result);
        if (notice.tries > 0) repeats.inc();
        if (notice.result === "won" && notice.publish === "inDoubt") doubts.inc();
        return;
      case "incident":
        incidents.inc();
        return;
      case "historyLost":
        losses.inc();
        return;
      case "purgeStopped":
        purgeStops.inc();
        return;
      case "claimsStopped":
        clockStops.inc();
        return;
      case "unreadable":
        unreadable.inc();
        return;
      case "failed":
        failed.inc();
        return;
      default:
        notice satisfies never;
    }
  };
}

/** Two for every payment: told to prom-client when it is scraped, see requests.ts. */
function swaps(registry: Registry): (result: string) => void {
  const fresh = new Map<string, number>();
  new Counter({
    name: "semel_swaps_total",
    help: "Tries of writes to the store, by what came of them",
    labelNames: ["result"],
    registers: [registry],
    collect() {
      for (const [result, count] of fresh) this.inc({ result }, count);
      fresh.clear();
    },
  });
  return (result) => {
    fresh.set(result, (fresh.get(result) ?? 0) + 1);
  };
}
