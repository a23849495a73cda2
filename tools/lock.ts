/**
 * A registry that lacks the builds for some platforms leaves holes in package-lock.json. This fills them, so that the
 * lock holds for every platform: run it after `npm install`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type Hole, type LockEntry, lockHoles } from "./lock-holes.ts";

const PLATFORM =
  /\b(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-([a-z0-9]+)(?:-(musl|gnu)\b)?/;
const LIBC: Record<string, string> = { gnu: "glibc", musl: "musl" };

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const holes = lockHoles(lock.packages);
for (const hole of holes) lock.packages[`node_modules/${hole.name}`] = entryFor(hole);
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync("package-lock.json", `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${holes.length} entries added`);

function entryFor({ name, range }: Hole): LockEntry & { cpu?: string[]; os?: string[]; libc?: string[] } {
  const [, os, cpu, libc] = PLATFORM.exec(name) ?? [];
  return {
    version: range.replace(/^\D*/, ""),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
    ...(libc === undefined ? {} : { libc: [LIBC[libc] ?? libc] }),
  };
}
