import { faultLine, guaranteeOf, type LoadedConfig, type Origins, timeoutChain } from "@semel/gateway/config";
import type { Palette } from "./check-palette.ts";
import { policyRows } from "./check-policy.ts";

type Route = LoadedConfig["routes"][number];

/** The whole report: the routes in their order, then the warnings. */
export function reportOn(config: LoadedConfig, colors: Palette): string {
  const head = [`${config.path}: ${count(config.routes.length, "route")}, ${count(config.upstreams.size, "upstream")}`];
  const routes = config.routes.map((route) => routeReport(route, config, colors));
  const warnings = config.warnings.map((fault) => colors.yellow(`warning: ${faultLine(fault)}`));
  if (config.secrets === null) {
    warnings.push(
      colors.yellow(`warning: ${config.path}:1: secrets are left out: semel dev makes them, semel start needs them`),
    );
  }
  return [...head, ...routes, ...(warnings.length === 0 ? [] : [warnings.join("\n")])].join("\n\n");
}

function routeReport(route: Route, config: LoadedConfig, colors: Palette): string {
  const { level, sentence, assumptions } = guaranteeOf(route);
  const times = config.times.get(route.id)!;
  const paint = level === "exactly once" ? colors.green : level === "at most once" ? colors.yellow : colors.red;
  return [
    `${colors.bold(route.id)} -> ${route.upstream.id} (${route.upstream.url.href})`,
    `  ${paint(level)}. ${sentence}`,
    ...(assumptions.length === 0 ? [] : ["  This holds if:"]),
    ...assumptions.map((line) => `    - ${line}`),
    "  Timeouts:",
    ...timeoutChain(route, times.clientTimeoutMs).map((link) => linkLine(link, colors)),
    "  In force:",
    ...table(policyRows(route, times), config.provenance.get(route.id)!, colors),
  ].join("\n");
}

function linkLine({ verdict, text, consequence }: ReturnType<typeof timeoutChain>[number], colors: Palette): string {
  const paint = { proved: colors.green, unproved: colors.yellow, broken: colors.red }[verdict];
  return `    ${paint(verdict.padEnd(8))} ${text}${consequence === "" ? "" : `; otherwise ${consequence}`}`;
}

function table(rows: readonly (readonly [name: string, value: string])[], origins: Origins, colors: Palette): string[] {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([name, value]) => {
    const from = colors.dim(origins.get(name) ?? "built-in");
    return `    ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${from}`;
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
