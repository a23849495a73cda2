import { childrenOf, type Identity, isAlive } from "./identity.ts";
import { within } from "./within.ts";

/** A process that was started here, and the signal that asks it to end in good order. */
export type Launched = Identity & Readonly<{ stopSignal: "SIGTERM" | "SIGINT" }>;

/** Cassandra flushes what it holds; whoever takes longer is stuck. */
const ENDS_WITHIN_MS = 20_000;

/** Asks it to end, makes it if it does not, and returns when it is gone. */
export async function end(process: Launched): Promise<void> {
  signal([...childrenOf(process.pid), process], "SIGCONT");
  signal([process], process.stopSignal);
  if (!(await gone([process]))) await kill(process);
}

/** Ends it at once together with its children, and returns when all are gone. */
export async function kill(process: Identity): Promise<void> {
  const all = freeze(process);
  signal(all, "SIGKILL");
  if (!(await gone(all))) throw new Error(`Process ${process.pid} survives SIGKILL`);
}

/** Stops it and its children: they answer nobody and lose nothing. First itself, so that it makes no more of them. */
export function freeze(process: Identity): Identity[] {
  signal([process], "SIGSTOP");
  const children = isAlive(process) ? childrenOf(process.pid) : [];
  signal(children, "SIGSTOP");
  return [process, ...children];
}

export function thaw(process: Identity): void {
  signal([...childrenOf(process.pid), process], "SIGCONT");
}

function signal(all: readonly Identity[], name: NodeJS.Signals): void {
  for (const it of all) {
    if (!isAlive(it)) continue;
    try {
      process.kill(it.pid, name);
    } catch (error) {
      // It ended between the two lines above.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function gone(all: readonly Identity[]): Promise<boolean> {
  return within(ENDS_WITHIN_MS, () => !all.some(isAlive));
}
