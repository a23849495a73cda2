import { join } from "node:path";
import { ownerUnlessRoot } from "../process/owner.ts";
import { ServerProcess } from "../process/server-process.ts";
import { within } from "../process/within.ts";
import { freePort } from "./free-port.ts";
import { copyCluster, createCluster } from "./postgres-cluster.ts";
import { programOf } from "./postgres-programs.ts";
import { type PostgresSettings, writeSettings } from "./postgres-settings.ts";
import { answersFrom, ask, createDatabase } from "./postgres-sql.ts";
import { type Ground, orStop, type Server, serverOf } from "./server.ts";

export type PostgresOptions = Ground &
  Readonly<{
    port?: number;
    settings?: PostgresSettings;
    /** The server that this one follows. */
    standbyOf?: PostgresServer;
    /** Whether that one answers a commit only when this one has it on disk. Default: no. */
    isSynchronous?: boolean;
  }>;

export type PostgresServer = Server &
  Readonly<{
    /** Adds to its settings, also while it runs. */
    set(settings: PostgresSettings): Promise<void>;
    /** Makes a standby one that takes writes. */
    promote(): Promise<void>;
  }>;

/** It reads its log again after a kill; a busy machine is slow at that. */
const STARTS_WITHIN_MS = 60_000;

export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, launched, port = await freePort(), standbyOf, isSynchronous = false } = options;
  const url = postgresUrl(port);
  const place = { folder, data: join(folder, "data"), owner: ownerUnlessRoot("postgres") };
  let settings: PostgresSettings = { port: String(port), unix_socket_directories: folder, ...options.settings };
  if (standbyOf === undefined) await createCluster(place);
  else await copyCluster(place, { url: standbyOf.url, name: standbyName(port) });
  writeSettings(place.data, settings);

  const node = new ServerProcess({
    label: "postgres",
    program: programOf("postgres"),
    args: ["-D", place.data],
    folder,
    owner: place.owner,
    // A fast shutdown: SIGTERM would wait until every client has gone.
    stopSignal: "SIGINT",
    answers: () => postgresAnswers(postgresUrl(port, "postgres")),
    startsWithinMs: STARTS_WITHIN_MS,
    launched,
  });
  const server = serverOf({ name: "postgres", url, folder, nodes: [node] });
  await orStop(server, async () => {
    await node.start();
    if (standbyOf === undefined) await createDatabase(postgresUrl(port, "postgres"), "semel");
    else await followed(standbyOf, { name: standbyName(port), isSynchronous });
  });

  return {
    ...server,
    set: async (more) => {
      settings = { ...settings, ...more };
      writeSettings(place.data, settings);
      await ask(url, "SELECT pg_reload_conf()");
    },
    promote: async () => {
      if (!(await answersFrom(url, "SELECT pg_promote()"))) throw new Error(`${url} was not promoted`);
    },
  };
}

export function postgresAnswers(url: string): Promise<boolean> {
  return answersFrom(url, "SELECT true");
}

/** Returns once it is sent all that is written, and waited for if it is to be. */
async function followed(
  { url, set }: PostgresServer,
  { name, isSynchronous }: Readonly<{ name: string; isSynchronous: boolean }>,
): Promise<void> {
  if (isSynchronous) await set({ synchronous_standby_names: name });
  const state = `state = 'streaming' AND sync_state = '${isSynchronous ? "sync" : "async"}'`;
  const sql = `SELECT EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND ${state})`;
  const isFollowed = await within(STARTS_WITHIN_MS, () => answersFrom(url, sql));
  if (!isFollowed) throw new Error(`${name} does not follow ${url}`);
}

/** Under which a standby is known to the server that it follows. */
function standbyName(port: number): string {
  return `standby_${port}`;
}

export function postgresUrl(port: number, database: string = "semel"): string {
  return `postgres://semel@127.0.0.1:${port}/${database}`;
}
