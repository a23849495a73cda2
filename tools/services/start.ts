import { mkdtempSync } from "node:fs";
import { dockerRuns, startContainer } from "./container.ts";
import { folderStart } from "./down.ts";
import type { ServerKind } from "./servers/table.ts";
import { type Entry, put } from "./state.ts";

/** Starts it, and tells where it serves. */
export function start(kind: ServerKind): Promise<string> {
  return isContained(kind) ? startContained(kind) : startHere(kind);
}

/** Its container is preferred where one can be had: it is what users have. */
export function isContained({ containerUrl }: ServerKind): boolean {
  return containerUrl !== null && dockerRuns();
}

/** Written down first: what an interrupted start leaves is found as well. */
async function startContained({ name, containerUrl }: ServerKind): Promise<string> {
  const entry: Entry = { name, url: null, folder: null, processes: [] };
  put(entry);
  const url = containerUrl!(await startContainer(name));
  put({ ...entry, url });
  return url;
}

/** Each process is written down as soon as it is there: `down` finds it also where this is interrupted. */
async function startHere({ name, start: run }: ServerKind): Promise<string> {
  const folder = mkdtempSync(folderStart(name));
  let entry: Entry = { name, url: null, folder, processes: [] };
  put(entry);
  const { url } = await run({
    folder,
    launched: (process) => {
      entry = { ...entry, processes: [...entry.processes, process] };
      put(entry);
    },
  });
  put({ ...entry, url });
  return url;
}
