import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";

/**
 * Runs every promise job that is ready, now. V8 does so only outside of one: called from within an async function it does nothing,
 * and a simulation on it stands still in silence. So a run is one plain function, called from a timer or a message.
 */
export const settleNow: () => void = checkpoint();

/** The same by a turn of the real event loop: some ten times slower, and it needs no help from V8. */
export async function settleSoon(): Promise<void> {
  await turn();
}

function checkpoint(): () => void {
  setFlagsFromString("--allow-natives-syntax");
  try {
    return new Function("%PerformMicrotaskCheckpoint()") as () => void;
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}
