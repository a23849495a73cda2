import { spawnSync } from "node:child_process";
import { placeOf } from "./presence.ts";

/** A slow mirror and a large package; more means that nobody answers. */
const INSTALL_MS_MAX = 10 * 60_000;
const SUDO_MS_MAX = 10_000;

/**
 * Debian makes and starts a cluster of its own with the first package of a server, unless it reads this when it installs.
 * Nobody asked for that one, and it would take the well-known port.
 */
const NO_CLUSTER = "/etc/postgresql-common/createcluster.d/semel.conf";
const INSTALL = `
export DEBIAN_FRONTEND=noninteractive
mkdir -p ${NO_CLUSTER.slice(0, NO_CLUSTER.lastIndexOf("/"))}
echo "create_main_cluster = false" > ${NO_CLUSTER}
trap 'rm -f ${NO_CLUSTER}' EXIT
apt-get install --yes --no-install-recommends "$@"`;

/** Installs these packages of Debian. What went wrong in one sentence, null: nothing. */
export function install(packages: readonly string[]): string | null {
  if (placeOf("apt-get") === null) {
    return `There is no apt-get here: install ${packages.join(", ")} with what this system has.`;
  }
  const prefix = rootPrefix();
  if (prefix === null) return `Only root may install. Run: sudo apt-get install --yes ${packages.join(" ")}`;
  if (!runs([...prefix, "apt-get", "update"])) return "apt-get update failed.";
  const isInstalled = runs([...prefix, "sh", "-e", "-c", INSTALL, "sh", ...packages]);
  return isInstalled ? null : `apt-get install ${packages.join(" ")} failed.`;
}

function runs([program, ...args]: readonly string[]): boolean {
  return spawnSync(program!, args, { stdio: ["ignore", "ignore", "inherit"], timeout: INSTALL_MS_MAX }).status === 0;
}

/** What to put before a command that needs root; null: nothing makes us root without a password. */
function rootPrefix(): readonly string[] | null {
  if (process.getuid?.() === 0) return [];
  if (placeOf("sudo") === null) return null;
  return spawnSync("sudo", ["-n", "true"], { timeout: SUDO_MS_MAX }).status === 0 ? ["sudo", "-n"] : null;
}
