import { join } from "node:path";

/** A place in a ring. */
export type CassandraPlace = Readonly<{
  folder: string;
  host: string;
  /** All nodes of a ring listen on the same ports, each at its own address. */
  ports: Readonly<{ client: number; storage: number }>;
  seed: string;
  token: bigint;
}>;

/** Its settings as JSON, which is YAML as well. */
export function cassandraYaml({ folder, host, ports, seed, token }: CassandraPlace, settings: object = {}): string {
  const seeds = [{ seeds: `${seed}:${ports.storage}` }];
  return JSON.stringify({
    cluster_name: "semel",
    partitioner: "org.apache.cassandra.dht.Murmur3Partitioner",
    endpoint_snitch: "SimpleSnitch",
    num_tokens: 1,
    initial_token: String(token),
    // A new ring has nothing that a new node would have to fetch first.
    auto_bootstrap: false,
    listen_address: host,
    rpc_address: host,
    storage_port: ports.storage,
    native_transport_port: ports.client,
    start_native_transport: true,
    seed_provider: [{ class_name: "org.apache.cassandra.locator.SimpleSeedProvider", parameters: seeds }],
    data_file_directories: [join(folder, "data")],
    commitlog_directory: join(folder, "commitlog"),
    saved_caches_directory: join(folder, "saved_caches"),
    hints_directory: join(folder, "hints"),
    cdc_raw_directory: join(folder, "cdc"),
    // `periodic` answers before it writes: a node that is killed would forget what it promised to Paxos.
    commitlog_sync: "batch",
    paxos_variant: "v2",
    auto_snapshot: false,
    // Who asks a ring without a majority hears it soon.
    read_request_timeout: "2s",
    write_request_timeout: "2s",
    ...settings,
  });
}

/** So that all nodes own the same share. */
export function tokenOf(index: number, count: number): bigint {
  const least = -(2n ** 63n);
  return least + (2n ** 64n / BigInt(count)) * BigInt(index);
}
