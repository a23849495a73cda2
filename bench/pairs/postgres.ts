import { postgresStore } from "@semel/core/store/postgres";
import { dropDatabase, emptyPostgres, freshPostgres } from "../../test/contract/postgres-fixture.ts";
import { NAIVE_SQL, naivePool } from "../naive-postgres.ts";
import { nextPair } from "../store/rows.ts";
import type { Pairs } from "./pairs.ts";
import { swapsOn } from "./swaps.ts";

export async function postgresPairs(server: string): Promise<Pairs> {
  const url = await freshPostgres(server);
  const store = await postgresStore({ url });
  const close = async (): Promise<void> => {
    await store.close();
    await dropDatabase(server, url);
  };
  return { pair: swapsOn(store), close };
}

/** What services write by hand: a statement and a transaction each, on the connection of the pool that is free. */
export async function postgresNaivePairs(server: string): Promise<Pairs> {
  const url = await emptyPostgres(server);
  const pool = await naivePool(url);
  const pair = async (): Promise<void> => {
    const { claim, completion } = nextPair();
    const { rowCount } = await pool.query(NAIVE_SQL.claim, [claim.key, claim.doc]);
    if (rowCount !== 1) throw new Error("A claim lost");
    await pool.query(NAIVE_SQL.complete, [claim.key, completion.doc]);
  };
  const close = async (): Promise<void> => {
    await pool.end();
    await dropDatabase(server, url);
  };
  return { pair, close };
}
