import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenedStore, StoreFixture } from "@semel/core/contract";
import { memoryStore } from "@semel/core/store/memory";
import { sqliteStore } from "@semel/core/store/sqlite";
import { cassandraFixture } from "./cassandra-fixture.ts";
import { dynamodbFixture } from "./dynamodb-fixture.ts";
import { opened } from "./opened.ts";
import { postgresFixture } from "./postgres-fixture.ts";

/** Makes a fixture for one clause. A module given to `npm run contract` exports one as its default, or as `open`. */
export type OpenFixture = () => StoreFixture | Promise<StoreFixture>;

/** Those on servers need them to run: npm run services -- up. */
export const fixtures: Readonly<Record<string, OpenFixture>> = {
  memory: memoryFixture,
  sqlite: sqliteFixture,
  postgres: postgresFixture,
  dynamodb: dynamodbFixture,
  cassandra: cassandraFixture,
};

function memoryFixture(): StoreFixture {
  return { open: async () => opened(memoryStore()), reopen: null, remove: async () => {} };
}

async function sqliteFixture(): Promise<StoreFixture> {
  const folder = await mkdtemp(join(tmpdir(), "semel-contract-"));
  const open = async (): Promise<OpenedStore> => opened(await sqliteStore({ path: join(folder, "store.db") }));
  return { open, reopen: open, remove: () => rm(folder, { recursive: true, force: true }) };
}
