import { urlOf } from "../../tools/services/running.ts";

const SERVERS = ["postgres", "redis", "dynamodb", "cassandra"] as const;

/** Why a test on this store does not run; null: it does. Those in this process need no server. */
export async function noServerFor(name: string): Promise<string | null> {
  const server = SERVERS.find((it) => it === name);
  if (server === undefined || (await urlOf(server)) !== null) return null;
  return `${server} does not run: npm run services -- up ${server}`;
}
