import { readFile, rename, writeFile } from "node:fs/promises";
import { compareNames, type LoadedConfig, namesOf, namesPath, parseNames } from "./config/index.ts";
import { StartError } from "./start-error.ts";

/**
 * Holds what names are made of against the last start, and keeps it beside the store. A configuration that renames keys
 * would take retries for first requests, so it is refused.
 */
export async function keepNames(config: LoadedConfig): Promise<void> {
  const path = namesPath(config.store);
  if (path === null) return;
  const now = namesOf(config);
  const before = await readNames(path);
  if (before !== null) {
    const renames = compareNames(before, now);
    if (renames.length > 0)
      throw new StartError("renames_keys", ["The configuration renames keys.", ...renames].join("\n  - "));
  }
  // Written whole or not at all: half a file would read as a foreign one.
  await writeFile(`${path}.new`, JSON.stringify(now), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function readNames(path: string): Promise<ReturnType<typeof parseNames>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const names = parseNames(text);
  if (names === null) {
    throw new StartError(
      "names_unreadable",
      `${path} is not what this version keeps there. Restore it, or move it away if no key is in use.`,
    );
  }
  return names;
}
