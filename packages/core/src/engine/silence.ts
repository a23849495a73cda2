import { StoreError } from "../record/index.ts";
import type { Clock } from "./ports.ts";

/** A store that has not answered by then is taken for silent: a connection may be dead without ever saying so. */
const SILENCE_MS = 5_000;

/** What the store answers within this time, and never later than that of silence. Otherwise nobody knows what it did. */
export function inTime<T>(answer: Promise<T>, clock: Clock, ms: number = SILENCE_MS): Promise<T> {
  // By hand, once for each write: Promise.race would make five promises of it.
  return new Promise((resolve, reject) => {
    const over = (): void => reject(new StoreError("in_doubt", "The store does not answer"));
    const cancel = clock.later(Math.min(ms, SILENCE_MS), over);
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
