import { execFile } from "node:child_process";
import { appendFile, chown, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ownerUnlessRoot } from "../../../tools/services/process/owner.ts";
import type { PostgresServer } from "../../../tools/services/servers/postgres.ts";
import { programOf } from "../../../tools/services/servers/postgres-programs.ts";

const run = promisify(execFile);
const COPIED_WITHIN_MS = 60_000;

/** Whole, with the log that makes it consistent. */
export async function backUp({ url, folder }: PostgresServer): Promise<void> {
  const args = ["-D", join(folder, "backup"), "-d", url, "-X", "stream", "-c", "fast", "--no-sync"];
  await run(programOf("pg_basebackup"), args, {
    cwd: folder,
    timeout: COPIED_WITHIN_MS,
    ...ownerUnlessRoot("postgres"),
  });
}

/**
 * Ends the server and starts it on its backup. As a recovery it ends on a timeline of its own; as a crash it goes on with the
 * old one, as a disk does that was set back to a snapshot, and nothing in it tells that anything is gone.
 */
export async function restore(server: PostgresServer, how: "recovery" | "crash"): Promise<void> {
  const data = join(server.folder, "data");
  await server.nodes[0]!.stop();
  await rename(data, join(server.folder, "lost"));
  await rename(join(server.folder, "backup"), data);
  if (how === "recovery") {
    const signal = join(data, "recovery.signal");
    await writeFile(signal, "");
    const owner = ownerUnlessRoot("postgres");
    if (owner !== undefined) await chown(signal, owner.uid, owner.gid);
    // There is no archive: it ends with the log that the backup has.
    await appendFile(join(data, "postgresql.auto.conf"), "restore_command = 'false'\n");
  }
  await server.nodes[0]!.start();
}
