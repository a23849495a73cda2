/** Database servers that belong to one run: nobody else works on them, and their CPU is that of what is measured. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Launched } from "../tools/services/process/end.ts";
import { isAlive } from "../tools/services/process/identity.ts";
import { startCassandra } from "../tools/services/servers/cassandra.ts";
import { startDynamodb } from "../tools/services/servers/dynamodb.ts";
import { startPostgres } from "../tools/services/servers/postgres.ts";
import { startRedis } from "../tools/services/servers/redis.ts";
import type { Ground, Server } from "../tools/services/servers/server.ts";

/** `pid`: whose CPU, together with its children's, is the server's. */
export type Database = Readonly<{ url: string; pid: number; folder: string }>;
export type DatabaseName = "postgres" | "redis" | "dynamodb" | "cassandra";

/**
 * As on a server that is meant to work: with the 1 GB of the default, at 60 MB of log a second, it would begin a checkpoint every
 * ten seconds, and write whole pages again after each.
 */
const POSTGRES = { max_wal_size: "8GB" };

const START: Readonly<Record<DatabaseName, (ground: Ground) => Promise<Server>>> = {
  postgres: (ground) => startPostgres({ ...ground, settings: POSTGRES }),
  redis: startRedis,
  dynamodb: startDynamodb,
  cassandra: startCassandra,
};

const launched = new Set<Launched>();
// Interrupted, nothing can be waited for any more.
process.on("exit", () => {
  for (const server of launched) if (isAlive(server)) process.kill(server.pid, server.stopSignal);
});

/** Runs `work` beside a server of its own, in a folder of `parent`. */
export async function withDatabase<T>(
  parent: string,
  name: DatabaseName,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(parent, `${name}-`));
  // PostgreSQL refuses to be root, and its user must reach its folder.
  for (const it of [parent, folder]) chmodSync(it, 0o755);
  try {
    const server = await START[name]({ folder, launched: (it) => launched.add(it) });
    try {
      return await work({ url: server.url, pid: server.nodes[0]!.pid, folder });
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
