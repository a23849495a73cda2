import { readFileSync } from "node:fs";

export type Owner = Readonly<{ uid: number; gid: number }>;

/** Who runs a server that refuses to run as root; undefined: whoever we are. */
export function ownerUnlessRoot(name: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((it) => it.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`We are root, and there is no user ${name} to run it as`);
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}
