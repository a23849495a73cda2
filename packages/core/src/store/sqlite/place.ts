import { constants } from "node:fs";
import { access, open, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type OpenCode, StoreOpenError } from "./open-error.ts";

/** What statfs(2) says of a folder: only the type is looked at. */
export type StatFs = (folder: string) => Promise<{ type: number }>;

/** File systems over a network or a user-space server (Linux magic numbers): their locks or their fsync may lie, and SQLite's log needs both. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x65735546, "FUSE"],
  [0x01021997, "9p"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x47504653, "GPFS"],
  [0x786f4256, "VirtualBox shared folder"],
]);

/** tmpfs and ramfs: gone with the power. */
const VOLATILE: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * Refuses a path where no store can be, and makes the file of a new one, for its owner's eyes only. An existing file is not opened
 * here: closing it would take away the locks that this process holds on it.
 */
export async function preparePlace(path: string, statFs: StatFs): Promise<{ volatile: boolean }> {
  const folder = dirname(path);
  await refuseFolder(folder);
  const { type } = await statFs(folder);
  const network = NETWORK.get(type >>> 0);
  if (network !== undefined) {
    throw refusal(
      "network_file_system",
      `${folder} is on ${network}, where locks and fsync may lie: put the store on a disk of this machine`,
    );
  }
  await makeFile(path, folder);
  return { volatile: VOLATILE.has(type >>> 0) };
}

/** The numbers are Linux's; elsewhere a network is not recognised. */
export const systemStatFs: StatFs = async (folder) =>
  process.platform === "linux" ? await statfs(folder) : { type: 0 };

async function refuseFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null)
    throw refusal("no_folder", `The folder ${folder} does not exist: create it, or give another path`);
  if (!found.isDirectory()) throw refusal("no_folder", `${folder} is not a folder: give another path`);
  try {
    // The log stands beside the file.
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(
      "not_writable",
      `The folder ${folder} may not be written by this process: change its owner or its mode`,
      cause,
    );
  }
}

async function makeFile(path: string, folder: string): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.close();
    await syncFolder(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw refusal("not_writable", `${path} could not be created: ${(cause as Error).message}`, cause);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw refusal("not_a_file", `${path} is not a file: give the path of a file`, cause);
  }
}

/** Without it a power loss may forget that the file was ever made. Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}

function refusal(code: OpenCode, message: string, cause?: unknown): StoreOpenError {
  return new StoreOpenError({ code, message }, cause === undefined ? {} : { cause });
}
