import type { Client, Host } from "cassandra-driver";

/** Of the driver's own; its types do not tell. */
type Endable = Readonly<{ shutdown?: (waitForPending: boolean) => Promise<void> }>;

const seen = new WeakMap<Client, Set<Host>>();

/**
 * Remembers all hosts that a client ever had. When every node was out of reach at once, the driver (4.10.0) replaces its hosts
 * and forgets the old ones without ending them: they connect anew for ever, and keep the process up.
 */
export function watchHosts(client: Client): void {
  const hosts = new Set<Host>(client.hosts.values());
  seen.set(client, hosts);
  client.on("hostAdd", (host: Host) => hosts.add(host));
}

/** Ends a client, and what it forgot. */
export async function endClient(client: Client): Promise<void> {
  await client.shutdown();
  const hosts = [...(seen.get(client) ?? [])] as Endable[];
  await Promise.all(hosts.map((host) => host.shutdown?.(false)));
}
