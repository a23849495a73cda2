import { DatabaseSync } from "node:sqlite";
import { SCHEMA, SETTINGS, SQL } from "../../packages/core/src/store/sqlite/schema.ts";
import type { Slot } from "../round.ts";
import { nextPair } from "./rows.ts";
import { CALLERS, measure, type Times } from "./slot.ts";

/** What the store learns to keep free: a completion's doc is so much longer than its claim's. */
const ROOM_BYTES = 600;

/** The store's own SQL and settings, in a loop without callers, messages or a thread: what the machine can do. */
export async function bareLoop(path: string, times: Times): Promise<Slot> {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA locking_mode = EXCLUSIVE; ${SETTINGS} PRAGMA wal_autocheckpoint = 4096; ${SCHEMA}`);
  const [claim, complete] = [db.prepare(SQL.claim), db.prepare(SQL.replace)];
  const slot = await measure(times, async () => {
    const pairs = Array.from({ length: CALLERS }, nextPair);
    db.exec("BEGIN IMMEDIATE");
    for (const { claim: row } of pairs) claim.run(row.key, row.fence, row.dueAt, row.doc, ROOM_BYTES);
    db.exec("COMMIT");
    db.exec("BEGIN IMMEDIATE");
    for (const { claim: old, completion: row } of pairs)
      complete.run(row.fence, row.dueAt, row.doc, row.key, old.fence);
    db.exec("COMMIT");
    return pairs.length;
  });
  db.close();
  return slot;
}
