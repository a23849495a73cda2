import { takeDown } from "./down.ts";
import { install } from "./install.ts";
import { isAlive } from "./process/identity.ts";
import { within } from "./process/within.ts";
import type { ServerKind } from "./servers/table.ts";
import { isContained, start } from "./start.ts";
import { entryOf } from "./state.ts";
import { tell } from "./tell.ts";

/** A minute of work that leaves no time for an answer; more means that it is stuck. */
const BUSY_MS_MAX = 60_000;

/** Starts those that do not run, all at once. A sentence for each that cannot be had: the others run nevertheless. */
export async function startAll(servers: readonly ServerKind[]): Promise<string[]> {
  // Packages first: only one installation can run at a time.
  const lacks = new Map<ServerKind, string | null>();
  for (const kind of servers) lacks.set(kind, (await isRunning(kind)) ? null : installFor(kind));
  const failures = await Promise.all(servers.map((kind) => lacks.get(kind) ?? startUnlessRunning(kind)));
  return failures.filter((failure) => failure !== null);
}

export async function isRunning({ name, answers }: ServerKind): Promise<boolean> {
  const url = entryOf(name)?.url ?? null;
  return url !== null && (await answers(url));
}

/** Packages that it cannot be started without. */
export function lacksOf(kind: ServerKind): readonly string[] {
  const packages = kind.lacks();
  return packages.length === 0 || isContained(kind) ? [] : packages;
}

function installFor(kind: ServerKind): string | null {
  const { name } = kind;
  const packages = lacksOf(kind);
  if (packages.length === 0) return null;
  tell(name, `installing ${packages.join(", ")}`);
  const failure = install(packages);
  return failure === null ? null : `${name} cannot be had. ${failure}`;
}

async function startUnlessRunning(kind: ServerKind): Promise<string | null> {
  const { name } = kind;
  try {
    if (await answersInTime(kind)) {
      tell(name, `runs already at ${entryOf(name)!.url}`);
      return null;
    }
    await clear(name);
    tell(name, "starting");
    const startedAt = performance.now();
    const url = await start(kind);
    tell(name, `running after ${((performance.now() - startedAt) / 1000).toFixed(1)} s at ${url}`);
    return null;
  } catch (error) {
    // What cannot be cleared stays written down, for `down`.
    await clear(name).catch(() => {});
    return `${name} cannot be had: ${(error as Error).message}`;
  }
}

/** One whose processes are there is given time: whoever is busy with it would not like it to be replaced. */
async function answersInTime(kind: ServerKind): Promise<boolean> {
  const entry = entryOf(kind.name);
  const isBusy = entry !== null && entry.url !== null && entry.processes.some(isAlive);
  return within(isBusy ? BUSY_MS_MAX : 0, () => isRunning(kind));
}

/** Removes what is left of one that does not serve. */
async function clear(name: string): Promise<void> {
  const left = entryOf(name);
  if (left !== null) await takeDown(left);
}
