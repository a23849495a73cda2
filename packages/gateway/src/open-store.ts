import { type Browser, type Outbox, type RecordStore, SURVIVALS } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { sqliteStore } from "@semel/core/store/sqlite";
import type { CassandraChoice, LoadedConfig, StoreChoice } from "./config/index.ts";
import { StartError } from "./start-error.ts";

/** `browser`: null where the engine cannot list rows in an order. `warnings`: what the engine could do better. */
export type AnyStore = Readonly<{
  store: RecordStore & Outbox;
  browser: Browser | null;
  warnings: readonly string[];
}>;

/** Opens what the configuration names. A database's client is loaded only where it is needed: it is the user's to install. */
export async function openStore(choice: StoreChoice, waitLockMs: number): Promise<AnyStore> {
  switch (choice.kind) {
    case "memory": {
      const store = memoryStore();
      return { store, browser: store, warnings: [] };
    }
    case "sqlite": {
      const store = await sqliteStore({ path: choice.path, waitLockMs });
      return { store, browser: store, warnings: [] };
    }
    case "postgres": {
      const { postgresStore } = await withClient("pg", () => import("@semel/core/store/postgres"));
      const store = await postgresStore({ url: choice.url });
      return { store, browser: store, warnings: [] };
    }
    case "dynamodb": {
      const { dynamodbStore } = await withClient(
        "@aws-sdk/client-dynamodb",
        () => import("@semel/core/store/dynamodb"),
      );
      return { store: await dynamodbStore(tableOf(choice)), browser: null, warnings: [] };
    }
    case "cassandra": {
      const { cassandraStore } = await withClient("cassandra-driver", () => import("@semel/core/store/cassandra"));
      const store = await cassandraStore(clusterOf(choice));
      return { store, browser: null, warnings: store.warnings };
    }
    default:
      return choice satisfies never;
  }
}

/** Makes the tables of a store, or brings them to what this version needs. Says in a sentence what was done. */
export async function migrateStore(choice: StoreChoice): Promise<string> {
  switch (choice.kind) {
    case "memory":
    case "sqlite":
      return `the store ${choice.kind} needs no migration: it makes its tables as it is opened`;
    case "postgres": {
      const { migratePostgres } = await withClient("pg", () => import("@semel/core/store/postgres"));
      const { before, after, applied } = await migratePostgres(choice.url);
      return applied.length === 0
        ? `nothing to do: the tables are of migration ${after}`
        : `from ${before} to ${after}: applied ${applied.join(", ")}`;
    }
    case "dynamodb": {
      const { createTable } = await withClient("@aws-sdk/client-dynamodb", () => import("@semel/core/store/dynamodb"));
      await createTable(tableOf(choice));
      return `the table ${choice.table} is there`;
    }
    case "cassandra": {
      const { migrateCassandra } = await withClient("cassandra-driver", () => import("@semel/core/store/cassandra"));
      await migrateCassandra(clusterOf(choice));
      return `the tables of the keyspace ${choice.keyspace} are there`;
    }
    default:
      return choice satisfies never;
  }
}

function tableOf({ table, region, endpoint }: StoreChoice & { kind: "dynamodb" }): {
  table: string;
  region?: string;
  endpoint?: string;
} {
  return { table, ...(region === null ? {} : { region }), ...(endpoint === null ? {} : { endpoint }) };
}

function clusterOf({ hosts, keyspace, datacenter, homeDatacenter, login, tls }: CassandraChoice) {
  const client = {
    ...(login === null ? {} : { credentials: { username: login.user, password: login.password } }),
    ...(tls ? { sslOptions: { rejectUnauthorized: true } } : {}),
  };
  const home = homeDatacenter === null ? {} : { homeDataCenter: homeDatacenter };
  return { hosts, keyspace, localDataCenter: datacenter, client, ...home };
}

export async function withClient<T>(client: string, load: () => Promise<T>, whose = "store"): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    const message = `The ${whose} needs the package ${client}, which is not installed: run npm install ${client}`;
    throw new StartError("client_missing", message, { cause: error });
  }
}

/** What a route requires is held against what the opened store was measured to guarantee. */
export function refuseWeakStore(routes: LoadedConfig["routes"], store: RecordStore): void {
  const { survives, linearizable } = store.guarantees;
  for (const { id, requires } of routes) {
    if (requires !== "nothing" && !linearizable) {
      const has = `the store ${store.name} may show two processes different rows at the same time`;
      throw new StartError("store_too_weak", `Route ${id} needs one truth, and ${has}. Use a store that has one.`);
    }
    if (SURVIVALS.indexOf(requires) <= SURVIVALS.indexOf(survives)) continue;
    const has = `the store ${store.name} survives ${survives.replace("-", " ")}`;
    const advice = "Use a store that survives more, or lower `requires` of the route";
    throw new StartError(
      "store_too_weak",
      `Route ${id} requires ${requires.replace("-", " ")}, and ${has}. ${advice}.`,
    );
  }
}
