import { readFile, rename, writeFile } from "node:fs/promises";
import { type Names, parseNames } from "./names.ts";

/** What is kept beside the store. `foreign`: something else, or what an other version wrote: no licence to rename. */
export type KeptNames = Readonly<{ kind: "none" } | { kind: "foreign" } | { kind: "names"; names: Names }>;

/** The names of the last start. Rejects where the file is there and cannot be read. */
export async function readNames(path: string): Promise<KeptNames> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { kind: "none" };
    throw error;
  }
  const names = parseNames(text);
  return names === null ? { kind: "foreign" } : { kind: "names", names };
}

/** Written whole or not at all: half a file would read as a foreign one. */
export async function writeNames(path: string, names: Names): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(names), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
