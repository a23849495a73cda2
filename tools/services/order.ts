import { SERVERS, type ServerKind } from "./servers/table.ts";
import { SERVICES, type Service } from "./table.ts";

export type Verb = "up" | "status" | "down";
export type Order = Readonly<{ verb: Verb; services: readonly Service[]; servers: readonly ServerKind[] }>;

const VERBS: readonly string[] = ["up", "status", "down"] satisfies Verb[];

export const USAGE = `npm run services -- up [NAME...]     installs what is missing, and starts servers
npm run services -- status [NAME...] says what is there, and what runs
npm run services -- down [NAME...]   stops servers that were started

programs that tests start
${lines(SERVICES)}
servers that stay up until down
${lines(SERVERS)}
without a name: all that are not marked "only if named"`;

/** No name means all of them, of which `up` leaves out what costs much. */
export function orderOf(args: readonly string[]): Order {
  const [verb, ...names] = args;
  if (verb === undefined || !VERBS.includes(verb)) throw new Error(`${verb ?? "Nothing"} is no command`);
  for (const name of names) refuseUnknown(name);
  const isMeant = (name: string, isUsual: boolean): boolean => (names.length === 0 ? isUsual : names.includes(name));
  return {
    verb: verb as Verb,
    services: SERVICES.filter(({ name }) => isMeant(name, true)),
    servers: SERVERS.filter(({ name, isUsual }) => isMeant(name, isUsual || verb !== "up")),
  };
}

function refuseUnknown(name: string): void {
  const known = [...SERVICES, ...SERVERS].map((it) => it.name);
  if (!known.includes(name)) throw new Error(`No service is called ${name}: ${known.join(", ")}`);
}

function lines(all: readonly { name: string; purpose: string; isUsual?: boolean }[]): string {
  return all
    .map(({ name, purpose, isUsual = true }) => `  ${name.padEnd(12)}${purpose}${isUsual ? "" : " (only if named)"}`)
    .join("\n");
}
