import { type ServerName, serverNamed } from "./servers/table.ts";
import { entryOf } from "./state.ts";

export type { ServerName } from "./servers/table.ts";

/**
 * Where a server is that answers: the one that SEMEL_TEST_POSTGRES and its like name, else the one that `services up` started.
 * null: there is none.
 */
export async function urlOf(name: ServerName): Promise<string | null> {
  const named = process.env[`SEMEL_TEST_${name.toUpperCase()}`];
  if (named !== undefined && named !== "") return named;
  const url = entryOf(name)?.url ?? null;
  return url !== null && (await serverNamed(name).answers(url)) ? url : null;
}
