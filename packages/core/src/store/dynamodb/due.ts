import { AUTHORITY_KEY, type Instant, NEVER, type Row } from "../../record/index.ts";
import { rowIn } from "./item.ts";
import { itemsOf, listed } from "./listed.ts";
import type { Requests } from "./requests.ts";
import { INDEX, shards } from "./shape.ts";

/** Every shard may hold all of the longest overdue, so each is asked for as many. The index lags: only the row itself tells. */
export async function dueRows(requests: Requests, table: string, now: Instant, limit: number): Promise<readonly Row[]> {
  if (limit < 1) return [];
  const asked = shards.map((shard) => listed(requests, table, INDEX.due, { shard, limit, to: String(now) }));
  const first = (await Promise.all(asked))
    .flat()
    .sort((a, b) => Number(a.sort) - Number(b.sort))
    .slice(0, limit);
  const items = await itemsOf(
    requests,
    table,
    first.map(({ key }) => key),
  );
  return items
    .map((item) => rowIn(item))
    .filter((row) => row !== null)
    .filter(({ key, dueAt }) => dueAt <= now && dueAt < NEVER && key !== AUTHORITY_KEY)
    .sort((a, b) => a.dueAt - b.dueAt);
}
