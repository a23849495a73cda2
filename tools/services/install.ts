import { spawnSync } from "node:child_process";
import { placeOf } from "./presence.ts";
import type { Service } from "./table.ts";

/** A slow mirror and a large package; more means that nobody answers. */
const INSTALL_MS_MAX = 10 * 60_000;
const SUDO_MS_MAX = 10_000;

/** Installs the packages of these services. What went wrong in one sentence, null: nothing. */
export function install(services: readonly Service[]): string | null {
  const packages = services.flatMap((service) => service.packages);
  if (placeOf("apt-get") === null) {
    return `There is no apt-get here: install ${packages.join(", ")} with what this system has.`;
  }
  const prefix = rootPrefix();
  if (prefix === null) return `Only root may install. Run: sudo apt-get install --yes ${packages.join(" ")}`;
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
    const [program, ...rest] = [...prefix, "apt-get", ...args] as [string, ...string[]];
    const { status } = spawnSync(program, rest, {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_MS_MAX,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (status !== 0) return `apt-get ${args.join(" ")} ended with ${status ?? "a signal"}.`;
  }
  return null;
}

/** What to put before a command that needs root; null: nothing makes us root without a password. */
function rootPrefix(): readonly string[] | null {
  if (process.getuid?.() === 0) return [];
  if (placeOf("sudo") === null) return null;
  return spawnSync("sudo", ["-n", "true"], { timeout: SUDO_MS_MAX }).status === 0 ? ["sudo", "-n"] : null;
}
