import { StoreError } from "../record/index.ts";
import type { Clock } from "./ports.ts";

/** A store that has not answered by then is taken for silent: a connection may be dead without ever saying so. */
const SILENCE_MS = 5_000;

/** What the store answers within this time, and never later than that of silence. Otherwise nobody knows what it did. */
export async function inTime<T>(answer: Promise<T>, clock: Clock, ms: number = SILENCE_MS): Promise<T> {
  let cancel = (): void => {};
  const silence = new Promise<never>((_, reject) => {
    const over = (): void => reject(new StoreError("in_doubt", "The store does not answer"));
    cancel = clock.later(Math.min(ms, SILENCE_MS), over);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    cancel();
  }
}
