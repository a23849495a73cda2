import type { Order } from "./order.ts";
import { absentOf } from "./presence.ts";
import type { ServerKind } from "./servers/table.ts";
import { entryOf } from "./state.ts";
import type { Service } from "./table.ts";
import { tell } from "./tell.ts";
import { isRunning, lacksOf } from "./up.ts";

/** A line each. */
export async function status({ services, servers }: Omit<Order, "verb">): Promise<void> {
  for (const service of services) console.log(statusOfProgram(service));
  const states = await Promise.all(servers.map(stateOf));
  for (const [index, { name }] of servers.entries()) tell(name, states[index]!);
}

async function stateOf(kind: ServerKind): Promise<string> {
  const entry = entryOf(kind.name);
  if (await isRunning(kind)) return `running ${entry?.url}`;
  if (entry !== null) return "stopped: it was started, and does not answer";
  const packages = lacksOf(kind);
  return packages.length === 0 ? "stopped" : `MISSING ${packages.join(", ")}`;
}

/** Wide enough for what most have to say. */
const STATE_WIDTH = 22;

export function statusOfProgram(service: Service): string {
  const absent = absentOf(service);
  const state = absent.length === 0 ? "there" : `MISSING ${absent.join(", ")}`;
  return `${service.name.padEnd(12)}${state.padEnd(STATE_WIDTH)}${service.purpose}`;
}
