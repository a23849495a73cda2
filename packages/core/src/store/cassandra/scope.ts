import { types } from "cassandra-driver";
import { CassandraOpenError } from "./open-error.ts";

/**
 * Whose replicas agree on a swap: those of all data centres (`home` null), or of one. Two data centres that each agree by
 * themselves are two truths, so all processes must have the same scope: it is a fact of the keyspace.
 */
export type Scope = Readonly<{ home: string | null; replicas: number; quorum: number; serial: number }>;

export type Places = Readonly<{ localDataCenter: string; homeDataCenter: string | null }>;

/** Where a keyspace's rows are, as system_schema.keyspaces has it. */
export type Replication = Readonly<{ [name: string]: string }>;

const { quorum, serial, localQuorum, localSerial } = types.consistencies;

/** Throws CassandraOpenError where no safe scope follows. */
export function scopeOf(replication: Replication, { localDataCenter, homeDataCenter }: Places): Scope {
  const replicas = replicasOf(replication);
  if (!replicas.has(localDataCenter)) {
    const known = [...replicas.keys()].join(", ");
    throw new CassandraOpenError(
      "no_replicas",
      `The keyspace has no replicas in "${localDataCenter}" (it has them in: ${known}): correct localDataCenter, or ALTER KEYSPACE and rebuild`,
    );
  }
  if (homeDataCenter === null) {
    const all = [...replicas.values()].reduce((sum, count) => sum + count, 0);
    return { home: null, replicas: all, quorum, serial };
  }
  if (homeDataCenter !== localDataCenter) {
    throw new CassandraOpenError(
      "not_home",
      `Keys are swapped only in their home data centre "${homeDataCenter}", and this process is in "${localDataCenter}": forward to a process there`,
    );
  }
  const atHome = replicas.get(homeDataCenter) as number;
  return { home: homeDataCenter, replicas: atHome, quorum: localQuorum, serial: localSerial };
}

/** How the scope is written down. */
export function factOf({ home }: Scope): string {
  return home === null ? "all" : `only ${home}`;
}

function replicasOf(replication: Replication): Map<string, number> {
  if (!replication["class"]?.endsWith("NetworkTopologyStrategy")) {
    throw new CassandraOpenError(
      "bad_replication",
      `The keyspace has ${replication["class"]}, which places replicas without regard to racks and data centres: ALTER KEYSPACE with NetworkTopologyStrategy`,
    );
  }
  const counts = Object.entries(replication).filter(([name]) => name !== "class");
  for (const [name, count] of counts) {
    // "3/1": one of three is transient, and forgets.
    if (/^\d+$/.test(count)) continue;
    throw new CassandraOpenError(
      "bad_replication",
      `"${name}" has replicas "${count}": transient replication is not supported, ALTER KEYSPACE with a plain number`,
    );
  }
  return new Map(counts.map(([name, count]) => [name, Number(count)] as const).filter(([, count]) => count > 0));
}
