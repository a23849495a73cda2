import type { RecordStore } from "@semel/core/record";
import { postgresStore } from "@semel/core/store/postgres";
import { sqliteStore } from "@semel/core/store/sqlite";
import { dropDatabase, freshPostgres } from "../../test/contract/postgres-fixture.ts";
import { fillPostgres, fillSqlite } from "../growth/fill.ts";
import type { Times } from "../store/slot.ts";

/** `place`: the server's address, or a file that is not there yet. `drops`: whether the due loop runs. */
export type HorizonSlot = Times &
  Readonly<{ store: keyof typeof STORES; place: string; deadRows: number; drops: boolean }>;

type Filled = Readonly<{ store: RecordStore; close: () => Promise<void> }>;

/** Stores that hold so many rows past their horizon. */
export const STORES = {
  postgres: async (server: string, count: number, doc: Uint8Array): Promise<Filled> => {
    const url = await freshPostgres(server);
    await fillPostgres(url, { names: "random", count, doc, due: "past" });
    const store = await postgresStore({ url });
    const close = async (): Promise<void> => {
      await store.close();
      await dropDatabase(server, url);
    };
    return { store, close };
  },
  sqlite: async (path: string, count: number, doc: Uint8Array): Promise<Filled> => {
    fillSqlite(path, { names: "random", count, doc, due: "past" });
    const store = await sqliteStore({ path });
    return { store, close: () => store.close() };
  },
} as const;
