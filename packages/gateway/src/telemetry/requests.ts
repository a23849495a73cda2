import { Counter, type Metric, type Registry } from "prom-client";
import type { Seen } from "../http/server.ts";
import { wordOf } from "./word.ts";

/** A replay from memory takes tens of microseconds, a payment hundreds of milliseconds, a deadline 30 s. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const DURATION = "semel_request_duration_seconds";

/** Exchanges of one route and one end. `buckets`: how many took at most so many SECONDS and longer than the bound before. */
type Timed = { readonly labels: { route: string; word: string }; count: number; seconds: number; buckets: number[] };
type Counted = {
  readonly labels: { route: string; word: string; status: string };
  fresh: number;
  readonly timed: Timed;
};

/**
 * Counts and times finished exchanges. On the data path that is a few additions, for prom-client hashes the labels again at
 * every call, some 6 µs an exchange; it is told when it is scraped.
 */
export function requests(registry: Registry, routes: ReadonlySet<string>): (exchange: Seen) => void {
  const known = new Map<string, Counted>();
  const timed = new Map<string, Timed>();
  new Counter({
    name: "semel_requests_total",
    help: "Finished requests by route, how they ended, and class of status",
    labelNames: ["route", "word", "status"],
    registers: [registry],
    collect() {
      for (const counted of known.values()) {
        this.inc(counted.labels, counted.fresh);
        counted.fresh = 0;
      }
    },
  });
  registry.registerMetric(histogram(timed) as unknown as Metric);
  return (exchange) => {
    const route = exchange.route !== null && routes.has(exchange.route) ? exchange.route : "none";
    const word = wordOf(exchange);
    const status = `${Math.floor(exchange.status / 100)}xx`;
    const id = `${word} ${status} ${route}`;
    let counted = known.get(id);
    if (counted === undefined) {
      counted = { labels: { route, word, status }, fresh: 0, timed: timedOf(timed, route, word) };
      known.set(id, counted);
    }
    counted.fresh += 1;
    time(counted.timed, exchange.tookMs / 1_000);
  };
}

function timedOf(timed: Map<string, Timed>, route: string, word: string): Timed {
  const id = `${word} ${route}`;
  let series = timed.get(id);
  if (series === undefined) {
    series = { labels: { route, word }, count: 0, seconds: 0, buckets: SECONDS.map(() => 0) };
    timed.set(id, series);
  }
  return series;
}

function time(series: Timed, seconds: number): void {
  series.count += 1;
  series.seconds += seconds;
  let at = 0;
  while (at < SECONDS.length && seconds > SECONDS[at]!) at += 1;
  if (at < SECONDS.length) series.buckets[at]! += 1;
}

/** What a registry asks of a metric, in the form that prom-client's own histograms give. */
function histogram(timed: ReadonlyMap<string, Timed>): object {
  const get = async (): Promise<object> => ({
    name: DURATION,
    help: "From the request's headers to the last byte of its answer",
    type: "histogram",
    values: [...timed.values()].flatMap(samples),
    aggregator: "sum",
  });
  return { name: DURATION, get, reset: () => {} };
}

function samples({ labels, count, seconds, buckets }: Timed): object[] {
  let upTo = 0;
  const bounded = buckets.map((more, at) => {
    upTo += more;
    return { metricName: `${DURATION}_bucket`, labels: { le: SECONDS[at], ...labels }, value: upTo };
  });
  return [
    ...bounded,
    { metricName: `${DURATION}_bucket`, labels: { le: "+Inf", ...labels }, value: count },
    { metricName: `${DURATION}_sum`, labels, value: seconds },
    { metricName: `${DURATION}_count`, labels, value: count },
  ];
}
