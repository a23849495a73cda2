import { Client, type ClientOptions, errors, policies } from "cassandra-driver";
import { wordsOf } from "./failure.ts";
import { endClient, watchHosts } from "./hosts.ts";
import { CassandraOpenError } from "./open-error.ts";

/** What an operator may say to the driver: who we are, and over what wire. The rest decides what is safe. */
export type DriverOptions = Readonly<
  Pick<ClientOptions, "authProvider" | "credentials" | "sslOptions" | "protocolOptions" | "pooling">
>;

export type Contact = Readonly<{
  /** "host" or "host:port" (9042), the same port for all. Some of the nodes; the others are learnt from them. */
  hosts: readonly string[];
  keyspace: string;
  localDataCenter: string;
  client?: DriverOptions;
}>;

/** Longer than a handshake across the world; a node that needs more is down. */
const CONNECT_MS_MAX = 5_000;
const PORT = 9042;
/** An unquoted name, as CQL has it. It becomes part of statements. */
const KEYSPACE = /^[a-z][a-z0-9_]{0,47}$/;

/** Throws CassandraOpenError. */
export async function connect({ hosts, keyspace, localDataCenter, client = {} }: Contact): Promise<Client> {
  if (!KEYSPACE.test(keyspace)) {
    const message = `"${keyspace}" is no name of a keyspace here: lower-case letters, digits and _, a letter first, 48 at most`;
    throw new CassandraOpenError("bad_options", message);
  }
  if (hosts.length === 0) throw new CassandraOpenError("bad_options", "No host is named: name one node at least");
  const made = new Client({
    ...client,
    contactPoints: [...hosts],
    protocolOptions: { port: portOf(hosts), ...client.protocolOptions },
    policies: {
      retry: new policies.retry.FallthroughRetryPolicy(),
      // Not as an option of the client: there a wrong name leaves a connection open that nothing closes.
      loadBalancing: new policies.loadBalancing.DefaultLoadBalancingPolicy({ localDc: localDataCenter }),
    },
    socketOptions: { connectTimeout: CONNECT_MS_MAX },
  });
  try {
    await made.connect();
    watchHosts(made);
    return made;
  } catch (error) {
    await endClient(made).catch(() => {});
    throw refusalOf(error, hosts);
  }
}

/** Nodes tell their address and not their port: all must have that of the first host. */
function portOf(hosts: readonly string[]): number {
  return Number(/^(?:\[.*\]|[^:]*):(\d{1,5})$/.exec(hosts[0] as string)?.[1] ?? PORT);
}

function refusalOf(error: unknown, hosts: readonly string[]): CassandraOpenError {
  const inner = error instanceof errors.NoHostAvailableError ? Object.values(error.innerErrors as object) : [];
  const reasons: unknown[] = [error, ...inner];
  const words = wordsOf(inner[0] ?? error);
  if (reasons.some((reason) => reason instanceof errors.AuthenticationError)) {
    const message = `Cassandra refused (${words}): check the credentials`;
    return new CassandraOpenError("refused", message, { cause: error });
  }
  if (error instanceof errors.ArgumentError) {
    const message = `The driver refused (${words}): correct localDataCenter and the hosts`;
    return new CassandraOpenError("bad_options", message, { cause: error });
  }
  const message = `Cassandra does not answer at ${hosts.join(", ")} (${words}): start it, or correct the hosts`;
  return new CassandraOpenError("unreachable", message, { cause: error });
}
