import { within } from "../../../tools/services/process/within.ts";
import { type PostgresServer, startPostgres } from "../../../tools/services/servers/postgres.ts";
import { ask } from "../../../tools/services/servers/postgres-sql.ts";
import type { Ground } from "./ground.ts";
import { ServerFolder } from "./server-folder.ts";

/** Primary and standby, or one server alone. Nothing between them and the gateways: here it is history that breaks. */
export type PostgresPair = Ground & Readonly<{ primary: PostgresServer; standby: PostgresServer | null }>;
export type Standby = "none" | "asynchronous" | "synchronous";

/** A walsender notices within seconds that nobody listens. */
const CUT_WITHIN_MS = 30_000;

export async function postgresPair(kind: Standby, folder: string): Promise<PostgresPair> {
  await using begun = new AsyncDisposableStack();
  const start = async (more: Omit<Parameters<typeof startPostgres>[0], "folder">): Promise<PostgresServer> => {
    const place = begun.use(await ServerFolder.make("postgres", folder));
    const server = await startPostgres({ ...more, folder: place.path });
    begun.defer(() => server.stop());
    return server;
  };
  const primary = await start({});
  const isSynchronous = kind === "synchronous";
  const standby = kind === "none" ? null : await start({ standbyOf: primary, isSynchronous });
  const hosts = [primary, standby].filter((it) => it !== null).map(({ url }) => new URL(url).host);
  const owned = begun.move();
  return {
    ...{ primary, standby, environment: {}, wires: [], faults: {}, firstRoundMs: 0 },
    lines: () => `store: postgres://semel@${hosts.join(",")}/semel`,
    begin: () => {},
    calm: async () => {},
    notes: () => [],
    complaints: () => [],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The standby stays where it is from now on, and the primary waits for nobody. */
export async function cutOff({ primary, standby }: PostgresPair): Promise<void> {
  // The copy's own file names its primary, and wins over any other.
  await ask(standby!.url, "ALTER SYSTEM SET primary_conninfo = ''");
  await ask(standby!.url, "SELECT pg_reload_conf()");
  const alone = async (): Promise<boolean> =>
    (await ask(primary.url, "SELECT count(*) = 0 FROM pg_stat_replication")) === true;
  if (!(await within(CUT_WITHIN_MS, alone))) throw new Error("The standby follows on");
}

export async function rowsOf({ url }: PostgresServer): Promise<number> {
  return Number(await ask(url, "SELECT count(*) FROM semel.record"));
}
