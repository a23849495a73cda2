import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "./folder.ts";

/** Opens the log once before anything starts: what writes it later would end the process where it cannot be opened. */
export async function tryLogFile(path: string): Promise<void> {
  await makeFolder(dirname(path), 0o777);
  await (await open(path, "a")).close();
}
