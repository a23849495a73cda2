import type { AuthorityWatch } from "@semel/core/store/authority";
import {
  acceptAdvice,
  compareNames,
  foreignNames,
  type KeptNames,
  type LoadedConfig,
  type Names,
  namesOf,
  namesPath,
  parseNames,
  readNames,
  renameLine,
  writeNames,
} from "./config/index.ts";
import { StartError } from "./start-error.ts";

/**
 * Holds what names are made of against the last start, and keeps it: beside a file, and within a store that several processes
 * share. A configuration that renames keys would take retries for first requests, so it is refused.
 */
export async function keepNames(config: LoadedConfig, watch: AuthorityWatch): Promise<void> {
  const now = namesOf(config);
  const path = namesPath(config.store);
  if (path !== null) {
    judge(await readNames(path), path, now, config.path);
    await writeNames(path, now);
  } else if (config.store.kind !== "memory") {
    await watch.keepNames(JSON.stringify(now), (kept) => judge(keptNames(kept), "The store", now, config.path));
  }
}

export function keptNames(text: string | null): KeptNames {
  if (text === null) return { kind: "none" };
  const names = parseNames(text);
  return names === null ? { kind: "foreign" } : { kind: "names", names };
}

function judge(kept: KeptNames, where: string, now: Names, config: string): void {
  if (kept.kind === "foreign") throw new StartError("names_unreadable", `${foreignNames(where)}.`);
  const renames = kept.kind === "none" ? [] : compareNames(kept.names, now);
  if (renames.length === 0) return;
  const lines = ["The configuration renames keys:", ...renames.map((rename) => `  - ${renameLine(rename)}`)];
  throw new StartError("renames_keys", [...lines, acceptAdvice(config, renames)].join("\n"));
}
