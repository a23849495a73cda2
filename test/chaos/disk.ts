import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Holds the store of an hour, and is filled within a second. */
const DISK_MIB = 192;
const BLOCK_BYTES = 1024 * 1024;
/** The smallest piece worth taking: a page of SQLite's. */
const LAST_BYTES = 4_096;
const SECTOR_BYTES = 512;

/** An ext4 file system in a file, which can be filled up. Linux, and root. */
export class SmallDisk implements Disposable {
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, "ballast");
  }

  /** null: this machine does not let us mount one. */
  static make(folder: string): SmallDisk | null {
    const image = join(folder, "disk.img");
    const mounted = join(folder, "disk");
    mkdirSync(mounted, { recursive: true });
    try {
      run("truncate", ["-s", `${DISK_MIB}M`, image]);
      // No blocks kept back for root: a full disk is full for everybody.
      run("mkfs.ext4", ["-q", "-F", "-b", "4096", "-m", "0", image]);
      run("mount", ["-o", "loop", image, mounted]);
      return new SmallDisk(mounted);
    } catch {
      return null;
    }
  }

  /** Takes all that is left, to the last page. */
  fill(): void {
    const file = openSync(this.#ballast, "w");
    try {
      for (let bytes = BLOCK_BYTES; bytes >= LAST_BYTES; bytes = writes(file, bytes) ? bytes : bytes / 2);
      fsyncSync(file);
    } catch {
      // The last of it may be missed on the way to the disk: it is full then too.
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  [Symbol.dispose](): void {
    run("umount", [this.folder]);
  }
}

function writes(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes, SECTOR_BYTES)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: "ignore" });
}
