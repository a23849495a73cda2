import type { Marks } from "@semel/core/http/protocol";
import {
  type Cached,
  howOf,
  type Instant,
  type Profile,
  type RecordKey,
  type Reply,
  type Vault,
} from "@semel/core/record";
import type { AnswerCache } from "./answer-cache.ts";
import type { Outgoing } from "./exchange.ts";
import type { Fingerprints } from "./fingerprint.ts";
import { stored } from "./render.ts";

export type CachingPorts = Readonly<{
  /** null: none is configured. */
  cache: AnswerCache | null;
  vault: Vault;
  now: () => Instant;
  endOfTurn: () => Promise<void>;
}>;

export type FromCache = Readonly<{ record: Cached; outgoing: Outgoing; word: string }>;

/** The answer of a completed key as another process put it; null: the authority is to be asked. */
export async function fromCache(
  cache: AnswerCache,
  marks: Marks,
  profile: Profile,
  fingerprints: Fingerprints,
  { vault, now }: CachingPorts,
): Promise<FromCache | null> {
  const record = await cache.get(marks.run, fingerprints.of, now);
  if (record === null) return null;
  const word = howOf(record.state.outcome);
  const outgoing = stored(record, word, profile, marks, vault);
  return outgoing === null ? null : { record, outgoing, word };
}

/** Puts what is durably completed where other processes find it, once the answer is on its way to the client. */
export function toCache(run: RecordKey, reply: Reply, { cache, now, endOfTurn }: CachingPorts): void {
  if (cache === null || reply.kind !== "answer") return;
  const { record } = reply;
  void endOfTurn().then(() => cache.put(run, record, now()));
}
