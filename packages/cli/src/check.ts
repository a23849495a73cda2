import { ConfigError, faultLine, type LoadedConfig, loadConfig, timeoutChain } from "@semel/gateway/config";
import { checkNames } from "./check-names.ts";
import type { Palette } from "./check-palette.ts";
import { reportOn } from "./check-report.ts";

/** 0: it holds. 1: it loads, but a declared time contradicts another. 2: it must not be started with. */
export type Checked = Readonly<{ exitCode: 0 | 1 | 2; text: string }>;

export type CheckWorld = Readonly<{
  env: Readonly<{ [name: string]: string | undefined }>;
  colors: Palette;
  /** Records that keys are renamed, where they are: it is meant. */
  acceptRenames: boolean;
}>;

/** What a configuration means, in words; or everything that is wrong with it, a line each. */
export async function check(path: string, world: CheckWorld): Promise<Checked> {
  let config: LoadedConfig;
  try {
    config = await loadConfig(path, world.env);
  } catch (error) {
    if (error instanceof ConfigError) return { exitCode: 2, text: error.faults.map(faultLine).join("\n") };
    throw error;
  }
  const names = await checkNames(config, path, world.acceptRenames);
  if (names.kind === "refused") return { exitCode: 2, text: names.lines.join("\n") };
  const broken = config.routes.some((route) =>
    timeoutChain(route, config.times.get(route.id)?.clientTimeoutMs ?? null).some(
      ({ verdict }) => verdict === "broken",
    ),
  );
  const accepted = names.accepted === null ? "" : `${names.accepted}\n\n`;
  return { exitCode: broken ? 1 : 0, text: `${accepted}${reportOn(config, world.colors)}` };
}
