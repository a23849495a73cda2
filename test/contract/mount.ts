import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [MOUNT, UNMOUNT] = ["mount", "umount"] as const;

/** Lends a file system in memory with these options; false where this process may not mount one. */
export async function withMount(options: string, use: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "semel-mount-"));
  try {
    execFileSync(MOUNT, ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmdirSync(folder);
    return false;
  }
  try {
    await use(folder);
    return true;
  } finally {
    execFileSync(UNMOUNT, [folder]);
    rmdirSync(folder);
  }
}
