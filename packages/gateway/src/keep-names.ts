import {
  acceptAdvice,
  compareNames,
  foreignNames,
  type LoadedConfig,
  namesOf,
  namesPath,
  readNames,
  renameLine,
  writeNames,
} from "./config/index.ts";
import { StartError } from "./start-error.ts";

/**
 * Holds what names are made of against the last start, and keeps it beside the store. A configuration that renames keys
 * would take retries for first requests, so it is refused.
 */
export async function keepNames(config: LoadedConfig): Promise<void> {
  const path = namesPath(config.store);
  if (path === null) return;
  const now = namesOf(config);
  const kept = await readNames(path);
  if (kept.kind === "foreign") throw new StartError("names_unreadable", `${foreignNames(path)}.`);
  if (kept.kind === "names") {
    const renames = compareNames(kept.names, now);
    if (renames.length > 0) {
      const lines = ["The configuration renames keys:", ...renames.map((rename) => `  - ${renameLine(rename)}`)];
      throw new StartError("renames_keys", [...lines, acceptAdvice(config.path, renames)].join("\n"));
    }
  }
  await writeNames(path, now);
}
