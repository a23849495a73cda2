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
  if (folder !== null) lines.push("", ...(bankUrl === null ? OWN : BANK), curl(gateway, bankUrl === null));
  return lines.join("\n");
}

const BANK = ["Pay, then paste it again: the same answer comes back, and nobody pays twice."];
const OWN = [
  "Put a path and a body of your service where <...> stands, then paste it twice: the second answer is the first again.",
  "A final answer is kept for its key, a 404 for a wrong path too: try again with a new key.",
];

/**
 * A new key with each start: the first paste of the day must be a first request. What one's own service takes is not known
 * here, and a shell refuses the unquoted `<`, so that nothing is sent before it is filled in.
 */
function curl(gateway: string, isOwn: boolean): string {
  return [
    `curl -i ${gateway}/${isOwn ? "<path>" : "payments"} \\`,
    `  -H 'Idempotency-Key: "${randomUUID()}"' -H 'Content-Type: application/json' \\`,
    `  -d '${isOwn ? "<body>" : '{"amount":1200,"currency":"EUR","reference":"order-1"}'}'`,
  ].join("\n");
}

function hostOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
