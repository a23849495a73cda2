import { randomUUID } from "node:crypto";
import type { Running } from "@semel/gateway";
import { guaranteeOf, type LoadedConfig } from "@semel/gateway/config";

type Surroundings = Readonly<{ folder: string | null; bankUrl: string | null }>;

/** What a person wants to know who just started it: where it listens, what it promises, and a first request. */
export function banner(config: LoadedConfig, running: Running, { folder, bankUrl }: Surroundings): string {
  const gateway = `http://${hostOf(config.listen.gateway.host)}:${running.gatewayPort}`;
  const lines = [
    `gateway  ${gateway}`,
    `admin    http://${hostOf(config.listen.admin.host)}:${running.adminPort}${folder === null ? "" : `   token: ${folder}/admin.token`}`,
  ];
  if (bankUrl !== null) lines.push(`bank     ${bankUrl}   its ledger: ${bankUrl}/ledger`);
  lines.push("");
  for (const route of config.routes) {
    const { level, sentence, assumptions } = guaranteeOf(route);
    lines.push(`${route.id} -> ${route.upstream.id}: ${level}. ${sentence}`);
    for (const assumption of assumptions) lines.push(`  - ${assumption}`);
  }
  for (const warning of running.warnings) lines.push("", `WARNING ${warning}.`);
  if (folder !== null)
    lines.push("", "Pay, then paste it again: the same answer comes back, and nobody pays twice.", curl(gateway));
  return lines.join("\n");
}

/** A new key with each start: the first paste of the day must be a first request. */
function curl(gateway: string): string {
  return [
    `curl -i ${gateway}/payments \\`,
    `  -H 'Idempotency-Key: "${randomUUID()}"' -H 'Content-Type: application/json' \\`,
    `  -d '{"amount":1200,"currency":"EUR","reference":"order-1"}'`,
  ].join("\n");
}

function hostOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
