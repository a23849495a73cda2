import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "cassandra-driver";
import { jarsOf } from "../../../tools/services/java/jars.ts";
import { java } from "../../../tools/services/java/java.ts";
import { ServerProcess } from "../../../tools/services/process/server-process.ts";
import { within } from "../../../tools/services/process/within.ts";
import { CASSANDRA, cassandraUrl, startCassandra } from "../../../tools/services/servers/cassandra.ts";
import { cassandraAnswers, reachesThree } from "../../../tools/services/servers/cassandra-cql.ts";
import { cassandraFlags, LOGBACK } from "../../../tools/services/servers/cassandra-flags.ts";
import { cassandraYaml, tokenOf } from "../../../tools/services/servers/cassandra-yaml.ts";
import { orStop, serverOf } from "../../../tools/services/servers/server.ts";
import { type RingNetwork, ringNetwork } from "./ring-network.ts";
import { ServerFolder } from "./server-folder.ts";

/** As many as a majority needs that survives one. */
const NODES = 3;
/** 15 s on an idle machine, and three start on two cores that others use too. */
const STARTS_WITHIN_MS = 240_000;
/** Nobody else listens at these addresses. */
const PORTS = { client: 9042, storage: 7000 } as const;
const KEYSPACE = "semel";

export type Ring = AsyncDisposable &
  Readonly<{
    nodes: readonly ServerProcess[];
    /** `store: …`. */
    line: string;
    /** null: its nodes share this machine's address, and nothing can be taken away between them. */
    network: RingNetwork | null;
    /** Whether every node reaches all. */
    isWhole: () => Promise<boolean>;
  }>;

/** Three nodes with a copy of everything each; on hosts of their own where this machine lets us. */
export async function cassandraRing(folder: string): Promise<Ring> {
  await using begun = new AsyncDisposableStack();
  const place = begun.use(await ServerFolder.make("cassandra", folder));
  const network = ringNetwork(NODES);
  if (network !== null) begun.use(network);
  const server = await (network === null
    ? startCassandra({ folder: place.path, nodes: NODES })
    : start(place.path, network));
  begun.defer(() => server.stop());
  const { host: first, port } = new URL(server.url);
  const hosts = network?.hosts ?? ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
  await createKeyspace(first);
  const owned = begun.move();
  return {
    nodes: server.nodes,
    line: `store: cassandra://${hosts.map((host) => `${host}:${port}`).join(",")}/${KEYSPACE}?datacenter=datacenter1`,
    network,
    isWhole: async () =>
      (await Promise.all(hosts.map((host) => reachesThree(cassandraUrl(Number(port), host))))).every(Boolean),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function start(folder: string, { hosts, within: on }: RingNetwork) {
  const jars = await jarsOf(CASSANDRA);
  const nodes = hosts.map((host, at) => {
    const place = { folder: join(folder, host), host, ports: PORTS, seed: hosts[0]!, token: tokenOf(at, NODES) };
    mkdirSync(place.folder);
    writeFileSync(join(place.folder, "cassandra.yaml"), cassandraYaml(place));
    writeFileSync(join(place.folder, "logback.xml"), LOGBACK);
    const [program, ...before] = on(at);
    const main = "org.apache.cassandra.service.CassandraDaemon";
    return new ServerProcess({
      label: "cassandra",
      program: program!,
      args: [...before, java(), ...cassandraFlags(place.folder), "-Xmx640m", "-cp", `${jars}/*`, main],
      folder: place.folder,
      stopSignal: "SIGTERM",
      answers: () => cassandraAnswers(cassandraUrl(PORTS.client, host)),
      startsWithinMs: STARTS_WITHIN_MS,
    });
  });
  const url = cassandraUrl(PORTS.client, hosts[0]);
  const server = serverOf({ name: "cassandra", url, folder, nodes });
  await orStop(server, async () => {
    const [first, ...others] = nodes;
    await first!.start();
    await Promise.all(others.map((node) => node.start()));
    for (const host of hosts) {
      const sees = await within(STARTS_WITHIN_MS, () => reachesThree(cassandraUrl(PORTS.client, host)));
      if (!sees) throw new Error(`${host} does not see its ring`);
    }
  });
  return server;
}

async function createKeyspace(host: string): Promise<void> {
  const client = new Client({ contactPoints: [host], localDataCenter: "datacenter1" });
  try {
    const replication = `{'class': 'NetworkTopologyStrategy', 'datacenter1': ${NODES}}`;
    await client.execute(`CREATE KEYSPACE ${KEYSPACE} WITH replication = ${replication}`);
  } finally {
    await client.shutdown();
  }
}
