import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { removeContainer } from "./container.ts";
import { end } from "./process/end.ts";
import type { ServerKind } from "./servers/table.ts";
import { drop, type Entry, entryOf } from "./state.ts";
import { tell } from "./tell.ts";

/** Nothing but a folder whose name begins so is ever removed. */
const FOLDER_START = "semel-services-";

export const folderStart = (name: string): string => join(tmpdir(), `${FOLDER_START}${name}-`);

/** Stops those of these servers that were started, and nothing else. */
export async function down(servers: readonly ServerKind[]): Promise<void> {
  const started = servers.map(({ name }) => entryOf(name)).filter((entry) => entry !== null);
  if (started.length === 0) console.log("nothing to stop: no server was started");
  await Promise.all(
    started.map(async (entry) => {
      await takeDown(entry);
      tell(entry.name, "stopped");
    }),
  );
}

/** Ends its processes, by number and birth, and removes what it kept. */
export async function takeDown({ name, folder, processes }: Entry): Promise<void> {
  await Promise.all(processes.map(end));
  if (folder === null) await removeContainer(name);
  if (folder !== null && basename(folder).startsWith(FOLDER_START)) rmSync(folder, { recursive: true, force: true });
  drop(name);
}
