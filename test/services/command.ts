import { spawnSync } from "node:child_process";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../tools/services/main.ts");

export type Said = Readonly<{ code: number | null; out: string; err: string }>;

/** The command with a state of its own in this folder, so that it neither sees nor stops what runs here. */
export function services(args: readonly string[], env: Readonly<{ PATH?: string; XDG_CACHE_HOME: string }>): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}
