import { SERVICES, type Service, serviceNamed } from "./table.ts";

export type Verb = "up" | "status" | "down";
export type Order = Readonly<{ verb: Verb; services: readonly Service[] }>;

const VERBS: readonly string[] = ["up", "status", "down"] satisfies Verb[];

export const USAGE = `npm run services -- up [NAME...]   installs what is missing
npm run services -- status         says what is there
npm run services -- down           stops servers that were started

${SERVICES.map(({ name, purpose }) => `  ${name.padEnd(10)}${purpose}`).join("\n")}`;

/** No name means all of them. */
export function orderOf(args: readonly string[]): Order {
  const [verb, ...names] = args;
  if (verb === undefined || !VERBS.includes(verb)) throw new Error(`${verb ?? "Nothing"} is no command`);
  if (verb !== "up" && names.length > 0) throw new Error(`${verb} takes no names`);
  return { verb: verb as Verb, services: names.length === 0 ? SERVICES : names.map(serviceNamed) };
}
