import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const COMMAND = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url));
/** A table of three nodes on two cores takes a while. */
const DONE_WITHIN_MS = 120_000;

const run = promisify(execFile);

/** One `semel …`, as an operator types it. Rejects with what it said where it refuses. */
export async function semel(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await run(process.execPath, ["-C", "semel-source", COMMAND, ...args], {
    env: { ...process.env, ...environment },
    timeout: DONE_WITHIN_MS,
  });
  return stdout;
}
