import type { Client } from "cassandra-driver";
import { StoreError } from "../../record/index.ts";
import { type Contact, connect } from "./client.ts";
import { NodeClock } from "./clock.ts";
import { type Cql, cqlOf } from "./cql.ts";
import { wordsOf } from "./failure.ts";
import { endClient } from "./hosts.ts";
import { type Judgement, judge } from "./judgement.ts";
import { CassandraOpenError } from "./open-error.ts";
import { PAGE_EVERY_MS } from "./scan.ts";
import { factOf, type Scope, scopeOf } from "./scope.ts";
import { Session } from "./session.ts";
import { Cassandra, type CassandraStore } from "./store.ts";
import { checkTables, checkVersions, keyspaceOf, settingsOf } from "./survey.ts";

export type CassandraStoreOptions = Contact &
  Readonly<{
    /**
     * Of a keyspace with replicas in several data centres: the only one in which keys are swapped, by LOCAL_SERIAL. Default:
     * none, and each swap is agreed on by the replicas of all (SERIAL), which takes a round trip between data centres.
     */
    homeDataCenter?: string;
    /** A store of its own beside others in the same tables: 1 to 32 of a-z, 0-9 and "-". Default: none. */
    space?: string;
    /** Between two pages of the scan behind the hints. Default: a second. */
    scanEveryMs?: number;
    /** Milliseconds since the Unix epoch. Default: the wall clock. It only tells when to ask the nodes for theirs. */
    wallClock?: () => number;
  }>;

const SPACE = /^[a-z0-9-]{1,32}$/;
const SCOPE_FACT = "scope";

/** Opens the store, and measures what it guarantees. Throws CassandraOpenError. */
export async function cassandraStore(options: CassandraStoreOptions): Promise<CassandraStore> {
  const space = prefixOf(options.space);
  const client = await connect(options);
  try {
    const cql = cqlOf(options.keyspace);
    const { scope, judgement } = await survey(client, options);
    const session = new Session(client, scope);
    await agreeOn(scope, session, cql);
    const sources = { wall: options.wallClock ?? Date.now, monotonic: () => performance.now() };
    const clock = await NodeClock.open(session, cql, space, sources);
    const scanEveryMs = options.scanEveryMs ?? PAGE_EVERY_MS;
    return new Cassandra({ session, cql, clock, space, judgement, scanEveryMs });
  } catch (error) {
    await endClient(client).catch(() => {});
    throw refusalOf(error);
  }
}

/** No key, queue or mark has a colon, so no space is a part of another one. */
function prefixOf(space: string | undefined): string {
  if (space === undefined) return "";
  if (SPACE.test(space)) return `${space}:`;
  throw new CassandraOpenError("bad_options", `"${space}" is no space: 1 to 32 of a-z, 0-9 and "-"`);
}

type Surveyed = Readonly<{ scope: Scope; judgement: Judgement }>;

async function survey(client: Client, options: CassandraStoreOptions): Promise<Surveyed> {
  const { keyspace, localDataCenter, homeDataCenter = null } = options;
  checkVersions(client);
  const { replication, durableWrites } = await keyspaceOf(client, keyspace);
  const scope = scopeOf(replication, { localDataCenter, homeDataCenter });
  await checkTables(client, keyspace, scope.quorum);
  const dataCenters = scope.home === null ? Object.keys(replication) : [scope.home];
  const nodes = await settingsOf(client, dataCenters);
  return { scope, judgement: judge({ replicas: scope.replicas, durableWrites, nodes }) };
}

/** The first process writes the scope down; every other one must have the same. */
async function agreeOn(scope: Scope, session: Session, cql: Cql): Promise<void> {
  const ours = factOf(scope);
  let [found] = await session.read(cql.readFact, [SCOPE_FACT]);
  if (found === undefined) {
    await session.swap(cql.stateFact, [SCOPE_FACT, ours]);
    [found] = await session.readSerial(cql.readFact, [SCOPE_FACT]);
  }
  const theirs = found?.["value"];
  if (theirs === ours) return;
  throw new CassandraOpenError(
    "other_scope",
    `Other processes agree on swaps in another scope ("${theirs}", this one: "${ours}"), and both at once would let two swaps win: give all the same homeDataCenter, or stop all of them and change the fact "${SCOPE_FACT}"`,
  );
}

function refusalOf(error: unknown): CassandraOpenError {
  if (error instanceof CassandraOpenError) return error;
  if (error instanceof StoreError) {
    const message = `${error.message}; a quorum of the replicas must be up`;
    return new CassandraOpenError("unreachable", message, { cause: error });
  }
  return new CassandraOpenError("failed", `The store could not be opened: ${wordsOf(error)}`, { cause: error });
}
