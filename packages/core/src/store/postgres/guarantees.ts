import type { Client } from "pg";
import type { Guarantees, Survival } from "../../record/index.ts";

/**
 * Room for the largest answer that the kernel keeps (1 MiB), its headers and the record's head. Everything in a commit waits for
 * its largest doc.
 */
export const DOC_BYTES_MAX: number = 2 * 1024 * 1024;

const SETTINGS = `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
  current_setting('synchronous_commit') AS commit, current_setting('synchronous_standby_names') AS standbys,
  (SELECT bool_and(relpersistence = 'p') FROM pg_class WHERE oid = 'semel.record'::regclass) AS logged`;

type Settings = Readonly<{ fsync: string; pages: string; commit: string; standbys: string; logged: boolean }>;

/** What an acknowledged write survives, by what the server says of itself now. */
export async function measure(client: Client): Promise<Guarantees> {
  const { rows } = await client.query<Settings>(SETTINGS);
  return { linearizable: true, survives: survivalOf(rows[0]!), docBytesMax: DOC_BYTES_MAX };
}

function survivalOf({ fsync, pages, commit, standbys, logged }: Settings): Survival {
  // A table that is not logged is emptied by the server's next crash.
  if (!logged) return "nothing";
  // Without either a page that was half written when the power went stays so.
  if (fsync !== "on" || pages !== "on") return "process-crash";
  if (standbys.trim() === "") return "power-loss";
  // The store's function turns `off` and `local` into `on`; `remote_write` is left: the standby has it in memory only.
  return commit === "remote_write" ? "node-loss" : "failover";
}
