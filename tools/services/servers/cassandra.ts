import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jarsOf } from "../java/jars.ts";
import { java } from "../java/java.ts";
import type { Bundle } from "../java/pom.ts";
import { ServerProcess } from "../process/server-process.ts";
import { within } from "../process/within.ts";
import { cassandraAnswers, reachesThree } from "./cassandra-cql.ts";
import { cassandraFlags, LOGBACK } from "./cassandra-flags.ts";
import { type CassandraPlace, cassandraYaml, tokenOf } from "./cassandra-yaml.ts";
import { freePort } from "./free-port.ts";
import { type Ground, orStop, type Server, serverOf } from "./server.ts";

export const CASSANDRA: Bundle = {
  name: "cassandra",
  version: "5.0.8",
  dependencies: ["org.apache.cassandra:cassandra-all:5.0.8"],
  exclusions: ["com.datastax.cassandra:cassandra-driver-core"],
  managed: ["io.netty:netty-bom:4.1.137.Final"],
};

export type CassandraOptions = Ground &
  Readonly<{
    /** Three at 127.0.0.1, .2 and .3, on the same ports: as many as a majority needs that survives one. Default: 1. */
    nodes?: 1 | 3;
    /** As in cassandra.yaml. */
    settings?: Readonly<Record<string, unknown>>;
  }>;

/** 7 s on an idle machine, and three start on two cores. */
const STARTS_WITHIN_MS = 180_000;
const HEAP = { 1: "-Xmx1g", 3: "-Xmx640m" };

/** The datacenter is `datacenter1`. */
export async function startCassandra({
  folder,
  launched,
  nodes: count = 1,
  settings,
}: CassandraOptions): Promise<Server> {
  const jars = await jarsOf(CASSANDRA);
  const hosts = Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);
  const ports = { client: await freePort(hosts), storage: await freePort(hosts) };
  const nodes = hosts.map((host, index) => {
    const place = { folder: join(folder, host), host, ports, seed: hosts[0]!, token: tokenOf(index, count) };
    prepare(place, settings);
    return new ServerProcess({
      label: "cassandra",
      program: java(),
      args: [...cassandraFlags(place.folder), HEAP[count], "-cp", `${jars}/*`, MAIN],
      folder: place.folder,
      stopSignal: "SIGTERM",
      answers: () => cassandraAnswers(cassandraUrl(ports.client, host)),
      startsWithinMs: STARTS_WITHIN_MS,
      launched,
    });
  });

  const server = serverOf({ name: "cassandra", url: cassandraUrl(ports.client), folder, nodes });
  await orStop(server, async () => {
    // The first is the one at which the others ask for the ring.
    const [first, ...others] = nodes;
    await first!.start();
    await Promise.all(others.map((node) => node.start()));
    if (count === 3) await formed(hosts.map((host) => cassandraUrl(ports.client, host)));
  });
  return server;
}

const MAIN = "org.apache.cassandra.service.CassandraDaemon";

function prepare(place: CassandraPlace, settings: CassandraOptions["settings"]): void {
  mkdirSync(place.folder);
  writeFileSync(join(place.folder, "cassandra.yaml"), cassandraYaml(place, settings));
  writeFileSync(join(place.folder, "logback.xml"), LOGBACK);
}

/** Returns once each of them reaches all. */
async function formed(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    if (!(await within(STARTS_WITHIN_MS, () => reachesThree(url)))) throw new Error(`${url} does not see its ring`);
  }
}

export function cassandraUrl(port: number, host: string = "127.0.0.1"): string {
  return `cassandra://${host}:${port}`;
}
