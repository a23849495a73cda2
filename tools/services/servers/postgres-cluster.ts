import { execFile } from "node:child_process";
import { chown } from "node:fs/promises";
import { promisify } from "node:util";
import type { Owner } from "../process/owner.ts";
import { programOf } from "./postgres-programs.ts";

/** Where a cluster lies, and whose it is. */
export type ClusterPlace = Readonly<{ folder: string; data: string; owner: Owner | undefined }>;

const run = promisify(execFile);
/** A copy of what tests write takes seconds. */
const MAKES_WITHIN_MS = 120_000;

export async function createCluster(place: ClusterPlace): Promise<void> {
  const { data } = place;
  // What is written here need not survive anything: the server that starts on it has fsync on.
  const speed = ["--no-sync", "--no-instructions"];
  await make(place, "initdb", ["-D", data, "-U", "semel", "--auth=trust", "-E", "UTF8", "--no-locale", ...speed]);
}

/** A copy of a server that runs, which will follow it under this name. */
export async function copyCluster(place: ClusterPlace, source: { url: string; name: string }): Promise<void> {
  const connection = `${source.url}?application_name=${source.name}`;
  const args = ["-D", place.data, "-d", connection, "--write-recovery-conf", "-X", "stream", "-c", "fast", "--no-sync"];
  await make(place, "pg_basebackup", args);
}

async function make({ folder, owner }: ClusterPlace, program: string, args: readonly string[]): Promise<void> {
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  await run(programOf(program), args, { cwd: folder, timeout: MAKES_WITHIN_MS, ...owner });
}
