import type { Instant } from "../../record/index.ts";

/**
 * Hints are spread over partitions by the time at which they are to be looked at and by their key. At 1,000 payments a second a
 * partition of one minute and a 16th of the keys gets 3,750 hints, about 0.5 MB, and one look at what is new in it passes
 * some 600 deleted ones: below the 1,000 at which Cassandra warns. At less there is less of all of it.
 */
export const BUCKET_MS = 60_000;
export const SHARDS = 16;

/** One partition of hints. */
export type Place = Readonly<{ bucket: number; shard: number }>;

export function placeOf(key: string, lookAt: Instant): Place {
  return { bucket: bucketOf(lookAt), shard: shardOf(key) };
}

export function bucketOf(at: Instant): number {
  return Math.floor(at / BUCKET_MS);
}

export function endOf(bucket: number): number {
  return (bucket + 1) * BUCKET_MS;
}

export function nameOf({ bucket, shard }: Place): string {
  return `${bucket}/${shard}`;
}

/** FNV-1a. Record keys are digests already; the hash makes nothing of keys that are not. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % SHARDS;
}
