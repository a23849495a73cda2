/** Row 10, in a process of its own: fills a store, or claims new keys in one for a slot. Takes a `GrowthTask`. */
import type { RecordStore } from "@semel/core/record";
import { postgresStore } from "@semel/core/store/postgres";
import { sqliteStore } from "@semel/core/store/sqlite";
import { type Filling, fillPostgres, fillSqlite } from "./growth/fill.ts";
import { keyOf, type Names } from "./growth/keys.ts";
import { trimPostgres, trimSqlite } from "./growth/trim.ts";
import { nextClaim } from "./store/rows.ts";
import { closedLoop, type Times } from "./store/slot.ts";

/** `rows`: how many the store was filled with, and has again after a slot. */
export type GrowthTask = Readonly<{ store: "postgres" | "sqlite"; place: string; names: Names; rows: number }> &
  (Readonly<{ fill: true }> | Times);

const task = JSON.parse(process.argv[2]!) as GrowthTask;
const answer = "fill" in task ? await fill() : await slot(task);
process.send!(answer, () => process.exit(0));

async function fill(): Promise<number> {
  const filling: Filling = { names: task.names, count: task.rows, doc: nextClaim().doc, due: "future" };
  const from = performance.now();
  if (task.store === "postgres") await fillPostgres(task.place, filling);
  else fillSqlite(task.place, filling);
  return performance.now() - from;
}

async function slot(times: Times): Promise<unknown> {
  const store: RecordStore = await (task.store === "postgres"
    ? postgresStore({ url: task.place })
    : sqliteStore({ path: task.place }));
  const measured = await closedLoop(times, async () => {
    const next = { ...nextClaim(), key: keyOf(task.names, Date.now()) };
    const { won } = await store.swap({ key: next.key, expect: null, next, publish: null });
    if (!won) throw new Error("A claim lost");
  });
  await store.close();
  if (task.store === "postgres") await trimPostgres(task.place, task.rows);
  else trimSqlite(task.place, task.rows);
  return measured;
}
