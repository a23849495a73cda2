import { down } from "./down.ts";
import { stateFile } from "./folders.ts";
import { install } from "./install.ts";
import { alone } from "./lock.ts";
import { type Order, orderOf, USAGE } from "./order.ts";
import { absentOf } from "./presence.ts";
import { status, statusOfProgram } from "./status.ts";
import { startAll } from "./up.ts";

const order = understood(process.argv.slice(2));
if (order !== null) await carryOut(order).catch(complain);

function understood(args: readonly string[]): Order | null {
  try {
    return orderOf(args);
  } catch (error) {
    console.error(`services: ${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return null;
  }
}

async function carryOut({ verb, services, servers }: Order): Promise<void> {
  const lock = `${stateFile()}.lock`;
  switch (verb) {
    case "up":
      return alone(lock, () => up({ services, servers }));
    case "status":
      return status({ services, servers });
    case "down":
      return alone(lock, () => down(servers));
    default:
      verb satisfies never;
  }
}

async function up({ services, servers }: Omit<Order, "verb">): Promise<void> {
  const missing = services.filter((service) => absentOf(service).length > 0);
  const failure = missing.length === 0 ? null : install(missing.flatMap(({ packages }) => packages));
  for (const service of services) console.log(statusOfProgram(service));
  if (failure !== null || services.some((service) => absentOf(service).length > 0)) complain(failure);
  for (const sentence of await startAll(servers)) complain(sentence);
}

function complain(error: unknown): void {
  if (error !== null) console.error(error instanceof Error ? `services: ${error.message}` : error);
  process.exitCode = 1;
}
