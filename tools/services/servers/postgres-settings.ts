import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type PostgresSettings = Readonly<Record<string, string>>;

/** Durable as in production, and ready to be copied; the rest is small. */
const FIRST: PostgresSettings = {
  listen_addresses: "127.0.0.1",
  fsync: "on",
  synchronous_commit: "on",
  wal_level: "replica",
  max_wal_senders: "5",
  max_connections: "100",
  shared_buffers: "256MB",
};
const FILE = "semel.conf";

/**
 * Writes all of them anew: a cluster that was copied brings those of its source. A file of our own, not ALTER SYSTEM, whose
 * file a copy would bring along, and which would win over this one.
 */
export function writeSettings(data: string, settings: PostgresSettings): void {
  const lines = Object.entries({ ...FIRST, ...settings }).map(([name, value]) => `${name} = ${quoted(value)}`);
  writeFileSync(join(data, FILE), `${lines.join("\n")}\n`);
  const main = join(data, "postgresql.conf");
  const include = `include_if_exists ${quoted(FILE)}`;
  if (!readFileSync(main, "utf8").includes(include)) appendFileSync(main, `${include}\n`);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
