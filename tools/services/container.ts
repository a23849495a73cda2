import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CHECKOUT, checkoutName } from "./folders.ts";
import { placeOf } from "./presence.ts";
import { freePort } from "./servers/free-port.ts";

const run = promisify(execFile);
const SAYS_WITHIN_MS = 10_000;
/** An image of some hundred MB from a slow mirror. */
const STARTS_WITHIN_MS = 15 * 60_000;

let answered: boolean | null = null;

/** Whether an engine of Docker runs, and can read compose.yaml. */
export function dockerRuns(): boolean {
  answered ??= placeOf("docker") !== null && says("info") && says("compose", "version");
  return answered;
}

/** Starts a service of compose.yaml, whose health check is the question that it has to answer, and tells its port. */
export async function startContainer(name: string): Promise<number> {
  const port = await freePort();
  await compose(["up", "--detach", "--wait", name], { [`SEMEL_${name.toUpperCase()}_PORT`]: String(port) });
  return port;
}

export async function removeContainer(name: string): Promise<void> {
  await compose(["rm", "--stop", "--force", "--volumes", name]);
}

/** In a project of our own: containers that a user started from the same file are not touched. */
async function compose(args: readonly string[], ports: Readonly<Record<string, string>> = {}): Promise<void> {
  const project = ["--project-name", `semel-${checkoutName()}`, "--file", join(CHECKOUT, "compose.yaml")];
  const env = { ...process.env, ...ports };
  await run("docker", ["compose", ...project, ...args], { env, timeout: STARTS_WITHIN_MS });
}

function says(...args: string[]): boolean {
  return spawnSync("docker", args, { timeout: SAYS_WITHIN_MS }).status === 0;
}
