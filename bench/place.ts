import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";

const MEMORY_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);

/** A folder for one run, on a disk whose fsync costs what it costs in production. The caller removes it. */
export function runFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const memory = MEMORY_FILE_SYSTEMS.get(statfsSync(parent).type);
  if (memory !== undefined) {
    throw new Error(
      `${resolve(parent)} is on ${memory}, where nothing is durable and fsync costs nothing: the figures would flatter. ` +
        "Give a folder on a real disk: --folder DIR.",
    );
  }
  if (!existsSync("/proc/self/stat")) {
    throw new Error("The CPU of a process is read from /proc, which this system does not have: run this on Linux.");
  }
  return mkdtempSync(join(resolve(parent), "bench-"));
}

/** Runs `work` in a new folder inside `parent`: every slot begins with an empty store. */
export async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(parent, "slot-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
