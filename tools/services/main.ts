import { install } from "./install.ts";
import { type Order, orderOf, USAGE } from "./order.ts";
import { absentOf } from "./presence.ts";
import type { Service } from "./table.ts";

try {
  carryOut(orderOf(process.argv.slice(2)));
} catch (error) {
  console.error(`services: ${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}

function carryOut({ verb, services }: Order): void {
  switch (verb) {
    case "up":
      up(services);
      return;
    case "status":
      for (const service of services) console.log(lineOf(service));
      return;
    case "down":
      // None of these is a server that is kept running: whoever needs one starts and stops it.
      console.log("nothing to stop: tests start and stop these programs themselves");
      return;
    default:
      verb satisfies never;
  }
}

function up(services: readonly Service[]): void {
  const missing = services.filter((service) => absentOf(service).length > 0);
  const failure = missing.length === 0 ? null : install(missing);
  for (const service of services) console.log(lineOf(service));
  if (failure !== null) console.error(failure);
  if (failure !== null || services.some((service) => absentOf(service).length > 0)) process.exitCode = 1;
}

function lineOf(service: Service): string {
  const absent = absentOf(service);
  const state = absent.length === 0 ? "there" : `MISSING ${absent.join(", ")}`;
  return `${service.name.padEnd(10)}${state.padEnd(22)}${service.purpose}`;
}
