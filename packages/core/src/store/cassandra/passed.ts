import type { Fence, Instant } from "../../record/index.ts";
import type { FoundHint } from "./hints.ts";

/**
 * A hint whose write is not to be seen is kept this long, since that write may still be on its way: a swap waits for seconds
 * in this process, 4 s for its answer, and is repeated (each time with its hint) as long as somebody cares.
 */
export const GRACE_MS: number = 10 * 60_000;

/**
 * Whether the write of a hint can no longer become the row. `current`: the row's fence, which is another one. The fences of a
 * key rise, so a later one proves that the row went past it; and an old hint is taken for one of a swap that was lost.
 */
export function isPassed(hint: FoundHint, current: Fence | null, now: Instant): boolean {
  return (current !== null && current > hint.fence) || now - hint.writtenAt > GRACE_MS;
}
