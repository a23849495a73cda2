import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../../tools/services/process/within.ts";
import { type PostgresServer, startPostgres } from "../../../tools/services/servers/postgres.ts";
import { ask } from "../../../tools/services/servers/postgres-sql.ts";
import { type Fault, GATEWAYS, type Ground, TAKEOVER_MS } from "./ground.ts";
import { ServerFolder } from "./server-folder.ts";
import { StoreWires } from "./wires.ts";

/** Between SIGKILL and the next start, as long as somebody needs who watches it. */
const DOWN_MS_MAX = 2_000;
/** Each connection has lost its first answers by then, and its client has waited for those that do not come (10 s). */
const WIRES_MS = 12_000;
/** A gateway looks at its store every 3 s. */
const CONNECTED_WITHIN_MS = 15_000;
const TERMINATE = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'semel'`;

export type PostgresGround = Ground & Readonly<{ server: PostgresServer }>;

/** One server, and a wire that can break between it and each gateway. */
export async function postgresGround(seed: number, folder: string): Promise<PostgresGround> {
  await using begun = new AsyncDisposableStack();
  const place = begun.use(await ServerFolder.make("postgres", folder));
  const server = await startPostgres({ folder: place.path });
  begun.defer(() => server.stop());
  const wires = begun.use(await StoreWires.start(Number(new URL(server.url).port), seed));
  const owned = begun.move();
  return {
    server,
    lines: (gateway) => `store: postgres://semel@127.0.0.1:${wires.proxies[gateway]!.port}/semel`,
    environment: {},
    wires: wires.proxies,
    faults: faultsOf(server, wires),
    // A kill, a restart and two stops of 13 s, with what every fault has before it and after it.
    firstRoundMs: 75_000,
    begin: () => wires.begin(),
    calm: async () => wires.calm(),
    notes: () => [],
    complaints: () => [],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function faultsOf(server: PostgresServer, wires: StoreWires): Record<string, Fault> {
  const node = server.nodes[0]!;
  return {
    serverKill: async ({ random }) => {
      await node.kill();
      await sleep(DOWN_MS_MAX * random());
      await node.start();
    },
    backendsTerminated: async () => {
      // One that has just been started may have no client yet.
      const some = await within(CONNECTED_WITHIN_MS, async () => Number(await ask(server.url, TERMINATE)) > 0);
      if (!some) throw new Error("No gateway is connected to PostgreSQL");
    },
    brokenWires: async ({ random }) => {
      wires.plan(Math.floor(GATEWAYS * random()));
      await sleep(WIRES_MS);
    },
    // SIGINT: a fast shutdown, which ends every connection in good order.
    serverRestart: async () => {
      await node.stop();
      await node.start();
    },
    serverPause: async ({ random }) => {
      node.pause();
      await sleep(TAKEOVER_MS + 500 + 1_000 * random());
      node.resume();
    },
  };
}
