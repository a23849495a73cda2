import { readFile } from "node:fs/promises";
import {
  ConfigError,
  compareNames,
  faultLine,
  type LoadedConfig,
  loadConfig,
  namesOf,
  namesPath,
  parseNames,
  timeoutChain,
} from "@semel/gateway/config";
import type { Palette } from "./check-palette.ts";
import { reportOn } from "./check-report.ts";

/** 0: it holds. 1: it loads, but a declared time contradicts another. 2: it must not be started with. */
export type Checked = Readonly<{ exitCode: 0 | 1 | 2; text: string }>;

export type CheckWorld = Readonly<{ env: Readonly<{ [name: string]: string | undefined }>; colors: Palette }>;

/** What a configuration means, in words; or everything that is wrong with it, a line each. */
export async function check(path: string, world: CheckWorld): Promise<Checked> {
  let config: LoadedConfig;
  try {
    config = await loadConfig(path, world.env);
  } catch (error) {
    if (error instanceof ConfigError) return { exitCode: 2, text: error.faults.map(faultLine).join("\n") };
    throw error;
  }
  const renames = await renamesOf(config);
  if (renames.length > 0) return { exitCode: 2, text: renames.map((line) => `${path}: ${line}`).join("\n") };
  const broken = config.routes.some((route) =>
    timeoutChain(route, config.times.get(route.id)?.clientTimeoutMs ?? null).some(
      ({ verdict }) => verdict === "broken",
    ),
  );
  return { exitCode: broken ? 1 : 0, text: reportOn(config, world.colors) };
}

/** Against the names of the last start, which the gateway writes beside its store. */
async function renamesOf(config: LoadedConfig): Promise<string[]> {
  const snapshot = namesPath(config.store);
  if (snapshot === null) return [];
  let text: string;
  try {
    text = await readFile(snapshot, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? [] : [`the names of the last start, ${snapshot}, cannot be read (${code ?? message})`];
  }
  const before = parseNames(text);
  if (before === null) {
    return [
      `${snapshot} is not a snapshot of names that this version wrote. Restore it, or remove it if no key must be found again`,
    ];
  }
  return compareNames(before, namesOf(config));
}
