import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { placeOf } from "../presence.ts";

/** Debian's, a folder a version; none of it is on the PATH. */
const DEBIAN = "/usr/lib/postgresql/*/bin";

/** Where a program of PostgreSQL is, of the newest version that is here. */
export function programOf(name: string): string {
  const folder = postgresFolder();
  if (folder === null) throw new Error("There is no PostgreSQL here");
  return join(folder, name);
}

/** null: there is no server of PostgreSQL here. A client alone has no `initdb`. */
export function postgresFolder(): string | null {
  const newest = globSync(DEBIAN)
    .toSorted((a, b) => versionOf(b) - versionOf(a))
    .find((folder) => existsSync(join(folder, "initdb")));
  const onPath = placeOf("initdb");
  return newest ?? (onPath === null ? null : dirname(onPath));
}

function versionOf(folder: string): number {
  return Number(folder.split("/").at(-2));
}
