import { type Command, type RecordKey, type Reply, StoreError } from "../record/index.ts";
import { seenIn } from "./acts.ts";
import type { Errand, Parts } from "./parts.ts";
import { carry } from "./run.ts";
import { inTime } from "./silence.ts";

/** Carries out an operator's command (resolve, erase) on the row as it is now. */
export async function command(
  key: RecordKey,
  what: Command & { kind: "resolve" | "erase" },
  errand: Omit<Errand, "tell" | "key">,
  parts: Parts,
): Promise<Reply> {
  let row: Awaited<ReturnType<Parts["store"]["read"]>>;
  try {
    row = await inTime(parts.store.read(key), parts.clock);
  } catch (error) {
    if (error instanceof StoreError) return { kind: "unavailable", why: "store" };
    throw error;
  }
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const carried = carry(what, row === null ? null : seenIn(row), { ...errand, key, tell: resolve }, parts);
  await carried;
  return await promise;
}
