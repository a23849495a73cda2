import type { Notice } from "@semel/core/engine";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Seen } from "../http/server.ts";
import { wordOf } from "./word.ts";

export type MetricsSources = Readonly<{
  /** The configured routes: nothing else becomes a label. */
  routes: readonly string[];
  inFlight: () => number;
  /** Upstream id and the slots taken there. */
  slots: () => readonly (readonly [string, number])[];
}>;

export type Metrics = Readonly<{
  seen: (exchange: Seen) => void;
  notice: (notice: Notice) => void;
  text: () => Promise<string>;
  contentType: string;
}>;

/** A replay from memory takes tens of microseconds, a payment hundreds of milliseconds, a deadline 30 s. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What Prometheus is told: routes, words and counts, on a registry of this gateway alone. */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauges(registry, sources);
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

type Series = Readonly<{ count: () => void; time: (seconds: number) => void }>;

/** Label sets are looked up once each: on the data path that is one map access. */
function requests(registry: Registry, routes: ReadonlySet<string>): Metrics["seen"] {
  const total = new Counter({
    name: "semel_requests_total",
    help: "Finished requests by route, how they ended, and class of status",
    labelNames: ["route", "word", "status"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "semel_request_duration_seconds",
    help: "From the request's headers to the last byte of its answer",
    labelNames: ["route", "word"],
    buckets: SECONDS,
    registers: [registry],
  });
  const known = new Map<string, Series>();
  return (exchange) => {
    const route = exchange.route !== null && routes.has(exchange.route) ? exchange.route : "none";
    const word = wordOf(exchange);
    const status = `${Math.floor(exchange.status / 100)}xx`;
    const id = `${word} ${status} ${route}`;
    let series = known.get(id);
    if (series === undefined) {
      const [counter, histogram] = [total.labels({ route, word, status }), seconds.labels({ route, word })];
      series = { count: () => counter.inc(), time: (took) => histogram.observe(took) };
      known.set(id, series);
    }
    series.count();
    series.time(exchange.tookMs / 1_000);
  };
}

function notices(registry: Registry): Metrics["notice"] {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const swaps = counter("semel_swaps_total", "Tries of writes to the store, by what came of them", ["result"]);
  const repeats = counter("semel_swap_repeats_total", "Tries beyond the first of a write whose fate was unknown");
  const doubts = counter("semel_in_doubt_total", "Runs reported in doubt");
  const incidents = counter("semel_incidents_total", "Contradictions between a record and what came later");
  const unreadable = counter("semel_unreadable_rows_total", "Times that a row could not be read");
  const purgeStops = counter("semel_purge_stops_total", "Times that no row was dropped because clocks disagree");
  const failed = counter("semel_failures_total", "Errors that nobody foresaw");
  return (notice) => {
    switch (notice.notice) {
      case "swap":
        swaps.inc({ result: notice.result });
        if (notice.tries > 0) repeats.inc();
        if (notice.result === "won" && notice.publish === "inDoubt") doubts.inc();
        return;
      case "incident":
        incidents.inc();
        return;
      case "purgeStopped":
        purgeStops.inc();
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
