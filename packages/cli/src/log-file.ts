import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** Opens the log once before anything starts: what writes it later would end the process where it cannot be opened. */
export async function tryLogFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await (await open(path, "a")).close();
}
